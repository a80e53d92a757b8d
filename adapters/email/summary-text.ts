/** The text a person reads in the mail: who, what, how urgent, by when, how to acknowledge; then the message itself. */
import { type Parcel, readerOf } from '../../src/domain/carriage/adapter.ts';
import { sentenceOfNote } from '../../src/domain/carriage/endpoint-note.ts';
import type { Evidence } from '../../src/domain/evidence/evidence.ts';
import { countAttachmentBytes, type Message } from '../../src/domain/message/message.ts';
import { clean, languageName, oneLine } from '../../src/domain/message/outline-value.ts';
import { describeRunnable, safeFileNameOf } from '../../src/domain/words/file-name.ts';
import type { Phrases, Reader } from '../../src/domain/words/phrases.ts';
import { DECLINE_REASONS } from '../../src/domain/words/vocabulary.ts';
import { linesOfBody } from './body-text.ts';
import { nameAttachments } from './file-names.ts';
import { blocksOfReminder } from './reminder-text.ts';

export type MailParcel = Extract<Parcel, { kind: 'message' | 'evidence' | 'reminder' | 'note' }>;

/** How the mail that carries the text is protected: one-time links and officers' names only ever go `encrypted`. */
export type MailProtection = 'encrypted' | 'signed-only';

/**
 * The summary, lines ended by LF. Pure; the language is the endpoint's. In a mail that is only signed it says no
 * more than a notice may and carries no link: whoever relays the mail could use it in the officer's name.
 */
export function composeSummary(
  parcel: MailParcel,
  words: Phrases,
  protection: MailProtection = 'encrypted',
): string {
  const mark = drillMarkOf(parcel, words);
  const blocks = [...(mark === undefined ? [] : [[mark]]), ...blocksOf(parcel, words, protection)];
  return `${[...blocks, [words(parcel.endpoint.lang, 'email-automatic')]].map((lines) => lines.join('\n')).join('\n\n')}\n`;
}

/** What stands over everything else where the mail is of an exercise; a reminder says it of each message it lists. */
export const drillMarkOf = (parcel: MailParcel, words: Phrases): string | undefined =>
  parcel.kind !== 'reminder' && parcel.kind !== 'note' && parcel.summary.type === 'drill'
    ? words(parcel.endpoint.lang, 'type-drill')
    : undefined;

type Blocks = readonly (readonly string[])[];

function blocksOf(parcel: MailParcel, words: Phrases, protection: MailProtection): Blocks {
  switch (parcel.kind) {
    case 'message':
      return messageBlocks(parcel, words, protection);
    case 'evidence':
      return evidenceBlocks(parcel, words, protection);
    case 'reminder':
      return [
        ...blocksOfReminder(parcel, words),
        ...(protection === 'encrypted' ? linkBlocks(parcel, words) : []),
      ];
    case 'note':
      return noteBlocks(parcel, words, protection);
  }
}

/** A test, or news of the desk's own endpoints. */
function noteBlocks(
  parcel: Extract<MailParcel, { kind: 'note' }>,
  words: Phrases,
  protection: MailProtection,
): Blocks {
  const { focalPoint: desk, says, link } = parcel;
  const { lang } = parcel.endpoint;
  const line = sentenceOfNote(says, (id, values) => words(readerOf(parcel), id, values));
  const head: Blocks = [[words(lang, 'note-desk', { name: oneLine(desk.name) })], [line]];
  if (link === undefined) return head;
  return [
    ...head,
    protection === 'encrypted' ? [words(lang, 'note-open'), link] : [words(lang, 'note-no-link')],
  ];
}

function messageBlocks(
  parcel: Extract<MailParcel, { kind: 'message' }>,
  words: Phrases,
  protection: MailProtection,
): Blocks {
  const reader = readerOf(parcel);
  const { lang } = reader;
  const { content } = parcel;
  const opened = content.shows === 'packet' && protection === 'encrypted' ? content : undefined;
  const packet = opened?.message;
  const say = (id: string): string => words(lang, id);
  const title = words(lang, packet ? 'email-message-title' : 'email-notice-title', {
    reference: parcel.summary.reference,
  });
  return [
    [title],
    headLines(parcel, words, packet),
    ...(packet ? [] : [[say('email-not-here')]]),
    ...(protection === 'encrypted' ? linkBlocks(parcel, words) : [[say('email-elsewhere')]]),
    ...(packet ? contentBlocks(packet, reader, words) : []),
    ...(opened?.letterMissing === true ? [[say('email-letter-missing')]] : []),
    ...(opened?.corrections ?? []).map((one) => correctionBlock(one, reader, words)),
  ];
}

/** What the sender put right in the message before this mail went out. */
const correctionBlock = (one: Message, reader: Reader, words: Phrases): readonly string[] => [
  words(reader, 'email-corrected'),
  '='.repeat(24),
  // Its own code: a correction may be restricted where what it corrects is not.
  ...handlingLines(one, reader.lang, words),
  ...linesOfBody(one.body, reader, words),
];

const handlingLines = (
  { handling, handling_note: note }: Pick<Message, 'handling' | 'handling_note'>,
  lang: string,
  words: Phrases,
): readonly string[] => {
  const line = (id: string, value: string): string => words(lang, 'line', { label: words(lang, id), value });
  return [
    line('email-handling', words(lang, `handling-${handling}`)),
    ...(note === undefined ? [] : [line('email-handling-note', oneLine(note))]),
  ];
};

/** What may be said anywhere, and with the packet the two things only it may say. */
function headLines(
  parcel: Exclude<MailParcel, { kind: 'note' }>,
  words: Phrases,
  packet?: Message,
): string[] {
  const { lang } = parcel.endpoint;
  const { summary } = parcel;
  const line = (id: string, value: string): string => words(lang, 'line', { label: words(lang, id), value });
  const moment = (at: Date): string => words(readerOf(parcel), 'moment', { at });
  const party = (one: { name: string; country: string }): string =>
    `${oneLine(one.name)} (${words(lang, `country-${one.country}`)})`;
  return [
    line('email-from', party(summary.sender)),
    line('email-to', party(summary.recipient)),
    line('email-type', words(lang, `type-${summary.type}`)),
    line('email-urgency', words(lang, `urgency-${summary.urgency}`)),
    line('email-handling', words(lang, `handling-${summary.handling}`)),
    ...(packet?.handling_note === undefined
      ? []
      : [line('email-handling-note', oneLine(packet.handling_note))]),
    ...(summary.about === undefined ? [] : [line('email-about-message', summary.about)]),
    line('email-sent', moment(summary.sentAt)),
    line('email-acknowledge-by', moment(summary.acknowledgeBy)),
    line('email-answer-by', moment(summary.answerBy)),
    ...(packet === undefined ? [] : [line('email-written-in', languageName(packet.lang, lang))]),
    line('email-message-id', summary.message),
    line('email-thread', summary.thread),
  ];
}

function linkBlocks(parcel: Extract<MailParcel, { kind: 'message' | 'reminder' }>, words: Phrases): Blocks {
  const { lang } = parcel.endpoint;
  const { acknowledge, read } = parcel.links;
  return [
    ...(acknowledge === undefined ? [] : [[words(lang, 'email-how-to-acknowledge'), acknowledge]]),
    ...(read === undefined ? [] : [[words(lang, 'email-how-to-read'), read]]),
  ];
}

function contentBlocks(message: Message, reader: Reader, words: Phrases): Blocks {
  const { lang } = reader;
  const names = nameAttachments(message.attachments.map(({ filename }) => safeFileNameOf(filename)));
  const files = message.attachments.map(
    (one, n) =>
      `  ${n + 1}. ${clean(names[n] ?? one.filename)} (${one.media_type}, ${Math.ceil(countAttachmentBytes([one]) / 1_024)} KiB${describeRunnable(one, lang, words)})`,
  );
  const heading = words(lang, 'email-content');
  return [
    [heading, '='.repeat(24), ...linesOfBody(message.body, reader, words)],
    ...(files.length === 0
      ? []
      : [[words(lang, 'head', { label: words(lang, 'email-attachments') }), ...files]]),
    [words(lang, 'email-original')],
  ];
}

function evidenceBlocks(
  parcel: Extract<MailParcel, { kind: 'evidence' }>,
  words: Phrases,
  protection: MailProtection,
): Blocks {
  const reader = readerOf(parcel);
  const { lang } = reader;
  const title = words(lang, 'email-evidence-title', { reference: parcel.summary.reference });
  return [
    [title],
    eventLines(parcel.evidence, reader, words, protection),
    [words(lang, 'email-about'), ...headLines(parcel, words)],
    ...(protection === 'encrypted' ? [[words(lang, 'email-evidence-original')]] : []),
  ];
}

function eventLines(
  evidence: Evidence,
  reader: Reader,
  words: Phrases,
  protection: MailProtection,
): string[] {
  const { lang } = reader;
  const line = (id: string, value: string): string => words(lang, 'line', { label: words(lang, id), value });
  const { officer, reason } = evidence;
  const named = officer !== undefined && protection === 'encrypted';
  return [
    line('email-event', words(lang, `email-event-${evidence.event}`)),
    line('email-at', words(reader, 'moment', { at: new Date(evidence.at) })),
    ...(named ? [line('email-officer', officerText(officer, lang, words))] : []),
    ...(reason === undefined ? [] : [line('email-reason', reasonText(reason, lang, words))]),
    ...(evidence.channel === undefined ? [] : [line('email-channel', evidence.channel)]),
    ...(evidence.contradicts === undefined ? [] : [words(lang, 'email-contradicts')]),
    ...(evidence.settles === undefined ? [] : [words(lang, 'email-settles')]),
  ];
}

const ROLES: readonly string[] = ['officer', 'deputy', 'supervisor'];

const officerText = (officer: { name: string; role: string }, lang: string, words: Phrases): string =>
  ROLES.includes(officer.role)
    ? `${oneLine(officer.name)} (${words(lang, `email-role-${officer.role}`)})`
    : oneLine(officer.name);

/** A ground in words; a problem code as it is, for whoever has to look it up. */
const reasonText = (reason: string, lang: string, words: Phrases): string =>
  DECLINE_REASONS.some((one) => one === reason) ? words(lang, `ground-${reason}`) : oneLine(reason);
