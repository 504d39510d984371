import { CountersignError } from '@countersign/primitives/error';

const NAME = /^[A-Za-z_][A-Za-z0-9_]{0,49}$/;

/** Quotes the name of a table, which may have a schema before it. It becomes part of statements, so little is allowed. */
export function quoteTable(table: unknown): { table: string; index: string } {
  const parts = typeof table === 'string' ? table.split('.') : [];
  if (parts.length < 1 || parts.length > 2 || !parts.every((part) => NAME.test(part))) {
    throw new CountersignError(
      'invalid-argument',
      'table must be a name of letters, digits and _ (up to 50, no digit first), with or without a schema and a dot before it',
    );
  }
  return { table: parts.map((part) => `"${part}"`).join('.'), index: `"${parts.at(-1)}_expires_at"` };
}
