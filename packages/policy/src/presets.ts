export { brokerPolicy } from './presets/broker.ts';
export { nistAal2Policy } from './presets/nist.ts';
export { psd2Policy } from './presets/psd2.ts';
