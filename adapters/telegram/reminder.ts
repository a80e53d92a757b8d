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
  say: Translate,
): ChatMessage {
  const [only] = items;
  if (only === undefined || items.length > 1) return shown(listed(items, say).join('\n'));
  const text = [
    `⏰ ${say('reminder-title')}`,
    ...linesOfSummary(only.summary, say),
    '',
    ...owed(only, say),
    ...whyTold(only, say),
  ].join('\n');
  if (!answerable) return shown(text);
  const link = webLinkOf(links.read);
  return {
    // In the text as well, as in a notice: the button is gone after a look at the grounds.
    ...(link === undefined ? { text, entities: [] } : appendLink(text, say('telegram-read'), link)),
    reply_markup: { inline_keyboard: makeOpeningButtons({ delivery, links }, say, link) },
  };
}

const shown = (text: string): ChatMessage => ({ text, entities: [], reply_markup: { inline_keyboard: [] } });

const listed = (items: readonly ReminderItem[], say: Translate): string[] => [
  `⏰ ${say('reminder-title-many', { count: items.length })}`,
  ...items.flatMap((one) => {
    const { reference, urgency, type } = one.summary;
    const name = `${say(`urgency-${urgency}`)}, ${nameOfType(type, say)}`;
    return ['', `${reference}: ${name}`, ...owed(one, say), ...whyTold(one, say)];
  }),
];

const isHigher = ({ step: rung }: ReminderItem): boolean => rung === 'deputy' || rung === 'supervisor';

function owed(one: ReminderItem, say: Translate): string[] {
  const { act, owner, isOwner, until, late } = one;
  const who = { name: singleLineOf(owner.name), country: say(`country-${owner.country}`) };
  const minutes = Math.floor(late / 60);
  return [
    ...(isOwner && !isHigher(one) ? [] : [say('reminder-owner', who)]),
    say('reminder-todo', { act: say(`reminder-act-${act}`) }),
    ...(one.hasNoEndpoint === true ? [say('reminder-no-way')] : []),
    minutes > 0
      ? say('reminder-late', { at: until, hours: Math.floor(minutes / 60), minutes: minutes % 60 })
      : say('reminder-due', { at: until }),
  ];
}

/** Why somebody is told who was not asked before. */
function whyTold(one: ReminderItem, say: Translate): string[] {
  if (!one.isOwner) return [say('reminder-other')];
  return isHigher(one) ? [say(`reminder-${one.step}`)] : [];
}
