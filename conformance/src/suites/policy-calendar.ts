import {
  type ActionDecision,
  type Calendar,
  decideAction,
  type Ledger,
  newLedger,
  renderExplanation,
} from '@countersign/policy';
import { brokerPolicy } from '@countersign/policy/presets';
import type { Suite } from '../checks.ts';
import { DAY, HOUR, NOW, owner } from './policy.ts';

const ZONES = ['America/New_York', 'Europe/Brussels', 'Asia/Kolkata', 'Pacific/Apia', 'America/St_Johns', 'UTC'];

/** Loaded when it is needed: its time-zone library asks for Intl as soon as it is loaded. */
const load = async () => (await import('@countersign/policy/calendar')).createCalendar;

/** Days, business days and money as text: what policy asks of the runtime's Intl. All else of it needs none. */
export const policyCalendar: Suite = {
  name: 'policy, calendar',
  declare({ equal, record, throws }) {
    for (const timeZone of ZONES) {
      record(`windows over two years in ${timeZone}`, async () => {
        const calendar = (await load())({ timeZone, weekend: [6, 7], holidays: ['2026-12-25', '2027-01-01'] });
        return Array.from({ length: 122 }, (_, index) => calendar.windows(NOW - 366 * DAY + index * (6 * DAY + HOUR)));
      });
    }
    equal(
      'a day with 23 hours',
      async () => {
        const { dayStart, dayEnd } = (await load())(brokerPolicy.calendar!).windows(Date.UTC(2026, 2, 8, 12));
        return (dayEnd - dayStart) / HOUR;
      },
      23,
    );
    const nowhere = { timeZone: 'Europe/Berln', weekend: [], holidays: [] } as const;
    throws('a time zone that there is not', async () => (await load())(nowhere), 'invalid-policy');
    declareWithdrawals(record);
  },
};

function declareWithdrawals(record: Parameters<Suite['declare']>[0]['record']): void {
  const devices = owner(brokerPolicy, ['pin-token', 'security-card', 'totp', 'phone-app', 'recovery-code']);
  const posture = { 'phone-app': { platform: 'ios', systemVersion: '17', rooted: false, screenLock: true } };
  const withdraw = (
    calendar: Calendar,
    ledger: Ledger,
    device: string | null,
    dollars: number,
    now: number,
  ): ActionDecision => {
    const amount = { minorUnits: dollars * 100, currency: 'USD' };
    const request = { devices, attempts: null, optOut: null, posture, ledger, calendar, explain: true } as const;
    const reference = `payment-${now}`;
    return decideAction(brokerPolicy, { ...request, action: 'withdrawal', device, amount, now, reference });
  };
  for (const device of [null, ...devices.list.map(({ id }) => id)]) {
    record(`withdrawals with ${device} over three weeks`, async () => {
      const calendar = (await load())(brokerPolicy.calendar!);
      let ledger = newLedger(brokerPolicy);
      const told: unknown[] = [];
      for (let now = NOW; now < NOW + 21 * DAY; now += 17 * HOUR) {
        const decision = withdraw(calendar, ledger, device, 90_000, now);
        const { available, nextIncreaseAt, stepUp } = decision;
        told.push(available, nextIncreaseAt, stepUp, renderExplanation(decision, { all: now === NOW }));
        ledger = decision.booking?.next ?? withdraw(calendar, ledger, device, 15_000, now + 1).booking?.next ?? ledger;
      }
      return [told, ledger];
    });
  }
}
