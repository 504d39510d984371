import { styleText } from 'node:util';
import { chapters } from './chapters/index.ts';
import { createScreen } from './screen.ts';

const colour = process.stdout.hasColors?.() ?? false;
const screen = createScreen((line) => console.log(line), colour);

for (const [index, chapter] of chapters.entries()) {
  const heading = `${index + 1}. ${chapter.title}`;
  console.log(`\n${colour ? styleText(['bold', 'inverse'], ` ${heading} `) : `=== ${heading} ===`}`);
  await chapter.run(screen);
}
