import {
  claimApproval,
  type DeviceKey,
  encodeApproval,
  generateDeviceKey,
  generateSealingKey,
  importDeviceKey,
  issueApproval,
  nobleSignatures,
  openSealedMessage,
  parseDevicePublicKey,
  parseSealingPublicKey,
  type SignedApproval,
  sealMessage,
  signApproval,
  verifyApproval,
} from '@countersign/challenge-response';
import { hexToBytes, utf8ToBytes } from '@countersign/primitives/bytes';
import type { Checks, Suite } from '../checks.ts';
import { hostileInputs } from './hostile-input.ts';
import { repeatableRandom } from './repeatable-random.ts';

const NOW = 1_800_000_000_000;
const ABOUT = { account: 'ada', audience: 'https://portal.example' };

/** Signed approvals and sealed messages: what the runtime's WebCrypto says must be what noble says. */
export const challengeResponse: Suite = {
  name: 'challenge-response',
  declare(checks) {
    declareApprovals(checks);
    declareSealedMessages(checks);
  },
};

const SERVER_KEY = new Uint8Array(32).fill(7);

function issued(): ReturnType<typeof issueApproval> & { ok: true } {
  const details = [
    { label: 'Amount', value: '250.00 EUR' },
    { label: 'Payee', value: 'Çharles Bäbbage 🔑 مثال' },
  ];
  const asked = { device: 'phone-1', action: 'withdrawal', details, lifetime: 120, now: NOW };
  const result = issueApproval({
    state: null,
    serverKey: SERVER_KEY,
    ...ABOUT,
    ...asked,
    random: repeatableRandom('approval'),
  });
  if (!result.ok) throw new Error(result.reason);
  return result;
}

const fallback = nobleSignatures;
const GIVEN = { ...ABOUT, serverKey: SERVER_KEY, requireUserVerification: true, now: NOW + 5000, fallback };

/** The keys of RFC 8032 §7.1 test 1 and RFC 6979 A.2.5, in JavaScript: both sign one thing always alike. */
function knownKey(algorithm: 'Ed25519' | 'P-256'): Promise<DeviceKey> {
  const [publicKey, privateKey] =
    algorithm === 'Ed25519'
      ? [
          'd75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a',
          '9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60',
        ]
      : [
          '0460fed4ba255a9d31c961eb74c6356d68c049b8923b61fa6ce669622e60f29fb67903fe1008b8bc99a41ae9e95628bc64f2f1b20c2d7e9f5177a3c294d4462299',
          'c9afa9d845ba75166b5c215767b1d6934e50c3db36e89b127b8a622b120f6721',
        ];
  const stored = { v: 1, algorithm, publicKey: hexToBytes(publicKey), privateKey: hexToBytes(privateKey) } as const;
  return importDeviceKey(stored, { fallback });
}

function declareApprovals({ equal, record }: Checks): void {
  for (const algorithm of ['Ed25519', 'P-256'] as const) {
    record(`${algorithm}: an approval by a known key, verified and claimed`, async () => {
      const { id, request, number, state } = issued();
      const key = await knownKey(algorithm);
      const signed = await signApproval(request, { key, decision: 'approve', number, userVerification: true });
      const verified = await verifyApproval(state, signed, { ...GIVEN, publicKey: key.publicKey });
      return [signed, verified, claimApproval(verified.state, id, { now: NOW + 6000 })];
    });
    for (const signer of ["the runtime's choice", 'noble'] as const) {
      const name = `${algorithm}, signed by ${signer}`;
      /** What the runtime's engine and noble say, for an answer that may be changed on the way. */
      const judged = (change: (signed: SignedApproval) => SignedApproval, by = 0): (() => Promise<unknown[]>) => {
        return async () => {
          const { request, number, state } = issued();
          const key = await (signer === 'noble' ? knownKey(algorithm) : generateDeviceKey(algorithm, { fallback }));
          const typed = String((Number(number) + by) % 100).padStart(2, '0');
          const given = { key, decision: 'approve', number: typed, userVerification: true } as const;
          const signed = change(JSON.parse(JSON.stringify(await signApproval(request, given))));
          const { publicKey } = parseDevicePublicKey(key.publicKey);
          const result = await verifyApproval(state, signed, { ...GIVEN, publicKey });
          const genuine = fallback.verify(
            algorithm,
            publicKey,
            encodeApproval(request, signed),
            hexToBytes(signed.signature),
          );
          return [result.ok ? result.state.approvals[0]?.status : result.reason, genuine];
        };
      };
      equal(
        `${name}: approved`,
        judged((signed) => signed),
        ['approved', true],
      );
      equal(
        `${name}: the wrong number`,
        judged((signed) => signed, 1),
        ['mismatch', true],
      );
      equal(
        `${name}: another signature`,
        judged((signed) => ({ ...signed, signature: '01'.repeat(64) })),
        ['bad-signature', false],
      );
      equal(
        `${name}: another user verification`,
        judged((signed) => ({ ...signed, userVerification: false })),
        ['bad-signature', false],
      );
    }
  }
  equal('hostile input instead of an approval', async () => {
    const { publicKey } = await knownKey('Ed25519');
    const { state } = issued();
    const judge = ([, input]: (typeof hostileInputs)[number]): Promise<unknown> =>
      verifyApproval(state, input, { ...GIVEN, publicKey }).then((result) => !result.ok && result.reason);
    return [...new Set(await Promise.all(hostileInputs.map(judge)))];
  }, ['malformed']);
}

function declareSealedMessages({ equal }: Checks): void {
  for (const algorithm of ['X25519', 'P-256'] as const) {
    const about = { device: 'phone-1', purpose: 'temporary-password', now: NOW };
    const sealed = async (device: string): Promise<unknown> => {
      const key = await generateSealingKey(algorithm);
      const { publicKey } = parseSealingPublicKey(key.publicKey);
      const message = await sealMessage(utf8ToBytes('tulip'), { publicKey, ...about });
      return openSealedMessage(message, { key, ...about, device });
    };
    equal(`${algorithm}: a sealed message is opened`, () => sealed('phone-1'), {
      ok: true,
      message: utf8ToBytes('tulip'),
      expiresAt: NOW + 600_000,
    });
    equal(`${algorithm}: and not for another device`, () => sealed('phone-2'), { ok: false, reason: 'mismatch' });
  }
}
