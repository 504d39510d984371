import type { Actor, DeviceEvent, DeviceState } from './types.ts';

/** What one event does, and who may cause it. */
export type LifecycleRule = {
  readonly from: readonly DeviceState[];
  /** `earlier`: the state from which it was suspended or reported. */
  readonly to: DeviceState | 'earlier';
  readonly by: readonly Actor['role'][];
  /**
   * What a user's session must be. `none`: the password is enough, as for what only makes things safer. `equal`: at least as
   * strong as the device, or as what bound it while it waits for its activation. `proof`: a proof with the device itself.
   */
  readonly session: 'none' | 'equal' | 'proof' | 'equal or proof';
};

const LIVING: readonly DeviceState[] = ['pending', 'awaiting', 'active', 'suspended', 'lost'];

/**
 * The life of a device, whole: an event that is not here, or from a state that is not here, is denied. There is no event
 * from `expired` or `retired`. Locks are no states: they are counted by {@link admitAttempt}. Every event is told to the
 * user (NIST SP 800-63B-4 section 4.6).
 *
 * @example
 * ```ts
 * import { LIFECYCLE } from '@countersign/policy';
 *
 * LIFECYCLE.restore.from; // => ['suspended', 'lost']
 * ```
 */
export const LIFECYCLE: { readonly [event in DeviceEvent]: LifecycleRule } = {
  issue: { from: ['pending'], to: 'awaiting', by: ['support', 'system'], session: 'none' },
  activate: { from: ['awaiting'], to: 'active', by: ['user', 'support', 'system'], session: 'proof' },
  suspend: { from: ['active'], to: 'suspended', by: ['user', 'support'], session: 'none' },
  'report-lost': { from: ['awaiting', 'active', 'suspended'], to: 'lost', by: ['user', 'support'], session: 'none' },
  restore: { from: ['suspended', 'lost'], to: 'earlier', by: ['user', 'support'], session: 'equal or proof' },
  expire: { from: LIVING, to: 'expired', by: ['system'], session: 'none' },
  retire: { from: LIVING, to: 'retired', by: ['user', 'support', 'system'], session: 'equal' },
};
