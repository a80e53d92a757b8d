/** Compares recorded Bot API calls with the published description of the Bot API (`vectors/telegram/api.json`). */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { findVectors } from './vectors.ts';

interface Field {
  readonly name: string;
  readonly types: readonly string[];
  readonly required: boolean;
}

interface Description {
  readonly methods: Readonly<Record<string, { readonly fields?: readonly Field[] }>>;
  readonly types: Readonly<
    Record<string, { readonly fields?: readonly Field[]; readonly subtypes?: readonly string[] }>
  >;
}

export interface DescribedCall {
  readonly method: string;
  readonly parameters: Readonly<Record<string, unknown>>;
}

/**
 * The faults of a call, each with its path; empty if there are none. Undefined if the description is absent, so that
 * the test can say so and skip.
 */
export function readBotApiDescription(): ((call: DescribedCall) => string[]) | undefined {
  const folder = findVectors('telegram');
  if (folder === undefined) return undefined;
  const description = JSON.parse(readFileSync(join(folder, 'api.json'), 'utf8')) as Description;
  return ({ method, parameters }) => {
    const known = Object.hasOwn(description.methods, method) ? description.methods[method] : undefined;
    return known === undefined
      ? [`${method}: no such method`]
      : fields(description, known.fields ?? [], parameters, method);
  };
}

type Members = Readonly<Record<string, unknown>>;

function fields(all: Description, list: readonly Field[], value: Members, at: string): string[] {
  const names = new Set(list.map((field) => field.name));
  const unknown = Object.keys(value).filter((name) => !names.has(name));
  const missing = list.filter((field) => field.required && value[field.name] === undefined);
  const wrong = list
    .filter((field) => value[field.name] !== undefined)
    .flatMap((field) => oneOf(all, field.types, value[field.name], `${at}.${field.name}`));
  return [
    ...unknown.map((name) => `${at}.${name}: not described`),
    ...missing.map((field) => `${at}.${field.name}: missing`),
    ...wrong,
  ];
}

/** Checks against each of the types; if none matches, returns the faults for the closest one. */
function oneOf(all: Description, types: readonly string[], value: unknown, at: string): string[] {
  const faults = types.map((type) => ofType(all, type, value, at));
  return faults.toSorted((a, b) => a.length - b.length)[0] ?? [];
}

const ARRAY = 'Array of ';

const PLAIN: Readonly<Record<string, (value: unknown) => boolean>> = {
  Integer: (value) =>
    Number.isSafeInteger(typeof value === 'string' && /^-?\d+$/.test(value) ? Number(value) : value),
  Float: (value) => Number.isFinite(typeof value === 'string' && value !== '' ? Number(value) : value),
  String: (value) => typeof value === 'string',
  Boolean: (value) => typeof value === 'boolean' || value === 'true' || value === 'false',
  InputFile: (value) => typeof value === 'object' && value !== null,
};

function ofType(all: Description, type: string, value: unknown, at: string): string[] {
  const plain = PLAIN[type];
  if (plain !== undefined) return plain(value) ? [] : [`${at}: not ${type}`];
  const whole = structure(value);
  if (type.startsWith(ARRAY)) {
    if (!Array.isArray(whole)) return [`${at}: not an array`];
    return whole.flatMap((one, n) => ofType(all, type.slice(ARRAY.length), one, `${at}[${n}]`));
  }
  const described = all.types[type];
  if (described === undefined) return [`${at}: type ${type} is not described`];
  if (described.subtypes !== undefined) return oneOf(all, described.subtypes, whole, at);
  if (typeof whole !== 'object' || whole === null || Array.isArray(whole)) return [`${at}: not ${type}`];
  return fields(all, described.fields ?? [], whole as Members, at);
}

/** In forms, objects and arrays are JSON text. */
function structure(value: unknown): unknown {
  if (typeof value !== 'string') return value;
  try {
    return JSON.parse(value);
  } catch {
    return value;
  }
}
