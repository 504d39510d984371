import { CountersignError } from '@countersign/primitives/error';
import type { KindRules } from './policy-types.ts';
import type { Actor, Counter, Device, Ledger, OptOutState, Policy, Sharing } from './types.ts';

/** Last instant of the year 9999: later ones are mistakes, and calendars end somewhere. */
export const LAST_INSTANT = 253402300799999;

/** States from which there is no way back. */
export const FINAL: readonly string[] = ['expired', 'retired'];
/** States in which a device takes no room. */
export const GONE: readonly string[] = [...FINAL, 'lost'];

/** Marks a document that was checked. A registered symbol: it also holds when two copies of this package are loaded. */
export const CHECKED: unique symbol = Symbol.for('@countersign/policy') as never;

/** Refuses a document that did not go through `definePolicy`: an unchecked policy must not decide anything. */
export function assertPolicy(policy: Policy): void {
  if (!isObject(policy) || !Object.hasOwn(policy, CHECKED)) {
    throw new CountersignError('invalid-policy', 'policy must come from definePolicy');
  }
}

export function isObject(value: unknown): value is { readonly [key: string]: unknown } {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

export function isInstant(value: unknown): value is number {
  return typeof value === 'number' && value >= 0 && value <= LAST_INSTANT;
}

export function isAmount(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) >= 0;
}

/** A record's own entry: `constructor` and `__proto__` are never found by accident. */
export function own<T>(record: { readonly [key: string]: T }, key: unknown): T | undefined {
  return typeof key === 'string' && Object.hasOwn(record, key) ? record[key] : undefined;
}

/** What a reason may say of a name that somebody sent: nothing unless it is text. `String` throws for some JSON. */
export function nameOf(value: unknown): string | null {
  return typeof value === 'string' ? value : null;
}

function isInstantOrNull(value: unknown): boolean {
  return value === null || isInstant(value);
}

/** Whether a device record has what decisions read. What is amiss denies. */
export function isDevice(value: unknown): value is Device {
  return (
    isObject(value) &&
    value.v === 1 &&
    typeof value.id === 'string' &&
    typeof value.kind === 'string' &&
    typeof value.state === 'string' &&
    isInstantOrNull(value.issuedAt) &&
    isInstantOrNull(value.activatedAt) &&
    isInstantOrNull(value.lastUsedAt) &&
    (value.replaces === null || typeof value.replaces === 'string') &&
    (value.sharedFrom === null || isObject(value.sharedFrom)) &&
    Array.isArray(value.methodsOff) &&
    Array.isArray(value.noticesGiven) &&
    Array.isArray(value.history) &&
    value.history.every((entry: unknown) => isObject(entry) && isInstant(entry.at) && typeof entry.state === 'string')
  );
}

export function areDevices(value: unknown): value is readonly Device[] {
  return Array.isArray(value) && value.every(isDevice) && new Set(value.map(({ id }) => id)).size === value.length;
}

export function isCounter(value: unknown): value is Counter {
  return (
    isObject(value) &&
    isAmount(value.failures) &&
    isInstant(value.blockedUntil) &&
    (value.lock === 'none' || value.lock === 'temporary' || value.lock === 'permanent')
  );
}

/** Whether a ledger is whole and in the policy's currency. A broken one might hide a withdrawal. */
export function isLedger(value: unknown, currency: string): value is Ledger {
  return (
    isObject(value) &&
    value.v === 1 &&
    value.currency === currency &&
    isInstant(value.latest) &&
    Array.isArray(value.entries) &&
    value.entries.every(
      (entry: unknown) =>
        isObject(entry) && isInstant(entry.at) && isAmount(entry.amount) && typeof entry.pool === 'string',
    )
  );
}

/** A device of everyday use: neither a stopgap nor one that serves single actions only, such as a key file. */
export function isRegular(kind: KindRules | undefined): kind is KindRules {
  return kind !== undefined && kind.temporary !== true && kind.actions === undefined;
}

/** Whether the state of login protection is whole. */
export function isOptOutState(state: unknown): state is OptOutState {
  return (
    isObject(state) &&
    state.v === 1 &&
    (state.status === 'in' || state.status === 'out') &&
    (state.changedAt === null || isInstant(state.changedAt))
  );
}

/** Whether somebody is a known role, and a user's level a number. */
export function isActor(by: unknown): by is Actor {
  if (!isObject(by)) return false;
  return by.role === 'support' || by.role === 'system' || (by.role === 'user' && Number.isSafeInteger(by.level));
}

const SHARING_STATUS: readonly unknown[] = ['pending', 'approved', 'active', 'declined', 'cancelled'];

/** Whether the record of a sharing is whole. */
export function isSharing(value: unknown): value is Sharing {
  return (
    isObject(value) &&
    value.v === 1 &&
    SHARING_STATUS.includes(value.status) &&
    [value.requester, value.owner, value.device, value.kind].every((name) => typeof name === 'string') &&
    isInstant(value.changedAt) &&
    Array.isArray(value.suspended)
  );
}
