/**
 * A policy as data: what a JSON file holds, what {@link definePolicy} checks, and what the JSON Schema describes.
 * Amounts are integers in minor units (cents) of the policy's currency; durations are seconds; levels are integers.
 * A section that is absent (or `null`) is off.
 */
export type PolicyDocument = {
  /** Where editors find the schema. */
  readonly $schema?: string | undefined;
  /** Version of the format. */
  readonly v: 1;
  /** What people call this policy; it appears in audits. */
  readonly name: string;
  /** ISO 4217 code of the currency in which limits are written, such as USD. Needed where there are limits. */
  readonly currency?: string | null | undefined;
  /** Needed where there are limits per day or per five business days. */
  readonly calendar?: CalendarRules | null | undefined;
  /** Seconds by which clocks of servers may differ, 0 … 3600. Default 5. */
  readonly clockTolerance?: Seconds | undefined;
  readonly binding?: BindingRules | undefined;
  /** The device classes, by kind. `none` is reserved: it stands for "no device". */
  readonly kinds: { readonly [kind: string]: KindRules };
  /** What people do, by name, and what each owes. `login` and `change-settings` must be among them. */
  readonly actions: { readonly [action: string]: ActionRules };
  readonly attempts: AttemptRules;
  readonly sharing?: SharingRules | null | undefined;
  readonly optOut?: OptOutRules | null | undefined;
  readonly recovery?: RecoveryRules | null | undefined;
  readonly posture?: PostureRules | null | undefined;
  /** Named lists of CIDR ranges. They are parsed by `createAddressLists` of `@countersign/policy/network`. */
  readonly addressLists?: { readonly [list: string]: readonly string[] } | undefined;
};

/** An amount in minor units (cents) of the policy's currency. */
export type MinorUnits = number;
/** A duration. */
export type Seconds = number;
/** A number of something. */
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

/** How authority moves from one device to the next (NIST SP 800-63B-4 sections 4.1 to 4.3, 4.6; RTS Art. 24(2)(b)). */
export type BindingRules = {
  /**
   * Seconds for which a device that was lost, suspended or expired still guards, and for which a new device can do no
   * more than the one that bound it. Default 259,200 (72 h). 0 switches this protection off.
   */
  readonly coolDown?: Seconds | undefined;
  /** Devices that may be bound within 24 hours, 1 … 10. Default 5. Support is not limited. */
  readonly perDay?: Count | undefined;
  /** Devices that a user may hold at all, 1 … 10. Default 8. */
  readonly maximumDevices?: Count | undefined;
};

/** One class of security device (an authenticator, in the terms of NIST SP 800-63B). What is absent is no or none. */
export type KindRules = {
  /** Protection level, 1 … 1000; higher is stronger. 0 is what "no device" has. */
  readonly level: number;
  /** How such a device proves itself, the preferred way first: names of {@link METHODS}, or of your own with `x-`. */
  readonly methods: readonly string[];
  /** Kept for those who have one; only support binds another. */
  readonly legacy?: boolean | undefined;
  /** A restricted authenticator: the telephone network (NIST SP 800-63B-4 section 3.1.3.3). */
  readonly restricted?: boolean | undefined;
  /** Bridges the time until a regular device is back. Never shared. */
  readonly temporary?: boolean | undefined;
  /** It counts as something that only the user possesses (EBA-Op-2019-06: printed cards and lists do not). */
  readonly possessionElement?: boolean | undefined;
  /** Another user name may use it. */
  readonly shareable?: boolean | undefined;
  /** How many of this kind a user may hold at once. Default 1. */
  readonly maximum?: Count | undefined;
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
  /** Seconds in which an issued device must be activated. Absent: no end. */
  readonly activationLifetime?: Seconds | undefined;
  /** Seconds for which a code, challenge or approval of this kind can be answered. */
  readonly answerLifetime?: Seconds | undefined;
  readonly automaticActivation?: AutomaticActivation | undefined;
  /** Equity in minor units from which it is offered beside another regular device. Absent: always. */
  readonly minimumEquity?: MinorUnits | undefined;
  /** It runs on a phone whose posture is checked. */
  readonly posture?: boolean | undefined;
  /** Name of the address list in which the client must be. */
  readonly addressList?: string | undefined;
  /** Other numbers that the verifier of this kind needs: digits, lengths, bits. Carried, not interpreted here. */
  readonly parameters?: { readonly [name: string]: Count } | undefined;
};

/** A span of a device's life. */
export type Phase = {
  readonly lasts: Seconds;
  /** Only these actions in this phase. Absent: all that the kind serves. */
  readonly actions?: readonly string[] | undefined;
};

/** A posted replacement that activates by itself. */
export type AutomaticActivation = {
  /** Seconds after shipping. */
  readonly after: Seconds;
  /** Seconds before that at which the user is told it comes near. */
  readonly near: Seconds;
  /** Seconds before that at which the user is told it is imminent. */
  readonly imminent: Seconds;
};

/** What an action owes. */
export type ActionRules = {
  /** Lowest protection level that serves it. 0: no device is needed. */
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
  readonly perKind: { readonly [kind: string]: Limits };
};

/** The most that may leave at once, in one day and in five business days, in minor units. An absent window has no limit. */
export type Limits =
  | 'unlimited'
  | {
      readonly perAction?: MinorUnits | undefined;
      readonly perDay?: MinorUnits | undefined;
      readonly perFiveBusinessDays?: MinorUnits | undefined;
    };

/** Failed tries are counted for each device and for the whole account (NIST SP 800-63B-4 section 3.2.2). */
export type AttemptRules = {
  readonly device: CounterRules;
  readonly account: CounterRules;
  /** Tries reserved for browsers from which the user has signed in before. Absent: off. */
  readonly lanes?: LaneRules | null | undefined;
};

/** One counter of consecutive failures. */
export type CounterRules = {
  /** Failures in a row that lock, 1 … 1000, and as many more for each further lock. */
  readonly limit: Count;
  /** Seconds of the first, second, … temporary lock, never falling. Default none: the first lock is permanent. */
  readonly locks?: readonly Seconds[] | undefined;
  /** The last of `locks` repeats. Default false: after them comes a lock that only unlocking ends. */
  readonly repeat?: boolean | undefined;
  /** Seconds to wait after the first, second, … failure in a row, never falling; the last repeats. Default none. */
  readonly waits?: readonly Seconds[] | undefined;
  /** The user is warned when at most this many tries are left before a permanent lock (RTS Art. 4(3)(b), 4(4)). Default 0. */
  readonly warnAt?: Count | undefined;
};

/** Known browsers (OWASP device cookies): whoever guesses from elsewhere does not use up their tries. */
export type LaneRules = {
  /** Browsers at a time, 1 … 5. */
  readonly maximum: Count;
  /** Failures in a row that end a lane. `maximum` times this is taken off the tries before a permanent lock. */
  readonly tries: Count;
  /** Seconds after its last success that a lane lives. Default 7,776,000 (90 days). */
  readonly lifetime?: Seconds | undefined;
};

/** When one user name may use the device of another. */
export type SharingRules = {
  /** Names of identification fields that must all be equal. */
  readonly identityFields: readonly string[];
  /** Groups of fields, one of which must be equal as a whole: a document's type and number, or a tax number. */
  readonly identityAlternatives: readonly (readonly string[])[];
  /** Which requests wait for compliance. */
  readonly review: 'never' | 'different-entities' | 'always';
};

/** Leaving login protection, and coming back. */
export type OptOutRules = {
  /** Protection level of the device that confirms opting out. */
  readonly level: number;
  /** Seconds after opting in before one may opt out again. */
  readonly coolDown: Seconds;
  /** Actions that then need no device. */
  readonly waivedActions: readonly string[];
  /** Actions that are then denied. */
  readonly deniedActions: readonly string[];
  /** Lower limits that then hold, by pool, whatever device is used. */
  readonly limits: { readonly [pool: string]: Limits };
};

/** The way back for somebody who has lost everything, by kind. What is absent does not exist. */
export type RecoveryRules = {
  readonly temporaryCode?: string | undefined;
  readonly onlineCard?: string | undefined;
  /** The action by which the online card is shown and printed: users bind that card by it. */
  readonly printAction?: string | undefined;
};

/** What a phone must be. */
export type PostureRules = {
  /** Lowest version of each operating system that is taken, as 13 or 7.1.2. Others are refused. */
  readonly platforms: { readonly [platform: string]: { readonly minimumVersion: string } };
  readonly refuseRooted: boolean;
  /** A passcode, fingerprint or face must be switched on. */
  readonly requireScreenLock: boolean;
};
