import { LAST_INSTANT } from './assert.ts';
import { CountersignError } from './error.ts';

/** Reads one value of a stored state: gives a fresh copy, or throws anything at all for what is not ours. */
export type Field<T> = (value: unknown) => T;

/** What a field throws; {@link readState} turns it, and whatever a hostile object throws, into `invalid-state`. */
function refuse(): never {
  throw new Error('not ours');
}

/** Exactly this value: a version, or one word. */
export const literal =
  <const T>(expected: T): Field<T> =>
  (value) =>
    value === expected ? expected : refuse();

/** One of these words. */
export const oneOf =
  <const T extends string>(...words: readonly T[]): Field<T> =>
  (value) =>
    words.find((word) => word === value) ?? refuse();

/** An integer from `min` to `max`. */
export const integer =
  (min: number, max: number): Field<number> =>
  (value) =>
    Number.isSafeInteger(value) && (value as number) >= min && (value as number) <= max ? (value as number) : refuse();

/** An instant in whole milliseconds. */
export const instant: Field<number> = /* @__PURE__ */ integer(0, LAST_INSTANT);

/** True or false. */
export const flag: Field<boolean> = (value) => (typeof value === 'boolean' ? value : refuse());

/** Well-formed text of `min` to `max` UTF-16 units. */
export const text =
  (min: number, max: number): Field<string> =>
  (value) =>
    typeof value === 'string' && value.length >= min && value.length <= max && !/\p{Surrogate}/u.test(value)
      ? value
      : refuse();

/** Lower-case hexadecimal of exactly this many digits. */
export const hex =
  (digits: number): Field<string> =>
  (value) =>
    typeof value === 'string' && value.length === digits && /^[0-9a-f]+$/.test(value) ? value : refuse();

/** `null`, or what the field reads. */
export const nullable =
  <T>(field: Field<T>): Field<T | null> =>
  (value) =>
    value === null ? null : field(value);

/** An array without holes of at most `max` items. */
export const list =
  <T>(field: Field<T>, max: number): Field<T[]> =>
  (value) => {
    if (!Array.isArray(value) || value.length > max) refuse();
    // Not map: it would step over the holes of a sparse array.
    return Array.from(value, (item) => field(item));
  };

/** An object with exactly these members, each read once, given back in this order. */
export const object =
  <T extends object>(fields: { readonly [K in keyof T]-?: Field<T[K]> }): Field<T> =>
  (value) => {
    const names = Object.keys(fields) as (keyof T & string)[];
    if (typeof value !== 'object' || value === null || Array.isArray(value)) refuse();
    const keys = Object.keys(value);
    if (keys.length !== names.length || !names.every((name) => keys.includes(name))) refuse();
    const copy = {} as T;
    for (const name of names) copy[name] = fields[name]((value as T)[name]);
    return copy;
  };

/**
 * What an application kept, as a fresh copy with its members in one order. Whatever is not a state of this kind and
 * version (another kind's, another version's, tampered with, an object that throws) is refused alike.
 *
 * @param state what was kept
 * @param name what it must be, for the message: `state must be what ${name} gave`
 * @param field its description, with {@link object}
 * @throws CountersignError `invalid-state`, never with a value in the message
 */
export function readState<T>(state: unknown, name: string, field: Field<T>): T {
  try {
    return field(state);
  } catch {
    throw new CountersignError('invalid-state', `state must be what ${name} gave, unchanged`);
  }
}
