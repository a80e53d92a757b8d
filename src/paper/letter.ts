/**
 * The page of a formal letter: phrases in both languages, and texts by people once, unchanged. A pure function from a
 * letter to the data of `letter.typ`.
 */
import { renderSVG } from 'uqr';
import {
  type Letter,
  type LetterParty,
  type LetterWriter,
  languagesOf,
  shortenDigest,
} from '../domain/message/letter.ts';
import { countAttachmentBytes } from '../domain/message/message.ts';
import { outlineOfBody } from '../domain/message/outline.ts';
import { valueId } from '../domain/message/outline-members.ts';
import { oneLine } from '../domain/message/outline-value.ts';
import { describeRunnable, isRunnable, safeFileNameOf } from '../domain/words/file-name.ts';
import type { Phrases, Reader, TimelessValues } from '../domain/words/phrases.ts';
import { languageName } from '../domain/words/platform-names.ts';
import { type Language, REQUEST_KINDS } from '../domain/words/vocabulary.ts';
import { addLineBreaks } from './breaking.ts';
import type { Typesetter } from './typeset.ts';

/** A text in one of the letter's languages. */
interface LetterPhrase {
  readonly lang: string;
  readonly text: string;
}

/** A value with its label. The label is in each language; the value is there once if it is the same in all. */
interface LetterRow {
  readonly labels: readonly LetterPhrase[];
  readonly values: readonly LetterPhrase[];
}

interface LetterPage {
  readonly lang: Language;
  /** For the document's metadata: the number and the kind of the letter, but no names. */
  readonly title: string;
  readonly office: LetterPhrase;
  readonly country: readonly LetterPhrase[];
  readonly subject: LetterRow;
  /** Only for a drill: a warning that is impossible to overlook. */
  readonly drill: readonly LetterPhrase[];
  readonly handling: readonly LetterPhrase[];
  readonly head: readonly LetterRow[];
  readonly to: {
    readonly labels: readonly LetterPhrase[];
    readonly recipients: readonly (readonly LetterPhrase[])[];
  };
  readonly opening: readonly LetterPhrase[];
  readonly groups: readonly {
    readonly heading: readonly LetterPhrase[];
    readonly rows: readonly LetterRow[];
  }[];
  readonly closing: readonly LetterPhrase[];
  readonly signature: {
    readonly office: LetterPhrase;
    readonly name: string;
    readonly role: readonly LetterPhrase[];
    readonly words: readonly LetterPhrase[];
  };
  readonly proof: {
    readonly qr: string;
    readonly alt: string;
    readonly words: readonly LetterPhrase[];
    readonly url: string;
    readonly digest: string;
  };
  readonly foot: string;
  readonly page: readonly LetterPhrase[];
}

/** Makes the function that makes letters, from phrases and a typesetter. */
export const createLetterWriter =
  (translate: Phrases, typeset: Typesetter): LetterWriter =>
  (letter) =>
    typeset({ template: 'letter', data: makeLetterPage(letter, translate), at: letter.acceptedAt });

/** Gives a phrase in every language of the letter. */
type Say = (
  id: string,
  values?: TimelessValues | ((lang: string) => TimelessValues),
) => readonly LetterPhrase[];

const sayer =
  (translate: Phrases, languages: readonly Language[]): Say =>
  (id, values) =>
    languages.map((lang) => ({
      lang,
      text: translate(lang, id, typeof values === 'function' ? values(lang) : values),
    }));

/** Makes the content of a letter's page. */
export function makeLetterPage(letter: Letter, translate: Phrases): LetterPage {
  const { message, sender, type, number, proof } = letter;
  const languages = languagesOf(letter);
  const [first = 'en'] = languages;
  const say = sayer(translate, languages);
  const mark = number?.text ?? translate(first, 'letter-no-number');
  return {
    lang: first,
    title: `${mark} – ${translate(first, `type-${type}`)}`,
    office: written(sender.name, first),
    country: countryOf(sender, say),
    subject: { labels: once(say('letter-subject')), values: kindOf(letter, translate) },
    drill: type === 'drill' ? once(say('letter-drill')) : [],
    handling: once(say(`handling-${message.handling}`)),
    head: headOf(letter, translate, say),
    to: {
      labels: once(say('letter-to')),
      recipients: letter.recipients.map((one) => recipientLines(one, first, say)),
    },
    opening: once(
      say(letter.agreement === undefined ? 'letter-opening' : 'letter-opening-agreement', openingOf(letter)),
    ),
    groups: groupsOf(letter, translate, say),
    closing: once(
      say('letter-closing', (lang) => ({
        at: moments(letter, translate, letter.acknowledgeBy)
          .filter((one) => one.lang === lang)
          .map(({ text }) => text)
          .join(' / '),
      })),
    ),
    signature: signatureOf(letter, first, say),
    proof: {
      qr: renderSVG(`${proof.url}#${proof.digest}`, { ecc: 'M', border: 0 }),
      alt: translate(first, 'letter-proof-alt'),
      words: once(say('letter-proof')),
      url: proof.url,
      digest: shortenDigest(proof.digest),
    },
    foot: `${mark} · ${message.id}`,
    page: once(say('letter-page')),
  };
}

/** An instant in the zone and the language of each reader. */
const moments = (
  { readers }: Pick<Letter, 'readers'>,
  translate: Phrases,
  at: Date,
): readonly LetterPhrase[] =>
  once(readers.map((reader) => ({ lang: reader.lang, text: translate(reader, 'moment', { at }) })));

/** A text that is the same in all languages is shown once. */
const once = (phrases: readonly LetterPhrase[]): readonly LetterPhrase[] =>
  phrases.filter((one, n) => phrases.findIndex((other) => other.text === one.text) === n);

/** A text by a person, with its language. */
const written = (text: string, lang: string): LetterPhrase => ({ lang, text: addLineBreaks(oneLine(text)) });

const countryOf = ({ country }: LetterParty, say: Say): readonly LetterPhrase[] =>
  country === undefined ? [] : once(say(`country-${country}`));

const recipientLines = (focalPoint: LetterParty, lang: string, say: Say): readonly LetterPhrase[] => [
  written(focalPoint.name, lang),
  ...countryOf(focalPoint, say),
];

/** What a request asks for, which is its subject. A kind that this version does not know stands in the body. */
const askedOf = ({ type, message }: Pick<Letter, 'type' | 'message'>) =>
  type === 'request' ? REQUEST_KINDS.find((one) => one === message.body['kind']) : undefined;

/** The subject: the kind of message; for a request, also what is requested. */
function kindOf({ type, message, readers }: Letter, translate: Phrases): readonly LetterPhrase[] {
  const kind = askedOf({ type, message });
  return once(
    readers.map(({ lang }) => {
      const name = translate(lang, `type-${type}`);
      const asked = kind === undefined ? undefined : translate(lang, valueId(kind));
      return {
        lang,
        text: asked === undefined ? name : translate(lang, 'line', { label: name, value: asked }),
      };
    }),
  );
}

function headOf(
  { number, message, readers, ...letter }: Letter,
  translate: Phrases,
  say: Say,
): readonly LetterRow[] {
  const row = (id: string, values: readonly LetterPhrase[]): LetterRow => ({
    labels: once(say(id)),
    values: once(values),
  });
  const same = (text: string): readonly LetterPhrase[] => [written(text, readers[0]?.lang ?? 'en')];
  const moment = (at: Date): readonly LetterPhrase[] => moments({ readers }, translate, at);
  return [
    ...(number === undefined ? [] : [row(`letter-number-${number.by}`, same(number.text))]),
    row('letter-date', moment(letter.acceptedAt)),
    row('letter-urgency', say(`urgency-${message.urgency}`)),
    row('letter-thread', same(message.thid)),
    row('letter-acknowledge-by', moment(letter.acknowledgeBy)),
    ...(letter.type === 'request' || letter.type === 'handover' || letter.type === 'clarification'
      ? [row('letter-answer-by', moment(letter.answerBy))]
      : []),
    ...(message.handling_note === undefined
      ? []
      : [row('letter-handling-note', same(message.handling_note))]),
    row(
      'letter-written-in',
      readers.map(({ lang }) => ({ lang, text: languageName(message.lang, lang) })),
    ),
  ];
}

const openingOf = ({ agreement, sender }: Letter): TimelessValues => ({
  office: addLineBreaks(oneLine(sender.name)),
  agreement: addLineBreaks(oneLine(agreement?.title ?? '')),
  version: String(agreement?.version ?? ''),
});

/** The body: the same outline in each language, with the labels beside each other. */
function groupsOf({ type, message, readers }: Letter, translate: Phrases, say: Say): LetterPage['groups'] {
  const { kind: _, ...rest } = message.body;
  // The subject already says what a request asks for.
  const body = askedOf({ type, message }) === undefined ? message.body : rest;
  const outlines = readers.map((one) => outlineOfBody(body, one, translate));
  const groups = (outlines[0] ?? []).map((group, g) => ({
    heading: phrases(readers, (n) => outlines[n]?.[g]?.heading),
    rows: group.lines.map((_, l) => ({
      labels: phrases(readers, (n) => outlines[n]?.[g]?.lines[l]?.label),
      values: phrases(readers, (n) => outlines[n]?.[g]?.lines[l]?.text),
    })),
  }));
  const files = message.attachments.map((one) => {
    const what = `${one.media_type}, ${Math.ceil(countAttachmentBytes([one]) / 1_024)} KiB`;
    return {
      labels: [written(safeFileNameOf(one.filename), readers[0]?.lang ?? 'en')],
      values: isRunnable(one)
        ? phrases(readers, (n) => `${what}${describeRunnable(one, readers[n]?.lang ?? 'en', translate)}`)
        : [written(what, 'en')],
    };
  });
  return [
    ...groups.filter(({ heading, rows }) => heading.length > 0 || rows.length > 0),
    ...(files.length === 0 ? [] : [{ heading: once(say('letter-attachments')), rows: files }]),
  ];
}

const phrases = (
  readers: readonly Reader[],
  textOf: (n: number) => string | undefined,
): readonly LetterPhrase[] =>
  once(
    readers
      .map(({ lang }, n) => ({ lang, text: addLineBreaks(textOf(n) ?? '') }))
      .filter(({ text }) => text !== ''),
  );

function signatureOf(
  { sender, signatory, custody }: Letter,
  lang: string,
  say: Say,
): LetterPage['signature'] {
  return {
    office: written(sender.name, lang),
    name: addLineBreaks(oneLine(signatory?.name ?? '')),
    role: signatory === undefined ? [] : once(say(`letter-role-${signatory.role}`)),
    words: once(say(`letter-signed-${custody}`)),
  };
}
