/** The text of the mail: sender, type, urgency, deadline and how to acknowledge; then the message itself. */
import { type Parcel, readerOf } from '../../src/domain/carriage/adapter.ts';
import { sentenceOfNote } from '../../src/domain/carriage/endpoint-note.ts';
import type { Evidence } from '../../src/domain/evidence/evidence.ts';
import { countAttachmentBytes, type Message } from '../../src/domain/message/message.ts';
import { clean, oneLine } from '../../src/domain/message/outline-value.ts';
import { describeRunnable, safeFileNameOf } from '../../src/domain/words/file-name.ts';
import type { Phrases, Reader } from '../../src/domain/words/phrases.ts';
import { languageName } from '../../src/domain/words/platform-names.ts';
import { DECLINE_REASONS } from '../../src/domain/words/vocabulary.ts';
import { linesOfBody } from './body-text.ts';
import { nameAttachments } from './file-names.ts';
import { blocksOfReminder } from './reminder-text.ts';

export type MailParcel = Extract<Parcel, { kind: 'message' | 'evidence' | 'reminder' | 'note' }>;

/** How the mail is protected. One-time links and officers' names are only in `encrypted` mail. */
type MailProtection = 'encrypted' | 'signed-only';

/**
 * Composes the summary in the endpoint's language; lines end with LF. In a mail that is only signed it has no more than a notice,
 * and no link, because a mail relay could use the link in the officer's name.
 */
export function composeSummary(
  parcel: MailParcel,
  translate: Phrases,
  protection: MailProtection = 'encrypted',
): string {
  const mark = drillMarkOf(parcel, translate);
  const blocks = [...(mark === undefined ? [] : [[mark]]), ...blocksOf(parcel, translate, protection)];
  return `${[...blocks, [translate(parcel.endpoint.lang, 'email-automatic')]].map((lines) => lines.join('\n')).join('\n\n')}\n`;
}

/** The mark of a drill, above everything else; undefined for other messages. A reminder marks each message that it lists. */
export const drillMarkOf = (parcel: MailParcel, translate: Phrases): string | undefined =>
  parcel.kind !== 'reminder' && parcel.kind !== 'note' && parcel.summary.type === 'drill'
    ? translate(parcel.endpoint.lang, 'type-drill')
    : undefined;

type Blocks = readonly (readonly string[])[];

function blocksOf(parcel: MailParcel, translate: Phrases, protection: MailProtection): Blocks {
  switch (parcel.kind) {
    case 'message':
      return messageBlocks(parcel, translate, protection);
    case 'evidence':
      return evidenceBlocks(parcel, translate, protection);
    case 'reminder':
      return [
        ...blocksOfReminder(parcel, translate),
        ...(protection === 'encrypted' ? linkBlocks(parcel, translate) : []),
      ];
    case 'note':
      return noteBlocks(parcel, translate, protection);
  }
}

/** Renders a test, or news about the focal point's own endpoints. */
function noteBlocks(
  parcel: Extract<MailParcel, { kind: 'note' }>,
  translate: Phrases,
  protection: MailProtection,
): Blocks {
  const { focalPoint, says, link } = parcel;
  const { lang } = parcel.endpoint;
  const line = sentenceOfNote(says, (id, values) => translate(readerOf(parcel), id, values));
  const head: Blocks = [[translate(lang, 'note-desk', { name: oneLine(focalPoint.name) })], [line]];
  if (link === undefined) return head;
  return [
    ...head,
    protection === 'encrypted' ? [translate(lang, 'note-open'), link] : [translate(lang, 'note-no-link')],
  ];
}

function messageBlocks(
  parcel: Extract<MailParcel, { kind: 'message' }>,
  translate: Phrases,
  protection: MailProtection,
): Blocks {
  const reader = readerOf(parcel);
  const { lang } = reader;
  const { content } = parcel;
  const opened = content.shows === 'packet' && protection === 'encrypted' ? content : undefined;
  const packet = opened?.message;
  const say = (id: string): string => translate(lang, id);
  const title = translate(lang, packet ? 'email-message-title' : 'email-notice-title', {
    reference: parcel.summary.reference,
  });
  return [
    [title],
    headLines(parcel, translate, packet),
    ...(packet ? [] : [[say('email-not-here')]]),
    ...(protection === 'encrypted' ? linkBlocks(parcel, translate) : [[say('email-elsewhere')]]),
    ...(packet ? contentBlocks(packet, reader, translate) : []),
    ...(opened?.letterMissing === true ? [[say('email-letter-missing')]] : []),
    ...(opened?.corrections ?? []).map((one) => correctionBlock(one, reader, translate)),
  ];
}

/** Renders a correction that the sender made before this mail was sent. */
const correctionBlock = (one: Message, reader: Reader, translate: Phrases): readonly string[] => [
  translate(reader, 'email-corrected'),
  '='.repeat(24),
  // With its own handling code: a correction may be restricted although the message is not.
  ...handlingLines(one, reader.lang, translate),
  ...linesOfBody(one.body, reader, translate),
];

const handlingLines = (
  { handling, handling_note: note }: Pick<Message, 'handling' | 'handling_note'>,
  lang: string,
  translate: Phrases,
): readonly string[] => {
  const line = (id: string, value: string): string =>
    translate(lang, 'line', { label: translate(lang, id), value });
  return [
    line('email-handling', translate(lang, `handling-${handling}`)),
    ...(note === undefined ? [] : [line('email-handling-note', oneLine(note))]),
  ];
};

/** Renders what every notice may show; in a packet also the two lines that only a packet may show. */
function headLines(
  parcel: Exclude<MailParcel, { kind: 'note' }>,
  translate: Phrases,
  packet?: Message,
): string[] {
  const { lang } = parcel.endpoint;
  const { summary } = parcel;
  const line = (id: string, value: string): string =>
    translate(lang, 'line', { label: translate(lang, id), value });
  const moment = (at: Date): string => translate(readerOf(parcel), 'moment', { at });
  const party = (one: { name: string; country: string }): string =>
    `${oneLine(one.name)} (${translate(lang, `country-${one.country}`)})`;
  return [
    line('email-from', party(summary.sender)),
    line('email-to', party(summary.recipient)),
    line('email-type', translate(lang, `type-${summary.type}`)),
    line('email-urgency', translate(lang, `urgency-${summary.urgency}`)),
    line('email-handling', translate(lang, `handling-${summary.handling}`)),
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

function linkBlocks(
  parcel: Extract<MailParcel, { kind: 'message' | 'reminder' }>,
  translate: Phrases,
): Blocks {
  const { lang } = parcel.endpoint;
  const { acknowledge, read } = parcel.links;
  return [
    ...(acknowledge === undefined ? [] : [[translate(lang, 'email-how-to-acknowledge'), acknowledge]]),
    ...(read === undefined ? [] : [[translate(lang, 'email-how-to-read'), read]]),
  ];
}

function contentBlocks(message: Message, reader: Reader, translate: Phrases): Blocks {
  const { lang } = reader;
  const names = nameAttachments(message.attachments.map(({ filename }) => safeFileNameOf(filename)));
  const files = message.attachments.map(
    (one, n) =>
      `  ${n + 1}. ${clean(names[n] ?? one.filename)} (${one.media_type}, ${Math.ceil(countAttachmentBytes([one]) / 1_024)} KiB${describeRunnable(one, lang, translate)})`,
  );
  const heading = translate(lang, 'email-content');
  return [
    [heading, '='.repeat(24), ...linesOfBody(message.body, reader, translate)],
    ...(files.length === 0
      ? []
      : [[translate(lang, 'head', { label: translate(lang, 'email-attachments') }), ...files]]),
    [translate(lang, 'email-original')],
  ];
}

function evidenceBlocks(
  parcel: Extract<MailParcel, { kind: 'evidence' }>,
  translate: Phrases,
  protection: MailProtection,
): Blocks {
  const reader = readerOf(parcel);
  const { lang } = reader;
  const title = translate(lang, 'email-evidence-title', { reference: parcel.summary.reference });
  return [
    [title],
    eventLines(parcel.evidence, reader, translate, protection),
    [translate(lang, 'email-about'), ...headLines(parcel, translate)],
    ...(protection === 'encrypted' ? [[translate(lang, 'email-evidence-original')]] : []),
  ];
}

function eventLines(
  evidence: Evidence,
  reader: Reader,
  translate: Phrases,
  protection: MailProtection,
): string[] {
  const { lang } = reader;
  const line = (id: string, value: string): string =>
    translate(lang, 'line', { label: translate(lang, id), value });
  const { officer, reason } = evidence;
  const named = officer !== undefined && protection === 'encrypted';
  return [
    line('email-event', translate(lang, `email-event-${evidence.event}`)),
    line('email-at', translate(reader, 'moment', { at: new Date(evidence.at) })),
    ...(named ? [line('email-officer', officerText(officer, lang, translate))] : []),
    ...(reason === undefined ? [] : [line('email-reason', reasonText(reason, lang, translate))]),
    ...(evidence.channel === undefined ? [] : [line('email-channel', evidence.channel)]),
    ...(evidence.contradicts === undefined ? [] : [translate(lang, 'email-contradicts')]),
    ...(evidence.settles === undefined ? [] : [translate(lang, 'email-settles')]),
  ];
}

const ROLES: readonly string[] = ['officer', 'deputy', 'supervisor'];

const officerText = (officer: { name: string; role: string }, lang: string, translate: Phrases): string =>
  ROLES.includes(officer.role)
    ? `${oneLine(officer.name)} (${translate(lang, `email-role-${officer.role}`)})`
    : oneLine(officer.name);

/** Renders a reason in words; a problem code stays as it is, so that it can be looked up. */
const reasonText = (reason: string, lang: string, translate: Phrases): string =>
  DECLINE_REASONS.some((one) => one === reason) ? translate(lang, `ground-${reason}`) : oneLine(reason);
