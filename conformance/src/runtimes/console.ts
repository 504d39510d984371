import type { Result } from '../suite.ts';
import { output } from './process.ts';
import type { Runtime } from './runtime.ts';

/** A runtime that runs a driver as a command and prints the result as its last line. */
export function consoleRuntime(
  name: string,
  program: readonly [string, ...string[]],
  args: readonly string[],
): Runtime {
  return {
    name,
    command: [...program, '--version'],
    async run() {
      const printed = await output([...program, ...args], 60);
      return JSON.parse(printed.trim().split('\n').at(-1)!) as Result;
    },
  };
}
