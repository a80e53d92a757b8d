/** A reminder in a chat: what still has to be done, by whom, since when it is late. One notice may list several. */
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

/** One thing as its own notice, with the buttons to answer it where its reader may; several as a list. */
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
    // In the text as well, as in a notice: the button is gone after a look at the grounds.
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

/** Why somebody is told who was not asked before. */
function whyTold(one: ReminderItem, translate: Translate): string[] {
  if (!one.isOwner) return [translate('reminder-other')];
  return isHigher(one) ? [translate(`reminder-${one.step}`)] : [];
}
