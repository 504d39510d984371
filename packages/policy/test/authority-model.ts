// An attacker who knows the password and holds some weak devices, without support and without any other proof, calls
// every published function in any order within one cool-down. Whatever he reaches, one of his own devices, established
// long ago, would have been allowed by itself.
import fc from 'fast-check';
import { createCalendar } from '../src/calendar.ts';
import {
  type AttemptState,
  admitAttempt,
  advanceDevices,
  bindDevice,
  type DeviceEvent,
  type DevicesDecision,
  type DevicesState,
  decideAction,
  type Ledger,
  moveDevice,
  newAttemptState,
  newLedger,
  newOptOutState,
  noteUse,
  type OptOutState,
  optIn,
  optOut,
  type Policy,
  recoverySteps,
  renderExplanation,
  setMethods,
  shareDevice,
  unlockAttempts,
} from '../src/index.ts';
import { DAY, NOW, owner, PASSWORD, SOUND_PHONES, session } from './support.ts';

export type Command = {
  readonly kind: string;
  readonly device: number;
  readonly by: number;
  readonly pick: number;
  readonly wait: number;
};

const KINDS = [
  'bind',
  'bind',
  'bind',
  'move',
  'move',
  'move',
  'move',
  'activate',
  'activate',
  'methods',
  'opt-out',
  'opt-in',
  'unlock',
  'share',
  'guess',
  'lock',
  'use',
  'pay',
  'advance',
  'recovery',
  'owner',
  'known-browser',
];
const EVENTS: readonly DeviceEvent[] = ['suspend', 'report-lost', 'restore', 'retire', 'issue', 'expire'];
/** Steps of time around what the presets wait for, in milliseconds. */
const WAITS = [0, 0, 0, 1, 999, 1000, 1001, 60_000, 599_999, 600_000, 3_600_000, 10 * 3_600_000];

export const commands: fc.Arbitrary<Command[]> = fc.array(
  fc.record({
    kind: fc.constantFrom(...KINDS),
    device: fc.nat(9),
    by: fc.nat(9),
    pick: fc.nat(30),
    wait: fc.constantFrom(...WAITS),
  }),
  { minLength: 1, maxLength: 30 },
);

/**
 * Runs one history and throws at the first thing that the attacker should not have reached. With an `objecting` owner, who
 * brings back what is gone whenever that is possible, it goes on for several cool-downs.
 */
export function attack(
  policy: Policy,
  theirs: readonly string[],
  held: readonly string[],
  history: readonly Command[],
  objecting = false,
): void {
  const calendar = policy.calendar && createCalendar(policy.calendar);
  const kinds = Object.keys(policy.kinds);
  const level = Math.max(0, ...held.map((kind) => policy.kinds[kind]!.level));
  // By design a temporary code prints an online card, which does more than the code in its last days.
  const printed = held.includes(policy.recovery?.temporaryCode ?? '') ? [policy.recovery!.onlineCard!] : [];
  const reference = [...held, ...printed];
  const established = owner(policy, reference);
  const client = { address: '192.0.2.1', lists: { match: () => 'listed' as const } };
  const end = NOW + (objecting ? 10 * DAY : policy.binding.coolDown * 1000 - 1);
  /** Devices that the attacker can prove: those held at first, and those bound in this history. */
  const mine = new Set(held);
  let devices: DevicesState = owner(policy, [...theirs, ...held]);
  let attempts: AttemptState = newAttemptState();
  let optedOut: OptOutState = newOptOutState();
  let ledger: Ledger | undefined = policy.currency === null ? undefined : newLedger(policy);
  let now = NOW;
  let made = 0;
  let payments = 0;

  const fail = (what: string, about: unknown): never => {
    throw new Error(
      `${policy.name}, holding ${held.join(', ') || 'nothing'} against ${theirs.join(', ')}: ${what} ${JSON.stringify(about)}`,
    );
  };
  const situation = () => ({ devices, attempts, now, posture: SOUND_PHONES, client });
  const take = (decision: DevicesDecision): boolean => {
    devices = decision.devices;
    if (decision.attempts !== null) attempts = decision.attempts;
    return decision.allowed;
  };
  const deviceAt = (index: number): string => devices.list[index % devices.list.length]!.id;
  const byAt = (index: number) => {
    const ids = [...mine].filter((id) => devices.list.some((device) => device.id === id));
    return index % (ids.length + 1) === 0 ? PASSWORD : session(ids[(index % (ids.length + 1)) - 1]!);
  };

  const run = ({ kind, device, by, pick }: Command): void => {
    const request = { ...situation(), by: byAt(by) };
    if (kind === 'bind') {
      const id = `made-${made++}`;
      const replaces = pick % 3 === 0 ? deviceAt(device) : null;
      if (
        take(
          bindDevice(policy, {
            ...request,
            id,
            kind: kinds[pick % kinds.length]!,
            replaces,
            equity: 10 ** 12,
            ordered: pick % 7 === 0,
          }),
        )
      )
        mine.add(id);
    } else if (kind === 'activate' || kind === 'move') {
      const id =
        kind === 'activate'
          ? ([...devices.list].reverse().find(({ state }) => state === 'awaiting')?.id ?? deviceAt(device))
          : deviceAt(device);
      const event = kind === 'activate' ? 'activate' : EVENTS[pick % EVENTS.length]!;
      const actor = event === 'restore' && mine.has(id) && pick > 15 ? session(id) : request.by;
      take(moveDevice(policy, { ...request, by: actor, device: id, event, proven: mine.has(id) }));
    } else if (kind === 'methods') {
      const id = deviceAt(device);
      const methods = policy.kinds[devices.list.find((one) => one.id === id)!.kind]!.methods;
      take(setMethods(policy, { ...request, device: id, off: pick % 2 === 0 ? [] : [methods[0]!] }));
    } else if (kind === 'opt-out') optedOut = optOut(policy, { ...request, optOut: optedOut }).optOut;
    else if (kind === 'opt-in') optedOut = optIn(policy, { ...request, optOut: optedOut }).optOut;
    else if (kind === 'unlock') {
      // A device that changes no settings matters here only if its failures would be forgotten.
      const matters = (one: string): boolean =>
        policy.kinds[one]!.actions?.includes('change-settings') !== false || Object.hasOwn(attempts.devices, one);
      const strongest = Math.max(0, ...theirs.filter(matters).map((one) => policy.kinds[one]!.level));
      const unlocked = unlockAttempts(policy, { ...request, device: pick % 2 === 0 ? null : deviceAt(device) });
      if (unlocked.allowed && pick % 2 === 0 && strongest > level) fail('unlocked the account', request.by);
      attempts = unlocked.attempts;
    } else if (kind === 'share') {
      // Another user of the same entity lends a device: the attacker has that user's password, and no device of theirs.
      const identity = { entity: 'e-1', identity: {} };
      const lender = { devices: owner(policy, theirs), attempts: null, by: PASSWORD, ...identity, user: 'lender' };
      const id = `made-${made++}`;
      const shared = { ...lender, device: theirs[pick % theirs.length]! };
      if (take(shareDevice(policy, { ...request, id, requester: { ...identity, user: 'victim' }, owner: shared })))
        mine.add(id);
    } else if (kind === 'guess' || kind === 'lock') {
      for (let tries = kind === 'lock' ? 80 : 1; tries > 0; tries--) {
        const admission = admitAttempt(policy, attempts, { device: deviceAt(device + (tries >> 4)), now });
        if (admission.ok) attempts = admission.record('guess').next;
        else if (kind === 'lock' && admission.retryAt !== null && admission.retryAt <= end) now = admission.retryAt;
      }
    } else if (kind === 'use') {
      const held = byAt(by);
      if (held.device !== null) devices = noteUse(policy, devices, { device: held.device, now });
    } else if (kind === 'pay') pay(request.by.device, pick);
    else if (kind === 'advance') take(advanceDevices(policy, situation()));
    else if (kind === 'recovery') recoverySteps(policy, situation());
    else if (kind === 'owner') ownersTurn(theirs[device % theirs.length]!, pick);
    else judge(mine.size === 0 ? deviceAt(device) : [...mine][device % mine.size]!, 'success', `browser-${pick % 7}`);
  };

  /** The attacker or the owner proves a device, or fails to, from a browser that is known from then on. */
  const judge = (device: string, verdict: 'success' | 'guess', lane: string): void => {
    const admission = admitAttempt(policy, attempts, { device, lane, now });
    if (admission.ok) attempts = admission.record(verdict, { earn: lane }).next;
  };

  /** The owner goes about with a device of theirs: uses it, brings it back, pays. */
  const ownersTurn = (id: string, pick: number): void => {
    const request = { ...situation(), by: session(id), device: id };
    if (pick % 4 === 0) judge(id, 'success', `home-${pick}`);
    else if (pick % 4 === 1) devices = noteUse(policy, devices, { device: id, now });
    else if (pick % 4 === 2) pay(id, 0);
    else take(moveDevice(policy, { ...request, event: 'restore', proven: true }));
  };

  const pay = (device: string | null, pick: number): void => {
    for (const [action, { limits }] of Object.entries(policy.actions)) {
      if (limits === undefined || ledger === undefined) continue;
      const amount = {
        minorUnits: [1, 1_000_000, 5_000_000, 20_000_000, 100_000_000][pick % 5]!,
        currency: policy.currency!,
      };
      const reference = `payment-${payments++}`;
      const decision = decideAction(policy, {
        ...situation(),
        action,
        device,
        optOut: optedOut,
        amount,
        reference,
        ledger,
        ...(calendar && { calendar }),
      });
      if (decision.booking !== null) ledger = decision.booking.next;
    }
  };

  /** Whatever one of the attacker's devices is allowed, one that was established long ago is allowed. */
  const check = (): void => {
    const amount = { minorUnits: 1, currency: policy.currency ?? 'USD' };
    for (const action of Object.keys(policy.actions)) {
      const common = {
        action,
        now,
        posture: SOUND_PHONES,
        client,
        amount,
        only: true,
        ...(ledger && { ledger }),
        ...(calendar && { calendar }),
      } as const;
      const allowed = [null, ...reference]
        .map((device) =>
          decideAction(policy, { ...common, devices: established, attempts: null, optOut: null, device }),
        )
        .filter((one) => one.allowed);
      const most = Math.max(-1, ...allowed.map(({ available }) => available ?? Number.POSITIVE_INFINITY));
      for (const device of [null, ...devices.list.filter(({ id }) => mine.has(id)).map(({ id }) => id)]) {
        const request = { ...common, devices, attempts, optOut: optedOut, device };
        const decision = decideAction(policy, request);
        // Neither the explanation nor the other devices change a verdict.
        const explained = decideAction(policy, { ...request, explain: true });
        const full = decideAction(policy, { ...request, only: false });
        const verdicts = [explained, full].map((one) => [one.allowed, one.available, one.nextIncreaseAt].join());
        const verdict = [decision.allowed, decision.available, decision.nextIncreaseAt].join();
        if (verdicts.some((one) => one !== verdict)) fail('decided otherwise when asked for more:', request);
        const lines = renderExplanation(full).split('\n').length;
        if (lines > (full.allowed ? 1 : 5)) fail('explained itself in lines:', lines);
        if (decision.allowed && (decision.available ?? Number.POSITIVE_INFINITY) > most) {
          fail(`was allowed ${action} of ${decision.available} where ${most} is the most, with`, device);
        }
        if (decision.allowed && device === null && attempts.account.lock === 'permanent')
          fail('was allowed without a device while locked:', action);
      }
    }
    for (const kind of theirs) {
      if (policy.kinds[kind]!.level <= level) continue;
      const one = devices.list.find(({ id }) => id === kind);
      if (one === undefined || one.state === 'retired' || one.state === 'expired') fail('ended', kind);
      if (one!.state === 'active') continue;
      const back = moveDevice(policy, {
        ...situation(),
        attempts: null,
        by: session(kind),
        device: kind,
        event: 'restore',
        proven: true,
      });
      if (!back.allowed) fail('left no way back for', { kind, reasons: back.reasons });
    }
    if (optedOut.status === 'out' && policy.optOut!.level > level) fail('opted out', level);
    const size = JSON.stringify([devices, attempts, optedOut, ledger]).length;
    if (size > 8192) fail('made the state grow to', size);
  };

  for (const command of history) {
    now = Math.min(end, now + command.wait);
    if (objecting) for (const id of theirs) ownersTurn(id, 3);
    run(command);
    check();
  }
}
