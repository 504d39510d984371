import { defineConfig } from 'tsup';

const common = { format: 'esm', target: 'es2022', silent: true } as const;

export default defineConfig([
  // The suite is one file with everything in it and for no platform: an import that is left in it fails in a browser.
  { ...common, entry: ['src/suite.ts'], platform: 'neutral', noExternal: [/./], splitting: false },
  { ...common, entry: ['src/main.ts'], platform: 'node' },
]);
