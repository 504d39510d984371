import { CountersignError } from '@countersign/primitives/error';
import { own } from './checks.ts';
import type { ActionRules, KindRules, PolicyDocument } from './policy-types.ts';
import { isObject } from './shape.ts';

/** A kind to add: its rules, and the kind that it is treated like in every action. */
export type AddedKind = KindRules & { readonly like: string };

/**
 * A document with more kinds. Each is listed wherever the kind that it is `like` is listed, with the same limits, so that
 * adding a kind does not touch every action. The result still goes through {@link definePolicy}, whose names then include
 * the new ones.
 *
 * @throws CountersignError `invalid-policy` when there is no kind to be like, or the name is taken
 *
 * @example
 * ```ts
 * import { definePolicy, withKinds } from '@countersign/policy';
 * import { brokerPolicy } from '@countersign/policy/presets';
 *
 * const passkey = { level: 40, methods: ['passkey'], possessionElement: true, like: 'digital-security-card' } as const;
 * const policy = definePolicy(withKinds(brokerPolicy, { 'hardware-passkey': passkey }));
 * policy.kinds['hardware-passkey'].level; // => 40
 * ```
 */
export function withKinds<
  D extends { readonly kinds: PolicyDocument['kinds']; readonly actions: PolicyDocument['actions'] },
  const N extends { readonly [kind: string]: AddedKind },
>(
  document: D,
  added: N,
): Omit<D, 'kinds' | 'actions'> & {
  readonly kinds: D['kinds'] & { readonly [kind in keyof N]: KindRules };
  readonly actions: D['actions'];
} {
  const sound = [document, document?.kinds, document?.actions, added].every(isObject);
  if (!sound || !Object.values(added).every(isObject) || !Object.values(document.actions).every(isObject)) {
    throw new CountersignError(
      'invalid-policy',
      'a document with kinds and actions, and the kinds to add, must be objects',
    );
  }
  const kinds: { [kind: string]: KindRules } = { ...document.kinds };
  let actions: PolicyDocument['actions'] = document.actions;
  for (const [name, { like, ...rules }] of Object.entries(added)) {
    if (own(kinds, like) === undefined || own(kinds, name) !== undefined) {
      throw new CountersignError('invalid-policy', `kinds.${name} must be new, and like a kind that there is`);
    }
    kinds[name] = rules;
    actions = Object.fromEntries(Object.entries(actions).map(([action, owed]) => [action, extend(owed, name, like)]));
  }
  return { ...document, kinds, actions } as never;
}

function extend(action: ActionRules, name: string, like: string): ActionRules {
  const { kinds, limits } = action;
  const row = own(limits?.perKind ?? {}, like);
  return {
    ...action,
    ...(kinds?.includes(like) && { kinds: [...kinds, name] }),
    ...(limits && row !== undefined && { limits: { ...limits, perKind: { ...limits.perKind, [name]: row } } }),
  };
}
