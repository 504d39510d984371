import { createDecipheriv, createHmac } from 'node:crypto';
import { concatBytes, utf8ToBytes } from '@countersign/primitives/bytes';
import { x25519 } from '@noble/curves/ed25519.js';
import { p256 } from '@noble/curves/nist.js';

const hmac = (key: Uint8Array, data: Uint8Array) => new Uint8Array(createHmac('sha256', key).update(data).digest());
const text = utf8ToBytes;

/** HPKE base mode, opening one message: a second implementation, step by step as RFC 9180 has it, to check against. */
export function openBase(input: {
  kem: 'X25519' | 'P-256';
  keyLength: 16 | 32;
  privateKey: Uint8Array;
  publicKey: Uint8Array;
  enc: Uint8Array;
  ciphertext: Uint8Array;
  info: Uint8Array;
  aad: Uint8Array;
}): Uint8Array {
  const { kem, keyLength, privateKey, publicKey, enc, ciphertext, info, aad } = input;
  const kemId = kem === 'X25519' ? 0x20 : 0x10;
  const kemSuite = concatBytes(text('KEM'), Uint8Array.of(0, kemId));
  const suite = concatBytes(text('HPKE'), Uint8Array.of(0, kemId, 0, 1, 0, keyLength / 16));
  // §4: LabeledExtract and LabeledExpand
  const extract = (suiteId: Uint8Array, salt: Uint8Array, label: string, key: Uint8Array) =>
    hmac(salt, concatBytes(text('HPKE-v1'), suiteId, text(label), key));
  const expand = (suiteId: Uint8Array, key: Uint8Array, label: string, context: Uint8Array, length: number) =>
    hmac(
      key,
      concatBytes(Uint8Array.of(0, length), text('HPKE-v1'), suiteId, text(label), context, Uint8Array.of(1)),
    ).slice(0, length);
  // §4.1: Decap
  const dh =
    kem === 'X25519' ? x25519.getSharedSecret(privateKey, enc) : p256.getSharedSecret(privateKey, enc, true).slice(1);
  const eae = extract(kemSuite, new Uint8Array(), 'eae_prk', dh);
  const shared = expand(kemSuite, eae, 'shared_secret', concatBytes(enc, publicKey), 32);
  // §5.1: KeySchedule
  const context = concatBytes(
    Uint8Array.of(0),
    extract(suite, new Uint8Array(), 'psk_id_hash', new Uint8Array()),
    extract(suite, new Uint8Array(), 'info_hash', info),
  );
  const secret = extract(suite, shared, 'secret', new Uint8Array());
  const key = expand(suite, secret, 'key', context, keyLength);
  const nonce = expand(suite, secret, 'base_nonce', context, 12);
  const decipher = createDecipheriv(keyLength === 16 ? 'aes-128-gcm' : 'aes-256-gcm', key, nonce);
  decipher.setAAD(aad);
  decipher.setAuthTag(ciphertext.slice(-16));
  return concatBytes(new Uint8Array(decipher.update(ciphertext.slice(0, -16))), new Uint8Array(decipher.final()));
}
