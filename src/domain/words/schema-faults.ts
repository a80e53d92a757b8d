/**
 * What is wrong with a value that does not fit its schema, in plain words, each with its place as a JSON pointer (RFC 6901).
 * What was sent is never repeated, neither values nor the names of members we do not know: they may be personal.
 */
import { z } from 'zod';

/** Faults that a refusal names, characters that it says of each, and of its place. */
const MOST = { faults: 10, words: 200, place: 120 } as const;

type Issue = z.core.$ZodIssue;
type RawIssue = z.core.$ZodRawIssue;

/** Stands for what the options of a union say, which is read out of the issue. */
const NO_OPTION = 'fits none of the forms it may have';

const KINDS: Readonly<Record<string, string>> = {
  string: 'a text',
  number: 'a number',
  int: 'a whole number',
  boolean: 'true or false',
  array: 'a list',
  object: 'an object',
  record: 'an object',
};

/** The sentence for what zod finds, where the schema has no words of its own. */
export function describeIssue(issue: RawIssue): string {
  switch (issue.code) {
    case 'invalid_type':
      return issue.input === undefined ? 'is missing' : `must be ${KINDS[issue.expected] ?? issue.expected}`;
    case 'invalid_value':
      return issue.input === undefined ? 'is missing' : optionsIn(issue.values);
    case 'too_big':
      return `must ${amount(issue.origin, 'at most', issue.maximum)}`;
    case 'too_small':
      return Number(issue.minimum) === 1 && issue.origin === 'string'
        ? 'must not be empty'
        : `must ${amount(issue.origin, 'at least', issue.minimum)}`;
    case 'invalid_format':
      return FORMATS[issue.format] ?? 'is not of the form it must have';
    case 'unrecognized_keys':
      return `has ${issue.keys.length} member(s) that are not in the schema`;
    case 'invalid_union':
      return Array.isArray(issue.options) && issue.options.length > 0 ? optionsIn(issue.options) : NO_OPTION;
    case 'invalid_key':
      return 'has a member whose name is not of the form it must have';
    default:
      return 'is not as it must be';
  }
}

const FORMATS: Readonly<Record<string, string>> = {
  datetime: 'must be an instant in UTC, such as 2026-11-20T02:15:00Z',
  date: 'must be a day, such as 2026-11-20',
  url: 'must be a URL',
  email: 'must be an e-mail address',
};

function amount(origin: string, bound: string, limit: number | bigint): string {
  if (origin === 'string') return `have ${bound} ${limit} characters`;
  if (origin === 'array' || origin === 'set') return `have ${bound} ${limit} entries`;
  return `be ${bound} ${limit}`;
}

/** As many of the values as there is room for, and how many more there are. */
function optionsIn(values: readonly unknown[]): string {
  const items = values.map((one) => JSON.stringify(one));
  if (items.length === 1) return `must be ${items[0]}`;
  const ends = items.map((_, n) => items.slice(0, n + 1).join(', ').length);
  const shown = Math.max(1, ends.filter((end) => end <= MOST.words - 50).length);
  const more = items.length > shown ? ` and ${items.length - shown} more` : '';
  return `must be one of ${items.slice(0, shown).join(', ')}${more}`;
}

/**
 * All faults of a value by a schema, each as `/place: words`; none where it fits.
 * @param at where the value itself stands, as a member of the whole; left out where it is the whole
 */
export function findFaults(schema: z.ZodType, value: unknown, at = ''): readonly string[] {
  const result = schema.safeParse(value, { error: describeIssue });
  if (result.success) return [];
  const kind = kindOf(schema, value);
  const faults = faultsOf(result.error.issues, at === '' ? [] : [at]);
  return kind === undefined ? faults : faults.map((one) => `${one} (${kind})`);
}

/** Which of several forms a value says that it has, as in `kind is "exit-permit"`: words of the schema, not of the sender. */
function kindOf(schema: z.ZodType, value: unknown): string | undefined {
  if (!(schema instanceof z.ZodDiscriminatedUnion) || typeof value !== 'object' || value === null)
    return undefined;
  const { discriminator } = schema.def;
  const said: unknown = Reflect.get(value, discriminator);
  const isKnown = schema.options.some((one) => isSaid(one, discriminator, said));
  return isKnown ? `${discriminator} is ${JSON.stringify(said)}` : undefined;
}

const isSaid = (option: unknown, member: string, said: unknown): boolean =>
  option instanceof z.ZodObject &&
  option.shape[member] instanceof z.ZodLiteral &&
  option.shape[member].values.has(said as string);

/** The issues of a parse that was made with {@link describeIssue}, as {@link findFaults} gives them. */
export const faultsOf = (issues: readonly Issue[], at: readonly PropertyKey[] = []): readonly string[] =>
  issues.flatMap((one) => told(one, at)).map(([path, words]) => `${jsonPointerOf(path)}: ${short(words)}`);

/** As many faults as a refusal names, in one sentence, and how many more there are. */
export function sentenceOfFaults(faults: readonly string[]): string {
  const more = faults.length > MOST.faults ? [`and ${faults.length - MOST.faults} more`] : [];
  return [...faults.slice(0, MOST.faults), ...more].join('; ');
}

type Told = readonly [path: readonly PropertyKey[], words: string];

function told(issue: Issue, at: readonly PropertyKey[]): readonly Told[] {
  const path = [...at, ...issue.path];
  if (issue.code !== 'invalid_union' || issue.message !== NO_OPTION) return [[path, issue.message]];
  const options = issue.errors.map((one) => one.flatMap((inner) => told(inner, path)));
  const [meant] = issue.errors
    .map((inner, n) => ({ inner, faults: options[n] ?? [] }))
    .filter(({ inner }) => !inner.some(isOfAnotherKind))
    .toSorted((a, b) => missed(a.inner) - missed(b.inner) || a.faults.length - b.faults.length);
  // An object that is nearest to one of them is told what that one lacks.
  if (meant?.inner.some((one) => one.path.length > 0)) return meant.faults;
  const words = [...new Set(options.flat().map(([, one]) => one))];
  return [[path, words.length === 0 ? issue.message : words.join(', or ')]];
}

/** A text where an object was meant, or the like. */
const isOfAnotherKind = ({ path, code }: Issue): boolean =>
  path.length === 0 && (code === 'invalid_type' || code === 'invalid_value');

/** Members by which a value says that it is another of the options. */
const missed = (issues: readonly Issue[]): number =>
  issues.filter((one) => one.code === 'invalid_value' && one.path.length > 0).length;

/** A path as a JSON pointer, or what stands for the whole. */
export const jsonPointerOf = (path: readonly PropertyKey[]): string =>
  path
    .map((part) => `/${String(part).replaceAll('~', '~0').replaceAll('/', '~1')}`)
    .join('')
    .slice(0, MOST.place) || 'the whole';

/** A sentence that ends behind a word. */
const short = (words: string): string =>
  words.length <= MOST.words ? words : `${words.slice(0, MOST.words).replace(/\s+\S*$/, '')} …`;
