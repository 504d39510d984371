/**
 * What people and attackers send where the code 026920 belongs (defect 5): the like is accepted by libraries that
 * convert, trim, or look at the length alone.
 */
export const hostileInputs: readonly (readonly [name: string, input: unknown])[] = [
  ['a letter at the end', '26920x'],
  ['a space before', ' 26920'],
  ['a sign before', '+26920'],
  ['a minus before', '-26920'],
  ['a line feed after', '026920\n'],
  ['a line feed instead of a digit', '02692\n'],
  ['a decimal point', '3784.5'],
  ['an exponent', '2692e1'],
  ['hexadecimal', '0x6928'],
  ['a null character', '02692\0'],
  ['full-width digits', '０２６９２０'],
  ['Arabic-Indic digits', '٠٢٦٩٢٠'],
  ['mathematical digits, two units each', '𝟎𝟐𝟔'],
  ['emoji', '0️⃣26920'],
  ['emoji of six units', '😀😀😀'],
  ['lone surrogates', '\ud800'.repeat(6)],
  ['no text', ''],
  ['five digits', '26920'],
  ['seven digits', '0269200'],
  ['1 MB of digits', '026920'.repeat(170_000)],
  ['1 MB of spaces around', `${' '.repeat(500_000)}026920${' '.repeat(500_000)}`],
  ['null', null],
  ['undefined', undefined],
  ['a number', 26920],
  ['a bigint', 26920n],
  ['NaN', Number.NaN],
  ['true', true],
  ['a symbol', Symbol.for('026920')],
  ['an array', ['026920']],
  ['an array of digits', ['0', '2', '6', '9', '2', '0']],
  ['bytes', new TextEncoder().encode('026920')],
  ['a String object', new String('026920')],
  ['an object that says it is six long', { length: 6, toString: () => '026920' }],
  ['an object whose conversions throw', { length: 6, toString: refuse, valueOf: refuse, [Symbol.toPrimitive]: refuse }],
  ['an object whose length throws', Object.defineProperty({}, 'length', { get: refuse })],
  ['a proxy that throws', new Proxy({}, { get: refuse, has: refuse, ownKeys: refuse, getPrototypeOf: refuse })],
  ['a function', () => '026920'],
];

function refuse(): never {
  throw new TypeError('do not touch');
}
