/**
 * The page of a formal letter: each phrase in both languages, what people wrote once, as they wrote it. Pure: from a
 * letter to the data that `letter.typ` sets.
 */
import { renderSVG } from 'uqr';
import {
  type Letter,
  type LetterParty,
  languagesOf,
  shortDigest,
  type WriteLetter,
} from '../domain/message/letter.ts';
import { attachmentBytes } from '../domain/message/message.ts';
import { languageName, oneLine, outline } from '../domain/message/outline.ts';
import { isRunnable, runningMark, shownFileName } from '../domain/words/file-name.ts';
import type { Language } from '../domain/words/vocabulary.ts';
import type { Reader, TimelessValues, Words } from '../domain/words/words.ts';
import { breakable } from './breaking.ts';
import type { Typeset } from './typeset.ts';

/** A text in one of the letter's languages. */
export interface Phrase {
  readonly lang: string;
  readonly text: string;
}

/** A labelled value: the label in each language, the value once where it is the same in all. */
export interface Row {
  readonly labels: readonly Phrase[];
  readonly values: readonly Phrase[];
}

export interface LetterPage {
  readonly lang: Language;
  /** For the document's metadata: number and kind, nobody's name. */
  readonly title: string;
  readonly office: Phrase;
  readonly country: readonly Phrase[];
  readonly subject: Row;
  /** On a drill only: words that nobody overlooks. */
  readonly drill: readonly Phrase[];
  readonly handling: readonly Phrase[];
  readonly head: readonly Row[];
  readonly to: { readonly labels: readonly Phrase[]; readonly desks: readonly (readonly Phrase[])[] };
  readonly opening: readonly Phrase[];
  readonly groups: readonly { readonly heading: readonly Phrase[]; readonly rows: readonly Row[] }[];
  readonly closing: readonly Phrase[];
  readonly signature: {
    readonly office: Phrase;
    readonly name: string;
    readonly role: readonly Phrase[];
    readonly words: readonly Phrase[];
  };
  readonly proof: {
    readonly qr: string;
    readonly alt: string;
    readonly words: readonly Phrase[];
    readonly url: string;
    readonly digest: string;
  };
  readonly foot: string;
  readonly page: readonly Phrase[];
}

/** The function that makes letters, over phrases and a typesetter. */
export const letterWriter =
  (words: Words, typeset: Typeset): WriteLetter =>
  (letter) =>
    typeset({ template: 'letter', data: letterPage(letter, words), at: letter.acceptedAt });

/** A phrase in every language of the letter. */
type Say = (id: string, values?: TimelessValues | ((lang: string) => TimelessValues)) => readonly Phrase[];

const sayer =
  (words: Words, languages: readonly Language[]): Say =>
  (id, values) =>
    languages.map((lang) => ({
      lang,
      text: words(lang, id, typeof values === 'function' ? values(lang) : values),
    }));

/** What a letter's page shows. */
export function letterPage(letter: Letter, words: Words): LetterPage {
  const { message, sender, type, number, proof } = letter;
  const languages = languagesOf(letter);
  const [first = 'en'] = languages;
  const say = sayer(words, languages);
  const mark = number?.text ?? words(first, 'letter-no-number');
  return {
    lang: first,
    title: `${mark} – ${words(first, `type-${type}`)}`,
    office: written(sender.name, first),
    country: countryOf(sender, say),
    subject: { labels: once(say('letter-subject')), values: kindOf(letter, words) },
    drill: type === 'drill' ? once(say('letter-drill')) : [],
    handling: once(say(`handling-${message.handling}`)),
    head: headOf(letter, words, say),
    to: { labels: once(say('letter-to')), desks: letter.recipients.map((one) => deskOf(one, first, say)) },
    opening: once(
      say(letter.agreement === undefined ? 'letter-opening' : 'letter-opening-agreement', openingOf(letter)),
    ),
    groups: groupsOf(letter, words, say),
    closing: once(
      say('letter-closing', (lang) => ({
        at: moments(letter, words, letter.acknowledgeBy)
          .filter((one) => one.lang === lang)
          .map(({ text }) => text)
          .join(' / '),
      })),
    ),
    signature: signatureOf(letter, first, say),
    proof: {
      qr: renderSVG(`${proof.url}#${proof.digest}`, { ecc: 'M', border: 0 }),
      alt: words(first, 'letter-proof-alt'),
      words: once(say('letter-proof')),
      url: proof.url,
      digest: shortDigest(proof.digest),
    },
    foot: `${mark} · ${message.id}`,
    page: once(say('letter-page')),
  };
}

/** An instant on the clock of each reader, in the reader's language. */
const moments = ({ readers }: Pick<Letter, 'readers'>, words: Words, at: Date): readonly Phrase[] =>
  once(readers.map((reader) => ({ lang: reader.lang, text: words(reader, 'moment', { at }) })));

/** A text that means the same in all languages is shown once. */
const once = (phrases: readonly Phrase[]): readonly Phrase[] =>
  phrases.filter((one, n) => phrases.findIndex((other) => other.text === one.text) === n);

/** What people wrote, in the language it is set for. */
const written = (text: string, lang: string): Phrase => ({ lang, text: breakable(oneLine(text)) });

const countryOf = ({ country }: LetterParty, say: Say): readonly Phrase[] =>
  country === undefined ? [] : once(say(`country-${country}`));

const deskOf = (desk: LetterParty, lang: string, say: Say): readonly Phrase[] => [
  written(desk.name, lang),
  ...countryOf(desk, say),
];

/** The subject: the kind of message, and of a request what is asked for. */
function kindOf({ type, message, readers }: Letter, words: Words): readonly Phrase[] {
  const { kind } = message.body;
  return once(
    readers.map(({ lang }) => {
      const name = words(lang, `type-${type}`);
      // Only a request says by its kind what the letter is about; elsewhere it stands in the body.
      const asked = type === 'request' && typeof kind === 'string' ? words(lang, `value-${kind}`) : undefined;
      return { lang, text: asked === undefined ? name : words(lang, 'line', { label: name, value: asked }) };
    }),
  );
}

function headOf({ number, message, readers, ...letter }: Letter, words: Words, say: Say): readonly Row[] {
  const row = (id: string, values: readonly Phrase[]): Row => ({
    labels: once(say(id)),
    values: once(values),
  });
  const same = (text: string): readonly Phrase[] => [written(text, readers[0]?.lang ?? 'en')];
  const moment = (at: Date): readonly Phrase[] => moments({ readers }, words, at);
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
  office: breakable(oneLine(sender.name)),
  agreement: breakable(oneLine(agreement?.title ?? '')),
  version: String(agreement?.version ?? ''),
});

/** The body: the same outline in each language, label beside label. */
function groupsOf({ type, message, readers }: Letter, words: Words, say: Say): LetterPage['groups'] {
  const { kind: _, ...rest } = message.body;
  // What a request asks for is its subject already.
  const outlines = readers.map((one) => outline(type === 'request' ? rest : message.body, one, words));
  const groups = (outlines[0] ?? []).map((group, g) => ({
    heading: phrases(readers, (n) => outlines[n]?.[g]?.heading),
    rows: group.lines.map((_, l) => ({
      labels: phrases(readers, (n) => outlines[n]?.[g]?.lines[l]?.label),
      values: phrases(readers, (n) => outlines[n]?.[g]?.lines[l]?.text),
    })),
  }));
  const files = message.attachments.map((one) => {
    const what = `${one.media_type}, ${Math.ceil(attachmentBytes([one]) / 1_024)} KiB`;
    return {
      labels: [written(shownFileName(one.filename), readers[0]?.lang ?? 'en')],
      values: isRunnable(one)
        ? phrases(readers, (n) => `${what}${runningMark(one, readers[n]?.lang ?? 'en', words)}`)
        : [written(what, 'en')],
    };
  });
  return [
    ...groups.filter(({ rows }) => rows.length > 0),
    ...(files.length === 0 ? [] : [{ heading: once(say('letter-attachments')), rows: files }]),
  ];
}

const phrases = (readers: readonly Reader[], textOf: (n: number) => string | undefined): readonly Phrase[] =>
  once(
    readers
      .map(({ lang }, n) => ({ lang, text: breakable(textOf(n) ?? '') }))
      .filter(({ text }) => text !== ''),
  );

function signatureOf(
  { sender, signatory, custody }: Letter,
  lang: string,
  say: Say,
): LetterPage['signature'] {
  return {
    office: written(sender.name, lang),
    name: breakable(oneLine(signatory?.name ?? '')),
    role: signatory === undefined ? [] : once(say(`letter-role-${signatory.role}`)),
    words: once(say(`letter-signed-${custody}`)),
  };
}
