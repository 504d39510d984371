import { CountersignError } from '@countersign/primitives/error';
import { decodeBase64 } from './wire.ts';

/** A public key as it stood in the text: its blob is not looked into yet. */
export type KeyText = { readonly type: string | undefined; readonly blob: Uint8Array; readonly comment: string };

/** An RSA key of 16,384 bits is 2,800 characters of Base64; more than this is no key file. */
const MAX_TEXT = 16_384;

/** What private keys look like: PEM of any kind, PuTTY's files, ssh.com's, and OpenSSH's container without its armour. */
const PRIVATE_KEY = /BEGIN [A-Z0-9 ]{0,40}PRIVATE KEY|PuTTY-User-Key-File|SSH PRIVATE KEY FILE|b3BlbnNzaC1rZXktdj/i;

/**
 * Takes a key file apart: one line of OpenSSH (`type base64 comment`), or RFC 4716.
 *
 * @throws CountersignError `private-key-given` or `invalid-key`; messages never hold any of the text
 */
export function readKeyText(text: unknown): KeyText {
  if (typeof text !== 'string') throw new CountersignError('invalid-key', 'the key must be text');
  // A private key is told apart first, however long the file is.
  if (PRIVATE_KEY.test(text)) {
    throw new CountersignError(
      'private-key-given',
      'this is a private key. Keep it to yourself: if it left your computer, make a new pair. Give the public key instead (the .pub file)',
    );
  }
  if (text.length > MAX_TEXT) throw new CountersignError('invalid-key', 'the text is too long for a public key');
  const lines = text.replace(/^\ufeff/, '').split(/\r\n|\n|\r/);
  const filled = lines.map((line) => line.trim()).filter((line) => line !== '');
  if (filled[0]?.startsWith('---- BEGIN SSH2 PUBLIC KEY')) return readRfc4716(filled);
  if (filled[0]?.startsWith('-----BEGIN')) {
    throw new CountersignError('invalid-key', 'this is a PEM file; give the key as one line of OpenSSH');
  }
  if (filled.length !== 1) throw new CountersignError('invalid-key', 'give exactly one public key, on one line');
  return readOpenSshLine(filled[0]!);
}

function readOpenSshLine(line: string): KeyText {
  // Two words, and a comment that may hold spaces. `authorized_keys` options before the type are the server's to set.
  const match = /^([^\s"=]+)[ \t]+([A-Za-z0-9+/=]+)(?:[ \t]+(.*))?$/s.exec(line);
  if (match === null) {
    throw new CountersignError('invalid-key', 'the line must be: type, key in Base64, comment; without options before');
  }
  return { type: match[1]!, blob: decodeBase64(match[2]!), comment: cleanComment(match[3] ?? '') };
}

/** RFC 4716 §3: markers, headers that a backslash continues on the next line, then Base64. */
function readRfc4716(lines: readonly string[]): KeyText {
  if (lines[0] !== '---- BEGIN SSH2 PUBLIC KEY ----' || lines.at(-1) !== '---- END SSH2 PUBLIC KEY ----') {
    throw new CountersignError('invalid-key', 'the RFC 4716 key lacks its begin or end marker');
  }
  const inside = lines.slice(1, -1).join('\n').replace(/\\\n/g, '').split('\n');
  const isHeader = (line: string): boolean => line.includes(':');
  const start = inside.findIndex((line) => !isHeader(line));
  if (start < 0) throw new CountersignError('invalid-key', 'the RFC 4716 key has headers only');
  const comment = inside.slice(0, start).find((header) => /^comment:/i.test(header)) ?? '';
  const text = comment.slice('comment:'.length).trim();
  return {
    type: undefined,
    blob: decodeBase64(inside.slice(start).join('')),
    comment: cleanComment(text.replace(/^"(.*)"$/s, '$1')),
  };
}

/**
 * A comment is whatever its maker wrote, and is shown to people, also in terminals: without the controls, separators and
 * invisible formatting characters that make text look like other text.
 */
function cleanComment(comment: string): string {
  const clean = comment.replace(/\t/g, ' ').replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Surrogate}]/gu, '');
  // Not in the middle of a pair.
  return clean
    .trim()
    .slice(0, 256)
    .replace(/\p{Surrogate}$/u, '');
}
