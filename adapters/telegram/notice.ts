/**
 * Texts and buttons in a chat. They are made from the summary, the decision and the links, never from content. They are plain
 * text, so that no name can become markup.
 */
import type { InlineKeyboardMarkup, MessageEntity } from 'grammy/types';
import type {
  Decision,
  MessageLinks,
  MessageSummary,
  RecordedDecision,
  ReplyName,
} from '../../src/domain/carriage/adapter.ts';
import type { Evidence, EvidenceEvent } from '../../src/domain/evidence/evidence.ts';
import { MESSAGE_NAMES } from '../../src/domain/message/message.ts';
import type { Phrases } from '../../src/domain/words/phrases.ts';
import { DECLINE_REASONS, type Urgency } from '../../src/domain/words/vocabulary.ts';
import { dataOfTap } from './taps.ts';

/** One chat message in the form of the Bot API; `reply_markup` without rows removes the buttons. */
export interface ChatMessage {
  readonly text: string;
  readonly entities: MessageEntity[];
  readonly reply_markup: InlineKeyboardMarkup;
}

/** The input of a notice: a message to a focal point, and its state there. */
interface NoticeInput {
  readonly delivery: string;
  readonly summary: MessageSummary;
  readonly links: MessageLinks;
  readonly decision?: Decision;
  readonly openedAt?: Date;
  readonly recalledAt?: Date;
}

/** Puts one phrase into the reader's language. */
export type Translate = (id: string, values?: Parameters<Phrases>[2]) => string;

const MARKS: Readonly<Record<Urgency, string>> = { immediate: '🔴', urgent: '🟠', routine: '⚪' };

/**
 * Composes the notice of a message: first urgency, then type, sender, reference, deadline, and the decision if there is one. The
 * notice of a recalled message says so and has no buttons.
 */
export function composeNotice(told: NoticeInput, translate: Translate): ChatMessage {
  if (told.recalledAt !== undefined) return takenBack(told.summary, told.recalledAt, translate);
  const lines = [...linesOfSummary(told.summary, translate), ...standing(told, translate)];
  const link = told.decision === undefined ? webLinkOf(told.links.read) : undefined;
  const text = lines.join('\n');
  return {
    ...(link === undefined ? { text, entities: [] } : appendLink(text, translate('telegram-read'), link)),
    reply_markup: {
      inline_keyboard:
        told.decision === undefined
          ? makeOpeningButtons(told, translate, link)
          : settleButton(told, translate),
    },
  };
}

function takenBack(summary: MessageSummary, at: Date, translate: Translate): ChatMessage {
  const lines = [
    ...linesOfSummary(summary, translate).slice(0, -1),
    '',
    translate('telegram-recalled', { at }),
  ];
  return { text: lines.join('\n'), entities: [], reply_markup: { inline_keyboard: [] } };
}

/** Renders what may be shown of a message, one line each. */
export function linesOfSummary(one: MessageSummary, translate: Translate): string[] {
  const urgency = translate(`urgency-${one.urgency}`);
  const sender = { name: singleLineOf(one.sender.name), country: translate(`country-${one.sender.country}`) };
  return [
    translate('telegram-notice-title', {
      mark: MARKS[one.urgency],
      urgency,
      type: nameOfType(one.type, translate),
    }),
    translate('telegram-from', sender),
    translate('telegram-reference', { reference: one.reference }),
    translate('telegram-acknowledge-by', { at: one.acknowledgeBy }),
  ];
}

function standing({ decision, openedAt }: NoticeInput, translate: Translate): string[] {
  if (decision === undefined)
    return openedAt === undefined ? [] : ['', translate('telegram-opened', { at: openedAt })];
  const word = decision.decision === 'accepted' ? 'telegram-acknowledged-by' : 'telegram-declined-by';
  const ground = decision.decision === 'declined' ? groundLine(decision.ground, translate) : [];
  const contested = decision.contested === true ? ['', translate('telegram-contested')] : [];
  return [
    '',
    translate(word, { officer: singleLineOf(decision.officer), at: decision.at }),
    ...ground,
    ...contested,
  ];
}

/** Composes the notice of evidence for the sender: what happened, at which recipient, by whom, when. */
export function composeEvidenceNotice(
  evidence: Evidence,
  summary: MessageSummary,
  translate: Translate,
): ChatMessage {
  const { recipient, reference } = summary;
  const told = [
    // The mark keeps a reader from taking news of a drill for news of a case.
    ...(summary.type === 'drill' ? [translate('type-drill')] : []),
    translate(EVENT_WORDS[evidence.event], { reference }),
    translate('telegram-to', {
      name: singleLineOf(recipient.name),
      country: translate(`country-${recipient.country}`),
    }),
    ...(evidence.event === 'ConsignmentRejection' ? groundLine(evidence.reason, translate) : []),
    ...(evidence.contradicts === undefined ? [] : [translate('telegram-evidence-contradicts')]),
    ...(evidence.settles === undefined ? [] : [translate('telegram-evidence-settles')]),
    ...(evidence.officer ? [translate('telegram-by', { officer: singleLineOf(evidence.officer.name) })] : []),
    translate('telegram-at', { at: new Date(evidence.at) }),
  ];
  return { text: told.join('\n'), entities: [], reply_markup: { inline_keyboard: [] } };
}

const EVENT_WORDS: Readonly<Record<EvidenceEvent, string>> = {
  SubmissionAcceptance: 'telegram-evidence-underway',
  SubmissionRejection: 'telegram-evidence-refused',
  RelayAcceptance: 'telegram-evidence-underway',
  RelayRejection: 'telegram-evidence-refused',
  RelayFailure: 'telegram-evidence-failed',
  ConsignmentAcceptance: 'telegram-evidence-acknowledged',
  ConsignmentRejection: 'telegram-evidence-declined',
  AcceptanceRejectionExpiry: 'telegram-evidence-overdue',
  ContentConsignment: 'telegram-evidence-arrived',
  ContentConsignmentFailure: 'telegram-evidence-failed',
  ConsignmentNotification: 'telegram-evidence-arrived',
  ConsignmentNotificationFailure: 'telegram-evidence-failed',
  ContentHandover: 'telegram-evidence-arrived',
  ContentHandoverFailure: 'telegram-evidence-unopened',
  RelayToNonERDS: 'telegram-evidence-underway',
  RelayToNonERDSFailure: 'telegram-evidence-failed',
  // These are not about a message, so no sender gets a notice of them.
  DesignationWithdrawn: 'telegram-evidence-refused',
  OperatorAct: 'telegram-evidence-refused',
  EvidenceRejected: 'telegram-evidence-refused',
  ContentPurge: 'telegram-evidence-purged',
  DeliveryDelayed: 'telegram-evidence-waits',
  // The reminder itself notifies the people.
  SenderNotification: 'telegram-evidence-overdue',
  SenderNotificationFailure: 'telegram-evidence-overdue',
};

/** The button to the page that settles a contradiction of the focal point's acknowledgements; none if there is no contradiction. */
function settleButton(
  { decision, links }: NoticeInput,
  translate: Translate,
): InlineKeyboardMarkup['inline_keyboard'] {
  const url = decision?.contested === true ? webLinkOf(links.acknowledge) : undefined;
  return url === undefined ? [] : [[{ text: translate('telegram-button-settle'), url }]];
}

/** Buttons to open and to answer: by a tap, or on the page where a tap does not identify the officer. */
export function makeOpeningButtons(
  { delivery, links }: Pick<NoticeInput, 'delivery' | 'links'>,
  translate: Translate,
  open?: string,
): InlineKeyboardMarkup['inline_keyboard'] {
  if (links.onPage !== true) return makeFirstButtons(delivery, translate, open);
  const answer = webLinkOf(links.acknowledge);
  return [
    ...(open === undefined ? [] : [[{ text: translate('telegram-button-open'), url: open }]]),
    ...(answer === undefined ? [] : [[{ text: translate('telegram-button-answer'), url: answer }]]),
  ];
}

/** Buttons to open, accept and decline. */
export function makeFirstButtons(
  delivery: string,
  translate: Translate,
  open?: string,
): InlineKeyboardMarkup['inline_keyboard'] {
  return [
    ...(open === undefined ? [] : [[{ text: translate('telegram-button-open'), url: open }]]),
    [
      {
        text: translate('telegram-button-acknowledge'),
        callback_data: dataOfTap({ act: 'acknowledge', delivery }),
      },
      { text: translate('telegram-button-decline'), callback_data: dataOfTap({ act: 'decline', delivery }) },
    ],
  ];
}

/** Buttons with one reason in each row, because Khmer reasons are long, and one to go back. */
export function makeReasonButtons(
  delivery: string,
  translate: Translate,
): InlineKeyboardMarkup['inline_keyboard'] {
  const grounds = DECLINE_REASONS.map((ground) => [
    { text: translate(`ground-${ground}`), callback_data: dataOfTap({ act: 'ground', delivery, ground }) },
  ]);
  return [
    ...grounds,
    [{ text: translate('telegram-button-back'), callback_data: dataOfTap({ act: 'back', delivery }) }],
  ];
}

/** The text of a reply. It fits the 200 characters of a callback answer; a test checks the locales for that. */
/** Composes the text of a reply, which names the recorded acknowledgement if there is one. */
export function composeReplyText({ word, recorded }: Answering, translate: Translate): string {
  if (recorded === undefined) return translate(`telegram-reply-${word}`);
  const said =
    recorded.decision === 'accepted'
      ? translate('telegram-word-accepted')
      : translate('telegram-word-declined', { ground: groundName(recorded.ground, translate) });
  return translate(`telegram-reply-${word}`, { word: said });
}

type Answering = { readonly word: ReplyName; readonly recorded?: RecordedDecision | undefined };

/**
 * Appends the link to the text, although a button has it too: the buttons are replaced by the reasons while an officer chooses
 * one, and then the officer needs to read the message.
 */
export const appendLink = (
  text: string,
  label: string,
  url: string,
): Pick<ChatMessage, 'text' | 'entities'> => ({
  text: `${text}\n\n${label}`,
  entities: [{ type: 'text_link', offset: text.length + 2, length: label.length, url }],
});

/** The URL if it is a web address; other addresses do not become links. */
export const webLinkOf = (url: string | undefined): string | undefined =>
  url !== undefined && /^https?:\/\//.test(url) && URL.canParse(url) ? url : undefined;

export const nameOfType = (type: string, translate: Translate): string => {
  const name = MESSAGE_NAMES.find((one) => one === type);
  return name === undefined ? translate('type-text') : translate(`type-${name}`);
};

const groundLine = (ground: string | undefined, translate: Translate): string[] => [
  translate('telegram-ground', { ground: groundName(ground, translate) }),
];

const groundName = (ground: string | undefined, translate: Translate): string =>
  translate(`ground-${DECLINE_REASONS.find((one) => one === ground) ?? 'other'}`);

/** A name on one line, without control characters and direction overrides, so that it cannot rearrange the notice. */
export const singleLineOf = (name: string): string =>
  name.replace(/[\p{Cc}\u2028-\u202E\u2066-\u2069]+/gu, ' ').trim();
