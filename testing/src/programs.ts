import { execFileSync } from 'node:child_process';
import { accessSync, constants } from 'node:fs';
import { delimiter, resolve } from 'node:path';

/** True when a program is on PATH, or is where an absolute path says. */
function installed(name: string): boolean {
  return (process.env.PATH ?? '').split(delimiter).some((directory) => {
    try {
      accessSync(resolve(directory, name), constants.X_OK);
      return true;
    } catch {
      return false;
    }
  });
}

/**
 * Whether an independent program can be used for a cross-check: `describe.runIf(hasProgram('oathtool'))(…)`.
 * On a developer's machine its absence leaves the check out (npm test ends with the list of what was left out). In CI
 * it is a failure.
 */
export function hasProgram(name: string): boolean {
  const found = installed(name);
  if (!found && process.env.CI === 'true') throw new Error(`${name} is not installed, and CI runs every cross-check`);
  return found;
}

/** Runs a program to its end and gives what it printed, without the trailing newline. */
export function run(name: string, args: readonly string[], input?: string | Uint8Array): string {
  return execFileSync(name, args, { encoding: 'utf8', input, stdio: ['pipe', 'pipe', 'pipe'] }).replace(/\n$/, '');
}
