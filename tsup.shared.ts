import { defineConfig, type Options } from 'tsup';

/** Every package is built alike: ESM for ES2022, one declaration file per entry, nothing minified, so that what runs can be read. */
export function library(entry: string[], more: Options = {}): ReturnType<typeof defineConfig> {
  return defineConfig({
    entry,
    format: 'esm',
    target: 'es2022',
    platform: 'neutral',
    dts: true,
    splitting: true,
    treeshake: true,
    clean: true,
    silent: true,
    ...more,
  });
}
