import {
  type ActionDecision,
  bindDevice,
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

function tell(screen: Screen, decision: ActionDecision): void {
  if (decision.allowed) screen.accepted(`up to ${asText(decision.available)} would have been possible`);
  else screen.refused(renderExplanation(decision).replaceAll('✘ ', '').replaceAll('\n', '; '));
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
    for (const { kind, state } of devices.list) screen.say(`${kind}: ${state}`);

    screen.step('She withdraws 150,000 USD with her card');
    const first = withdraw(150_000, 'security-card');
    tell(screen, first);
    expect(first.allowed, 'the card covers 200,000 a day');
    // The store's compare-and-swap would write it here, before the money moves.
    ledger = first.booking?.next ?? ledger;

    screen.step('Another 100,000 USD with the card is more than it covers in a day');
    const second = withdraw(100_000, 'security-card');
    tell(screen, second);
    expect(!second.allowed && second.available === 5_000_000, '50,000 are left with the card');
    screen.say(`Left with the card today: ${asText(second.available)}.`);
    const more = new Date(second.nextIncreaseAt ?? 0).toISOString();
    expect(more === '2026-11-19T05:00:00.000Z', 'the day ends at midnight in New York');
    screen.say(`More from ${more}: midnight in New York.`);
    for (const { device, available } of second.stepUp) screen.say(`With the ${device}, now: ${asText(available)}.`);
    expect(second.stepUp[0]?.device === 'pin-token', 'the strongest device is named first');

    screen.step('The same with the PIN token');
    const third = withdraw(100_000, 'pin-token');
    tell(screen, third);
    expect(third.allowed && third.available === null, 'the token has no limit');

    screen.step('She reports the token lost with her password alone');
    const asked = { attempts: null, by: { role: 'user', device: null }, now } as const;
    const lost = moveDevice(brokerPolicy, { ...asked, devices, device: 'pin-token', event: 'report-lost' });
    const opens = new Date(lost.notices[0]?.opensAt ?? 0).toISOString();
    screen.say(`It still guards until ${opens}, unless she proves to hold it.`);
    const by = { role: 'user', device: 'security-card' } as const;
    const bound = bindDevice(brokerPolicy, { ...asked, by, devices: lost.devices, id: 'app-2', kind: 'totp' });
    expect(!bound.allowed, 'the card binds nothing stronger while the lost token guards');
    screen.refused(renderExplanation(bound).replaceAll('✘ ', '').replaceAll('\n', '; '));

    screen.step('For the audit: every rule that was looked at, for the card');
    const rules = renderExplanation(second, { all: true }).split('\n');
    screen.show(rules.filter((rule) => rule.includes('actions.withdrawal.limits')).join('\n'));
  },
};
