import { styleText } from 'node:util';
import { chapters } from './chapters/index.ts';
import { enrolRealPhone } from './interactive.ts';
import { createScreen } from './screen.ts';

const colour = process.stdout.isTTY && process.stdout.hasColors();
const screen = createScreen((line) => console.log(line), colour);

if (process.argv.includes('--interactive')) {
  await enrolRealPhone(screen);
} else {
  for (const [index, chapter] of chapters.entries()) {
    const heading = `${index + 1}. ${chapter.title}`;
    console.log(`\n${colour ? styleText(['bold', 'inverse'], ` ${heading} `) : `=== ${heading} ===`}`);
    await chapter.run(screen);
  }
  console.log('\nThe end: every step went as told. `npm run demo -- --interactive` enrols your own phone.');
}
