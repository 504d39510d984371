import { createHash, createHmac } from 'node:crypto';

/**
 * A second computation of OCRA for the tests, written from the text of RFC 6287 (§5.1, §5.2, §6) on node:crypto and hex
 * strings, as the RFC's own reference code works. It shares nothing with the package, and is lenient: it checks nothing.
 */
export type Parts = {
  hash: 'SHA1' | 'SHA256' | 'SHA512';
  digits: number;
  counter: boolean;
  format: 'A' | 'N' | 'H';
  length: number;
  pin?: 'SHA1' | 'SHA256' | 'SHA512' | undefined;
  session?: number | undefined;
  step?: { count: number; unit: 'S' | 'M' | 'H' } | undefined;
};

export type Given = {
  question: string;
  counter?: bigint | undefined;
  pin?: string | undefined;
  session?: Uint8Array | undefined;
  now?: number | undefined;
};

export function suiteText(p: Parts): string {
  let text = `OCRA-1:HOTP-${p.hash}-${p.digits}:`;
  if (p.counter) text += 'C-';
  text += `Q${p.format}${p.length < 10 ? '0' : ''}${p.length}`;
  if (p.pin) text += `-P${p.pin}`;
  if (p.session) text += `-S${`00${p.session}`.slice(-3)}`;
  if (p.step) text += `-T${p.step.count}${p.step.unit}`;
  return text;
}

export function dataInputHex(p: Parts, g: Given): string {
  let hex = Buffer.from(suiteText(p), 'latin1').toString('hex');
  hex += '00';
  if (p.counter) hex += `000000000000000${g.counter!.toString(16)}`.slice(-16);
  let question: string;
  if (p.format === 'N') question = BigInt(g.question).toString(16);
  else if (p.format === 'H') question = g.question.toLowerCase();
  else question = Buffer.from(g.question, 'latin1').toString('hex');
  while (question.length < 256) question += '0';
  hex += question;
  if (p.pin) hex += createHash(p.pin).update(g.pin!, 'utf8').digest('hex');
  if (p.session) {
    let session = Buffer.from(g.session!).toString('hex');
    while (session.length < 2 * p.session) session = `0${session}`;
    hex += session;
  }
  if (p.step) {
    const length = BigInt(p.step.count) * { S: 1000n, M: 60_000n, H: 3_600_000n }[p.step.unit];
    hex += `000000000000000${(BigInt(g.now!) / length).toString(16)}`.slice(-16);
  }
  return hex;
}

export function truncatedHmac(p: Parts, key: Uint8Array, messageHex: string): string {
  const hmac = createHmac(p.hash, key).update(Buffer.from(messageHex, 'hex')).digest('hex');
  if (p.digits === 0) return hmac;
  const offset = 2 * Number.parseInt(hmac.slice(-1), 16);
  const truncated = BigInt(`0x${hmac.slice(offset, offset + 8)}`) & 0x7fffffffn;
  return `0000000000${truncated}`.slice(-p.digits);
}

export function response(p: Parts, key: Uint8Array, g: Given): string {
  return truncatedHmac(p, key, dataInputHex(p, g));
}
