import { CountersignError, parseSshPublicKey, verifySshSignature } from '@countersign/challenge-response';
import { type Chapter, expect } from '../screen.ts';

/** Made once with ssh-keygen, whose private key was thrown away: the demo needs no other program. */
const PUBLIC_KEY_FILE = 'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIA7cKrEm/wdcGlu88PB6lTXUT3Ly/ZEWwIPADGmJH10Y ada@laptop';
const CHALLENGE = 'portal.example challenge 4b1f9c0d27e8';
const SIGNATURE = [
  '-----BEGIN SSH SIGNATURE-----',
  'U1NIU0lHAAAAAQAAADMAAAALc3NoLWVkMjU1MTkAAAAgDtwqsSb/B1waW7zw8HqVNdRPcv',
  'L9kRbAg8AMaYkfXRgAAAAUZW5yb2xAcG9ydGFsLmV4YW1wbGUAAAAAAAAABnNoYTUxMgAA',
  'AFMAAAALc3NoLWVkMjU1MTkAAABAXJ20Q3pzbGQI1/E4ZTlzHIwpnrZ8JVV+/ZvOznBYJ1',
  '1b68bJ6/Xb3W18XZM1a14W3dNwxbSTwr87yo3rAyJlBw==',
  '-----END SSH SIGNATURE-----',
].join('\n');

/** A key file for file delivery: handed in as a public key, proven by a signature. */
export const sshKeys: Chapter = {
  title: 'An SSH key, proven by a signature',
  async run(screen) {
    screen.step('Ada hands in her public key');
    const publicKey = parseSshPublicKey(PUBLIC_KEY_FILE);
    screen.show(PUBLIC_KEY_FILE);
    screen.say(`${publicKey.bits} bits, ${publicKey.fingerprint}: as ssh-keygen -l shows it.`);

    screen.step('She proves that she holds the private half');
    screen.typed('Ada', 'ssh-keygen -Y sign -n enrol@portal.example -f ada challenge');
    const message = new TextEncoder().encode(CHALLENGE);
    const options = { publicKey, message, namespace: 'enrol@portal.example', signature: SIGNATURE };
    const result = await verifySshSignature(options);
    expect(result.ok, 'the signature is genuine');
    screen.accepted(`over the ${result.hashAlgorithm} of the challenge, for this purpose`);

    const elsewhere = await verifySshSignature({ ...options, namespace: 'file' });
    expect(!elsewhere.ok && elsewhere.reason === 'other-namespace', 'the purpose is bound');
    screen.refused('the same signature for another purpose');
    const altered = await verifySshSignature({ ...options, message: new TextEncoder().encode(`${CHALLENGE}!`) });
    expect(!altered.ok && altered.reason === 'bad-signature', 'the challenge is bound');
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
