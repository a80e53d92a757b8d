/** A reminder in a chat: which act is due, who owes it, and since when it is late. One reminder may list several acts. */
import type { Parcel, ReminderItem } from '../../src/domain/carriage/adapter.ts';
import {
  appendLink,
  type ChatMessage,
  linesOfSummary,
  makeOpeningButtons,
  nameOfType,
  singleLineOf,
  type Translate,
  webLinkOf,
} from './notice.ts';

type ReminderParcel = Extract<Parcel, { kind: 'reminder' }>;

/** Composes the reminder: one act as its own notice, with buttons if its reader may answer; several acts as a list. */
export function composeReminder(
  { items, answerable, delivery, links }: ReminderParcel,
  translate: Translate,
): ChatMessage {
  const [only] = items;
  if (only === undefined || items.length > 1) return shown(listed(items, translate).join('\n'));
  const text = [
    `⏰ ${translate('reminder-title')}`,
    ...linesOfSummary(only.summary, translate),
    '',
    ...owed(only, translate),
    ...whyTold(only, translate),
  ].join('\n');
  if (!answerable) return shown(text);
  const link = webLinkOf(links.read);
  return {
    // The link is also in the text, as in a notice, because the reasons replace the button.
    ...(link === undefined ? { text, entities: [] } : appendLink(text, translate('telegram-read'), link)),
    reply_markup: { inline_keyboard: makeOpeningButtons({ delivery, links }, translate, link) },
  };
}

const shown = (text: string): ChatMessage => ({ text, entities: [], reply_markup: { inline_keyboard: [] } });

const listed = (items: readonly ReminderItem[], translate: Translate): string[] => [
  `⏰ ${translate('reminder-title-many', { count: items.length })}`,
  ...items.flatMap((one) => {
    const { reference, urgency, type } = one.summary;
    const name = `${translate(`urgency-${urgency}`)}, ${nameOfType(type, translate)}`;
    return ['', `${reference}: ${name}`, ...owed(one, translate), ...whyTold(one, translate)];
  }),
];

const isHigher = ({ step }: ReminderItem): boolean => step === 'deputy' || step === 'supervisor';

function owed(one: ReminderItem, translate: Translate): string[] {
  const { act, owner, isOwner, until, late } = one;
  const who = { name: singleLineOf(owner.name), country: translate(`country-${owner.country}`) };
  const minutes = Math.floor(late / 60);
  return [
    ...(isOwner && !isHigher(one) ? [] : [translate('reminder-owner', who)]),
    translate('reminder-todo', { act: translate(`reminder-act-${act}`) }),
    ...(one.hasNoEndpoint === true ? [translate('reminder-no-way')] : []),
    minutes > 0
      ? translate('reminder-late', { at: until, hours: Math.floor(minutes / 60), minutes: minutes % 60 })
      : translate('reminder-due', { at: until }),
  ];
}

/** Tells a deputy or supervisor why they get the reminder. */
function whyTold(one: ReminderItem, translate: Translate): string[] {
  if (!one.isOwner) return [translate('reminder-other')];
  return isHigher(one) ? [translate(`reminder-${one.step}`)] : [];
}
