// Executes every example of the documentation: the ```ts blocks of the READMEs, of docs/ and of doc comments.
// A statement followed by `// => value` must give that value; one followed by `// throws code` must throw that error.
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import ts from 'typescript';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
// The quickstart depends on every published package, so that examples find them by their published names.
const workplace = join(root, 'examples/quickstart/.examples');

const walk = (folder, end) =>
  readdirSync(join(root, folder), { recursive: true })
    .filter((entry) => entry.endsWith(end) && !/(^|\/)(node_modules|dist|\.examples)\//.test(entry))
    .map((entry) => join(folder, entry));

/** The ```ts blocks of a text, each with the line it begins at; in doc comments the leading stars are dropped. */
export function extractExamples(text) {
  const examples = [];
  const fence = /^([ \t]*(?:\*[ \t]?)?)```ts\n([\s\S]*?)^\1```/gm;
  for (const match of text.matchAll(fence)) {
    const [whole, prefix, body] = match;
    const strip = new RegExp(`^${prefix.trimEnd().replace(/[*]/g, '\\*')}[ ]?`, 'gm');
    const line = text.slice(0, match.index).split('\n').length;
    examples.push({ line, code: prefix.includes('*') ? body.replace(strip, '') : body, whole });
  }
  return examples;
}

/** Turns the comments that say what happens into assertions. */
export function withAssertions(code) {
  const source = ts.createSourceFile('example.ts', code, ts.ScriptTarget.ES2022, true);
  let assertions = 0;
  let output = '';
  let position = 0;
  for (const statement of source.statements) {
    const comment = (ts.getTrailingCommentRanges(code, statement.end) ?? [])
      .map(({ pos, end }) => code.slice(pos + 2, end).trim())
      .find((text) => /^(=>|throws )/.test(text));
    if (!comment) continue;
    const text = statement.getText(source).replace(/;$/, '');
    const waits = /\bawait\b/.test(text);
    let replacement;
    if (comment.startsWith('throws ')) {
      const call = waits ? `await assert.rejects(async () => { ${text}; }` : `assert.throws(() => { ${text}; }`;
      replacement = `${call}, { name: 'CountersignError', code: '${comment.slice(7).trim()}' });`;
    } else {
      const expected = comment.slice(2).trim();
      const declared =
        ts.isVariableStatement(statement) && statement.declarationList.declarations[0].name.getText(source);
      replacement = declared
        ? `${text}; assert.deepStrictEqual(${declared}, ${expected});`
        : `assert.deepStrictEqual(${text}, ${expected});`;
    }
    output += code.slice(position, statement.getStart(source)) + replacement;
    position = statement.end;
    assertions++;
  }
  return { code: output + code.slice(position), assertions };
}

async function main() {
  rmSync(workplace, { recursive: true, force: true });
  mkdirSync(workplace, { recursive: true });
  const files = [
    'README.md',
    ...walk('packages', 'README.md'),
    ...walk('docs', '.md'),
    ...walk('packages', '.ts').filter((path) => path.includes('/src/')),
  ];
  const examples = files.flatMap((file) =>
    extractExamples(readFileSync(join(root, file), 'utf8')).map(({ line, code }) => ({
      file,
      line,
      ...withAssertions(code),
    })),
  );
  for (const [index, example] of examples.entries()) {
    example.path = join(workplace, `${index}-${example.file.replace(/[^a-z0-9]+/gi, '-')}-${example.line}.ts`);
    writeFileSync(
      example.path,
      `import assert from 'node:assert/strict';\nassert.ok(true);\n${example.code}\nexport {};\n`,
    );
  }

  const { config } = ts.readConfigFile(join(root, 'tsconfig.base.json'), ts.sys.readFile);
  const { options } = ts.convertCompilerOptionsFromJson(
    { ...config.compilerOptions, isolatedDeclarations: false, declaration: false },
    root,
  );
  const program = ts.createProgram(
    examples.map(({ path }) => path),
    options,
  );
  const diagnostics = ts.getPreEmitDiagnostics(program);
  let failed = 0;
  for (const example of examples) {
    const faults = diagnostics
      .filter(({ file }) => file && relative(file.fileName, example.path) === '')
      .map(({ messageText }) => ts.flattenDiagnosticMessageText(messageText, '\n'));
    if (faults.length === 0) {
      const script = example.path.replace(/\.ts$/, '.mjs');
      const compilerOptions = { ...options, module: ts.ModuleKind.ESNext, moduleResolution: undefined };
      const { outputText } = ts.transpileModule(readFileSync(example.path, 'utf8'), { compilerOptions });
      writeFileSync(script, outputText);
      try {
        await import(pathToFileURL(script).href);
      } catch (error) {
        faults.push(String(error));
      }
    }
    if (faults.length > 0) failed++;
    for (const fault of faults) console.error(`${example.file}:${example.line}: ${fault}`);
  }
  const assertions = examples.reduce((sum, example) => sum + example.assertions, 0);
  console.log(`${examples.length} examples with ${assertions} assertions, ${failed} failed`);
  rmSync(workplace, { recursive: true, force: true });
  process.exit(failed > 0 || examples.length === 0 ? 1 : 0);
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await main();
