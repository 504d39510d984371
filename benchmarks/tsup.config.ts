import { library } from '../tsup.shared.ts';

export default library(['src/main.ts'], {
  platform: 'node',
  dts: false,
  // It is not built by itself: node cannot run its sources.
  noExternal: [/^@countersign\/testing/],
});
