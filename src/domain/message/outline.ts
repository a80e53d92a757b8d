/**
 * The outline of a message: its body as groups of labelled values in the reader's language, for pages and mail.
 * Labels and codes are translated; texts that people wrote stay unchanged.
 */

import type { Phrases, Reader } from '../words/phrases.ts';
import { QUANTITIES, TRANSPARENT, YES_OR_NO } from './outline-members.ts';
import {
  clean,
  fitsOneLine,
  isMembers,
  labelOf,
  MAX_HEADING,
  type Members,
  oneLine,
  pathText,
  shortHeading,
  stringText,
  under,
  valueText,
} from './outline-value.ts';

/** A labelled value. A text that people wrote may have several lines. */
export interface OutlineLine {
  readonly label: string;
  readonly text: string;
  /** The text is the sender's own, in the language of the message, and not translated. */
  readonly isWritten?: true;
}

/** Lines that belong together: first those of the body, then one group with a heading for each person. */
export interface OutlineGroup {
  readonly heading?: string;
  readonly lines: readonly OutlineLine[];
}

/**
 * The outline of a body, with members in the sender's order. A body that was sealed elsewhere may fit no schema. It
 * is shown anyway, and completely, because a person may depend on it.
 */
export function outlineOfBody(body: Members, reader: Reader, translate: Phrases): readonly OutlineGroup[] {
  const { persons, ...others } = body;
  const people = Array.isArray(persons) && persons.every(isMembers) ? persons : undefined;
  return [
    ...groupsOf(undefined, people === undefined ? body : others, reader, translate),
    ...(people ?? []).flatMap((person, n) => {
      const { ref, ...about } = person;
      const named = oneLine(typeof ref === 'string' ? ref : JSON.stringify(ref ?? n + 1));
      const heading = translate(reader, 'person', { number: n + 1, ref: shortHeading(named) });
      // A name too long for a heading is shown whole in a line of its own.
      return groupsOf(heading, named.length > MAX_HEADING ? person : about, reader, translate);
    }),
  ];
}

/** The values of a part under its heading, then the parts inside it, each under the headings that lead to it. */
function groupsOf(
  heading: string | undefined,
  part: Members,
  reader: Reader,
  translate: Phrases,
): OutlineGroup[] {
  const split = membersOf(part).map(([name, value]) => ({ name, ...splitValue(name, value) }));
  const lines = split.flatMap(({ name, plain }) =>
    plain === undefined ? [] : [lineOf(name, plain, reader, translate)],
  );
  const inner = split.flatMap(({ name, parts }) =>
    partsUnder(
      shortHeading(under(heading, labelOf(name, reader, translate))),
      { name, parts },
      reader,
      translate,
    ),
  );
  if (heading === undefined) return [{ lines }, ...inner];
  return lines.length === 0 && inner.length > 0 ? inner : [{ heading, lines }, ...inner];
}

/** The parts inside a member, each a group of its own, numbered if there are several; corrections are one group. */
function partsUnder(
  heading: string,
  { name, parts }: { readonly name: string; readonly parts: readonly Members[] },
  reader: Reader,
  translate: Phrases,
): readonly OutlineGroup[] {
  if (name === 'corrected' && parts.length > 0 && parts.every(isCorrection))
    return [{ heading, lines: parts.map((one) => correctionLine(one, reader, translate)) }];
  return parts.flatMap((one, n) =>
    groupsOf(parts.length > 1 ? `${heading} ${n + 1}` : heading, one, reader, translate),
  );
}

const membersOf = (part: Members): readonly (readonly [string, unknown])[] =>
  Object.entries(part).flatMap(([name, value]) =>
    TRANSPARENT.includes(name) && isMembers(value) ? Object.entries(value) : [[name, value] as const],
  );

/** What of a value fits on a line, and the parts of it that have members of their own. */
function splitValue(
  name: string,
  value: unknown,
): { readonly plain?: unknown; readonly parts: readonly Members[] } {
  const list: readonly unknown[] = Array.isArray(value) ? value.flat(Number.POSITIVE_INFINITY) : [value];
  const isPart = (one: unknown): one is Members => isMembers(one) && !fitsOneLine(name, one);
  const parts = list.filter(isPart);
  if (parts.length === 0) return { plain: value, parts };
  const rest = list.filter((one) => !isPart(one));
  return rest.length === 0 ? { parts } : { plain: rest, parts };
}

function lineOf(name: string, value: unknown, reader: Reader, translate: Phrases): OutlineLine {
  const shown = valueText(name, value, reader, translate);
  const line = { label: labelOf(name, reader, translate), text: clean(shown).trim() };
  return shown === value ? { ...line, isWritten: true as const } : line;
}

interface Correction {
  readonly member: string;
  readonly now: string;
}

const isCorrection = (part: Members): part is Members & Correction =>
  typeof part['member'] === 'string' && typeof part['now'] === 'string' && Object.keys(part).length === 2;

/** Where it stands as the label, what it now reads as the value. */
function correctionLine({ member, now }: Correction, reader: Reader, translate: Phrases): OutlineLine {
  const shown = correctedText(nameIn(member), now, reader, translate);
  const line = { label: pathText(member, reader, translate), text: clean(shown).trim() };
  return shown === now ? { ...line, isWritten: true as const } : line;
}

/** The member's own name in a path such as `persons.0.prs_Citizenship.0`: places in lists are no names. */
const nameIn = (path: string): string => path.split('.').findLast((part) => !/^\d+$/.test(part)) ?? path;

/** What the value of a correction says: every one is carried as text, also yes or no and a number. */
const correctedText = (name: string, now: string, reader: Reader, translate: Phrases): string =>
  YES_OR_NO.includes(name) && (now === 'true' || now === 'false')
    ? valueText(name, now === 'true', reader, translate)
    : QUANTITIES.includes(name) && isExactNumber(now)
      ? valueText(name, Number(now), reader, translate)
      : stringText(name, now, reader, translate);

/** Whether a number in a text loses no digit when it is read as one. */
const isExactNumber = (text: string): boolean =>
  /^-?\d{1,20}(?:\.\d{1,6})?$/.test(text) && String(Number(text)) === text;
