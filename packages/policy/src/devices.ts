export { advanceDevices } from './advance-devices.ts';
export { type BindRequest, bindDevice } from './bind-device.ts';
export { LIFECYCLE, type LifecycleRule } from './lifecycle.ts';
export { type MoveRequest, moveDevice } from './move-device.ts';
export { type RecoveryPath, type RecoveryStep, recoverySteps } from './recovery.ts';
