import { defineConfig, type Options } from 'tsup';

/** Programs that are run and not published (examples, benchmarks): ESM for Node. Packages: scripts/library-build.mjs. */
export function program(entry: string[], more: Options = {}): ReturnType<typeof defineConfig> {
  return defineConfig({ entry, format: 'esm', target: 'es2022', platform: 'node', clean: true, silent: true, ...more });
}
