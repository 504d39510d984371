// Both formats once more, from the text of docs/formats.md alone: nothing of this package is imported here.
import {
  createCipheriv,
  createDecipheriv,
  createHmac,
  createPrivateKey,
  createPublicKey,
  diffieHellman,
  type KeyObject,
  sign,
} from 'node:crypto';

const text = (value: string): Buffer => Buffer.from(value, 'utf8');

function uint(value: number | bigint, bytes: number): Buffer {
  return Buffer.from(value.toString(16).padStart(2 * bytes, '0'), 'hex');
}

/** "Fields": each preceded by its length in four bytes, text as UTF-8, integers in eight bytes. */
function fields(...values: (string | number | Buffer)[]): Buffer {
  const parts = values.map((value) =>
    typeof value === 'string' ? text(value) : typeof value === 'number' ? uint(value, 8) : value,
  );
  return Buffer.concat(parts.flatMap((bytes) => [uint(bytes.length, 4), bytes]));
}

export type Request = {
  id: string;
  account: string;
  device: string;
  action: string;
  details: { label: string; value: string }[];
  audience: string;
  issuedAt: number;
  expiresAt: number;
};
export type Answer = { decision: 'approve' | 'deny'; number: string; userVerification: boolean };

export function signedBytes(request: Request, { decision, number, userVerification }: Answer): Buffer {
  return fields(
    'countersign/approval/v1',
    Buffer.from(request.id, 'hex'),
    request.account,
    request.device,
    request.action,
    request.details.length,
    ...request.details.flatMap(({ label, value }) => [label, value]),
    request.audience,
    request.issuedAt,
    request.expiresAt,
    decision,
    number,
    userVerification ? 1 : 0,
  );
}

const N = BigInt('0xffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551');

/** What a phone posts: Ed25519 over the bytes, or ECDSA over their SHA-256 with s in the lower half. */
export function signedApproval(request: Request, answer: Answer, privateKey: KeyObject): object {
  const message = signedBytes(request, answer);
  let signature: Buffer;
  if (privateKey.asymmetricKeyType === 'ed25519') signature = sign(null, message, privateKey);
  else {
    const raw = sign('sha256', message, { key: privateKey, dsaEncoding: 'ieee-p1363' });
    const s = BigInt(`0x${raw.subarray(32).toString('hex')}`);
    signature = Buffer.concat([raw.subarray(0, 32), uint(s > N / 2n ? N - s : s, 32)]);
  }
  return { v: 1, request: { v: 1, ...request }, ...answer, signature: signature.toString('hex') };
}

const PREFIXES = {
  X25519: { spki: '302a300506032b656e032100', pkcs8: '302e020100300506032b656e04220420', kem: 0x20, length: 32 },
  'P-256': { spki: '3059301306072a8648ce3d020106082a8648ce3d030107034200', pkcs8: '', kem: 0x10, length: 65 },
} as const;
export type Agreement = keyof typeof PREFIXES;

export const x25519Private = (hex: string): KeyObject =>
  createPrivateKey({ key: Buffer.from(PREFIXES.X25519.pkcs8 + hex, 'hex'), format: 'der', type: 'pkcs8' });
const publicFrom = (algorithm: Agreement, raw: Buffer): KeyObject =>
  createPublicKey({
    key: Buffer.concat([Buffer.from(PREFIXES[algorithm].spki, 'hex'), raw]),
    format: 'der',
    type: 'spki',
  });
export const rawPublic = (algorithm: Agreement, key: KeyObject): Buffer =>
  createPublicKey(key).export({ type: 'spki', format: 'der' }).subarray(-PREFIXES[algorithm].length);

const hmac = (key: Buffer, data: Buffer): Buffer => createHmac('sha256', key).update(data).digest();

/** "The key schedule", to an AES-256 key and a nonce. */
function schedule(
  algorithm: Agreement,
  dh: Buffer,
  enc: Buffer,
  recipient: Buffer,
  info: Buffer,
): { key: Buffer; nonce: Buffer } {
  const { kem } = PREFIXES[algorithm];
  const kemSuite = Buffer.concat([text('KEM'), uint(kem, 2)]);
  const suite = Buffer.concat([text('HPKE'), uint(kem, 2), uint(1, 2), uint(2, 2)]);
  const extract = (id: Buffer, salt: Buffer, label: string, ikm: Buffer): Buffer =>
    hmac(salt, Buffer.concat([text('HPKE-v1'), id, text(label), ikm]));
  const expand = (id: Buffer, prk: Buffer, label: string, context: Buffer, length: number): Buffer =>
    hmac(prk, Buffer.concat([uint(length, 2), text('HPKE-v1'), id, text(label), context, uint(1, 1)])).subarray(
      0,
      length,
    );
  const none = Buffer.alloc(0);
  const eae = extract(kemSuite, none, 'eae_prk', dh);
  const shared = expand(kemSuite, eae, 'shared_secret', Buffer.concat([enc, recipient]), 32);
  const context = Buffer.concat([
    uint(0, 1),
    extract(suite, none, 'psk_id_hash', none),
    extract(suite, none, 'info_hash', info),
  ]);
  const secret = extract(suite, shared, 'secret', none);
  return { key: expand(suite, secret, 'key', context, 32), nonce: expand(suite, secret, 'base_nonce', context, 12) };
}

const MARK = 'countersign-sealed-1.';
export type About = { device: string; purpose: string };
const info = ({ device, purpose }: About, expiresAt: number): Buffer =>
  fields('countersign/sealed-message/v1', device, purpose, expiresAt);

export function seal(
  algorithm: Agreement,
  recipient: Buffer,
  ephemeral: KeyObject,
  message: Buffer,
  about: About,
  expiresAt: number,
): string {
  const enc = rawPublic(algorithm, ephemeral);
  const dh = diffieHellman({ privateKey: ephemeral, publicKey: publicFrom(algorithm, recipient) });
  const { key, nonce } = schedule(algorithm, dh, enc, recipient, info(about, expiresAt));
  const cipher = createCipheriv('aes-256-gcm', key, nonce);
  const sealed = Buffer.concat([cipher.update(message), cipher.final(), cipher.getAuthTag()]);
  return MARK + Buffer.concat([uint(expiresAt, 8), enc, sealed]).toString('hex');
}

export function open(
  algorithm: Agreement,
  privateKey: KeyObject,
  sealed: string,
  about: About,
): { message: Buffer; expiresAt: number } {
  const bytes = Buffer.from(sealed.slice(MARK.length), 'hex');
  const { length } = PREFIXES[algorithm];
  const expiresAt = Number(bytes.readBigUInt64BE(0));
  const enc = bytes.subarray(8, 8 + length);
  const dh = diffieHellman({ privateKey, publicKey: publicFrom(algorithm, enc) });
  const { key, nonce } = schedule(algorithm, dh, enc, rawPublic(algorithm, privateKey), info(about, expiresAt));
  const decipher = createDecipheriv('aes-256-gcm', key, nonce);
  decipher.setAuthTag(bytes.subarray(-16));
  return { message: Buffer.concat([decipher.update(bytes.subarray(8 + length, -16)), decipher.final()]), expiresAt };
}
