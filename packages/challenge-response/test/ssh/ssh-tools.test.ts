import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { hasProgram, run } from '@countersign/testing/programs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { issueSshChallenge, parseSshPublicKey, verifySshResponse, verifySshSignature } from '../../src/ssh.ts';
import { granted } from '../short-code/granted.ts';
import { no } from './no.ts';

const NAMESPACE = 'enrol@portal.example';
const MESSAGE = new TextEncoder().encode('challenge 7f3a\n');

describe.runIf(hasProgram('ssh-keygen'))('keys and signatures of ssh-keygen', () => {
  let folder: string;
  const file = (name: string) => join(folder, name);
  const text = (name: string) => readFileSync(file(name), 'utf8');
  const keygen = (...args: string[]) => run('ssh-keygen', ['-q', ...args]);

  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'countersign-ssh-'));
    keygen('-t', 'ed25519', '-N', '', '-C', 'ada lovelace@example', '-f', file('ed25519'));
    keygen('-t', 'ecdsa', '-b', '256', '-N', '', '-C', '', '-f', file('ecdsa'));
    keygen('-t', 'rsa', '-b', '2048', '-N', '', '-C', 'rsa', '-f', file('rsa'));
    keygen('-t', 'rsa', '-b', '3072', '-m', 'PEM', '-N', '', '-C', 'rsa', '-f', file('rsa3072'));
    keygen('-t', 'rsa', '-b', '1024', '-N', '', '-f', file('weak'));
    keygen('-t', 'ecdsa', '-b', '384', '-N', '', '-f', file('p384'));
    keygen('-t', 'ed25519', '-N', 'secret', '-f', file('locked'));
    writeFileSync(file('message'), MESSAGE);
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  test.each(['ed25519', 'ecdsa', 'rsa', 'rsa3072'])('%s: parsed as ssh-keygen -l shows it', (name) => {
    const key = parseSshPublicKey(text(`${name}.pub`));
    const [bits, fingerprint] = run('ssh-keygen', ['-l', '-f', file(`${name}.pub`)]).split(' ');
    expect([`${key.bits}`, key.fingerprint]).toEqual([bits, fingerprint]);
    expect(`${key.line} ${key.comment}`.trim()).toBe(text(`${name}.pub`).trim());
    const rfc4716 = parseSshPublicKey(keygen('-e', '-m', 'RFC4716', '-f', file(`${name}.pub`)));
    expect(rfc4716.line).toBe(key.line);
    expect(rfc4716.comment).toContain('converted by');
    const pem = () => parseSshPublicKey(keygen('-e', '-m', 'PKCS8', '-f', file(`${name}.pub`)));
    if (name !== 'ed25519') expect(pem).toThrow(expect.objectContaining({ code: 'invalid-key' }));
  });

  test.each(['weak.pub', 'p384.pub'])('%s is refused', (name) => {
    expect(() => parseSshPublicKey(text(name))).toThrow(expect.objectContaining({ code: 'invalid-key' }));
  });

  test.each(['ed25519', 'ecdsa', 'rsa', 'rsa3072', 'locked'])(
    '%s: the private half is refused without an echo',
    (name) => {
      try {
        parseSshPublicKey(text(name));
        expect.unreachable();
      } catch (error) {
        expect(error).toMatchObject({ code: 'private-key-given' });
        const body = text(name).split('\n').slice(1, -2);
        for (const line of body) expect(String((error as Error).stack)).not.toContain(line);
      }
    },
  );

  test.each([
    ['ed25519', 'sha512'],
    ['ed25519', 'sha256'],
    ['ecdsa', 'sha512'],
    ['ecdsa', 'sha256'],
    ['rsa', 'sha512'],
    ['rsa', 'sha256'],
    ['rsa3072', 'sha512'],
  ])('%s signs with %s', async (name, hashAlgorithm) => {
    const publicKey = parseSshPublicKey(text(`${name}.pub`));
    // ECDSA is random: half of the signatures have the high s, some have short numbers.
    const rounds = name === 'ecdsa' ? 12 : 1;
    for (let i = 0; i < rounds; i++) {
      rmSync(file('message.sig'), { force: true });
      keygen('-Y', 'sign', '-n', NAMESPACE, '-O', `hashalg=${hashAlgorithm}`, '-f', file(name), file('message'));
      const signature = text('message.sig');
      const options = { publicKey, message: MESSAGE, namespace: NAMESPACE, signature };
      for (const engine of ['WebCrypto', 'noble'] as const) {
        expect(await verifySshSignature({ ...options, engine })).toEqual({ ok: true, hashAlgorithm });
      }
      expect(await verifySshSignature({ ...options, publicKey: publicKey.line })).toMatchObject({ ok: true });
      expect(await verifySshSignature({ ...options, signature: signature.replace(/\n/g, '\r\n') })).toMatchObject({
        ok: true,
      });
      expect(await verifySshSignature({ ...options, namespace: 'file' })).toEqual(no('other-purpose'));
      expect(await verifySshSignature({ ...options, message: MESSAGE.slice(1) })).toEqual(no('bad-signature'));
      const other = parseSshPublicKey(text(name === 'ed25519' ? 'ecdsa.pub' : 'ed25519.pub'));
      expect(await verifySshSignature({ ...options, publicKey: other })).toEqual(no('bad-signature'));
    }
  });

  test.each(['ed25519', 'ecdsa', 'rsa', 'rsa3072'])(
    '%s answers a challenge, as the usual tools write it',
    async (name) => {
      const publicKey = parseSshPublicKey(text(`${name}.pub`));
      const about = { account: 'ada', namespace: NAMESPACE };
      const { challenge, state } = granted(issueSshChallenge({ state: null, ...about }));
      const utf16 = Buffer.from(`\ufeff${challenge}\r\n`, 'utf16le');
      const accepted = [challenge, `${challenge}\n`, `${challenge}\r\n`, `${challenge} \r\n`, utf16];
      const refused = [
        ` ${challenge}`,
        `${challenge}\n\n`,
        `${challenge} `,
        challenge.toUpperCase(),
        `${challenge}\0`,
        '',
      ];
      for (const file_ of [...accepted, ...refused]) {
        rmSync(file('challenge.sig'), { force: true });
        writeFileSync(file('challenge'), file_);
        keygen('-Y', 'sign', '-n', NAMESPACE, '-f', file(name), file('challenge'));
        const result = await verifySshResponse(state, text('challenge.sig'), { publicKey, ...about });
        expect(result).toMatchObject(
          accepted.includes(file_) ? { ok: true, hashAlgorithm: 'sha512', state: { issued: [] } } : no('bad-signature'),
        );
        if (!result.ok) continue;
        const again = await verifySshResponse(result.state, text('challenge.sig'), { publicKey, ...about });
        expect(again).toMatchObject(no('replayed'));
      }
      // What `echo` of this machine's shell writes, without a copy in between.
      run('sh', ['-c', `echo ${challenge} > ${file('challenge')}`]);
      rmSync(file('challenge.sig'), { force: true });
      keygen('-Y', 'sign', '-n', NAMESPACE, '-f', file(name), file('challenge'));
      expect(await verifySshResponse(state, text('challenge.sig'), { publicKey, ...about })).toMatchObject({
        ok: true,
      });
    },
  );
});

describe.runIf(hasProgram('puttygen'))('keys of puttygen', () => {
  let folder: string;
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'countersign-putty-'));
    writeFileSync(join(folder, 'none'), '');
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  test.each([
    ['rsa', '2048'],
    ['ecdsa', '256'],
    ['ed25519', '255'],
  ])('%s', (type, bits) => {
    const ppk = join(folder, `${type}.ppk`);
    const none = join(folder, 'none');
    run('puttygen', ['-q', '-t', type, '-b', bits, '-C', 'ada: "the" key', '-o', ppk, '--new-passphrase', none]);
    const line = run('puttygen', ['-L', ppk]);
    const key = parseSshPublicKey(line);
    expect(key.comment).toBe('ada: "the" key');
    expect(`${key.line} ${key.comment}`).toBe(line);
    const rfc4716 = run('puttygen', ['-p', ppk]);
    expect(rfc4716).toContain('BEGIN SSH2 PUBLIC KEY');
    expect(parseSshPublicKey(rfc4716).line).toBe(key.line);
    expect(run('puttygen', ['-l', ppk])).toContain(key.fingerprint);
    expect(() => parseSshPublicKey(readFileSync(ppk, 'utf8'))).toThrow(
      expect.objectContaining({ code: 'private-key-given' }),
    );
    for (const kind of ['private-openssh', 'private-openssh-new', 'private-sshcom']) {
      if (kind === 'private-sshcom' && type !== 'rsa') continue;
      const out = join(folder, `${type}-${kind}`);
      run('puttygen', [ppk, '-O', kind, '-o', out, '--old-passphrase', none]);
      expect(() => parseSshPublicKey(readFileSync(out, 'utf8'))).toThrow(
        expect.objectContaining({ code: 'private-key-given' }),
      );
    }
  });
});
