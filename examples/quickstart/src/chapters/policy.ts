import { type ActionDecision, type Device, decideAction, newLedger, recordWithdrawal } from '@countersign/policy';
import { createCalendar } from '@countersign/policy/calendar';
import { bindDevice, moveDevice } from '@countersign/policy/devices';
import { renderExplanation } from '@countersign/policy/explain';
import { brokerPolicy } from '@countersign/policy/presets';
import { type Chapter, expect, type Screen } from '../screen.ts';

const SUPPORT = { role: 'support' } as const;

/** Bound by support, posted, and activated. */
function give(devices: readonly Device[], kind: string, now: number): readonly Device[] {
  const bound = bindDevice(brokerPolicy, { devices, id: kind, kind, by: SUPPORT, now, equity: 75_000_000 });
  expect(bound.allowed, `support may bind a ${kind}`);
  const issued = moveDevice(brokerPolicy, { devices: bound.devices, device: kind, event: 'issue', by: SUPPORT, now });
  return moveDevice(brokerPolicy, { devices: issued.devices, device: kind, event: 'activate', by: SUPPORT, now })
    .devices;
}

const dollars = (amount: number): { minorUnits: number; currency: string } => ({
  minorUnits: amount * 100,
  currency: 'USD',
});

const asText = (minorUnits: number | null): string =>
  minorUnits === null ? 'any amount' : `${(minorUnits / 100).toLocaleString('en')} USD`;

function tell(screen: Screen, decision: ActionDecision): void {
  if (decision.allowed) screen.accepted(`up to ${asText(decision.available)} would have been possible`);
  else screen.refused(renderExplanation(decision.reasons).replaceAll('✘ ', '').replaceAll('\n', '; '));
}

export const policy: Chapter = {
  title: 'The rules: limits, and the stronger device',
  run(screen) {
    // A Wednesday in New York, so that the demo tells the same story every day.
    const now = Date.UTC(2026, 10, 18, 17);
    const calendar = createCalendar(brokerPolicy.calendar);
    let devices = give([], 'security-card', now - 9 * 86_400_000);
    devices = give(devices, 'totp', now - 8 * 86_400_000);
    devices = give(devices, 'pin-token', now - 7 * 86_400_000);
    let ledger = newLedger(brokerPolicy);
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
      });

    screen.step('Alice has a printed card, an authenticator app and a PIN token');
    for (const { kind, state } of devices) screen.say(`${kind}: ${state}`);

    screen.step('She withdraws 150,000 USD with her card');
    const first = withdraw(150_000, 'security-card');
    tell(screen, first);
    expect(first.allowed, 'the card covers 200,000 a day');
    ledger = recordWithdrawal(brokerPolicy, ledger, { action: 'withdrawal', amount: dollars(150_000), now, calendar });

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

    screen.step('For the audit: every rule that was looked at, for the card');
    const limits = second.explanation.filter(({ rule }) => rule.startsWith('actions.withdrawal.limits'));
    screen.show(renderExplanation(limits));
  },
};
