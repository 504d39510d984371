/** What a read gives: one record as it stands, and the database's own clock, from the same round trip. */
export type StoreRead = {
  /** The record; `null` when there is none, or when it has expired by the database's clock. */
  value: string | null;
  /** The version that its writer chose; `null` exactly when `value` is. */
  version: string | null;
  /** The database's clock: whole milliseconds since the Unix epoch. */
  now: number;
};

/** What a write states besides the record itself. */
export type WriteOptions = {
  /** A new random version, 1 to 64 characters. A deletion leaves nothing that would carry it, and needs none. */
  version: string;
  /** The instant (milliseconds) from which the record is absent. Not given: it never expires, whatever it did before. */
  expiresAt?: number | undefined;
};

/**
 * A place for records, each under a key and replaced by compare-and-swap. That is all that single use, counts and limits
 * need to be exact on any number of servers.
 *
 * Keys are 1 to 512 and versions 1 to 64 characters (UTF-16 units), values at most 131,072 bytes in UTF-8; all are
 * well-formed text without NUL. Anything else is refused with `invalid-argument` (`invalid-time` for `expiresAt`) before
 * the database is asked.
 */
export type Store = {
  /**
   * Reads from the primary: a replica's answer may be old.
   * @throws CountersignError `unknown-outcome` when the database does not answer; the driver's error is its `cause`
   */
  read(key: string): Promise<StoreRead>;
  /**
   * Replaces the record if its version is `expected` (`null`: if there is none); a `value` of `null` deletes it.
   * `write(key, null, null)` is true if there is nothing.
   *
   * @returns true: it is written; false: someone else was first, and nothing was changed
   * @throws CountersignError `unknown-outcome` when it cannot be known whether it is written: never false then. Read again
   */
  write(key: string, value: string | null, expected: string | null, options: WriteOptions): Promise<boolean>;
  /** True when records are encrypted and authenticated before they reach the database, as `sealedStore` does. */
  readonly sealed?: boolean | undefined;
};
