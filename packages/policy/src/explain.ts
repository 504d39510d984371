import { CountersignError } from '@countersign/primitives/error';
import { isObject } from './shape.ts';
import type { Decision, Money, Reason, RuleLookedAt, Value } from './types.ts';
import { ENGLISH, type Wording } from './wording.ts';

/** How a decision becomes text. */
export type RenderOptions = {
  /** Every rule that was looked at, in order: for decisions made with `explain: true`. */
  readonly all?: boolean | undefined;
  /** Entries that replace the English ones. */
  readonly wording?: Partial<Wording> | undefined;
  /** How money is written; by default in English, as `$5,000.00`; in minor units where the runtime has no Intl. */
  readonly money?: ((money: Money) => string) | undefined;
  /** How an instant is written; by default as ISO 8601 in UTC. */
  readonly instant?: ((at: number) => string) | undefined;
};

/** A denial says no more than this at first. */
const MAX_DECIDING = 5;

/**
 * Writes a decision as text, one rule a line: verdict, device, words, and the path in the policy. An allowed one is one line,
 * a denied one at most five: the rules that decided. The rest on demand. For audits and dry runs, and by `wording` for users
 * in their language.
 *
 * Not for what a stranger sees after a failed login: that is one generic sentence.
 *
 * @example
 * ```ts
 * import { decideAction, newDevicesState, renderExplanation } from '@countersign/policy';
 * import { brokerPolicy } from '@countersign/policy/presets';
 *
 * const request = { devices: newDevicesState(), attempts: null, optOut: null, now: 1_800_000_000_000 };
 * const decision = decideAction(brokerPolicy, { ...request, action: 'login', device: 'app-1' });
 * renderExplanation(decision); // => '✘ app-1: the device is not known (known-device)'
 * ```
 */
export function renderExplanation(decision: Decision, options: RenderOptions = {}): string {
  if (!isObject(decision) || !Array.isArray(decision.reasons) || !isObject(options)) {
    throw new CountersignError('invalid-argument', 'decision must be what a decision function gave');
  }
  const { looked } = decision;
  const verdict = looked?.find(({ code }) => code === 'allowed');
  const rules: readonly (Reason & { readonly passed?: boolean })[] =
    options.all === true && looked !== null
      ? looked
      : decision.allowed
        ? [verdict ?? ALLOWED]
        : decision.reasons.slice(0, MAX_DECIDING);
  return rules.map((rule) => line(rule, options)).join('\n');
}

const ALLOWED: RuleLookedAt = { code: 'allowed', rule: 'actions', device: null, values: {}, passed: true };

function line(
  { code, rule, device, values, passed = false }: Reason & { passed?: boolean },
  options: RenderOptions,
): string {
  const words = (options.wording?.[code] ?? ENGLISH[code])[passed ? 0 : 1];
  const subject = device === null ? '' : `${printable(device)}: `;
  return `${passed ? '✔' : '✘'} ${subject}${fill(words, values, options)} (${printable(rule)})`;
}

/** What a phone or a client reported is text of theirs: it must not begin a line that looks like a verdict. */
function printable(text: string): string {
  return text.replace(/[\p{Cc}\p{Zl}\p{Zp}\p{Cf}]/gu, '\uFFFD');
}

function fill(words: string, values: { readonly [name: string]: Value }, options: RenderOptions): string {
  return words.replace(/\{(\w+)(?:\|([^}]*))?\}/g, (_, name: string, missing = '—') => {
    const value = Object.hasOwn(values, name) ? values[name]! : null;
    if (value === null) return missing;
    if (!isObject(value)) return printable(`${value as string}`);
    if ('at' in value) return (options.instant ?? ((at) => new Date(at).toISOString()))(value.at as number);
    return (options.money ?? moneyInEnglish)(value as Money);
  });
}

function moneyInEnglish({ minorUnits, currency }: Money): string {
  if (typeof Intl === 'undefined') return `${minorUnits} minor units of ${currency}`;
  const format = new Intl.NumberFormat('en', { style: 'currency', currency });
  return format.format(minorUnits / 10 ** format.resolvedOptions().maximumFractionDigits!);
}
