export { type BrokerAction, type BrokerKind, brokerPolicy } from './presets/broker.ts';
export { type NistAction, type NistKind, nistAal2Policy } from './presets/nist.ts';
export { type Psd2Action, type Psd2Kind, psd2Policy } from './presets/psd2.ts';
export { smallCompanyPolicy } from './presets/small-company.ts';
