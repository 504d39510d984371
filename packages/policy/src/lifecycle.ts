import type { Actor, DeviceEvent, DeviceState } from './types.ts';

/** What one event does, and who may cause it. */
export type LifecycleRule = {
  readonly from: readonly DeviceState[];
  readonly to: DeviceState;
  readonly by: readonly Actor['role'][];
  /**
   * What a user's own session must be. `any`: the password is enough, as for what only makes things safer. `verified`: with a
   * device. `binding`: as for binding a device, see {@link bindDevice}. `equal`: with a device at least as strong as this one
   * (NIST SP 800-63B-4 section 3.2.2: no unlocking from a weaker session).
   */
  readonly session: 'any' | 'verified' | 'binding' | 'equal';
  /** Whether a user must prove to hold the device: type back a code, answer a challenge. */
  readonly proven: boolean;
};

const LIVING: readonly DeviceState[] = ['pending', 'awaiting-activation', 'active', 'suspended', 'locked', 'lost'];
const EVERYONE: readonly Actor['role'][] = ['user', 'support', 'system'];

/**
 * The life of a device, whole: an event that is not here, or from a state that is not here, is denied. There is no event from
 * `expired` or `retired`. A device that was locked or suspended when it was lost comes back by an `equal` session. Every event is told to the user (NIST SP 800-63B-4 section 4.6).
 *
 * @example
 * ```ts
 * import { LIFECYCLE } from '@countersign/policy/devices';
 *
 * LIFECYCLE.reactivate.from; // => ['lost']
 * ```
 */
export const LIFECYCLE: { readonly [event in DeviceEvent]: LifecycleRule } = {
  issue: { from: ['pending'], to: 'awaiting-activation', by: EVERYONE, session: 'any', proven: false },
  activate: { from: ['awaiting-activation'], to: 'active', by: EVERYONE, session: 'binding', proven: true },
  suspend: { from: ['active'], to: 'suspended', by: EVERYONE, session: 'any', proven: false },
  resume: { from: ['suspended'], to: 'active', by: EVERYONE, session: 'equal', proven: false },
  lock: { from: ['active'], to: 'locked', by: ['support', 'system'], session: 'any', proven: false },
  unlock: { from: ['locked'], to: 'active', by: ['user', 'support'], session: 'equal', proven: false },
  'report-lost': {
    from: ['awaiting-activation', 'active', 'suspended', 'locked'],
    to: 'lost',
    by: ['user', 'support'],
    session: 'any',
    proven: false,
  },
  reactivate: { from: ['lost'], to: 'active', by: ['user', 'support'], session: 'verified', proven: true },
  expire: { from: LIVING, to: 'expired', by: ['system'], session: 'any', proven: false },
  retire: { from: LIVING, to: 'retired', by: EVERYONE, session: 'verified', proven: false },
};
