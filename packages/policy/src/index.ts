export { CountersignError, type ErrorCode } from '@countersign/primitives/error';
export {
  type Admission,
  type AttemptOutcome,
  type AttemptRefusal,
  admitAttempt,
  newAttemptState,
  type Transition,
} from './attempts.ts';
export {
  type ChooseRequest,
  chooseDevice,
  type DeviceChoice,
  type OtherDevice,
  type UsableDevice,
} from './choose-device.ts';
export { type ActionDecision, type ActionRequest, decideAction, type StepUp } from './decide-action.ts';
export { definePolicy, findPolicyProblems } from './define-policy.ts';
export { newLedger, recordWithdrawal, type Withdrawal } from './ledger.ts';
export {
  decideSecurityChange,
  newOptOutState,
  type OptOutDecision,
  type OptOutRequest,
  optIn,
  optOut,
} from './opt-out.ts';
export type * from './policy-types.ts';
export { decidePosture } from './posture.ts';
export type { PolicyProblem } from './shape.ts';
export type * from './types.ts';
export { type UnlockRequest, unlockAttempts } from './unlock-attempts.ts';
