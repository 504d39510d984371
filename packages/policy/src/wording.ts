import type { ReasonCode } from './types.ts';

/**
 * For each rule what is said when it is met, and when not; `{name}` stands for a value, and in `{name|words}` the words for
 * one that is missing.
 */
export type Wording = { readonly [code in ReasonCode]: readonly [met: string, notMet: string] };

/** English. Copy and translate it, or replace single entries in {@link renderExplanation}. */
export const ENGLISH: Wording = {
  allowed: ['{action|it} is allowed', 'it is not allowed'],
  'unknown-action': ['the action is known', 'the action {action} is not known'],
  'unknown-kind': ['the kind is known', 'the kind {kind} is not known'],
  'unknown-device': ['the device is known', 'the device is not known'],
  'device-not-active': ['it is active', 'it is not active but {state|unknown}'],
  'device-expired': ['it has not expired', 'it has expired'],
  'methods-off': ['a method is switched on', 'every method is switched off'],
  'level-too-low': ['level {level}, {needed} is needed', 'it has level {level}, and {needed} is needed'],
  growing: ['it is fully trusted', 'it is new: until {until} it can do no more than the device that bound it'],
  'kind-not-for-action': ['kind {kind} serves {action}', 'kind {kind} does not serve {action}'],
  'phase-not-for-action': ['in this phase it serves {action}', 'in this phase it does not serve {action}'],
  'no-possession-element': ['it proves possession', 'it does not prove possession'],
  'restricted-kind': ['it is not restricted', 'it is restricted'],
  locked: ['it is not locked', 'locked until {retryAt|somebody unlocks it}'],
  waiting: ['no wait after a failure', 'after a failure: wait until {retryAt}'],
  'posture-missing': ['the phone has reported its state', 'the phone has not reported its state'],
  'platform-not-supported': ['the platform is supported', 'the platform {platform|it did not name} is not supported'],
  'system-too-old': [
    'version {version}, {lowest} is needed',
    'version {version|unknown} is too old, {lowest} is needed',
  ],
  rooted: ['the phone is not rooted or jailbroken', 'the phone is rooted or jailbroken'],
  'no-screen-lock': ['a screen lock is on', 'no screen lock is on'],
  'address-missing': ["the client's address is known", "the client's address is not known"],
  'address-malformed': ["the client's address can be read", "the client's address cannot be read"],
  'address-not-listed': ["the client's address is in {list}", "the client's address is not in {list}"],
  'device-required': ['no device is needed for {action}', 'a device is needed for {action}'],
  'no-usable-device': ['a device can be used', 'no device can be used'],
  'owner-not-usable': ['it works for its owner', 'it does not work for its owner {owner} now'],
  'invalid-amount': ['the amount is valid', 'the amount is not valid'],
  'no-rate': ['{currency} can be converted', 'there is no rate for {currency}'],
  'duplicate-reference': ['the reference is new', 'the reference {reference} was used before'],
  'over-action-limit': ['{amount} is within {limit} at a time', '{amount} is more than {limit} at a time'],
  'over-daily-limit': [
    '{amount} is within what is left of {limit} a day ({used} used)',
    '{amount} is more than is left of {limit} a day ({used} used)',
  ],
  'over-five-day-limit': [
    '{amount} is within what is left of {limit} in five business days ({used} used)',
    '{amount} is more than is left of {limit} in five business days ({used} used)',
  ],
  'denied-by-opt-out': ['{action} is open to users who opted out', '{action} is closed to users who opted out'],
  'legacy-kind': ['{kind} is offered', '{kind} is no longer offered'],
  'too-many-devices': ['{held} of {maximum} devices', 'there are {held} of {maximum} devices already'],
  'too-many-bindings': [
    '{held} of {maximum} devices bound within a day',
    '{held} of {maximum} devices were bound within a day',
  ],
  'leaves-for-other-device': ['no other device is active', '{kind} does not stay beside the active device {other}'],
  'equity-too-low': ['the account has {needed}', 'the account has less than {needed}'],
  'temporary-twice-in-a-row': [
    'not the second in a row',
    'it would be the second in a row: first use or activate a regular device',
  ],
  'duplicate-device': ['the id is new', 'another device has this id'],
  'final-state': ['it is in use', 'it is {state}, which is final'],
  'wrong-state': ['{event} is possible while it is {state}', '{event} is not possible while it is {state}'],
  'actor-not-allowed': ['role {role} may do this', 'role {role} may not do this'],
  'session-too-weak': [
    'the session has level {level}, {needed} is needed',
    'the session has level {level}, and {needed} is needed',
  ],
  'not-proven': ['the user has proven to hold it', 'the user has not proven to hold it'],
  'too-early': ['due since {due}', 'not due yet: {due|never by itself}'],
  'not-offered': ['this is offered', 'this is not offered'],
  'only-primary-user': ['asked by the primary user', 'only {primaryUser} may change this'],
  'cool-down': ['the cool-down is over', 'not again before {until}'],
  'already-so': ['this is a change', 'nothing would change'],
  'last-method': ['a method stays on', 'one method has to stay on'],
  'unknown-method': ['the methods are known', 'it has no method {method}'],
  'unknown-reference': ['the booking is known', 'there is no booking {reference}'],
  'already-reversed': ['not reversed before', 'the booking {reference} was reversed before'],
  'same-user': ['two users', 'requester and owner are the same user'],
  'less-secure-device': ['level {level} is the highest', 'it has level {level}, and another device has {highest}'],
  'different-identification': ['{field} is the same', '{field} is not the same'],
  'temporary-device': ['no temporary device', 'a temporary device is there: {kind}'],
  'kind-not-shareable': ['{kind} can be shared', '{kind} cannot be shared'],
};
