/** Where a step begins in its file, and the functions of the packages that it calls, in order. */
export type StepCalls = { readonly line: number; readonly calls: readonly string[] };

/** The names that a chapter imports from the packages, without types. */
function importedFunctions(source: string): Set<string> {
  const names = new Set<string>();
  for (const [, list = ''] of source.matchAll(/^import \{([^}]*)\} from '@countersign\/[^']+';/gm)) {
    for (const name of list.split(',').map((part) => part.trim())) if (/^[a-z]\w*$/.test(name)) names.add(name);
  }
  return names;
}

const indentOf = (line: string): number => line.length - line.trimStart().length;

/** The lines from `start` to where its block ends: before the next line that `ends` it, or the first less indented one. */
function block(lines: readonly string[], start: number, ends: (line: string) => boolean): string {
  const indent = indentOf(lines[start]!);
  const rest = lines.slice(start + 1);
  const length = rest.findIndex((line) => line.trim() !== '' && (indentOf(line) < indent || ends(line)));
  return [lines[start]!, ...(length < 0 ? rest : rest.slice(0, length))].join('\n');
}

/**
 * Reads from a chapter's own source which calls each step makes, so that what the demo says of itself is always true:
 * functions imported from the packages, methods of what they created, and those inside the chapter's own helpers.
 *
 * @returns by the heading of the step
 */
export function stepCalls(source: string): Map<string, StepCalls> {
  const lines = source.split('\n');
  const imported = importedFunctions(source);
  const objects = new Set<string>();
  for (const [, name = '', maker = ''] of source.matchAll(/\b(?:const|let) (\w+) = (\w+)\(/g)) {
    // What makes an object that computes is named create…: others give data, whose methods are the language's own.
    if (imported.has(maker) && maker.startsWith('create')) objects.add(name);
  }
  const helpers = new Map<string, string>();
  for (const [index, line] of lines.entries()) {
    const name = /^\s*(?:async )?function (\w+)\(|^\s*const (\w+) = \([^)]*\)(?:: [^=]+)? =>/.exec(line);
    const indent = indentOf(line);
    if (name)
      helpers.set(
        (name[1] ?? name[2])!,
        block(lines, index, (next) => indentOf(next) === indent),
      );
  }

  function callsIn(text: string, entered: readonly string[]): string[] {
    return [...text.matchAll(/(?<![.\w])(\w+)(?:\.(\w+))?\(/g)].flatMap(([, name = '', method]) => {
      if (method === undefined && imported.has(name)) return [name];
      if (method !== undefined && objects.has(name)) return [`${name}.${method}`];
      const helper = method === undefined && !entered.includes(name) ? helpers.get(name) : undefined;
      return helper === undefined ? [] : callsIn(helper, [...entered, name]);
    });
  }

  const steps = new Map<string, StepCalls>();
  for (const [index, line] of lines.entries()) {
    const heading = /screen\.step\('((?:[^'\\]|\\.)*)'\)/.exec(line)?.[1];
    if (heading === undefined) continue;
    // Up to the next step, and not into helpers that are only declared on the way.
    const body = block(lines, index, (next) => /screen\.step\(|^\s*(?:async )?function /.test(next));
    const calls = [...new Set(callsIn(body, []))];
    steps.set(heading.replaceAll("\\'", "'"), { line: index + 1, calls });
  }
  return steps;
}
