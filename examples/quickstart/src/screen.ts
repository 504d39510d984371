import { styleText } from 'node:util';

/** Where the walk prints: one kind of line for each kind of thing, so that the chapters say only what happens. */
export type Screen = {
  /** A heading within a chapter. */
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

/** One part of the walk, which runs by itself and throws when something does not go as told. */
export type Chapter = {
  readonly title: string;
  run(screen: Screen): void | Promise<void>;
};

type Style = Parameters<typeof styleText>[0];

/** A screen that writes lines, in colour when the terminal has it. */
export function createScreen(write: (line: string) => void, colour: boolean): Screen {
  const paint = (style: Style, text: string): string => (colour ? styleText(style, text) : text);
  const indent = (block: string): string => block.replace(/^(?=.)/gm, '    ');
  return {
    step: (text) => write(`\n  ${paint('bold', text)}`),
    say: (text) => write(`  ${text}`),
    show: (block) => write(`\n${indent(block)}\n`),
    typed: (who, text) => write(`  ${paint('cyan', `${who} ›`)} ${text}`),
    accepted: (text) => write(`  ${paint('green', '✔ accepted')}  ${text}`),
    refused: (text) => write(`  ${paint('yellow', '✘ refused')}   ${text}`),
  };
}

/** The walk proves what it says: a step that goes otherwise ends it with an error and exit code 1. */
export function expect(condition: boolean, what: string): asserts condition {
  if (!condition) throw new Error(`The walk went wrong: ${what}`);
}
