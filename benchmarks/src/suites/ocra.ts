import { createOcra, PHONE_SUITE, PIN_TOKEN_SUITE } from '@countersign/challenge-response/ocra';
import { type Algorithm, createTotp } from '@countersign/totp';
import type { Case, Suite } from '../suite.ts';

const START = 1_700_000_000_000;
const KEY = Uint8Array.from({ length: 32 }, (_, i) => (i * 37 + 11) & 0xff);
const PIN_HASH = Uint8Array.from({ length: 32 }, (_, i) => (i * 53 + 7) & 0xff);
const CHALLENGES = Array.from({ length: 1000 }, (_, i) => String(100_003 + 811 * i).padStart(6, '0'));

/** Numbers one after the other, so that no verification repeats another's hashes. */
function counting(): () => number {
  let next = 0;
  return () => next++ % 1_000_000;
}

function totpCase(name: string, algorithm: Algorithm): Case {
  const totp = createTotp({ secret: KEY, algorithm });
  const step = counting();
  return { name, run: () => totp.verify('000000', { after: null, now: START + 30_000 * step() }) };
}

/** A wrong response, prepared key, a counter look-ahead of 10: eleven candidates. */
function tokenCase(suite: string, pin?: Uint8Array): Case {
  const ocra = createOcra({ suite, key: KEY });
  const next = counting();
  const run = (): unknown => {
    const counter = next();
    const challenge = CHALLENGES[counter % 1000]!;
    return ocra.verify('00000000', { challenge, counter, pin, lookAhead: 10, after: null });
  };
  return { name: `${suite}, look-ahead of 10`, run };
}

function phoneCase(): Case {
  const ocra = createOcra({ suite: PHONE_SUITE, key: KEY });
  const next = counting();
  const run = (): unknown => {
    const step = next();
    const challenge = CHALLENGES[step % 1000]!;
    return ocra.verify('00000000', { challenge, now: START + 60_000 * step, after: null });
  };
  return { name: `${PHONE_SUITE}, window ±1`, run };
}

/** OCRA beside TOTP with the same hash, because npm has no other OCRA to compare with. */
function besideTotp(algorithm: Algorithm, cases: readonly Case[]): Suite {
  const baseline = `one TOTP verification, ${algorithm}, window ±1`;
  return {
    title: `Verify one wrong OCRA response, prepared key, beside TOTP with ${algorithm}`,
    baseline,
    cases: [totpCase(baseline, algorithm), ...cases],
  };
}

/** The target of a look-ahead of 10 holds against TOTP with the same hash. */
const TARGET = 10;

export const ocraSuites: readonly Suite[] = [
  besideTotp('SHA1', [
    { ...tokenCase('OCRA-1:HOTP-SHA1-8:C-QN06'), target: TARGET },
    tokenCase(PIN_TOKEN_SUITE, PIN_HASH),
  ]),
  besideTotp('SHA256', [{ ...tokenCase(PIN_TOKEN_SUITE, PIN_HASH), target: TARGET }, phoneCase()]),
  besideTotp('SHA512', [{ ...tokenCase('OCRA-1:HOTP-SHA512-8:C-QN06'), target: TARGET }]),
];
