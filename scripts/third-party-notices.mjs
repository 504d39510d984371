// The licences of third-party code that is bundled into a package, for its THIRD-PARTY-NOTICES.txt.
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = dirname(dirname(fileURLToPath(import.meta.url)));

/** The folder of the installed package that a file belongs to, or undefined for our own files. */
function packageFolder(file) {
  if (!file.startsWith('/') || !file.includes('/node_modules/')) return undefined;
  let folder = dirname(file);
  while (!existsSync(join(folder, 'package.json'))) folder = dirname(folder);
  return folder;
}

/** The text of the MIT licence after its copyright line, which every MIT licence shares. */
function mitTerms() {
  const licence = readFileSync(join(root, 'LICENSE'), 'utf8');
  return licence.slice(licence.indexOf('Permission is hereby granted')).trim();
}

function notice(folder) {
  const { name, version, license, author, repository } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
  const file = readdirSync(folder).find((entry) => /^licen[cs]e/i.test(entry));
  const heading = `${name} ${version} (${license})`;
  if (file) return `${heading}\n\n${readFileSync(join(folder, file), 'utf8').trim()}`;
  if (license !== 'MIT') throw new Error(`${name} is bundled, but ships no licence text`);
  const source = typeof repository === 'string' ? repository : repository?.url;
  const holder = (typeof author === 'string' ? author : author?.name) ?? (source && `the authors of ${source}`);
  if (!holder) throw new Error(`${name} is bundled, but names no author`);
  return `${heading}\n\nThe package ships no licence file; its package.json says MIT.\n\nCopyright (c) ${holder}\n\n${mitTerms()}`;
}

/** The notices of every package that one of the bundled files belongs to; empty when there is none. */
export function noticesOf(files) {
  const folders = new Set(files.map(packageFolder).filter(Boolean));
  const notices = [...folders].map(notice).sort();
  if (notices.length === 0) return '';
  const intro = 'Files of this folder contain code of these packages, each under its own licence.';
  return `${[intro, ...notices].join(`\n\n${'-'.repeat(80)}\n\n`)}\n`;
}
