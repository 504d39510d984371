import type { Money, RuleLookedAt, Value } from './types.ts';
import { ENGLISH, type Wording } from './wording.ts';

export { ENGLISH, type Wording };

/** How an explanation becomes text. */
export type RenderOptions = {
  /** Entries that replace the English ones. */
  readonly wording?: Partial<Wording> | undefined;
  /** How money is written; by default in English, as `$5,000.00`. */
  readonly money?: ((money: Money) => string) | undefined;
  /** How an instant is written; by default as ISO 8601 in UTC. */
  readonly instant?: ((at: number) => string) | undefined;
};

/**
 * Writes an explanation as text, one rule a line: verdict, path in the policy, words. For audits and dry runs, and by
 * `wording` for users in their language.
 *
 * Not for what a stranger sees after a failed login: that is one generic sentence.
 *
 * @param explanation - of any decision, or its `reasons`, of which only what was not met is said.
 *
 * @example
 * ```ts
 * import { decidePosture } from '@countersign/policy';
 * import { renderExplanation } from '@countersign/policy/explain';
 * import { brokerPolicy } from '@countersign/policy/presets';
 *
 * const phone = { platform: 'android', systemVersion: '6.0', rooted: false, screenLock: true };
 * const { explanation } = decidePosture(brokerPolicy, phone);
 * renderExplanation(explanation).split('\n')[2]; // => '✘ posture.platforms.android.minimumVersion: version 6.0 is too old, 7 is needed'
 * ```
 */
export function renderExplanation(
  explanation: readonly Pick<RuleLookedAt, 'code' | 'values'>[] | readonly RuleLookedAt[],
  options: RenderOptions = {},
): string {
  return explanation
    .map((looked: Partial<RuleLookedAt> & Pick<RuleLookedAt, 'code' | 'values'>) => {
      const passed = looked.passed === true;
      const words = (options.wording?.[looked.code] ?? ENGLISH[looked.code])[passed ? 0 : 1];
      const rule = looked.rule === undefined ? '' : `${looked.rule}: `;
      return `${passed ? '✔' : '✘'} ${rule}${fill(words, looked.values, options)}`;
    })
    .join('\n');
}

function fill(words: string, values: { readonly [name: string]: Value }, options: RenderOptions): string {
  return words.replace(/\{(\w+)\}/g, (_, name: string) => {
    const value = Object.hasOwn(values, name) ? values[name]! : null;
    // What a phone or a client reported is text of theirs: it must not begin a line that looks like a verdict.
    if (typeof value !== 'object') return `${value}`.replace(/[\p{Cc}\p{Zl}\p{Zp}]/gu, '\uFFFD');
    if (value === null) return '—';
    if ('at' in value) return (options.instant ?? ((at) => new Date(at).toISOString()))(value.at);
    return (options.money ?? moneyInEnglish)(value);
  });
}

function moneyInEnglish({ minorUnits, currency }: Money): string {
  const format = new Intl.NumberFormat('en', { style: 'currency', currency });
  return format.format(minorUnits / 10 ** format.resolvedOptions().maximumFractionDigits!);
}
