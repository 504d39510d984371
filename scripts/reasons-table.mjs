// docs/reasons.md: every word that a verifier or an issuing function can refuse with, from the one list in primitives.
// Checks the page; with --write makes it anew.
import { readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const page = join(root, 'docs/reasons.md');

/** A table in Markdown, its columns aligned. */
function table(rows) {
  const widths = rows[0].map((_, column) => Math.max(...rows.map((row) => row[column].length)));
  const line = (cells) => `| ${cells.map((cell, column) => cell.padEnd(widths[column])).join(' | ')} |`;
  const [head, ...body] = rows.map(line);
  return [head, `| ${widths.map((width) => '-'.repeat(width)).join(' | ')} |`, ...body].join('\n');
}

/** The page's text, from the lists. */
export function reasonsPage({ REASONS, ISSUE_REASONS, isGuess }) {
  const word = (reason) => `\`${reason}\``;
  const refusals = Object.entries(REASONS).map(([reason, meaning]) => [
    word(reason),
    meaning,
    isGuess(reason) ? '**yes**' : 'no',
  ]);
  const issuing = Object.entries(ISSUE_REASONS).map(([reason, meaning]) => [word(reason), meaning]);
  return `<!-- Written by scripts/reasons-table.mjs from packages/primitives/src/reason.ts: do not edit. -->

# Reasons

Every verifier of every package refuses with \`{ ok: false, reason, guess, state }\`, and \`reason\` is one of these words, each with one meaning. They are for your log and for what the application does next; tell users one generic thing, or an attacker learns from the difference.

\`guess\` says whether a well-formed, timely answer was wrong, so that somebody may be guessing: count these towards waiting times and locks, and no others. Go by \`guess\` itself: a captured answer that is sent again is no second guess.

## When an answer is refused

${table([['reason', 'the answer…', 'ever a guess'], ...refusals])}

## When nothing is issued

\`{ ok: false, reason, retryAt, state }\`: asking again before \`retryAt\` does not help.

${table([['reason', 'meaning'], ...issuing])}
`;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const dist = (entry) => import(pathToFileURL(join(root, 'packages/primitives/dist', entry)).href);
  const text = reasonsPage({ ...(await dist('reason.js')), ...(await dist('guess.js')) });
  if (process.argv.includes('--write')) {
    writeFileSync(page, text);
  } else if (readFileSync(page, 'utf8') !== text) {
    console.error('docs/reasons.md is stale: node scripts/reasons-table.mjs --write');
    process.exitCode = 1;
  }
}
