// The root's commands: `npm run demo`, `npm test` and so on. Each sets itself up, on a machine with Node and npm alone.
import { PNPM, runOpenly, setUp, step } from './steps.mjs';

const [name, ...rest] = process.argv.slice(2);

/** What follows the set-up. Further arguments (`npm run demo -- --interactive`) go to the program. */
const commands = {
  build: () => 0,
  demo: () => runOpenly(['node', 'examples/quickstart/dist/main.js', ...rest]),
  test: async () => (await import('./test.mjs')).runTests(),
  conformance: () => runOpenly(['node', 'conformance/dist/main.js', ...rest]),
  bench: () => runOpenly(['node', '--expose-gc', 'benchmarks/dist/main.js', ...rest]),
  check: () => runOpenly([...PNPM, 'exec', 'node', 'scripts/check.mjs']),
  mutation: () => runOpenly(['node', 'scripts/mutation.mjs', ...rest]),
  docs: async () => {
    await step('Writing the API reference', [...PNPM, 'exec', 'node', 'scripts/api-reference.mjs']);
    console.log('docs/api/index.html');
    return 0;
  },
};

const command = Object.hasOwn(commands, name ?? '') ? commands[name] : undefined;
if (command === undefined) {
  console.error(`usage: node scripts/run.mjs ${Object.keys(commands).join(' | ')}`);
  process.exit(2);
}
await setUp();
process.exitCode = await command();
