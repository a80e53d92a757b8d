import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { composeReplyText } from '../../../adapters/telegram/notice.ts';
import type { Parcel, ReplyName } from '../../../src/domain/carriage/adapter.ts';
import { ETSI_EVENTS } from '../../../src/domain/evidence/evidence.ts';
import { MESSAGE_NAMES } from '../../../src/domain/message/message.ts';
import type { PhraseValues } from '../../../src/domain/words/phrases.ts';
import { present } from '../../../src/domain/words/present.ts';
import { DECLINE_REASONS, LANGUAGES, URGENCIES } from '../../../src/domain/words/vocabulary.ts';
import {
  CONTENT_ONLY,
  makeEvidenceParcel,
  makeMessageParcel,
  makeRevisionParcel,
} from '../../support/parcels.ts';
import { never } from '../../support/patience.ts';
import { CHAT, expectDescribed, locale, type TelegramRig, telegramRig, words } from './rig.ts';

const endpoint = { channel: 'telegram', address: String(CHAT) } as const;
const english = { endpoint: { ...endpoint, lang: 'en' } };

let rig: TelegramRig;
beforeEach(async () => {
  rig = await telegramRig();
});
afterEach(async () => {
  expectDescribed(rig.api);
  await rig.close();
});

const send = (parcel: Parcel) => rig.adapter.send(parcel, never());
const shown = () => {
  const message = rig.api.messagesIn(CHAT).at(-1);
  if (message === undefined) throw new Error('nothing is shown');
  return message;
};
const buttons = () => shown().reply_markup?.inline_keyboard.map((row) => row.map((one) => one.text)) ?? [];

describe('a notice', () => {
  it('says how urgent it is, what, from whom, which and by when, and nothing else', async () => {
    await send(makeMessageParcel(english));
    expect(shown().text).toBe(
      [
        '🟠 Urgent: Report',
        'From: Shelter Phnom Penh, Cambodia',
        'Reference: 8F3A21C4',
        'Acknowledge by: 20 November 2026, 11:15 WIB',
        '',
        'Read the message',
      ].join('\n'),
    );
    expect(buttons()).toEqual([['Open'], ['Acknowledge', 'Decline']]);
  });

  it('is in the officer’s language, with Gregorian years and Latin digits', async () => {
    await send(makeMessageParcel({ endpoint: { ...endpoint, lang: 'km' } }));
    expect(shown().text).toContain('បន្ទាន់៖ របាយការណ៍');
    expect(shown().text).toMatch(/2026.*11:15/);
    await send(makeMessageParcel({ endpoint: { ...endpoint, lang: 'id' } }));
    expect(shown().text).toContain('Dari: Shelter Phnom Penh, Kamboja');
    expect(buttons()).toEqual([['Buka'], ['Nyatakan sudah diterima', 'Tolak']]);
  });

  it('has protected content, no markup and no previews', async () => {
    await send(makeMessageParcel(english));
    const { parameters } = rig.api.calls[0] ?? {};
    expect(parameters).toMatchObject({ protect_content: true, link_preview_options: { is_disabled: true } });
    expect(parameters).not.toHaveProperty('parse_mode');
  });

  it('has a button and a link to open the message; the link stays while reasons are shown', async () => {
    await send(makeMessageParcel(english));
    const { text = '', entities = [], reply_markup } = shown();
    const [link] = entities as { offset: number; length: number; url: string }[];
    expect(text.slice(link?.offset, (link?.offset ?? 0) + (link?.length ?? 0))).toBe('Read the message');
    expect(link?.url).toBe('https://gateway.id.example/r/0iYxQ0Wm5tq3n8uQ');
    expect(reply_markup?.inline_keyboard[0]?.[0]?.url).toBe(link?.url);
  });

  it.each([{}, { read: 'javascript:alert(1)' }, { read: 'tg://resolve' }, { read: 'https://' }])(
    'has no link if there is no web address: %j',
    async (links) => {
      await send(makeMessageParcel({ ...english, links }));
      expect(buttons()).toEqual([['Acknowledge', 'Decline']]);
      expect(shown().entities).toBeUndefined();
    },
  );

  it('keeps a name on one line and does not read it as markup', async () => {
    const sender = { did: 'did:web:x.example', name: '<b>Desk</b>\n*A*\u202E_B_', country: 'KH' };
    await send(makeMessageParcel({ ...english, summary: { sender } }));
    expect(shown().text).toContain('\nFrom: <b>Desk</b> *A* _B_, Cambodia\n');
  });

  it.each(LANGUAGES)('has texts in %s for all types and urgencies', async (lang) => {
    for (const type of MESSAGE_NAMES) {
      for (const urgency of URGENCIES) {
        await send(
          makeMessageParcel({ endpoint: { ...endpoint, lang }, summary: { type, urgency } }, 'notice'),
        );
        const [title] = shown().text?.split('\n') ?? [];
        expect(title).toContain(words(lang, `type-${type}`));
        expect(title).toContain(words(lang, `urgency-${urgency}`));
      }
    }
  });
});

describe('the states of a notice', () => {
  beforeEach(async () => {
    await send(makeMessageParcel(english));
  });
  const revised = (more: Parameters<typeof makeRevisionParcel>[0]) =>
    send(makeRevisionParcel({ ...english, reference: String(shown().message_id), ...more }));

  it('acknowledged: shows by whom and when, and has no buttons', async () => {
    await revised({});
    expect(shown().text).toMatch(/\n\n✅ Acknowledged by Sari Invented, 20 November 2026, 09:31 WIB$/);
    expect(shown().text).toContain('Reference: 8F3A21C4');
    expect(shown().reply_markup).toBeUndefined();
    expect(shown().entities).toBeUndefined();
  });

  it.each([...DECLINE_REASONS, 'unheard-of', undefined])('declined, reason %s', async (ground) => {
    const at = new Date('2026-11-20T02:31:00Z');
    await revised({
      decision: {
        decision: 'declined',
        officer: 'Sari Invented',
        at,
        ...present({ ground: ground || undefined }),
      },
    });
    const known = DECLINE_REASONS.find((one) => one === ground) ?? 'other';
    expect(shown().text).toContain('❌ Declined by Sari Invented');
    expect(shown().text).toContain(`Reason: ${words('en', `ground-${known}`)}`);
    expect(shown().reply_markup).toBeUndefined();
  });

  it('opened: shows when, with a new link and the buttons', async () => {
    await revised({
      openedAt: new Date('2026-11-20T02:20:00Z'),
      links: { read: 'https://gateway.id.example/r/fresh' },
    });
    expect(shown().text).toContain('Opened 20 November 2026, 09:20 WIB');
    expect(shown().reply_markup?.inline_keyboard[0]?.[0]?.url).toBe('https://gateway.id.example/r/fresh');
    expect(buttons()).toEqual([['Open'], ['Acknowledge', 'Decline']]);
  });
});

describe('notifying the sender', () => {
  it('that it was acknowledged', async () => {
    await send(makeEvidenceParcel(english));
    expect(shown().text).toBe(
      [
        '✅ Your message 8F3A21C4 was acknowledged.',
        'To: Immigration Putussibau, Indonesia',
        'By: Sari Invented',
        'Time: 20 November 2026, 09:31 WIB',
      ].join('\n'),
    );
    expect(shown().reply_markup).toBeUndefined();
  });

  it('that it was declined, and why', async () => {
    await send(
      makeEvidenceParcel({ ...english, evidence: { event: 'ConsignmentRejection', reason: 'duplicate' } }),
    );
    expect(shown().text).toContain('was declined.');
    expect(shown().text).toContain('Reason: Duplicate');
  });

  it('does not repeat a reason that is not on the list', async () => {
    await send(
      makeEvidenceParcel({ ...english, evidence: { event: 'ContentConsignmentFailure', reason: 'blocked' } }),
    );
    expect(shown().text).toContain('could not be delivered');
    expect(shown().text).not.toContain('blocked');
  });

  it.each(LANGUAGES)('has texts for every event in %s', async (lang) => {
    for (const event of ETSI_EVENTS) {
      const outcome = await send(
        makeEvidenceParcel({ endpoint: { ...endpoint, lang }, evidence: { event } }),
      );
      expect(outcome).toEqual({ kind: 'accepted', code: 'telegram-ok', reach: 'sent' });
      expect(shown().text).toContain('8F3A21C4');
    }
  });
});

it('shows no case content in any call, whatever the parcel contains', async () => {
  for (const lang of LANGUAGES) {
    const there = { endpoint: { ...endpoint, lang } };
    for (const shows of ['packet', 'sealed', 'notice'] as const) await send(makeMessageParcel(there, shows));
    const reference = String(shown().message_id);
    await send(makeEvidenceParcel(there));
    await send(makeRevisionParcel({ ...there, reference }));
  }
  const calls = JSON.stringify(rig.api.calls);
  expect(rig.api.calls).toHaveLength(LANGUAGES.length * 5);
  for (const secret of CONTENT_ONLY) expect(calls).not.toContain(secret);
});

describe('the phrases', () => {
  const ids = (lang: string) =>
    [...locale(lang).matchAll(/^(telegram-[a-z-]+) =/gm)].map((match) => match[1]);
  const variables = (lang: string) =>
    Object.fromEntries(
      [...locale(lang).matchAll(/^(telegram-[a-z-]+) = (.*)$/gm)].map(([, id, text = '']) => [
        id,
        [...text.matchAll(/\$\w+/g)].map(String).sort(),
      ]),
    );

  it.each(LANGUAGES)('are complete in %s, with the same variables', (lang) => {
    expect(ids(lang)).toEqual(ids('en'));
    expect(variables(lang)).toEqual(variables('en'));
  });

  it.each(LANGUAGES)('that answer a tap fit into 200 characters in %s', (lang) => {
    const all: readonly ReplyName[] = [
      'linked',
      'link-refused',
      'ask-ground',
      'taken',
      'contradiction',
      'contradicts-self',
      'already-settled',
      'delayed',
      'not-recorded',
      'taken-back',
      'not-yours',
      'help',
    ];
    const grounds = DECLINE_REASONS.map((ground) => ({ decision: 'declined', ground }) as const);
    const say = (id: string, values?: PhraseValues) => words({ lang, zone: 'UTC' }, id, values);
    for (const word of all)
      for (const recorded of [{ decision: 'accepted' } as const, ...grounds])
        expect(composeReplyText({ word, recorded }, say).length).toBeLessThanOrEqual(200);
  });
});
