// Mutation testing of one package: npm run mutation, or npx stryker run with MUTATE=totp. See docs/mutation-testing.md.
const name = process.env.MUTATE ?? 'totp';

export default {
  testRunner: 'vitest',
  plugins: ['@stryker-mutator/vitest-runner'],
  vitest: { configFile: 'vitest.mutation.ts' },
  mutate: [`packages/${name}/src/**/*.ts`],
  // Only the package itself is copied; it sees its neighbours as built.
  ignorePatterns: [
    '**',
    `!packages/${name}/src/**`,
    `!packages/${name}/test/**`,
    `!packages/${name}/tsconfig.json`,
    '!tsconfig.base.json',
    '!vitest.mutation.ts',
  ],
  tempDirName: '.reports/stryker',
  concurrency: 2,
  coverageAnalysis: 'perTest',
  timeoutMS: 20_000,
  reporters: ['clear-text', 'json'],
  clearTextReporter: { allowColor: false, allowEmojis: false, logTests: false },
  jsonReporter: { fileName: `.reports/mutation-${name}.json` },
  thresholds: { high: 95, low: 95, break: 95 },
  allowConsoleColors: false,
};
