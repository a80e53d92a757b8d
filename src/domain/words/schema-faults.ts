/**
 * Describes in plain words why a value does not fit its schema, with the place of each fault as a JSON pointer (RFC
 * 6901). The text never repeats values or unknown member names of the sender: they may be personal data.
 */
import { z } from 'zod';

/** Limits of a refusal: faults it names, characters of each description, and characters of each place. */
const MOST = { faults: 10, text: 200, place: 120 } as const;

type Issue = z.core.$ZodIssue;
type RawIssue = z.core.$ZodRawIssue;

/** Placeholder for a union: the faults of its options are read from the issue instead. */
const NO_OPTION = 'fits none of the allowed forms';

const KINDS: Readonly<Record<string, string>> = {
  string: 'a text',
  number: 'a number',
  int: 'a whole number',
  boolean: 'true or false',
  array: 'a list',
  object: 'an object',
  record: 'an object',
};

/** Describes an issue of zod. It is used where the schema gives no text of its own. */
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
      return FORMATS[issue.format] ?? 'has the wrong form';
    case 'unrecognized_keys':
      return `has ${issue.keys.length} member(s) that are not in the schema`;
    case 'invalid_union':
      return Array.isArray(issue.options) && issue.options.length > 0 ? optionsIn(issue.options) : NO_OPTION;
    case 'invalid_key':
      return 'has a member whose name has the wrong form';
    default:
      return 'is invalid';
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

/** Lists as many of the values as fit, and the number of the others. */
function optionsIn(values: readonly unknown[]): string {
  const items = values.map((one) => JSON.stringify(one));
  if (items.length === 1) return `must be ${items[0]}`;
  const ends = items.map((_, n) => items.slice(0, n + 1).join(', ').length);
  const shown = Math.max(1, ends.filter((end) => end <= MOST.text - 50).length);
  const more = items.length > shown ? ` and ${items.length - shown} more` : '';
  return `must be one of ${items.slice(0, shown).join(', ')}${more}`;
}

/**
 * Finds all faults of a value by a schema, each as `/place: description`. Returns an empty list if the value fits.
 * @param at the member in which the value stands; leave it out if the value is the whole body
 */
export function findFaults(schema: z.ZodType, value: unknown, at = ''): readonly string[] {
  const result = schema.safeParse(value, { error: describeIssue });
  if (result.success) return [];
  const kind = kindOf(schema, value);
  const faults = faultsOf(result.error.issues, at === '' ? [] : [at]);
  return kind === undefined ? faults : faults.map((one) => `${one} (${kind})`);
}

/**
 * The variant that a value claims to be, as in `kind is "exit-permit"`. It is given only if the schema knows it, so
 * it is not the sender's text.
 */
function kindOf(schema: z.ZodType, value: unknown): string | undefined {
  if (!(schema instanceof z.ZodDiscriminatedUnion) || typeof value !== 'object' || value === null)
    return undefined;
  const { discriminator } = schema.def;
  const claimed: unknown = Reflect.get(value, discriminator);
  const isKnown = schema.options.some((one) => isVariant(one, discriminator, claimed));
  return isKnown ? `${discriminator} is ${JSON.stringify(claimed)}` : undefined;
}

const isVariant = (option: unknown, member: string, claimed: unknown): boolean =>
  option instanceof z.ZodObject &&
  option.shape[member] instanceof z.ZodLiteral &&
  option.shape[member].values.has(claimed as string);

/** Describes the issues of a parse that used {@link describeIssue}, in the form of {@link findFaults}. */
export const faultsOf = (issues: readonly Issue[], at: readonly PropertyKey[] = []): readonly string[] =>
  issues
    .flatMap((one) => placeFaults(one, at))
    .map(([path, text]) => `${jsonPointerOf(path)}: ${shorten(text)}`);

/** Joins the faults that a refusal names into one sentence, with the number of the others. */
export function sentenceOfFaults(faults: readonly string[]): string {
  const more = faults.length > MOST.faults ? [`and ${faults.length - MOST.faults} more`] : [];
  return [...faults.slice(0, MOST.faults), ...more].join('; ');
}

type PlacedFault = readonly [path: readonly PropertyKey[], text: string];

function placeFaults(issue: Issue, at: readonly PropertyKey[]): readonly PlacedFault[] {
  const path = [...at, ...issue.path];
  if (issue.code !== 'invalid_union' || issue.message !== NO_OPTION) return [[path, issue.message]];
  const options = issue.errors.map((one) => one.flatMap((inner) => placeFaults(inner, path)));
  const [meant] = issue.errors
    .map((inner, n) => ({ inner, faults: options[n] ?? [] }))
    .filter(({ inner }) => !inner.some(isOfAnotherKind))
    .toSorted((a, b) => missed(a.inner) - missed(b.inner) || a.faults.length - b.faults.length);
  // The value is an object that nearly fits one option: name only the faults of that option.
  if (meant?.inner.some((one) => one.path.length > 0)) return meant.faults;
  const texts = [...new Set(options.flat().map(([, one]) => one))];
  return [[path, texts.length === 0 ? issue.message : texts.join(', or ')]];
}

/** Whether the value is of another type than the option: for example, a string instead of an object. */
const isOfAnotherKind = ({ path, code }: Issue): boolean =>
  path.length === 0 && (code === 'invalid_type' || code === 'invalid_value');

/** Counts the members that mark the value as another option. */
const missed = (issues: readonly Issue[]): number =>
  issues.filter((one) => one.code === 'invalid_value' && one.path.length > 0).length;

/** Formats a path as a JSON pointer, or as `the whole` if the path is empty. */
export const jsonPointerOf = (path: readonly PropertyKey[]): string =>
  path
    .map((part) => `/${String(part).replaceAll('~', '~0').replaceAll('/', '~1')}`)
    .join('')
    .slice(0, MOST.place) || 'the whole';

/** Cuts a text to the limit, at the end of a word. */
const shorten = (text: string): string =>
  text.length <= MOST.text ? text : `${text.slice(0, MOST.text).replace(/\s+\S*$/, '')} …`;
