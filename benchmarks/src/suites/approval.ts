import {
  encodeApproval,
  generateDeviceKey,
  issueApproval,
  signApproval,
  verifyApproval,
} from '@countersign/challenge-response/approval';
import type { Suite } from '../suite.ts';

const PARAMETERS = {
  Ed25519: { name: 'Ed25519' },
  'P-256': { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' },
} as const;
const NOW = 1_800_000_000_000;
const ABOUT = { account: 'ada', audience: 'https://portal.example' };

/** A whole approval verified, beside what WebCrypto alone takes for its key and its signature. */
async function approvalSuite(algorithm: 'Ed25519' | 'P-256'): Promise<Suite> {
  const serverKey = new Uint8Array(32).fill(7);
  const details = [
    { label: 'Amount', value: '250.00 EUR' },
    { label: 'Payee', value: 'Charles Babbage' },
  ];
  const asked = { device: 'phone-1', action: 'withdrawal', details, lifetime: 120, now: NOW };
  const issued = issueApproval({ state: null, serverKey, ...ABOUT, ...asked });
  if (!issued.ok) throw new Error(issued.reason);
  const { request, number, state } = issued;
  const key = await generateDeviceKey(algorithm);
  const signed = await signApproval(request, { key, decision: 'approve', number, userVerification: true });
  const publicKey = new Uint8Array(key.publicKey);
  const message = new Uint8Array(encodeApproval(request, signed));
  const signature = Uint8Array.from(signed.signature.match(/../g)!, (digits) => Number.parseInt(digits, 16));
  const given = { ...ABOUT, serverKey, publicKey, requireUserVerification: true, now: NOW + 5000 };
  const baseline = `WebCrypto: import the key, verify the signature, ${algorithm}`;
  return {
    title: `Verify a signed approval, ${algorithm}`,
    baseline,
    cases: [
      {
        name: baseline,
        async run() {
          const parameters = PARAMETERS[algorithm];
          const imported = await crypto.subtle.importKey('raw', publicKey, parameters, false, ['verify']);
          return crypto.subtle.verify(parameters, imported, signature, message);
        },
      },
      { name: 'verifyApproval', target: 1.3, run: () => verifyApproval(state, signed, given) },
    ],
  };
}

export const approvalSuites: readonly Suite[] = [await approvalSuite('Ed25519'), await approvalSuite('P-256')];
