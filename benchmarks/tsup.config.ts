import { program } from '../tsup.shared.ts';

// The testing package is not built by itself: node cannot run its sources.
export default program(['src/main.ts'], { noExternal: [/^@countersign\/testing/] });
