import type {
  ActionRules,
  AttemptRules,
  BindingRules,
  CalendarRules,
  KindRules,
  LaneRules,
  OptOutRules,
  PostureRules,
  RecoveryRules,
  SharingRules,
} from './policy-types.ts';

declare const checked: unique symbol;

/**
 * A policy that {@link definePolicy} has checked and frozen, every default filled in. `A` and `K` are the names of its
 * actions and kinds. Plain JSON; after a round trip it is checked again.
 */
export type Policy<A extends string = string, K extends string = string> = {
  readonly v: 1;
  readonly name: string;
  readonly currency: string | null;
  readonly calendar: CalendarRules | null;
  readonly clockTolerance: number;
  readonly binding: { readonly [rule in keyof BindingRules]-?: number };
  readonly kinds: { readonly [kind in K]: KindRules };
  readonly actions: { readonly [action in A]: ActionRules };
  readonly attempts: Omit<AttemptRules, 'lanes'> & {
    readonly lanes: { readonly [rule in keyof LaneRules]-?: number } | null;
  };
  readonly sharing: SharingRules | null;
  readonly optOut: OptOutRules | null;
  readonly recovery: RecoveryRules | null;
  readonly posture: PostureRules | null;
  readonly addressLists: { readonly [list: string]: readonly string[] };
  readonly [checked]: true;
};

/** The names in a document, as far as its type tells them. */
export type ActionsOf<D> = D extends { readonly actions: infer R } ? keyof R & string : string;
export type KindsOf<D> = D extends { readonly kinds: infer R } ? keyof R & string : string;

/** Amount in minor units of a currency, with its ISO 4217 code. 1 USD is `{ minorUnits: 100, currency: 'USD' }`. */
export type Money = { readonly minorUnits: number; readonly currency: string };

/** What a reason tells about: plain JSON. Money and instants carry their kind, so that text can be made of them. */
export type Value = string | number | boolean | null | Money | { readonly at: number };
export type Values = { readonly [name: string]: Value };

/** Why not. Codes are stable; the words are {@link renderExplanation}'s. `allowed` stands in explanations only. */
export type ReasonCode =
  | 'allowed'
  | 'unknown-action'
  | 'unknown-kind'
  | 'unknown-device'
  | 'device-not-active'
  | 'device-expired'
  | 'methods-off'
  | 'level-too-low'
  | 'growing'
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
  | 'owner-not-usable'
  | 'invalid-amount'
  | 'no-rate'
  | 'duplicate-reference'
  | 'over-action-limit'
  | 'over-daily-limit'
  | 'over-five-day-limit'
  | 'denied-by-opt-out'
  | 'legacy-kind'
  | 'too-many-devices'
  | 'too-many-bindings'
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
  | 'last-method'
  | 'unknown-method'
  | 'unknown-reference'
  | 'already-reversed'
  | 'same-user'
  | 'less-secure-device'
  | 'different-identification'
  | 'temporary-device'
  | 'kind-not-shareable';

/** One reason: the rule that held, the device it speaks of, and what was compared. */
export type Reason = {
  readonly code: ReasonCode;
  /** Path in the policy, such as `actions.withdrawal.level`, or one of {@link FIXED_RULES}. */
  readonly rule: string;
  readonly device: string | null;
  readonly values: Values;
};

/** One rule that a decision looked at. */
export type RuleLookedAt = Reason & { readonly passed: boolean };

/** What every decision tells. It denies unless every rule was met. */
export type Decision = {
  readonly allowed: boolean;
  /** Why not, the deciding rules first; empty when allowed. */
  readonly reasons: readonly Reason[];
  /** Every rule that was looked at, in order, when `explain: true` was asked for; else `null`. */
  readonly looked: readonly RuleLookedAt[] | null;
};

/** Where a device is in its life. `expired` and `retired` are final. */
export type DeviceState = 'pending' | 'awaiting' | 'active' | 'suspended' | 'lost' | 'expired' | 'retired';

/** What moves a device. */
export type DeviceEvent = 'issue' | 'activate' | 'suspend' | 'report-lost' | 'restore' | 'expire' | 'retire';

/**
 * Who asks. A user is named by the device that was verified for this very request, `null` for the password alone: what
 * that device may do is looked up, never passed. The application decides who is support.
 */
export type Actor =
  | { readonly role: 'user'; readonly device: string | null }
  | { readonly role: 'support'; readonly name: string }
  | { readonly role: 'system' };

/** What a device can be trusted for. */
export type Strength = {
  readonly level: number;
  readonly possession: boolean;
  readonly restricted: boolean;
  /** Every one of these kinds must serve an action, and the lowest of their limits holds. `none` is the password alone. */
  readonly kinds: readonly string[];
  /** Only these actions; `null`: all. */
  readonly actions: readonly string[] | null;
};

/** How a device left `active` (or `awaiting`), kept while it may come back or still guards. */
export type Leave = {
  readonly at: number;
  /** `weaker`: a session weaker than it, or time; `equal`: one at least as strong; `support`. Only `equal` ends its guard. */
  readonly by: 'weaker' | 'equal' | 'support';
  /** Its effective level then, at which it guards. */
  readonly level: number;
  /** The state to which a proof with the device itself brings it back; `null`: that is not enough. */
  readonly back: DeviceState | null;
};

/** A device bound to a user: plain JSON without any secret. */
export type Device = {
  readonly id: string;
  readonly kind: string;
  readonly state: DeviceState;
  readonly boundAt: number;
  readonly boundBy: Actor['role'];
  /** The device whose session bound it. `null`: the password alone (the first one), support or the system. */
  readonly binder: string | null;
  /** When it was issued: posted, shown, sent. `null` before. */
  readonly issuedAt: number | null;
  /** When it first became active. `null` before. Phases count from here. */
  readonly activatedAt: number | null;
  /** When a verification with it last succeeded: {@link noteUse}. */
  readonly lastUsedAt: number | null;
  /** The device that it replaces, which is retired when this one becomes active. */
  readonly replaces: string | null;
  /** Whose device this really is, when it is shared. */
  readonly sharedFrom: { readonly user: string; readonly device: string } | null;
  /** Methods that the user switched off, such as seamless login. */
  readonly methodsOff: readonly string[];
  /** Notices of automatic activation that were given. */
  readonly notices: readonly ('activation-near' | 'activation-imminent')[];
  /** Until when it can do no more than this; `until` is `null` before its activation. `null`: it is fully grown. */
  readonly growing: (Strength & { readonly until: number | null }) | null;
  readonly left: Leave | null;
  /** Until when a weaker session may not suspend it or report it lost again, after it has come back. */
  readonly shieldedUntil: number | null;
  /** Devices whose loss support confirmed together with this temporary code: they do not guard against its session. */
  readonly confirms: readonly string[];
};

/** One change, for the audit log (NIST SP 800-63B-4 section 4.1: a record of every binding). */
export type ChangeRecord = {
  readonly at: number;
  readonly event: 'bind' | 'share' | 'set-methods' | DeviceEvent;
  readonly device: string;
  readonly kind: string;
  readonly state: DeviceState;
  readonly by: Actor;
  /** The rule that caused it, when no person did: `kinds.phone-app.exclusive`. */
  readonly rule: string | null;
};

/** All devices of one user: plain JSON, of bounded size. */
export type DevicesState = {
  readonly v: 1;
  /** A device was active once: from then on the password alone binds nothing. */
  readonly everActive: boolean;
  /** When a regular device was last used or became active. */
  readonly regularAt: number | null;
  /** When a device of each kind that is not given twice in a row was last active. */
  readonly temporaryAt: { readonly [kind: string]: number };
  /** When the latest devices were bound, for the limit per day. */
  readonly bindings: readonly number[];
  readonly list: readonly Device[];
};

/** Somebody is to be told: of every change (NIST SP 800-63B-4 section 4.6), and before an automatic activation. */
export type Notice = {
  readonly topic: ChangeRecord['event'] | 'activation-near' | 'activation-imminent';
  readonly device: string;
  readonly kind: string;
  readonly at: number;
  /** Who is told. `owner`: the user whose device is shared. */
  readonly to: readonly ('user' | 'owner')[];
  /** When this change begins to open something: a guard ends, or a new device is fully grown. `null`: it opens nothing later. */
  readonly opensAt: number | null;
  /** The devices with which the user can undo it until then; support always can. */
  readonly cancelBy: readonly string[];
};

/** The states after a change, or the same ones when it was denied. */
export type DevicesDecision = Decision & {
  readonly devices: DevicesState;
  /** Attempts without the tries that ended with a device; `null` when none were given. */
  readonly attempts: AttemptState | null;
  readonly notices: readonly Notice[];
  /** All that happened, for the audit log. */
  readonly records: readonly ChangeRecord[];
  /** Devices that are final and have left the list, for the audit log: nothing here remembers them. */
  readonly dropped: readonly Device[];
};

/** How often in a row it failed, and until when it waits or is locked. */
export type Counter = {
  /** Consecutive failures since the last success or unlocking. */
  readonly failures: number;
  /** When the last one was. */
  readonly at: number;
  /** Nothing is judged before this instant. 0: nothing to wait for. */
  readonly until: number;
  readonly lock: 'none' | 'temporary' | 'permanent';
};

/** The tries reserved for one device from one known browser. */
export type Lane = {
  readonly id: string;
  readonly device: string;
  /** Its last success. */
  readonly at: number;
  readonly counter: Counter;
};

/** Failed tries of one account, of each of its devices and of its known browsers: plain JSON. */
export type AttemptState = {
  readonly v: 1;
  readonly account: Counter;
  readonly devices: { readonly [device: string]: Counter };
  readonly lanes: readonly Lane[];
  /** When the latest temporary lock ends or ended, also after a success: a lost device guards for its time after that. */
  readonly lockedUntil: number;
};

/** What was moved on one day out of one pool, in minor units of the policy's currency. */
export type DaySum = { readonly day: number; readonly last: number; readonly pool: string; readonly sum: number };

/** One booking that can still be reversed. */
export type Booking = {
  readonly reference: string;
  readonly day: number;
  readonly pool: string;
  /** Minor units of the policy's currency at the rate of its time. */
  readonly amount: number;
  readonly reversed: boolean;
};

/** Past withdrawals of one account, as far as the windows need them. Plain JSON. */
export type Ledger = {
  readonly v: 1;
  readonly currency: string;
  readonly days: readonly DaySum[];
  /** The latest bookings, by reference. */
  readonly bookings: readonly Booking[];
};

/**
 * What one minor unit of a foreign currency is worth in minor units of the policy's: `multiplier / divisor`, both positive
 * integers, so that nothing is rounded twice. 1 JPY = 0.67 US cents is `{ multiplier: 67, divisor: 100 }`.
 */
export type Rate = { readonly multiplier: number; readonly divisor: number };
export type RateTable = { readonly [currency: string]: Rate };

/** Days and business days of a policy, as `createCalendar` of `@countersign/policy/calendar` makes it. */
export type Calendar = {
  readonly rules: CalendarRules;
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

/** What a decision about a device needs to know besides the policy. What is required cannot be forgotten; `null` says that there is none. */
export type Situation = {
  readonly devices: DevicesState;
  /** Failed tries so far; `null` if another part of the program keeps them. */
  readonly attempts: AttemptState | null;
  /** The known browser from which the request comes, by its lane's id. */
  readonly lane?: string | null | undefined;
  /** Milliseconds since the epoch, of the best clock there is: the database's. */
  readonly now: number;
  /** What phone apps reported, by device id; needed for kinds with `posture`. */
  readonly posture?: { readonly [device: string]: unknown } | undefined;
  /** The client's address as the server saw it; needed for kinds with an `addressList`. */
  readonly client?: { readonly address: unknown; readonly lists: AddressLists } | undefined;
  /** States of the users whose devices are shared with this one, by user name; needed to use such a device. */
  readonly owners?: { readonly [user: string]: OwnerState } | undefined;
  /** Note every rule that is looked at. Costs time: for audits and dry runs. */
  readonly explain?: boolean | undefined;
};

export type OwnerState = { readonly devices: DevicesState; readonly attempts: AttemptState | null };

/** A change of security settings. */
export type ChangeRequest = Situation & {
  readonly by: Actor;
  /** Who asks and who alone may, where an account has several users. */
  readonly account?: { readonly user: string; readonly primaryUser: string } | undefined;
};
