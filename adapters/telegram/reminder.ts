/** A reminder in a chat: what still has to be done, by whom, since when it is late. One notice may list several. */
import type { Parcel, Reminding } from '../../src/domain/adapter.ts';
import { firstButtons, heading, oneLine, type Say, type Shown, typeWord } from './notice.ts';

type ReminderParcel = Extract<Parcel, { kind: 'reminder' }>;

/** One thing as its own notice, with the buttons to answer it where its reader may; several as a list. */
export function reminding({ items, answerable, delivery, links }: ReminderParcel, say: Say): Shown {
  const [only] = items;
  if (only === undefined || items.length > 1) return shown(listed(items, say), []);
  const lines = [
    `⏰ ${say('reminder-title')}`,
    ...heading(only.summary, say),
    '',
    ...owed(only, say),
    ...whyTold(only, say),
  ];
  return shown(lines, answerable ? firstButtons(delivery, say, links.read) : []);
}

const shown = (lines: readonly string[], rows: Shown['reply_markup']['inline_keyboard']): Shown => ({
  text: lines.join('\n'),
  entities: [],
  reply_markup: { inline_keyboard: rows },
});

const listed = (items: readonly Reminding[], say: Say): string[] => [
  `⏰ ${say('reminder-title-many', { count: items.length })}`,
  ...items.flatMap((one) => {
    const { reference, urgency, type } = one.summary;
    const name = `${say(`urgency-${urgency}`)}, ${typeWord(type, say)}`;
    return ['', `${reference}: ${name}`, ...owed(one, say), ...whyTold(one, say)];
  }),
];

const isHigher = ({ rung }: Reminding): boolean => rung === 'deputy' || rung === 'supervisor';

function owed(one: Reminding, say: Say): string[] {
  const { act, owner, isOwner, until, late } = one;
  const who = { name: oneLine(owner.name), country: say(`country-${owner.country}`) };
  const minutes = Math.floor(late / 60);
  return [
    ...(isOwner && !isHigher(one) ? [] : [say('reminder-owner', who)]),
    say('reminder-todo', { act: say(`reminder-act-${act}`) }),
    minutes > 0
      ? say('reminder-late', { at: until, hours: Math.floor(minutes / 60), minutes: minutes % 60 })
      : say('reminder-due', { at: until }),
  ];
}

/** Why somebody is told who was not asked before. */
function whyTold(one: Reminding, say: Say): string[] {
  if (!one.isOwner) return [say('reminder-other')];
  return isHigher(one) ? [say(`reminder-${one.rung}`)] : [];
}
