import { execFileSync } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import { chapters } from '../src/chapters/index.ts';
import { createScreen } from '../src/screen.ts';

describe.each(chapters.map((chapter) => [chapter.title, chapter] as const))('%s', (_, chapter) => {
  it('goes to its end, and shows something refused', async () => {
    const lines: string[] = [];
    await chapter.run(createScreen((line) => lines.push(line), false));
    expect(lines.join('\n')).toContain('✘ refused');
  });
});

it('runs as npm run demo runs it, and ends with exit code 0', () => {
  const main = new URL('../dist/main.js', import.meta.url).pathname;
  const output = execFileSync(process.execPath, [main], { encoding: 'utf8' });
  expect(output).toContain('The end: every step went as told.');
  expect(output.match(/^=== \d+\. /gm)).toHaveLength(chapters.length);
});

it('with --interactive waits for codes, and ends on an empty line', () => {
  const main = new URL('../dist/main.js', import.meta.url).pathname;
  const output = execFileSync(process.execPath, [main, '--interactive'], {
    encoding: 'utf8',
    input: '12345\n000 000\n\n',
  });
  expect(output).toContain('A code is six digits.');
  expect(output).toContain('Type this key: ');
});

it('prints in colour when the terminal has it', () => {
  const lines: string[] = [];
  createScreen((line) => lines.push(line), true).accepted('yes');
  expect(lines.join()).toContain('yes');
});
