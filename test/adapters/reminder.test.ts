/** A reminder on each channel: who has to do what, since when it is late, and no content of a message. */
import { describe, expect, it } from 'vitest';
import { composeSummary } from '../../adapters/email/summary-text.ts';
import { composeReminder } from '../../adapters/telegram/reminder.ts';
import { composePartnerEvent } from '../../adapters/webhook/payload.ts';
import { readerOf } from '../../src/domain/carriage/adapter.ts';
import { ACTS } from '../../src/domain/message/acts.ts';
import { LANGUAGES } from '../../src/domain/words/vocabulary.ts';
import { phrasesFromFiles } from '../../src/entry/phrases-from-files.ts';
import { CONTENT_ONLY, makeTestReminderParcel } from '../support/parcels.ts';

const translate = phrasesFromFiles();
const inEnglish = { endpoint: { lang: 'en' } };
/** As long as a designation lets a name be. */
const LONG = { did: 'did:web:gateway.id.example:fp:long', name: 'ន'.repeat(120), country: 'ID' };
const chat = (parcel: ReturnType<typeof makeTestReminderParcel>) =>
  composeReminder(parcel, (id, values) => translate(readerOf(parcel), id, values));

describe('in a chat', () => {
  it('says what is owed and how late it is, with the buttons to answer', () => {
    const { text, reply_markup: markup } = chat(makeTestReminderParcel({ ...inEnglish, answerable: true }));
    expect(text.split('\n')).toEqual([
      '⏰ Reminder',
      '🟠 Urgent: Report',
      'From: Shelter Phnom Penh, Cambodia',
      'Reference: 8F3A21C4',
      'Acknowledge by: 20 November 2026, 11:15 WIB',
      '',
      'To do: acknowledge or decline',
      'Deadline: 20 November 2026, 11:15 WIB. Late by 1 h 5 min.',
    ]);
    expect(markup.inline_keyboard.flat().map((one) => one.text)).toEqual(['Acknowledge', 'Decline']);
  });

  it('has a button and a link to open the message if it may be answered, and only with web addresses', () => {
    const read = 'https://gateway.id.example/r/0iYxQ0Wm5tq3n8uQ';
    const told = (links: { read: string }, answerable = true) =>
      chat(makeTestReminderParcel({ ...inEnglish, answerable, links }));
    const { text, entities, reply_markup: markup } = told({ read });
    expect(markup.inline_keyboard[0]).toEqual([{ text: 'Open', url: read }]);
    const [link] = entities;
    expect(link).toMatchObject({ type: 'text_link', url: read });
    expect(text.slice(link?.offset, (link?.offset ?? 0) + (link?.length ?? 0))).toBe('Read the message');
    for (const none of [told({ read: 'javascript:alert(1)' }), told({ read }, false)]) {
      expect(none.text).not.toContain('Read the message');
      expect([none.entities, JSON.stringify(none.reply_markup)]).toEqual([
        [],
        expect.not.stringContaining('url'),
      ]);
    }
  });

  it('tells a supervisor which focal point must act, and the other side that it waits; neither gets a button', () => {
    const told = (items: object) => chat(makeTestReminderParcel({ ...inEnglish, items: [items] }));
    const own = told({ step: 'supervisor' });
    expect(own.text).toContain('Who must act: Immigration Putussibau, Indonesia');
    expect(own.text).toContain('You are told as supervisor');
    expect(own.reply_markup.inline_keyboard).toEqual([]);
    const other = told({ step: 'supervisor', isOwner: false, late: 0 });
    expect(other.text).toContain('Who must act: Immigration Putussibau, Indonesia');
    expect(other.text).toContain('the other focal point has not acted');
    expect(other.text).toContain('Deadline: 20 November 2026, 11:15 WIB');
  });

  it('lists several acts in one notice without buttons, within Telegram’s limits', () => {
    const many = chat(
      makeTestReminderParcel({
        endpoint: { lang: 'km' },
        items: Array.from({ length: 10 }, () => ({ rung: 'supervisor', owner: LONG })),
      }),
    );
    expect(many.text.match(/8F3A21C4/g)).toHaveLength(10);
    expect(many.text.length).toBeLessThan(4_096);
    expect(many.reply_markup.inline_keyboard).toEqual([]);
  });
});

it.each(LANGUAGES)('has texts for every act in %s, on every channel', (lang) => {
  for (const act of ACTS) {
    const parcel = makeTestReminderParcel({ endpoint: { lang }, items: [{ act }] });
    for (const text of [chat(parcel).text, composeSummary(parcel, translate)]) {
      expect(text).toContain(translate(lang, `reminder-act-${act}`));
      for (const word of CONTENT_ONLY) expect(text).not.toContain(word);
    }
  }
});

it('by mail names each message, and gives the link only if the mail is encrypted', () => {
  const acknowledge = 'https://gateway.id.example/a/7Hc1rT2pXkZ9vB4e';
  const parcel = makeTestReminderParcel({
    ...inEnglish,
    items: [{}, { step: 'supervisor' }],
    links: { acknowledge },
  });
  const text = composeSummary(parcel, translate);
  expect(text).toContain('Reminder: 2 messages are waiting');
  expect(text).toContain('Who must act: Immigration Putussibau, Indonesia');
  expect(text).toContain(acknowledge);
  expect(composeSummary(parcel, translate, 'signed-only')).not.toContain(acknowledge);
});

it('to a partner’s system has the same bytes at every attempt', () => {
  const [first, again] = [3_900, 7_200].map((late) =>
    JSON.stringify(composePartnerEvent(makeTestReminderParcel({ items: [{ late, officer: 'o1' }] }))),
  );
  expect(again).toBe(first);
  expect(JSON.parse(first ?? '')).toEqual({
    type: 'message.reminder',
    timestamp: '2026-11-20T04:15:00.000Z',
    data: {
      reminders: [
        {
          id: '0198f0c27a4b7c3e9d51a6e48f3a21c4',
          thid: 'b1946ac92492d2347c6235b4d2611184',
          type: 'report',
          urgency: 'urgent',
          handling: 'H2',
          from: 'did:web:gateway.kh.example:fp:shelter-phnom-penh',
          to: 'did:web:gateway.id.example:fp:immigration-putussibau',
          acknowledge_by: '2026-11-20T04:15:00.000Z',
          answer_by: '2026-11-23T02:15:00.000Z',
          act: 'acknowledge',
          owner: 'did:web:gateway.id.example:fp:immigration-putussibau',
          until: '2026-11-20T04:15:00.000Z',
          step: 'deadline',
          officer: 'o1',
        },
      ],
    },
  });
});
