// Before publishing: every published package has the version that the tag names, and no change note is left unapplied.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { publishedFolders, root } from './package-entries.mjs';

const tag = process.argv[2] ?? '';
const faults = publishedFolders().flatMap((folder) => {
  const { name, version } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
  return `v${version}` === tag ? [] : [`${name} is ${version}, and the tag is ${tag}`];
});
const notes = readdirSync(join(root, '.changeset')).filter((file) => file.endsWith('.md') && file !== 'README.md');
if (notes.length > 0) faults.push(`change notes are not applied: ${notes.join(', ')}`);
for (const fault of faults) console.error(fault);
process.exitCode = faults.length > 0 ? 1 : 0;
