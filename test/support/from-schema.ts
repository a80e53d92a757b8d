/** Values made from the program's own schemas, and damaged: what an expert attacker may send to a route. */
import fc from 'fast-check';
import { z } from 'zod';

interface Shape {
  readonly type?: string;
  readonly const?: unknown;
  readonly enum?: readonly unknown[];
  readonly anyOf?: readonly Shape[];
  readonly oneOf?: readonly Shape[];
  readonly allOf?: readonly Shape[];
  readonly properties?: Readonly<Record<string, Shape>>;
  readonly required?: readonly string[];
  readonly additionalProperties?: Shape | boolean;
  readonly items?: Shape;
  readonly minItems?: number;
  readonly maxItems?: number;
  readonly minLength?: number;
  readonly maxLength?: number;
  readonly pattern?: string;
  readonly format?: string;
  readonly minimum?: number;
  readonly maximum?: number;
}

/** Texts that break readers: invalid Unicode, control and direction characters, too long, only spaces. */
export const HAZARDS = [
  'a\ud800b',
  'x\u0000y',
  '\u001b[31mred',
  '\u202egnp.exe',
  '\u00a0\u00a0',
  ' '.repeat(60),
  'a'.repeat(12_000),
  'ខ្ញុំ e\u0301',
  '__proto__',
  '2020-01-01T00:00:00.000Z',
  '9999-12-31T23:59:59.999Z',
  'did:web:nobody.example:fp:nobody',
  '0'.repeat(32),
  'A'.repeat(43),
];

/** Any JSON value, with the texts that break readers among them. */
export const arbitraryJson: fc.Arbitrary<unknown> = fc.oneof(
  fc.constantFrom<unknown>(...HAZARDS),
  fc.jsonValue({ maxDepth: 2 }),
  fc.string({ unit: 'binary', maxLength: 20 }),
  fc.constantFrom<unknown>(253_402_300_799, -1, 1e21, null, [], {}, undefined),
);

/** A value that fits a schema as far as JSON Schema describes it; refinements may still refuse it. */
export const arbitraryOf = (schema: z.ZodType): fc.Arbitrary<unknown> =>
  of(z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any', cycles: 'ref' }) as Shape, 0);

function of(shape: Shape, depth: number): fc.Arbitrary<unknown> {
  if (shape.const !== undefined) return fc.constant(shape.const);
  if (shape.enum !== undefined) return fc.constantFrom(...shape.enum);
  const choices = shape.anyOf ?? shape.oneOf;
  if (choices !== undefined && choices.length > 0) return fc.oneof(...choices.map((one) => of(one, depth)));
  if (shape.allOf !== undefined && shape.allOf[0] !== undefined) return of(shape.allOf[0], depth);
  switch (shape.type) {
    case 'object':
      return objectOf(shape, depth);
    case 'array':
      return arrayOf(shape, depth);
    case 'string':
      return textOf(shape);
    case 'integer':
    case 'number':
      return numberOf(shape);
    case 'boolean':
      return fc.boolean();
    default:
      return fc.constantFrom<unknown>('Invented', 1, true);
  }
}

function objectOf({ properties = {}, required = [] }: Shape, depth: number): fc.Arbitrary<unknown> {
  const members = Object.entries(properties).filter(([name]) => depth < 2 || required.includes(name));
  return fc.record(Object.fromEntries(members.map(([name, shape]) => [name, of(shape, depth + 1)])), {
    requiredKeys: required.filter((name) => name in properties),
  });
}

function arrayOf({ items = {}, minItems = 0, maxItems = 3 }: Shape, depth: number): fc.Arbitrary<unknown> {
  const most = Math.max(minItems, Math.min(maxItems, depth < 2 ? 2 : 1));
  return fc.uniqueArray(of(items, depth + 1), {
    minLength: minItems,
    maxLength: most,
    selector: (one) => JSON.stringify(one),
  });
}

const numberOf = ({ type, minimum = 0, maximum = 1_000 }: Shape): fc.Arbitrary<unknown> =>
  type === 'integer'
    ? fc.integer({ min: Math.ceil(minimum), max: Math.floor(maximum) })
    : fc.double({ min: minimum, max: maximum, noNaN: true, noDefaultInfinity: true });

const FORMATS: Readonly<Record<string, fc.Arbitrary<unknown>>> = {
  date: fc.constantFrom('2026-11-30', '1999-02-28', '2031-01-01'),
  'date-time': fc.constantFrom('2026-11-30T02:00:00Z', '2026-12-01T00:00:00.000Z'),
  uri: fc.constantFrom('https://a.example/', 'urn:amanat:reason:other'),
};

const words = fc.constantFrom('Invented', 'Kampong 7', 'ខ្ញុំ', 'Ibu Sri, 2 anak', 'Ü');

function textOf({ pattern, format, minLength = 0, maxLength = 200 }: Shape): fc.Arbitrary<unknown> {
  const known = format === undefined ? undefined : FORMATS[format];
  if (known !== undefined) return known;
  const matching = pattern === undefined ? words : matchingOf(pattern);
  return matching.map((one) => one.padEnd(minLength, 'a').slice(0, maxLength));
}

/** Texts made from a pattern, a few of each: making new ones for every value would take most of the time. */
const made = new Map<string, fc.Arbitrary<string>>();

/** Some patterns look ahead or use Unicode properties, for which no texts can be generated: these get plain words. */
function matchingOf(pattern: string): fc.Arbitrary<string> {
  const known = made.get(pattern);
  if (known !== undefined) return known;
  const texts = textsOf(pattern);
  made.set(pattern, texts);
  return texts;
}

function textsOf(pattern: string): fc.Arbitrary<string> {
  try {
    const matching = fc.stringMatching(new RegExp(pattern, 'u'), { size: 'small' });
    return fc.constantFrom(...fc.sample(matching, { seed: 1, numRuns: 12 }));
  } catch {
    return words;
  }
}

/** How a value is damaged: one part, counted over all parts, is replaced or left out. */
export interface Damage {
  readonly place: number;
  readonly by: unknown;
}

/** None for most: a value that the first check refuses tests none of the later checks. */
export const arbitraryDamage = (often: number): fc.Arbitrary<readonly Damage[]> =>
  fc.oneof(
    { weight: 100 - often, arbitrary: fc.constant([]) },
    {
      weight: often,
      arbitrary: fc.array(fc.record({ place: fc.nat(10_000), by: arbitraryJson }), {
        minLength: 1,
        maxLength: 2,
      }),
    },
  );

/** The value, damaged. */
export function damageValue<T>(whole: T, done: readonly Damage[]): T {
  const copy = structuredClone(whole);
  for (const { place, by } of done) {
    const paths = pathsOf(copy);
    const path = paths[place % Math.max(paths.length, 1)];
    if (path !== undefined) replace(copy, path, by);
  }
  return copy;
}

function pathsOf(value: unknown, at: readonly string[] = []): (readonly string[])[] {
  if (typeof value !== 'object' || value === null) return at.length === 0 ? [] : [at];
  const inside = Object.entries(value).flatMap(([name, part]) => pathsOf(part, [...at, name]));
  return at.length === 0 ? inside : [at, ...inside];
}

function replace(whole: unknown, path: readonly string[], by: unknown): void {
  const parent = path.slice(0, -1).reduce<unknown>((part, name) => Reflect.get(part as object, name), whole);
  const name = path.at(-1) ?? '';
  if (by === undefined) Reflect.deleteProperty(parent as object, name);
  else Reflect.set(parent as object, name, by);
}
