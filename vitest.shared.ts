import { basename } from 'node:path';
import { defineConfig, type ViteUserConfig } from 'vitest/config';

/** Failures in full and little else; the counts go into a file, from which `npm test` prints its totals. */
function report(directory: string): { reporters: ['dot', 'json']; outputFile: { json: string } } {
  const json = new URL(`./.reports/${basename(directory)}.json`, import.meta.url).pathname;
  return { reporters: ['dot', 'json'], outputFile: { json } };
}

/** Tests run against a package's own sources and its neighbours as built; every statement and branch is covered. */
export function packageTests(directory: string): ViteUserConfig {
  return defineConfig({
    test: {
      include: ['test/**/*.test.ts'],
      ...report(directory),
      testTimeout: 60_000,
      coverage: {
        enabled: true,
        provider: 'v8',
        include: ['src/**'],
        reporter: [['text', { skipFull: true }]],
        thresholds: { statements: 100, branches: 100, functions: 100, lines: 100 },
      },
    },
  });
}

/** Examples are run, not measured. */
export function exampleTests(directory: string): ViteUserConfig {
  return defineConfig({ test: { include: ['test/**/*.test.ts'], ...report(directory), testTimeout: 60_000 } });
}
