/** What is wrong in a document, and where: `kinds.sms.level`. */
export type PolicyProblem = { readonly path: string; readonly problem: string };

export type Report = (path: string, problem: string) => void;
export type Check = (value: unknown, path: string, report: Report) => void;

const isPlain = (value: unknown): value is { readonly [key: string]: unknown } =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const join = (path: string, key: string | number): string => (path === '' ? `${key}` : `${path}.${key}`);

export const flag: Check = (value, path, report) => {
  if (typeof value !== 'boolean') report(path, 'must be true or false');
};

export function integer(min: number, max: number = Number.MAX_SAFE_INTEGER): Check {
  return (value, path, report) => {
    if (!Number.isSafeInteger(value) || (value as number) < min || (value as number) > max) {
      report(path, `must be an integer from ${min} to ${max}`);
    }
  };
}

export function text(pattern: RegExp = /./s, what = 'must be a text, not empty'): Check {
  return (value, path, report) => {
    if (typeof value !== 'string' || !pattern.test(value)) report(path, what);
  };
}

export function oneOf(...choices: readonly unknown[]): Check {
  return (value, path, report) => {
    if (!choices.includes(value)) report(path, `must be one of ${JSON.stringify(choices)}`);
  };
}

export function orNull(check: Check): Check {
  return (value, path, report) => {
    if (value !== null) check(value, path, report);
  };
}

export function list(item: Check, min = 0): Check {
  return (value, path, report) => {
    if (!Array.isArray(value)) return report(path, 'must be a list');
    if (value.length < min) report(path, `must have at least ${min}`);
    if (new Set(value.map((entry) => JSON.stringify(entry))).size < value.length) report(path, 'names one thing twice');
    value.forEach((entry, index) => {
      item(entry, join(path, index), report);
    });
  };
}

/** A list in which numbers may repeat but never fall. */
export function rising(item: Check, min: number): Check {
  return (value, path, report) => {
    if (!Array.isArray(value)) return report(path, 'must be a list');
    if (value.length < min) report(path, `must have at least ${min}`);
    value.forEach((entry, index) => {
      item(entry, join(path, index), report);
      if (index > 0 && entry < value[index - 1]) report(join(path, index), 'is less than the one before');
    });
  };
}

export function record(item: Check, key: RegExp = /^[A-Za-z0-9_-]{1,64}$/): Check {
  return (value, path, report) => {
    if (!isPlain(value)) return report(path, 'must be an object');
    for (const [name, entry] of Object.entries(value)) {
      if (!key.test(name) || name === '__proto__') report(join(path, name), 'has a name that cannot be used');
      else item(entry, join(path, name), report);
    }
  };
}

/** An object with exactly these properties: a misspelt one is refused, since nobody would miss it otherwise. */
export function shape(
  required: { readonly [key: string]: Check },
  optional: { readonly [key: string]: Check } = {},
): Check {
  return (value, path, report) => {
    if (!isPlain(value)) return report(path, 'must be an object');
    for (const name of Object.keys(value)) {
      if (!Object.hasOwn(required, name) && !Object.hasOwn(optional, name)) report(join(path, name), 'is not known');
    }
    for (const [name, check] of Object.entries(required)) check(value[name], join(path, name), report);
    for (const [name, check] of Object.entries(optional)) {
      if (value[name] !== undefined) check(value[name], join(path, name), report);
    }
  };
}
