import { defineConfig } from 'vitest/config';

const name = process.env.MUTATE ?? 'totp';

/** The tests of one package without the independent programs, which would be started thousands of times. */
export default defineConfig({
  test: { include: [`packages/${name}/test/**/*.test.ts`], exclude: ['**/oathtool.test.ts'], testTimeout: 60_000 },
});
