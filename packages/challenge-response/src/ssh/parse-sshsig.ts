import { decodeBase64, WireFault, type WireReader, wireReader } from './wire.ts';

/** The parts of an SSHSIG (OpenSSH's PROTOCOL.sshsig, "Blob format"). */
export type SshSig = {
  readonly publicKey: Uint8Array;
  readonly namespace: string;
  readonly hashAlgorithm: string;
  readonly signatureType: string;
  /** after the type: the rest depends on it */
  readonly signature: WireReader;
};

const BEGIN = '-----BEGIN SSH SIGNATURE-----';
const END = '-----END SSH SIGNATURE-----';
/** A 16,384-bit RSA key and its signature are 5,700 characters. */
const MAX_ARMOUR = 16_384;
const MAGIC = 'SSHSIG';

/** Takes an armoured signature apart. Throws {@link WireFault} only, whatever it is given. */
export function parseSshSig(armour: unknown): SshSig {
  if (typeof armour !== 'string' || armour.length > MAX_ARMOUR) throw new WireFault('is no armour');
  const lines = armour.trim().split(/\r?\n/);
  if (lines.length < 3 || lines[0] !== BEGIN || lines.at(-1) !== END) throw new WireFault('is no armour');
  const reader = wireReader(decodeBase64(lines.slice(1, -1).join('')));
  if (String.fromCharCode(...reader.bytes(MAGIC.length)) !== MAGIC) throw new WireFault('has another magic');
  if (reader.uint32() !== 1) throw new WireFault('has another version');
  const publicKey = reader.string();
  const namespace = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
  const names = { publicKey, namespace: decode(namespace, reader.string()) };
  // Reserved for the future; ssh-keygen signs an empty one.
  if (reader.string().length > 0) throw new WireFault('has reserved data');
  const hashAlgorithm = reader.name();
  const signature = wireReader(reader.string());
  reader.end();
  return { ...names, hashAlgorithm, signatureType: signature.name(), signature };
}

function decode(decoder: TextDecoder, bytes: Uint8Array): string {
  try {
    return decoder.decode(bytes);
  } catch {
    throw new WireFault('has a namespace that is not UTF-8');
  }
}
