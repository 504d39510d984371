import { stripVTControlCharacters, styleText } from 'node:util';
import { fold } from './fold.ts';
import type { StepCalls } from './step-calls.ts';

/** Where the demo prints: one kind of line for each kind of thing, so that the chapters say only what happens. */
export type Screen = {
  /** A heading within a chapter, and below it the calls that the step makes. */
  step(text: string): void;
  /** What happens, in plain words. */
  say(text: string): void;
  /** What a person would see: a QR code, a printed card, a message. Printed as it is, indented. */
  show(block: string): void;
  /** What somebody types, and where. */
  typed(who: string, text: string): void;
  /** Something was accepted. */
  accepted(text: string): void;
  /** Something was refused, as it should be. */
  refused(text: string): void;
};

/** One part of the demo, which runs by itself and throws when something does not go as told. */
export type Chapter = {
  readonly title: string;
  run(screen: Screen): void | Promise<void>;
};

type Style = Parameters<typeof styleText>[0];

/** Terminals of 80 columns show every line whole. */
const WIDTH = 80;

/**
 * A screen that writes lines of at most 80 columns.
 *
 * @param colour whether the terminal has colours; without them no escape sequence is written, also not from a QR code
 * @param calls for each step of the chapter, by its heading, the calls that it makes
 */
export function createScreen(
  write: (line: string) => void,
  colour: boolean,
  calls: ReadonlyMap<string, StepCalls> = new Map(),
): Screen {
  // The caller has looked at the terminal already.
  const paint = (style: Style, text: string): string =>
    colour ? styleText(style, text, { validateStream: false }) : text;
  const lines = (text: string, indent: string, hanging = indent): void => {
    for (const line of fold(text, WIDTH, indent, hanging)) write(line);
  };
  /** A label in colour, and its text beside it. */
  const labelled = (label: string, style: Style, text: string): void => {
    const [first = '', ...rest] = fold(`${label} ${text}`, WIDTH, '  ', '      ');
    write(first.replace(label, () => paint(style, label)));
    for (const line of rest) write(line);
  };
  return {
    step(text) {
      write('');
      for (const line of fold(text, WIDTH, '  ', '  ')) write(paint('bold', line));
      const made = calls.get(text);
      if (made === undefined || made.calls.length === 0) return;
      for (const line of fold(`line ${made.line}: ${made.calls.join(', ')}`, WIDTH, '  ', '    ')) {
        write(paint('dim', line));
      }
      write('');
    },
    say: (text) => lines(text, '  '),
    show(block) {
      write('');
      for (const line of (colour ? block : stripVTControlCharacters(block)).split('\n')) {
        // What is in colour is a drawing of its own width; only text is folded.
        if (stripVTControlCharacters(line) !== line) write(`    ${line}`);
        else lines(line, '    ', '      ');
      }
      write('');
    },
    typed: (who, text) => labelled(`${who} ›`, 'cyan', text),
    accepted: (text) => labelled('✔ accepted', 'green', ` ${text}`),
    refused: (text) => labelled('✘ refused', 'yellow', `  ${text}`),
  };
}

/** The demo proves what it says: a step that goes otherwise ends it with an error and exit code 1. */
export function expect(condition: boolean, what: string): asserts condition {
  if (!condition) throw new Error(`The demo went wrong: ${what}`);
}
