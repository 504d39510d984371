import { assertOptions, readInstant } from '@countersign/primitives/assert';
import { utf8ToBytes } from '@countersign/primitives/bytes';
import { CountersignError } from '@countersign/primitives/error';

/** 128 KiB: far above the engine's 64 kB, far below what any of the databases takes for one value. */
const MAX_VALUE_BYTES = 131_072;

/** One write, checked and copied. */
export type CheckedRecord = { value: string; version: string; expiresAt: number | null };

// Any surrogate half or NUL, at the speed of a scan; only then is it worth asking whether the halves belong together.
const SUSPICIOUS = /[\0\uD800-\uDFFF]/;
// NUL ends text in PostgreSQL; a lone surrogate becomes U+FFFD in UTF-8, so that two keys could become one.
const UNSTORABLE = /[\0\p{Surrogate}]/u;

function isStorable(text: string): boolean {
  return !(SUSPICIOUS.test(text) && UNSTORABLE.test(text));
}

function assertText(text: unknown, name: string, max: number): asserts text is string {
  if (typeof text !== 'string' || text.length < 1 || text.length > max || !isStorable(text)) {
    throw new CountersignError(
      'invalid-argument',
      `${name} must be well-formed text without NUL, 1 to ${max} characters`,
    );
  }
}

export function assertKey(key: unknown): asserts key is string {
  assertText(key, 'key', 512);
}

function assertValue(value: unknown, maxBytes: number): asserts value is string {
  const fits =
    typeof value === 'string' &&
    value.length <= maxBytes &&
    (value.length * 3 <= maxBytes || utf8ToBytes(value).length <= maxBytes);
  if (!fits || !isStorable(value)) {
    throw new CountersignError(
      'invalid-argument',
      `value must be well-formed text without NUL, up to ${maxBytes} bytes`,
    );
  }
}

/** Checks all arguments of a write; gives the record to write, or `null` for a deletion. */
export function checkWrite(
  key: unknown,
  value: unknown,
  expected: unknown,
  options: unknown,
  maxBytes: number = MAX_VALUE_BYTES,
): CheckedRecord | null {
  assertKey(key);
  if (expected !== null) assertText(expected, 'expected', 64);
  if (value === null) return null;
  assertValue(value, maxBytes);
  assertOptions(options);
  const { version, expiresAt } = options as { version?: unknown; expiresAt?: unknown };
  assertText(version, 'version', 64);
  if (version === expected) {
    throw new CountersignError(
      'invalid-argument',
      'version must be a new one: the expected one would not tell them apart',
    );
  }
  return { value, version, expiresAt: expiresAt === undefined ? null : readInstant(expiresAt, 'expiresAt') };
}
