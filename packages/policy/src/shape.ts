/** What is wrong in a document, and where: `kinds.sms.level`. */
export type PolicyProblem = { readonly path: string; readonly problem: string };

export type Report = (path: string, problem: string) => void;
export type JsonSchema = { readonly [keyword: string]: unknown };

/** One description from which both the check and the JSON Schema are made. */
export type Shape = {
  readonly schema: JsonSchema;
  readonly check: (value: unknown, path: string, report: Report) => void;
};

/** An object, and no list: what JSON calls an object. */
export function isObject(value: unknown): value is { readonly [key: string]: unknown } {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

const join = (path: string, key: string | number): string => (path === '' ? `${key}` : `${path}.${key}`);

export const flag: Shape = {
  schema: { type: 'boolean' },
  check: (value, path, report) => {
    if (typeof value !== 'boolean') report(path, 'must be true or false');
  },
};

export function integer(minimum: number, maximum: number = Number.MAX_SAFE_INTEGER): Shape {
  return {
    schema: { type: 'integer', minimum, maximum },
    check: (value, path, report) => {
      if (!Number.isSafeInteger(value) || (value as number) < minimum || (value as number) > maximum) {
        report(path, `must be an integer from ${minimum} to ${maximum}`);
      }
    },
  };
}

/** Text that matches a pattern; by default one that is not empty. */
export function text(pattern: RegExp = /^[\s\S]/, what = 'must be a text, not empty'): Shape {
  return {
    schema: { type: 'string', pattern: pattern.source },
    check: (value, path, report) => {
      if (typeof value !== 'string' || !pattern.test(value)) report(path, what);
    },
  };
}

export function oneOf(...choices: readonly (string | number)[]): Shape {
  return {
    schema: { enum: choices },
    check: (value, path, report) => {
      if (!choices.includes(value as string)) report(path, `must be one of ${choices.join(', ')}`);
    },
  };
}

export function orNull(shape: Shape): Shape {
  return {
    schema: { anyOf: [{ type: 'null' }, shape.schema] },
    check: (value, path, report) => {
      if (value !== null) shape.check(value, path, report);
    },
  };
}

/** `word`, or what the shape takes. */
export function orWord(word: string, shape: Shape): Shape {
  return {
    schema: { anyOf: [{ const: word }, shape.schema] },
    check: (value, path, report) => {
      if (typeof value === 'string' && value !== word) report(path, `must be '${word}' or an object`);
      else if (value !== word) shape.check(value, path, report);
    },
  };
}

/** A list; `unique` refuses to name one thing twice. */
export function list(item: Shape, { min = 0, unique = true }: { min?: number; unique?: boolean } = {}): Shape {
  return {
    schema: { type: 'array', items: item.schema, minItems: min, ...(unique && { uniqueItems: true }) },
    check: (value, path, report) => {
      if (!Array.isArray(value)) return report(path, 'must be a list');
      if (value.length < min) report(path, `must have at least ${min}`);
      const distinct = new Set(value.map((entry) => JSON.stringify(entry))).size;
      if (unique && distinct < value.length) report(path, 'names one thing twice');
      value.forEach((entry, index) => {
        item.check(entry, join(path, index), report);
      });
    },
  };
}

const NAME = '[A-Za-z0-9_-]{1,64}';

/** An object whose keys are names that the author chooses. */
export function record(item: Shape): Shape {
  return {
    schema: {
      type: 'object',
      propertyNames: { pattern: `^(?!__proto__$)${NAME}$` },
      additionalProperties: item.schema,
    },
    check: (value, path, report) => {
      if (!isObject(value)) return report(path, 'must be an object');
      for (const [name, entry] of Object.entries(value)) {
        if (!new RegExp(`^${NAME}$`).test(name) || name === '__proto__') {
          report(join(path, name), 'is no name: 1 to 64 letters, digits, hyphens and underscores');
        } else item.check(entry, join(path, name), report);
      }
    },
  };
}

/** An object with exactly these properties: a misspelt one is refused, since nobody would miss it otherwise. */
export function object(
  required: { readonly [key: string]: Shape },
  optional: { readonly [key: string]: Shape } = {},
  { min = 0 }: { min?: number } = {},
): Shape {
  const schemas = Object.entries({ ...required, ...optional }).map(([name, { schema }]) => [name, schema] as const);
  const properties = Object.fromEntries(schemas);
  const names = Object.keys(properties);
  return {
    schema: {
      type: 'object',
      properties,
      required: Object.keys(required),
      additionalProperties: false,
      ...(min > 0 && { minProperties: min }),
    },
    check: (value, path, report) => {
      if (!isObject(value)) return report(path, 'must be an object');
      if (Object.keys(value).length < min) report(path, `must have one of ${names.join(', ')}`);
      for (const name of Object.keys(value)) {
        if (!Object.hasOwn(properties, name)) report(join(path, name), `is not known; known are ${names.join(', ')}`);
      }
      for (const [name, shape] of Object.entries(required)) {
        if (Object.hasOwn(value, name)) shape.check(value[name], join(path, name), report);
        else report(join(path, name), 'is missing');
      }
      for (const [name, shape] of Object.entries(optional)) {
        if (Object.hasOwn(value, name)) shape.check(value[name], join(path, name), report);
      }
    },
  };
}
