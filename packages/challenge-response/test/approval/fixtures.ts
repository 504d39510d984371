import { seededRandom } from '@countersign/testing/seeded-random';
import {
  type ApprovalDetail,
  type ApprovalRequest,
  type ApprovalState,
  type DeviceKey,
  generateDeviceKey,
  type IssueApprovalOptions,
  type IssueApprovalResult,
  issueApproval,
  type SignedApproval,
  signApproval,
  verifyApproval,
} from '../../src/approval.ts';

export const NOW = 1_800_000_000_000;
export const SERVER_KEY: Uint8Array = new Uint8Array(32).fill(7);
export const ABOUT: { account: string; audience: string } = { account: 'ada', audience: 'https://portal.example' };
export const DETAILS: ApprovalDetail[] = [
  { label: 'Amount', value: '250.00 EUR' },
  { label: 'Payee', value: 'Charles Babbage' },
  { label: 'Device', value: 'the browser in Zug' },
];

/** An approval as most tests ask for it, whatever comes of it. */
export function tryIssue(more: Partial<IssueApprovalOptions> = {}): IssueApprovalResult {
  return issueApproval({
    state: null,
    serverKey: SERVER_KEY,
    ...ABOUT,
    device: 'phone-1',
    action: 'withdrawal',
    details: DETAILS,
    lifetime: 120,
    now: NOW,
    ...more,
  });
}

export type Issued = IssueApprovalResult & { ok: true };

export function issue(more: Partial<IssueApprovalOptions> = {}): Issued {
  const issued = tryIssue(more);
  if (!issued.ok) throw new Error(issued.reason);
  return issued;
}

export function approve(
  { request, number }: { request: ApprovalRequest; number: string },
  more: Partial<Parameters<typeof signApproval>[1]> = {},
): Promise<SignedApproval> {
  return signApproval(request, { key, decision: 'approve', number, userVerification: true, ...more });
}

export function verify(
  state: ApprovalState,
  answer: unknown,
  more: Partial<Parameters<typeof verifyApproval>[2]> = {},
): ReturnType<typeof verifyApproval> {
  return verifyApproval(state, answer, {
    ...ABOUT,
    serverKey: SERVER_KEY,
    publicKey: key.publicKey,
    requireUserVerification: true,
    now: NOW + 5000,
    ...more,
  });
}

/** The number plus one, two, …: never the right one. */
export const wrong = (number: string, by = 1): string => String((Number(number) + by) % 100).padStart(2, '0');

export const key: DeviceKey = await generateDeviceKey('Ed25519');
export const p256Key: DeviceKey = await generateDeviceKey('P-256');
export const fixed: Issued = issue({ random: seededRandom('approval') });
export const signed: SignedApproval = await approve(fixed);
