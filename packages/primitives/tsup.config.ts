import { library } from '../../tsup.shared.ts';

// The two Base32 libraries are CommonJS or have a CommonJS-era dependency: bundled in, so that browsers need no shim.
export default library(['src/*.ts'], { noExternal: ['base32-encode', 'base32-decode'] });
