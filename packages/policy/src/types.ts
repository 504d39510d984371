import type { PolicyDocument } from './policy-types.ts';

declare const checked: unique symbol;

/** A policy that {@link definePolicy} has checked and frozen. Plain JSON; after a round trip it is checked again. */
export type Policy = PolicyDocument & { readonly [checked]: true };

/** Amount in minor units of a currency, with its ISO 4217 code. 1 USD is `{ minorUnits: 100, currency: 'USD' }`. */
export type Money = { readonly minorUnits: number; readonly currency: string };

/** What a reason or an explanation tells about: plain JSON. Money and instants carry their kind, so that text can be made of them. */
export type Value = string | number | boolean | null | Money | { readonly at: number };
export type Values = { readonly [name: string]: Value };

/** Why not. Codes are stable; the words are {@link renderExplanation}'s. */
export type ReasonCode =
  | 'invalid-request'
  | 'invalid-state'
  | 'invalid-time'
  | 'clock-went-backwards'
  | 'unknown-action'
  | 'unknown-kind'
  | 'unknown-device'
  | 'device-not-active'
  | 'device-expired'
  | 'methods-off'
  | 'level-too-low'
  | 'kind-not-for-action'
  | 'phase-not-for-action'
  | 'no-possession-element'
  | 'restricted-kind'
  | 'locked'
  | 'waiting'
  | 'posture-missing'
  | 'platform-not-supported'
  | 'system-too-old'
  | 'rooted'
  | 'no-screen-lock'
  | 'address-missing'
  | 'address-malformed'
  | 'address-not-listed'
  | 'device-required'
  | 'no-usable-device'
  | 'invalid-amount'
  | 'no-rate'
  | 'over-daily-limit'
  | 'over-five-day-limit'
  | 'denied-by-opt-out'
  | 'legacy-kind'
  | 'too-many-devices'
  | 'leaves-for-other-device'
  | 'equity-too-low'
  | 'temporary-twice-in-a-row'
  | 'duplicate-device'
  | 'final-state'
  | 'wrong-state'
  | 'actor-not-allowed'
  | 'session-too-weak'
  | 'not-proven'
  | 'too-early'
  | 'not-offered'
  | 'only-primary-user'
  | 'cool-down'
  | 'already-so'
  | 'same-user'
  | 'less-secure-device'
  | 'different-identification'
  | 'temporary-device'
  | 'kind-not-shareable';

/** One reason, with what it is about. */
export type Reason = { readonly code: ReasonCode; readonly values: Values };

/** One rule that a decision looked at: where it stands in the policy, what was compared, and the verdict. */
export type RuleLookedAt = {
  /** Path in the policy, such as `actions.withdrawal.level`, or the name of a rule that holds everywhere. */
  readonly rule: string;
  readonly passed: boolean;
  /** What it means when this rule is not met. */
  readonly code: ReasonCode;
  readonly values: Values;
};

/** What every decision tells. It denies unless every rule was met. */
export type Decision = {
  readonly allowed: boolean;
  /** Why not; empty when allowed. */
  readonly reasons: readonly Reason[];
  /** Every rule that was looked at, in order, for audit and dry runs. */
  readonly explanation: readonly RuleLookedAt[];
};

/** The name of a class of devices: a key of the policy's `kinds`. */
export type DeviceKind = string;

/** Where a device is in its life. `expired` and `retired` are final. */
export type DeviceState =
  | 'pending'
  | 'awaiting-activation'
  | 'active'
  | 'suspended'
  | 'locked'
  | 'lost'
  | 'expired'
  | 'retired';

/** What moves a device. */
export type DeviceEvent =
  | 'issue'
  | 'activate'
  | 'suspend'
  | 'resume'
  | 'lock'
  | 'unlock'
  | 'report-lost'
  | 'reactivate'
  | 'expire'
  | 'retire';

/** Who causes an event. A user's own session has the protection level of the device with which it was verified, 0 without. */
export type Actor =
  | { readonly role: 'user'; readonly level: number }
  | { readonly role: 'support' }
  | { readonly role: 'system' };

/** One entry in a device's history, kept for ever (NIST SP 800-63B-4 section 4.1: a record of every binding). */
export type BindingRecord = {
  readonly at: number;
  readonly event: 'bind' | DeviceEvent;
  readonly by: Actor['role'];
  readonly state: DeviceState;
  /** The rule that caused it, when no person did: `kinds.phone-app.exclusive`. */
  readonly rule?: string | undefined;
};

/** A device bound to a user: plain JSON without any secret. Devices are never removed from a user's list. */
export type Device = {
  readonly v: 1;
  readonly id: string;
  readonly kind: DeviceKind;
  readonly state: DeviceState;
  /** When it was issued: posted, shown, sent. `null` before. */
  readonly issuedAt: number | null;
  /** When it last became active for the first time. `null` before. Phases count from here. */
  readonly activatedAt: number | null;
  /** When a verification with it last succeeded; the application keeps it. */
  readonly lastUsedAt: number | null;
  /** The device that it replaces, which is retired when this one becomes active. */
  readonly replaces: string | null;
  /** Whose device this really is, when it is shared. */
  readonly sharedFrom: { readonly user: string; readonly device: string } | null;
  /** Methods that the user switched off, such as seamless login. */
  readonly methodsOff: readonly string[];
  /** Notices of automatic activation that were given. */
  readonly noticesGiven: readonly ('activation-near' | 'activation-imminent')[];
  readonly history: readonly BindingRecord[];
};

/** Somebody is to be told: of every change (NIST SP 800-63B-4 section 4.6), and before an automatic activation. */
export type Notice = {
  readonly topic: 'bind' | DeviceEvent | 'activation-near' | 'activation-imminent';
  readonly device: string;
  readonly kind: DeviceKind;
  readonly at: number;
  /** Who is told. `owner`: the user whose device is shared. */
  readonly to: readonly ('user' | 'owner')[];
};

/** The devices after a change, or the same ones when it was denied. */
export type DevicesDecision = Decision & { readonly devices: readonly Device[]; readonly notices: readonly Notice[] };

/** How often in a row it failed, and until when it waits or is locked. Plain JSON. */
export type Counter = {
  /** Consecutive failures since the last success or unlocking. */
  readonly failures: number;
  /** Nothing is judged before this instant. 0: nothing to wait for. */
  readonly blockedUntil: number;
  readonly lock: 'none' | 'temporary' | 'permanent';
};

/** Failed tries of one account and of each of its devices: plain JSON, beside whatever else is in the user's record. */
export type AttemptState = {
  readonly v: 1;
  readonly account: Counter;
  readonly devices: { readonly [device: string]: Counter };
  /** Tries that were judged, ever. It makes each judged try a new state. */
  readonly judged: number;
  /** The latest instant seen, to notice a clock that went backwards. */
  readonly latest: number;
};

/** One past withdrawal, in minor units of the policy's currency at the rate of its time. */
export type LedgerEntry = { readonly at: number; readonly amount: number; readonly pool: string };

/** Past withdrawals of one account, as far as the windows need them. Plain JSON. */
export type Ledger = {
  readonly v: 1;
  readonly currency: string;
  /** The latest instant seen, to notice a clock that went backwards. */
  readonly latest: number;
  readonly entries: readonly LedgerEntry[];
};

/**
 * What one minor unit of a foreign currency is worth in minor units of the policy's: `multiplier / divisor`, both positive
 * integers, so that nothing is rounded twice. 1 JPY = 0.67 US cents is `{ multiplier: 67, divisor: 100 }`.
 */
export type Rate = { readonly multiplier: number; readonly divisor: number };
export type RateTable = { readonly [currency: string]: Rate };

/** Days and business days of a policy, as `createCalendar` of `@countersign/policy/calendar` makes it. */
export type Calendar = {
  readonly rules: PolicyDocument['calendar'];
  /** The windows in which `now` lies. Throws `invalid-time` for what is no instant. */
  windows(now: number): Windows;
};

/** Windows at one instant; every bound is an instant, inclusive at the start. */
export type Windows = {
  /** Start of the local day. */
  readonly dayStart: number;
  /** Start of the next local day. */
  readonly dayEnd: number;
  /** Start of the business day four before the current one. What is older no longer counts. */
  readonly fiveDaysStart: number;
  /** When the window next moves on, and where it then begins: five moves, after which nothing of today is left in it. */
  readonly moves: readonly { readonly at: number; readonly fiveDaysStart: number }[];
};

/** What a phone app reports about its phone. A report is the phone's own word: it keeps honest users safe, it stops nobody who lies. */
export type PostureReport = {
  readonly platform: string;
  readonly systemVersion: string;
  readonly rooted: boolean;
  readonly screenLock: boolean;
};

/** Address lists, as `createAddressLists` of `@countersign/policy/network` makes them. */
export type AddressLists = {
  /** Whether the address is in the list; `malformed` for what is no IPv4 or IPv6 address. */
  match(list: string, address: unknown): 'listed' | 'not-listed' | 'malformed';
};

/** Whether a user is under login protection. Plain JSON. */
export type OptOutState = {
  readonly v: 1;
  readonly status: 'in' | 'out';
  /** When that last changed; `null` when it never did. */
  readonly changedAt: number | null;
};

/** A request to use somebody else's device, and what became of it. Plain JSON. */
export type Sharing = {
  readonly v: 1;
  readonly status: 'pending' | 'approved' | 'active' | 'declined' | 'cancelled';
  readonly requester: string;
  readonly owner: string;
  /** The owner's device. */
  readonly device: string;
  readonly kind: DeviceKind;
  readonly changedAt: number;
  /** The requester's devices that rest while the shared one is in use. */
  readonly suspended: readonly string[];
};
