import { bytesToHex } from '@countersign/primitives/bytes';
import { CountersignError } from '@countersign/primitives/error';

/** A value as text that is the same on every runtime, and different for values that are not deeply and strictly equal. */
export function canonical(value: unknown): string {
  if (typeof value === 'string') return JSON.stringify(value);
  if (typeof value === 'bigint') return `${value}n`;
  if (typeof value !== 'object' || value === null) return Object.is(value, -0) ? '-0' : String(value);
  if (value instanceof Uint8Array) return `bytes ${bytesToHex(value)}`;
  if (value instanceof CountersignError) return `throws ${value.code}: ${value.message}`;
  if (value instanceof Error) return `throws ${value.name}, which is no CountersignError: ${value.message}`;
  if (Array.isArray(value)) return `[${value.map(canonical).join(', ')}]`;
  const entries = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
  return `{${entries.map(([key, entry]) => `${key}: ${canonical(entry)}`).join(', ')}}`;
}
