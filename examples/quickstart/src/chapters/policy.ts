import {
  type ActionDecision,
  bindDevice,
  type Decision,
  type DevicesState,
  decideAction,
  moveDevice,
  newDevicesState,
  newLedger,
  renderExplanation,
} from '@countersign/policy';
import { createCalendar } from '@countersign/policy/calendar';
import { type BrokerKind, brokerPolicy } from '@countersign/policy/presets';
import { type Chapter, expect, type Screen } from '../screen.ts';

/** Where an explanation names the rule. */
const PATH = / \([^()]*\)$/;

const SUPPORT = { role: 'support', name: 'desk 3' } as const;

/** Bound by support, and activated by a proof. */
function give(devices: DevicesState, kind: BrokerKind, now: number): DevicesState {
  const asked = { attempts: null, by: SUPPORT, now };
  const bound = bindDevice(brokerPolicy, { ...asked, devices, id: kind, kind, equity: 75_000_000 });
  expect(bound.allowed, `support may bind a ${kind}`);
  const proven = { device: kind, event: 'activate', proven: true } as const;
  return moveDevice(brokerPolicy, { ...asked, ...proven, devices: bound.devices }).devices;
}

const dollars = (amount: number): { minorUnits: number; currency: string } => ({
  minorUnits: amount * 100,
  currency: 'USD',
});

const asText = (minorUnits: number | null): string =>
  minorUnits === null ? 'any amount' : `${(minorUnits / 100).toLocaleString('en')} USD`;

/** Text in lines that fit beside a mark. */
const wrapped = (text: string): string[] => (text.match(/.{1,64}(?: |$)/g) ?? [text]).map((line) => line.trimEnd());

/** The one rule that decided, and its path in the policy. */
function refuse(screen: Screen, decision: Decision): void {
  const [line = ''] = renderExplanation(decision).split('\n');
  const [first = '', ...others] = [...wrapped(line.slice(2).replace(PATH, '')), `rule: ${decision.reasons[0]?.rule}`];
  screen.refused(first);
  for (const other of others) screen.say(`            ${other}`);
}

function tell(screen: Screen, decision: ActionDecision): void {
  if (decision.allowed) screen.accepted(`the device allows ${asText(decision.available)} now`);
  else refuse(screen, decision);
}

export const policy: Chapter = {
  title: 'The rules: limits, and the stronger device',
  run(screen) {
    // A Wednesday in New York, so that the demo tells the same story every day.
    const now = Date.UTC(2026, 10, 18, 17);
    const calendar = createCalendar(brokerPolicy.calendar!);
    let devices = give(newDevicesState(), 'security-card', now - 9 * 86_400_000);
    devices = give(devices, 'totp', now - 8 * 86_400_000);
    devices = give(devices, 'pin-token', now - 7 * 86_400_000);
    let ledger = newLedger(brokerPolicy);
    let payments = 0;
    const withdraw = (amount: number, device: string | null): ActionDecision =>
      decideAction(brokerPolicy, {
        action: 'withdrawal',
        device,
        devices,
        attempts: null,
        optOut: null,
        now,
        amount: dollars(amount),
        ledger,
        calendar,
        reference: `payment-${++payments}`,
        explain: true,
      });

    screen.step('Alice has a printed card, an authenticator app and a PIN token');
    screen.say('bindDevice, moveDevice: support bound them, a proof activated them.');
    for (const { kind, state } of devices.list) {
      screen.say(`${kind.padEnd(14)}level ${brokerPolicy.kinds[kind as BrokerKind].level}, ${state}`);
    }

    screen.step('She withdraws 150,000 USD with her card');
    screen.say('decideAction, with a reference: it brings the ledger to write first.');
    const first = withdraw(150_000, 'security-card');
    tell(screen, first);
    expect(first.allowed, 'the card covers 200,000 a day');
    // The store's compare-and-swap would write it here, before the money moves.
    ledger = first.booking?.next ?? ledger;
    expect(first.booking?.reveal(true).ok === true, 'the money moves when the ledger was written');

    screen.step('Another 100,000 USD with the card is more than it covers in a day');
    const second = withdraw(100_000, 'security-card');
    tell(screen, second);
    expect(!second.allowed && second.available === 5_000_000, '50,000 are left with the card');
    screen.say(`Left with the card today: ${asText(second.available)}.`);
    const more = new Date(second.nextIncreaseAt ?? 0).toISOString();
    expect(more === '2026-11-19T05:00:00.000Z', 'the day ends at midnight in New York');
    screen.say(`More at midnight in New York: ${more}.`);
    for (const { device, available } of second.stepUp)
      screen.say(`Step up: the ${device} allows ${asText(available)}.`);
    expect(second.stepUp[0]?.device === 'pin-token', 'the strongest device is named first');

    screen.step('The same with the PIN token');
    const third = withdraw(100_000, 'pin-token');
    tell(screen, third);
    expect(third.allowed && third.available === null, 'the token has no limit');

    screen.step('Somebody with her password and her card reports the token lost');
    const asked = { attempts: null, by: { role: 'user', device: null }, now } as const;
    const lost = moveDevice(brokerPolicy, { ...asked, devices, device: 'pin-token', event: 'report-lost' });
    expect(lost.allowed, 'a loss can be reported with the password alone');
    const [notice] = lost.notices;
    screen.say('moveDevice takes the report, and says whom to tell:');
    screen.say(`the token counts until ${new Date(notice?.opensAt ?? 0).toISOString()};`);
    screen.say(`until then it can be undone with: ${notice?.cancelBy.join(', ')}.`);
    screen.say('bindDevice, to get a stronger device by the card:');
    const by = { role: 'user', device: 'security-card' } as const;
    const bound = bindDevice(brokerPolicy, { ...asked, by, devices: lost.devices, id: 'app-2', kind: 'totp' });
    expect(!bound.allowed, 'the card binds nothing stronger while the lost token counts');
    refuse(screen, bound);

    screen.step('Alice was told, and still holds the token');
    const proof = { event: 'restore', device: 'pin-token', proven: true, now: now + 3_600_000 } as const;
    const owner = { role: 'user', device: 'pin-token' } as const;
    const back = moveDevice(brokerPolicy, { ...asked, ...proof, by: owner, devices: lost.devices });
    expect(back.allowed, 'a proof with the token brings it back');
    screen.accepted('one response of the token, and it is active again');
    screen.say('A second report with the password alone, an hour later:');
    const again = { ...asked, devices: back.devices, device: 'pin-token', event: 'report-lost' } as const;
    const refused = moveDevice(brokerPolicy, { ...again, now: now + 7_200_000 });
    expect(!refused.allowed, 'the same session cannot do it again');
    refuse(screen, refused);

    screen.step('For the audit: renderExplanation, every rule for the card');
    const rules = renderExplanation(second, { all: true }).split('\n');
    for (const rule of rules.filter((one) => one.includes('security-card: '))) {
      const [first = '', ...others] = wrapped(rule.replace('security-card: ', '').replace(PATH, ''));
      screen.say(first);
      for (const other of others) screen.say(`  ${other}`);
    }
  },
};
