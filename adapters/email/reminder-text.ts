/** The text of a reminder by mail: which act is due, who owes it, and since when it is late. */
import { type Parcel, type ReminderItem, readerOf } from '../../src/domain/carriage/adapter.ts';
import { oneLine } from '../../src/domain/message/outline-value.ts';
import type { Phrases, Reader } from '../../src/domain/words/phrases.ts';

type ReminderParcel = Extract<Parcel, { kind: 'reminder' }>;

/** Renders one block for each act, without content of a message. */
export function blocksOfReminder(parcel: ReminderParcel, translate: Phrases): readonly (readonly string[])[] {
  const { items } = parcel;
  const reader = readerOf(parcel);
  const title =
    items.length === 1
      ? translate(reader, 'reminder-title')
      : translate(reader, 'reminder-title-many', { count: items.length });
  return [[title], ...items.map((one) => itemLines(one, reader, translate))];
}

function itemLines(
  { summary, act, step, until, late, owner, isOwner, hasNoEndpoint: noWay }: ReminderItem,
  reader: Reader,
  translate: Phrases,
): readonly string[] {
  const say: (id: string, values?: Parameters<Phrases>[2]) => string = (id, values) =>
    translate(reader, id, values);
  const line = (id: string, value: string): string => say('line', { label: say(id), value });
  const countryOf = (country: string): string => say(`country-${country}`);
  const minutes = Math.floor(late / 60);
  const isHigher = step === 'deputy' || step === 'supervisor';
  return [
    `AMANAT ${summary.reference}`,
    line('email-from', `${oneLine(summary.sender.name)} (${countryOf(summary.sender.country)})`),
    line('email-type', say(`type-${summary.type}`)),
    line('email-urgency', say(`urgency-${summary.urgency}`)),
    say('reminder-owner', { name: oneLine(owner.name), country: countryOf(owner.country) }),
    say('reminder-todo', { act: say(`reminder-act-${act}`) }),
    ...(noWay === true ? [say('reminder-no-way')] : []),
    minutes > 0
      ? say('reminder-late', { at: until, hours: Math.floor(minutes / 60), minutes: minutes % 60 })
      : say('reminder-due', { at: until }),
    ...(isOwner ? (isHigher ? [say(`reminder-${step}`)] : []) : [say('reminder-other')]),
    line('email-message-id', summary.message),
  ];
}
