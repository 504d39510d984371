import { bytesToHex, utf8ToBytes } from '@countersign/primitives/bytes';
import { collectChecks } from './checks.ts';
import { suites } from './suites/index.ts';

/** What one runtime has to say. */
export type Result = {
  passed: number;
  /** One line for each check that failed: what came, and what was wanted. */
  failed: string[];
  /** SHA-256 of the transcript: one value to compare. */
  digest: string;
  /** One line for each check, with what came. */
  transcript: string[];
};

/** Runs every check of every package, by what the language and the Web's common interfaces give and nothing else. */
export async function runSuite(): Promise<Result> {
  const transcript: string[] = [];
  const failed: string[] = [];
  for (const { name, run } of suites.flatMap(collectChecks)) {
    const { outcome, passed, wanted } = await run();
    transcript.push(`${name}: ${outcome}`);
    if (!passed) failed.push(`${name}: ${shorten(outcome)}, wanted ${shorten(wanted)}`);
  }
  // By the runtime's own hash, so that what is judged does not also judge.
  const digest = await crypto.subtle.digest('SHA-256', utf8ToBytes(transcript.join('\n')));
  return { passed: transcript.length - failed.length, failed, digest: bytesToHex(new Uint8Array(digest)), transcript };
}

function shorten(text: string): string {
  return text.length > 300 ? `${text.slice(0, 300)}…` : text;
}
