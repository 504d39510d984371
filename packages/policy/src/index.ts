export { CountersignError, type ErrorCode } from '@countersign/primitives/error';
export { advanceDevices } from './advance-devices.ts';
export {
  type Admission,
  type AttemptOutcome,
  type AttemptRefusal,
  type AttemptTransition,
  admitAttempt,
  newAttemptState,
  type Verdict,
} from './attempts.ts';
export { type BindRequest, bindDevice } from './bind-device.ts';
export {
  type ActionDecision,
  type ActionRequest,
  decideAction,
  type OtherDevice,
  type StepUp,
  type UsableDevice,
} from './decide-action.ts';
export { definePolicy, findPolicyProblems } from './define-policy.ts';
export { newDevicesState, noteUse } from './devices-state.ts';
export { type RenderOptions, renderExplanation } from './explain.ts';
export { type LedgerTransition, newLedger, reverseBooking } from './ledger.ts';
export { LIFECYCLE, type LifecycleRule } from './lifecycle.ts';
export { type Lifetimes, lifetimesOf } from './lifetimes.ts';
export { lintPolicy, type PolicyHint } from './lint-policy.ts';
export { FIXED_RULES } from './look.ts';
export { type MoveRequest, moveDevice } from './move-device.ts';
export { newOptOutState, type OptOutDecision, type OptOutRequest, optIn, optOut } from './opt-out.ts';
export { METHODS, policySchema } from './policy-shape.ts';
export type * from './policy-types.ts';
export { type RecoveryStep, recoverySteps } from './recovery.ts';
export { type MethodsRequest, setMethods } from './set-methods.ts';
export type { JsonSchema, PolicyProblem } from './shape.ts';
export { type Identity, type ShareRequest, shareDevice } from './share-device.ts';
export type * from './types.ts';
export { type UnlockRequest, unlockAttempts } from './unlock-attempts.ts';
export { type AddedKind, withKinds } from './with-kinds.ts';
export { ENGLISH, type Wording } from './wording.ts';
