import { execFileSync, spawn, spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { chapters } from '../src/chapters/index.ts';
import { fold } from '../src/fold.ts';
import { createScreen } from '../src/screen.ts';
import { stepCalls } from '../src/step-calls.ts';

const main = new URL('../dist/main.js', import.meta.url).pathname;

describe.each(chapters.map((chapter) => [chapter.title, chapter] as const))('%s', (_, { file, run }) => {
  it('goes to its end, and shows something refused', async () => {
    const lines: string[] = [];
    await run(createScreen((line) => lines.push(line), false));
    expect(lines.join('\n')).toContain('✘ refused');
  });

  it('names its steps so that their calls can be shown', async () => {
    const headings: string[] = [];
    const screen = createScreen(() => {}, false);
    await run({ ...screen, step: (text) => headings.push(text) });
    const calls = stepCalls(readFileSync(new URL(`../src/chapters/${file}`, import.meta.url), 'utf8'));
    expect([...calls.keys()].sort()).toEqual([...headings].sort());
    expect([...calls.values()].flatMap((step) => step.calls)).not.toHaveLength(0);
  });
});

describe('npm run demo', () => {
  const output = execFileSync(process.execPath, [main], { encoding: 'utf8' });

  it('ends with exit code 0 after every chapter', () => {
    expect(output).toContain('The end: every step went as told.');
    expect(output.match(/^=== \d+\. /gm)).toHaveLength(chapters.length);
  });

  it('is plain text of 80 columns in a pipe', () => {
    // biome-ignore lint/suspicious/noControlCharactersInRegex: escape sequences are what is looked for
    expect(output).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f]/);
    expect(output.split('\n').filter((line) => [...line].length > 80)).toEqual([]);
  });

  it('names its source files and the calls it makes', () => {
    for (const { file } of chapters) expect(output).toContain(`examples/quickstart/src/chapters/${file}`);
    expect(output).toMatch(/line \d+: generateSecret, buildOtpauthUri/);
  });

  it('refuses an unknown option with its usage', () => {
    const { status, stderr } = spawnSync(process.execPath, [main, '--colour'], { encoding: 'utf8' });
    expect(status).toBe(2);
    expect(stderr).toContain('--colour');
    expect(stderr).toContain('usage: npm run demo');
    expect(spawnSync(process.execPath, [main, 'extra']).status).toBe(2);
    expect(execFileSync(process.execPath, [main, '--help'], { encoding: 'utf8' })).toContain('--interactive');
  });

  it('ends quietly when its reader has enough, as head does', async () => {
    const child = spawn(process.execPath, [main], { stdio: ['ignore', 'pipe', 'pipe'] });
    let errors = '';
    child.stderr.on('data', (text) => {
      errors += text;
    });
    child.stdout.once('data', () => child.stdout.destroy());
    const code = await new Promise((resolve) => child.on('close', resolve));
    expect({ code, errors }).toEqual({ code: 0, errors: '' });
  });

  it('with --interactive waits for codes, and ends on an empty line', () => {
    const answer = execFileSync(process.execPath, [main, '--interactive'], {
      encoding: 'utf8',
      input: '12345\n000 000\n\n',
    });
    expect(answer).toContain('A code is six digits.');
    expect(answer).toContain('Type this key: ');
  });
});

it('prints in colour when the terminal has it, and without a single escape when not', () => {
  const print = (colour: boolean): string => {
    const lines: string[] = [];
    const screen = createScreen((line) => lines.push(line), colour);
    screen.accepted('yes');
    screen.show('\u001b[38;5;16mdrawing\u001b[0m');
    return lines.join('\n');
  };
  expect(print(true)).toContain('\u001b[32m✔ accepted\u001b[39m');
  expect(print(false)).not.toContain('\u001b');
  expect(print(false)).toContain('drawing');
});

describe('fold', () => {
  it('breaks at spaces, and words only when they are longer than a line', () => {
    expect(fold('one two three', 10, '  ', '    ')).toEqual(['  one two', '    three']);
    expect(fold('abcdefghijkl', 6, '', ' ')).toEqual(['abcdef', ' ghijk', ' l']);
    expect(fold('a  b', 10, '', '')).toEqual(['a  b']);
    expect(fold('', 10, '  ', '  ')).toEqual(['']);
  });
});

it('stepCalls finds functions, methods of what they created, and calls of helpers', () => {
  const source = `import { createTotp, type Totp, generateSecret } from '@countersign/totp';
  const totp = createTotp({ secret });
  function ask() {
    return totp.generate();
  }
  screen.step('Can\\'t');
  ask();
  other(generateSecret());
  screen.step('next');
`;
  expect(stepCalls(source)).toEqual(
    new Map([
      ["Can't", { line: 6, calls: ['totp.generate', 'generateSecret'] }],
      ['next', { line: 9, calls: [] }],
    ]),
  );
});
