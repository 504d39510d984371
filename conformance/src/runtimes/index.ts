import { chromiumRuntime, firefoxRuntime } from './browsers.ts';
import { consoleRuntime } from './console.ts';
import type { Runtime } from './runtime.ts';
import { webkitRuntime } from './webkit.ts';

const CONSOLE = 'drivers/console.mjs';

/** Where the suite runs. npx fetches what is not on the machine, in the version given here; Debian has the browsers. */
export const runtimes: readonly [Runtime, ...Runtime[]] = [
  consoleRuntime('Node', [process.execPath], [CONSOLE]),
  consoleRuntime('Node 24', ['npx', '--yes', '--package=node@24', 'node'], [CONSOLE]),
  consoleRuntime('Bun', ['npx', '--yes', 'bun@1.4.5'], ['run', CONSOLE]),
  consoleRuntime('Deno', ['npx', '--yes', 'deno@2.9.6'], ['run', '--no-prompt', CONSOLE]),
  consoleRuntime('workerd', ['npx', '--yes', 'workerd@1.20260426.1'], ['test', 'workerd.capnp']),
  chromiumRuntime,
  firefoxRuntime,
  webkitRuntime,
];
