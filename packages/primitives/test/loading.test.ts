// Modules are loaded inside the tests here: a fault when one loads would keep the other files from being read at all.
import { createHmac } from 'node:crypto';
import { expect, it } from 'vitest';

it.each(['sha1', 'sha256', 'sha512'] as const)('HMAC with %s works as loaded', async (name) => {
  const { hmacMessageSha1 } = await import('../src/hmac-message-sha1.ts');
  const { hmacMessageSha256 } = await import('../src/hmac-message-sha256.ts');
  const { hmacMessageSha512 } = await import('../src/hmac-message-sha512.ts');
  const prepare = { sha1: hmacMessageSha1, sha256: hmacMessageSha256, sha512: hmacMessageSha512 }[name];
  const message = prepare(200);
  // A key longer than a block: hashed by an object that the module makes.
  const digest = message.compute(message.prepare(new Uint8Array(200).fill(3)));
  const expected = createHmac(name, new Uint8Array(200).fill(3)).update(new Uint8Array(200)).digest();
  expect(Buffer.from(new Uint8Array(digest.buffer, 0, digest.byteLength)).equals(expected)).toBe(true);
});

it('HMAC of any message works as loaded', async () => {
  const { hmacSha256 } = await import('../src/hmac-sha256.ts');
  const expected = createHmac('sha256', new Uint8Array(200)).update('x').digest();
  expect(Buffer.from(hmacSha256(new Uint8Array(200)).digest(Uint8Array.of(0x78))).equals(expected)).toBe(true);
});
