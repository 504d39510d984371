import {
  CountersignError,
  issueSshChallenge,
  parseSshPublicKey,
  verifySshResponse,
} from '@countersign/challenge-response';
import { type Chapter, expect } from '../screen.ts';

/** Made once with ssh-keygen, whose private key was thrown away: the demo needs no other program. */
const PUBLIC_KEY_FILE = 'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAILsHeM+DPW44TbO2M1T9QeGSnd/SAppuAHmjISRxKaKs ada@laptop';
/** The challenge that was signed then. Everywhere but in this demo it is random. */
const KNOWN = '43bfc920745957d1d2de1878b33801a0';
const SIGNATURE = [
  '-----BEGIN SSH SIGNATURE-----',
  'U1NIU0lHAAAAAQAAADMAAAALc3NoLWVkMjU1MTkAAAAguwd4z4M9bjhNs7YzVP1B4ZKd39',
  'ICmm4AeaMhJHEpoqwAAAAUZW5yb2xAcG9ydGFsLmV4YW1wbGUAAAAAAAAABnNoYTUxMgAA',
  'AFMAAAALc3NoLWVkMjU1MTkAAABAeAimz8fozOM6bnHUdUK/0t3HsxHDe/chW9CnK/2sU7',
  'NgTF4r7aXJAx1Py37DrufSJKmuZ6e7Owo7vgQ+ESHjBw==',
  '-----END SSH SIGNATURE-----',
].join('\n');

const known = (): Uint8Array => Uint8Array.from(KNOWN.match(/../g) ?? [], (byte) => Number.parseInt(byte, 16));

/** A key file for file delivery: handed in as a public key, proven by a signature. */
export const sshKeys: Chapter = {
  title: 'An SSH key, proven by a signature',
  async run(screen) {
    screen.step('Ada hands in her public key');
    const publicKey = parseSshPublicKey(PUBLIC_KEY_FILE);
    screen.show(PUBLIC_KEY_FILE);
    screen.say(`${publicKey.bits} bits, ${publicKey.fingerprint}: as ssh-keygen -l shows it.`);

    screen.step('She proves that she holds the private half');
    const about = { account: 'ada', namespace: 'enrol@portal.example' };
    const issued = issueSshChallenge({ state: null, ...about, random: known });
    expect(issued.ok, 'a challenge is issued');
    screen.typed('Ada', `echo ${issued.challenge} > challenge`);
    screen.typed('Ada', `ssh-keygen -Y sign -n ${about.namespace} -f ada challenge`);
    const { state } = issued;
    const result = await verifySshResponse(state, SIGNATURE, { publicKey, ...about });
    expect(result.ok, 'the signature is genuine');
    screen.accepted(`over the ${result.hashAlgorithm} of the challenge and its newline`);
    const again = await verifySshResponse(result.state, SIGNATURE, { publicKey, ...about });
    expect(!again.ok && again.reason === 'replayed', 'a challenge is answered once');
    screen.refused('the same signature once more');

    const elsewhere = await verifySshResponse(state, SIGNATURE, { publicKey, ...about, namespace: 'login' });
    expect(!elsewhere.ok && elsewhere.reason === 'other-purpose', 'the purpose is bound');
    screen.refused('the same signature for another purpose');
    const fresh = issueSshChallenge({ state: null, ...about });
    const other = await verifySshResponse(fresh.state, SIGNATURE, { publicKey, ...about });
    expect(!other.ok && other.reason === 'bad-signature', 'the challenge is bound');
    screen.refused('the same signature for another challenge');

    screen.step('Somebody pastes the private key instead');
    let refusal: unknown;
    try {
      parseSshPublicKey('-----BEGIN OPENSSH PRIVATE KEY-----\n(the secret would be here)');
    } catch (error) {
      refusal = error;
    }
    expect(refusal instanceof CountersignError && refusal.code === 'private-key-given', 'a private key is refused');
    screen.refused(refusal.message);
  },
};
