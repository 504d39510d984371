import { library } from '../../tsup.shared.ts';

const entries = ['index', 'calendar', 'network', 'presets'];

// The CIDR library is CommonJS: bundled into its own entry, so that browsers need no shim.
export default library(
  entries.map((entry) => `src/${entry}.ts`),
  { noExternal: ['ipaddr.js'] },
);
