// docs/reasons.md: every word that a verifier or an issuing function can refuse with, from the one list in primitives.
// docs/policy-reasons.md: every reason of a decision, in policy's own words, and the rules that are no path in a policy.
// Checks both pages; with --write makes them anew.
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

const root = dirname(dirname(fileURLToPath(import.meta.url)));

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

/** The text of the page about decisions, from policy's wording and its fixed rules. */
export function policyReasonsPage({ ENGLISH, FIXED_RULES }) {
  // Where a value may be missing, the wording has words for that: `{name|words}`.
  const said = (words) => words.replace(/\{(\w+)\|[^}]*\}/g, '{$1}');
  const { allowed: _allowed, ...denials } = ENGLISH;
  const codes = Object.entries(denials).map(([code, [, notMet]]) => [`\`${code}\``, said(notMet)]);
  const rules = Object.entries(FIXED_RULES).map(([rule, meaning]) => [`\`${rule}\``, meaning]);
  return `<!-- Written by scripts/reasons-table.mjs from packages/policy/src/wording.ts and look.ts: do not edit. -->

# Reasons of policy's decisions

A decision that denies has \`reasons\`, the deciding ones first: \`{ code, rule, device, values }\`. Codes are stable; the words are those of \`renderExplanation\`, where \`{name}\` stands for an entry of \`values\`. They are for settings, support and audits; tell a stranger one generic thing.

## Codes

${table([['code', 'what is said'], ...codes])}

## Rules

\`rule\` is a path in the policy, such as \`actions.withdrawal.limits.perKind.totp.perDay\`; or one of these, which hold under every policy.

${table([['rule', 'what it demands'], ...rules])}
`;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const dist = (entry) => import(pathToFileURL(join(root, 'packages', entry)).href);
  const primitives = (entry) => dist(`primitives/dist/${entry}`);
  const pages = {
    'docs/reasons.md': reasonsPage({ ...(await primitives('reason.js')), ...(await primitives('guess.js')) }),
    'docs/policy-reasons.md': policyReasonsPage(await dist('policy/dist/index.js')),
  };
  for (const [page, text] of Object.entries(pages)) {
    const file = join(root, page);
    if (process.argv.includes('--write')) {
      writeFileSync(file, text);
    } else if (!existsSync(file) || readFileSync(file, 'utf8') !== text) {
      console.error(`${page} is stale: node scripts/reasons-table.mjs --write`);
      process.exitCode = 1;
    }
  }
}
