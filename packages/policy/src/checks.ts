import { CountersignError } from '@countersign/primitives/error';
import type { KindRules } from './policy-types.ts';
import { isObject } from './shape.ts';
import type { Actor, AttemptState, Device, DevicesState, Ledger, OptOutState, Policy } from './types.ts';

/** Last instant of the year 9999: later ones are mistakes, and calendars end somewhere. */
export const LAST_INSTANT = 253_402_300_799_999;

/** States from which there is no way back. */
export const isFinal = ({ state }: Pick<Device, 'state'>): boolean => state === 'expired' || state === 'retired';

/** Marks a document that was checked. A registered symbol: it also holds when two copies of this package are loaded. */
export const CHECKED: unique symbol = Symbol.for('@countersign/policy') as never;

/** Refuses a document that did not go through `definePolicy`, and a request that is no object. */
export function assertCall(policy: Policy, request: unknown): void {
  if (!isObject(policy) || !Object.hasOwn(policy, CHECKED)) {
    throw new CountersignError('invalid-policy', 'policy must come from definePolicy');
  }
  if (!isObject(request)) throw new CountersignError('invalid-argument', 'request must be an object');
}

export function isInstant(value: unknown): value is number {
  return typeof value === 'number' && value >= 0 && value <= LAST_INSTANT;
}

/** The instant of a request in whole milliseconds. */
export function readNow(now: unknown): number {
  if (!isInstant(now)) throw new CountersignError('invalid-time', 'now must be milliseconds since the Unix epoch');
  return Math.floor(now);
}

export function isAmount(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) >= 0;
}

/** A record's own entry: `constructor` and `__proto__` are never found by accident. */
export function own<T>(record: { readonly [key: string]: T }, key: unknown): T | undefined {
  return typeof key === 'string' && Object.hasOwn(record, key) ? record[key] : undefined;
}

/** Text that somebody gave, for a reason; `null` for what is no text. */
export const told = (value: unknown): string | null => (typeof value === 'string' ? value : null);

/** A name that the author of a policy chose: text of 1 to 64 characters. */
export function isName(value: unknown): value is string {
  return typeof value === 'string' && value.length >= 1 && value.length <= 64;
}

/** What callers name: a device, a known browser, a payment. Bounded, so that states are. */
export function isId(value: unknown): value is string {
  return typeof value === 'string' && /^[A-Za-z0-9._:-]{1,32}$/.test(value);
}

export function assertId(value: unknown, what: string): asserts value is string {
  if (!isId(value)) {
    const form = '1 to 32 letters, digits, dots, colons, hyphens and underscores';
    throw new CountersignError('invalid-argument', `${what} must be ${form}`);
  }
}

export function assertActor(by: unknown): asserts by is Actor {
  const sound =
    isObject(by) &&
    (by.role === 'system' ||
      (by.role === 'support' && isName(by.name)) ||
      (by.role === 'user' && (by.device === null || isId(by.device))));
  if (!sound) {
    throw new CountersignError(
      'invalid-argument',
      "by must be { role: 'user', device: id | null }, { role: 'support', name } or { role: 'system' }",
    );
  }
}

function assertState(sound: boolean, what: string): void {
  if (!sound) throw new CountersignError('invalid-state', `${what} must be what these functions gave, unchanged`);
}

const isInstantOrNull = (value: unknown): boolean => value === null || isInstant(value);
const isIdOrNull = (value: unknown): boolean => value === null || isId(value);
const areNames = (value: unknown): boolean => isListOf(value, isName);

/** Unlike `every`, it also looks into the holes of a list. */
function isListOf(value: unknown, isSound: (entry: unknown) => boolean): boolean {
  if (!Array.isArray(value)) return false;
  for (const entry of value) if (!isSound(entry)) return false;
  return true;
}

const STATES: readonly unknown[] = ['pending', 'awaiting', 'active', 'suspended', 'lost', 'expired', 'retired'];
const isLevel = (value: unknown): boolean => Number.isSafeInteger(value) && (value as number) >= 0;

function isGrowing(value: unknown): boolean {
  if (value === null) return true;
  return (
    isObject(value) &&
    isInstantOrNull(value.until) &&
    isLevel(value.level) &&
    typeof value.possession === 'boolean' &&
    typeof value.restricted === 'boolean' &&
    areNames(value.kinds) &&
    (value.actions === null || areNames(value.actions))
  );
}

function isLeave(value: unknown): boolean {
  if (value === null) return true;
  return (
    isObject(value) &&
    isInstant(value.at) &&
    (value.by === 'weaker' || value.by === 'equal' || value.by === 'support') &&
    isLevel(value.level) &&
    (value.back === null || STATES.includes(value.back))
  );
}

/** Whether a device has what decisions read. Written out, since every decision begins with it. */
function isDevice(value: unknown): value is Device {
  return (
    isObject(value) &&
    isId(value.id) &&
    isName(value.kind) &&
    STATES.includes(value.state) &&
    isInstant(value.boundAt) &&
    (value.boundBy === 'user' || value.boundBy === 'support' || value.boundBy === 'system') &&
    isIdOrNull(value.binder) &&
    isInstantOrNull(value.issuedAt) &&
    isInstantOrNull(value.activatedAt) &&
    (value.state !== 'active' || value.activatedAt !== null) &&
    isInstantOrNull(value.lastUsedAt) &&
    isIdOrNull(value.replaces) &&
    (value.sharedFrom === null ||
      (isObject(value.sharedFrom) && isUser(value.sharedFrom.user) && isId(value.sharedFrom.device))) &&
    areNames(value.methodsOff) &&
    areNames(value.notices) &&
    isGrowing(value.growing) &&
    isLeave(value.left) &&
    isInstantOrNull(value.shieldedUntil) &&
    isListOf(value.confirms, isId)
  );
}

const areDistinct = (list: readonly Device[]): boolean => new Set(list.map(({ id }) => id)).size === list.length;
const isUser = (value: unknown): boolean => typeof value === 'string' && value.length >= 1 && value.length <= 256;

/** Refuses devices that are not whole: what is missing might be the one that guards. */
export function assertDevices(value: unknown, what = 'devices'): asserts value is DevicesState {
  assertState(
    isObject(value) &&
      value.v === 1 &&
      typeof value.everActive === 'boolean' &&
      isInstantOrNull(value.regularAt) &&
      isObject(value.temporaryAt) &&
      Object.values(value.temporaryAt).every(isInstant) &&
      isListOf(value.bindings, isInstant) &&
      isListOf(value.list, isDevice) &&
      areDistinct(value.list as readonly Device[]),
    what,
  );
}

function isCounter(value: unknown): boolean {
  return (
    isObject(value) &&
    isAmount(value.failures) &&
    isInstant(value.at) &&
    isInstant(value.until) &&
    (value.lock === 'none' || value.lock === 'temporary' || value.lock === 'permanent')
  );
}

/** Refuses attempts that are not whole: they might hide failures. */
export function assertAttempts(value: unknown): asserts value is AttemptState {
  assertState(
    isObject(value) &&
      value.v === 1 &&
      isCounter(value.account) &&
      isObject(value.devices) &&
      Object.values(value.devices).every(isCounter) &&
      isListOf(
        value.lanes,
        (lane) => isObject(lane) && isId(lane.id) && isId(lane.device) && isInstant(lane.at) && isCounter(lane.counter),
      ) &&
      isInstant(value.lockedUntil),
    'attempts',
  );
}

/** Refuses a ledger that is not whole, or in another currency: it might hide a withdrawal. */
export function assertLedger(value: unknown, currency: string | null): asserts value is Ledger {
  assertState(
    isObject(value) &&
      value.v === 1 &&
      value.currency === currency &&
      isListOf(
        value.days,
        (day) => isObject(day) && isInstant(day.day) && isInstant(day.last) && isAmount(day.sum) && isName(day.pool),
      ) &&
      isListOf(
        value.bookings,
        (one) =>
          isObject(one) &&
          isId(one.reference) &&
          isInstant(one.day) &&
          isName(one.pool) &&
          isAmount(one.amount) &&
          typeof one.reversed === 'boolean',
      ),
    'ledger',
  );
}

export function assertOptOut(value: unknown): asserts value is OptOutState {
  assertState(
    isObject(value) &&
      value.v === 1 &&
      (value.status === 'in' || value.status === 'out') &&
      isInstantOrNull(value.changedAt),
    'optOut',
  );
}

/** A device of everyday use: neither a stopgap nor one that serves single actions only, such as a key file. */
export function isRegular(kind: KindRules | undefined): kind is KindRules {
  return kind !== undefined && kind.temporary !== true && kind.actions === undefined;
}
