import { seededRandom } from '@countersign/testing/seeded-random';
import {
  type ApprovalDetail,
  type ApprovalRequest,
  createApprovalRequest,
  type DeviceKey,
  generateDeviceKey,
  type PendingApproval,
  type SignedApproval,
  signApproval,
  verifyApproval,
} from '../../src/index.ts';

export const NOW = 1_800_000_000_000;
export const ABOUT: { account: string; audience: string } = { account: 'ada', audience: 'https://portal.example' };
export const DETAILS: ApprovalDetail[] = [
  { label: 'Amount', value: '250.00 EUR' },
  { label: 'Payee', value: 'Charles Babbage' },
  { label: 'Device', value: '' },
];

export function create(
  more: Partial<Parameters<typeof createApprovalRequest>[0]> = {},
): ReturnType<typeof createApprovalRequest> {
  const random = seededRandom('approval');
  return createApprovalRequest({ ...ABOUT, action: 'withdrawal', details: DETAILS, now: NOW, random, ...more });
}

export function approve(
  { request, number }: { request: ApprovalRequest; number: string },
  more: Partial<Parameters<typeof signApproval>[1]> = {},
): Promise<SignedApproval> {
  return signApproval(request, { key, decision: 'approve', number, userVerification: true, ...more });
}

export function verify(
  pending: PendingApproval,
  answer: unknown,
  more: Partial<Parameters<typeof verifyApproval>[2]> = {},
): ReturnType<typeof verifyApproval> {
  return verifyApproval(pending, answer, { ...ABOUT, publicKey: key.publicKey, now: NOW + 5000, ...more });
}

export const wrong = (number: string): string => (number === '00' ? '01' : '00');

export const key: DeviceKey = await generateDeviceKey('Ed25519');
export const p256Key: DeviceKey = await generateDeviceKey('P-256');
export const fixed: ReturnType<typeof create> = create();
export const signed: SignedApproval = await approve(fixed);
