/**
 * A policy as data: what a JSON file holds, what {@link definePolicy} checks, and what the JSON Schema describes.
 * Amounts are integers in minor units (cents) of the policy's currency; durations are seconds; levels are integers.
 */
export type PolicyDocument = {
  /** Where editors find the schema. */
  readonly $schema?: string | undefined;
  /** Version of the format. */
  readonly v: 1;
  /** What people call this policy; it appears in audits. */
  readonly name: string;
  /** ISO 4217 code of the currency in which limits are written, such as USD. */
  readonly currency: string;
  readonly calendar: CalendarRules;
  /**
   * Seconds by which clocks of servers may differ. State from further in the future means that a clock went backwards,
   * and everything is denied.
   * @asType integer
   * @minimum 0
   */
  readonly clockTolerance: number;
  /** The device classes, by kind. `none` is reserved: it stands for "no device". */
  readonly kinds: { readonly [kind: string]: KindRules };
  /** What people do, by name, and what each owes. */
  readonly actions: { readonly [action: string]: ActionRules };
  readonly attempts: AttemptRules;
  readonly sharing: SharingRules;
  readonly optOut: OptOutRules;
  readonly recovery: RecoveryRules;
  readonly posture: PostureRules;
  /** Named lists of CIDR ranges. They are parsed by `createAddressLists` of `@countersign/policy/network`. */
  readonly addressLists: { readonly [list: string]: readonly string[] };
};

/**
 * An amount in minor units (cents) of the policy's currency.
 * @asType integer
 * @minimum 0
 */
export type MinorUnits = number;

/**
 * A duration.
 * @asType integer
 * @minimum 0
 */
export type Seconds = number;

/**
 * A number of something.
 * @asType integer
 * @minimum 0
 */
export type Count = number;

/** When a day begins and which days are business days. */
export type CalendarRules = {
  /** IANA name, such as America/New_York. */
  readonly timeZone: string;
  /** Days of the week that are never business days: 1 is Monday, 7 is Sunday. */
  readonly weekend: readonly (1 | 2 | 3 | 4 | 5 | 6 | 7)[];
  /** Other days that are no business days, as 2026-12-25. */
  readonly holidays: readonly string[];
};

/** One class of security device (an authenticator, in the terms of NIST SP 800-63B). */
export type KindRules = {
  /**
   * Protection level; higher is stronger. 0 is what "no device" has.
   * @asType integer
   * @minimum 1
   * @maximum 1000
   */
  readonly level: number;
  /** How such a device proves itself, the preferred way first. The later ones are fallbacks. */
  readonly methods: readonly string[];
  /** Kept for those who have one; only support binds another. */
  readonly legacy?: boolean | undefined;
  /** A restricted authenticator: the telephone network (NIST SP 800-63B-4 section 3.1.3.3). */
  readonly restricted?: boolean | undefined;
  /** Bridges the time until a regular device is back. Never shared. */
  readonly temporary?: boolean | undefined;
  /** Whether it counts as something that only the user possesses (EBA-Op-2019-06: printed cards and lists do not). */
  readonly possessionElement: boolean;
  /** Whether another user name may use it. */
  readonly shareable: boolean;
  /**
   * How many of this kind a user may hold at once.
   * @asType integer
   * @minimum 1
   */
  readonly maximum: number;
  /** A new one that becomes active retires the older ones of its kind. */
  readonly exclusive?: boolean | undefined;
  /** Leaves as soon as a regular device of another kind is active (SMS). */
  readonly leaves?: boolean | undefined;
  /** Not twice in a row: a regular device must have been active or used between two of them. */
  readonly notTwiceInARow?: boolean | undefined;
  /** Serves only these actions. Absent: all. */
  readonly actions?: readonly string[] | undefined;
  /** What it may do as it ages, counted from its activation. After the last phase it has expired. Absent: for ever. */
  readonly phases?: readonly Phase[] | undefined;
  /**
   * Seconds in which an issued device must be activated. Absent: no end.
   * @asType integer
   * @minimum 1
   */
  readonly activationLifetime?: number | undefined;
  readonly automaticActivation?: AutomaticActivation | undefined;
  /**
   * Equity in minor units from which it is offered beside another regular device. Absent: always.
   * @asType integer
   * @minimum 0
   */
  readonly minimumEquity?: number | undefined;
  /** Whether it runs on a phone whose posture is checked. */
  readonly posture?: boolean | undefined;
  /** Name of the address list in which the client must be. */
  readonly addressList?: string | undefined;
  /** Numbers that the verifier of this kind needs: digits, lengths, lifetimes in seconds. Carried, not interpreted here. */
  readonly parameters?: { readonly [name: string]: Count } | undefined;
};

/** A span of a device's life. */
export type Phase = {
  /**
   * Seconds.
   * @asType integer
   * @minimum 1
   */
  readonly lasts: number;
  /** Only these actions in this phase. Absent: all that the kind serves. */
  readonly actions?: readonly string[] | undefined;
};

/** A posted replacement that activates by itself. */
export type AutomaticActivation = {
  /**
   * Seconds after shipping.
   * @asType integer
   * @minimum 1
   */
  readonly after: number;
  /**
   * Seconds before that at which the user is told it comes near.
   * @asType integer
   * @minimum 1
   */
  readonly near: number;
  /**
   * Seconds before that at which the user is told it is imminent.
   * @asType integer
   * @minimum 1
   */
  readonly imminent: number;
};

/** What an action owes. */
export type ActionRules = {
  /**
   * Lowest protection level that serves it. 0: no device is needed.
   * @asType integer
   * @minimum 0
   * @maximum 1000
   */
  readonly level: number;
  /** Served by these kinds only. Absent: by every kind of the level. */
  readonly kinds?: readonly string[] | undefined;
  /** Only devices that count as possession in the EU (RTS Art. 7, EBA-Op-2019-06). */
  readonly possession?: boolean | undefined;
  /** Refuses restricted kinds (NIST SP 800-63B-4 section 3.1.3.3). */
  readonly refuseRestricted?: boolean | undefined;
  readonly limits?: ActionLimits | undefined;
};

/** How much may be moved with which kind. */
export type ActionLimits = {
  /** Actions of the same pool are summed together, so that splitting a sum over two actions gains nothing. */
  readonly pool: string;
  /** One row for each kind that serves the action, and `none` if the action needs no device. */
  readonly perKind: { readonly [kind: string]: WindowLimits };
};

/** The most that may leave in one day and in five business days, in minor units. `null`: unlimited. */
export type WindowLimits = {
  readonly perDay: MinorUnits | null;
  readonly perFiveBusinessDays: MinorUnits | null;
};

/** Failed tries are counted for each device and for the whole account (NIST SP 800-63B-4 section 3.2.2). */
export type AttemptRules = {
  readonly device: CounterRules;
  readonly account: CounterRules;
};

/** One counter of consecutive failures. */
export type CounterRules = {
  /** Seconds to wait after the first, second, … failure in a row; the last repeats. Never falling. */
  readonly waits: readonly Seconds[];
  /**
   * Failures in a row that lock.
   * @asType integer
   * @minimum 1
   * @maximum 1000
   */
  readonly limit: number;
  /** `temporary`: locks end by themselves. `permanent`: the first stays. `mixed`: after all of `locks`, the next stays. */
  readonly mode: 'temporary' | 'permanent' | 'mixed';
  /** Seconds of the first, second, … temporary lock; in mode `temporary` the last repeats. Empty in mode `permanent`. */
  readonly locks: readonly Seconds[];
  /**
   * The user is warned when at most this many tries are left before a permanent lock (RTS Art. 4(3)(b), 4(4)).
   * @asType integer
   * @minimum 0
   */
  readonly warnAt: number;
};

/** When one user name may use the device of another. */
export type SharingRules = {
  readonly offered: boolean;
  /** Names of identification fields that must all be equal. */
  readonly identityFields: readonly string[];
  /** Groups of fields, one of which must be equal as a whole: a document's type and number, or a tax number. */
  readonly identityAlternatives: readonly (readonly string[])[];
  /** Which approved requests wait for compliance. */
  readonly review: 'never' | 'different-entities' | 'always';
};

/** Leaving login protection, and coming back. */
export type OptOutRules = {
  readonly offered: boolean;
  /**
   * Protection level of the device that confirms opting out.
   * @asType integer
   * @minimum 1
   * @maximum 1000
   */
  readonly level: number;
  /**
   * Seconds after opting in before one may opt out again.
   * @asType integer
   * @minimum 0
   */
  readonly coolDown: number;
  /** Actions that then need no device. */
  readonly waivedActions: readonly string[];
  /** Actions that are then denied. */
  readonly deniedActions: readonly string[];
  /** Lower limits that then hold, by pool, whatever device is used. */
  readonly limits: { readonly [pool: string]: WindowLimits };
};

/** The way back for somebody who has lost everything, by kind. `null`: that step does not exist. */
export type RecoveryRules = {
  readonly temporaryCode: string | null;
  readonly onlineCard: string | null;
  /** The action by which the online card is shown and printed. */
  readonly printAction: string | null;
};

/** What a phone must be. */
export type PostureRules = {
  /** Lowest version of each operating system that is taken, as 13 or 7.1.2. Others are refused. */
  readonly platforms: { readonly [platform: string]: { readonly minimumVersion: string } };
  readonly refuseRooted: boolean;
  /** A passcode, fingerprint or face must be switched on. */
  readonly requireScreenLock: boolean;
};
