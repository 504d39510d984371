import { readFileSync } from 'node:fs';
import { parseArgs, styleText } from 'node:util';
import { chapters } from './chapters/index.ts';
import { enrolRealPhone } from './interactive.ts';
import { createScreen } from './screen.ts';
import { stepCalls } from './step-calls.ts';

const USAGE = `usage: npm run demo [-- OPTION]

  (none)            shows every factor: enrolling, verifying, refusing
  --interactive     enrols your own phone, and asks for its codes
  --help            says this`;

function readOptions(): { interactive: boolean; help: boolean } {
  const flag = { type: 'boolean', default: false } as const;
  try {
    return parseArgs({ options: { interactive: flag, help: flag }, strict: true }).values;
  } catch (error) {
    console.error(`${error instanceof Error ? error.message : error}\n\n${USAGE}`);
    process.exit(2);
  }
}

// `npm run demo | head` closes the pipe early: that is no error.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error;
  process.exit(0);
});

const { interactive, help } = readOptions();
const colour = process.stdout.isTTY === true && process.stdout.hasColors();
const print = (line: string): void => console.log(line);

if (help) {
  print(USAGE);
} else if (interactive) {
  await enrolRealPhone(createScreen(print, colour));
} else {
  for (const [index, { title, file, run }] of chapters.entries()) {
    const source = readFileSync(new URL(`../src/chapters/${file}`, import.meta.url), 'utf8');
    const heading = `${index + 1}. ${title}`;
    print(`\n${colour ? styleText(['bold', 'inverse'], ` ${heading} `) : `=== ${heading} ===`}`);
    print(`examples/quickstart/src/chapters/${file}`);
    await run(createScreen(print, colour, stepCalls(source)));
  }
  print('\nThe end: every step went as told.');
  print('`npm run demo -- --interactive` enrols your own phone.');
}
