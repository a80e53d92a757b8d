/**
 * An office in Nunukan reads Indonesian, one in Phnom Penh reads English: each sees an instant in its own zone, in
 * chat, on pages, by mail and in the letter, also with midnight between them.
 */
import { afterEach, beforeEach, expect, test } from 'vitest';
import { openPacket } from '../adapters/email/rig.ts';
import { type AllChannels, makeAllChannels } from '../support/all-channels.ts';
import { openBrowser } from '../support/browser.ts';
import { createFurtherSteps } from '../support/further.ts';
import { readPdfText } from '../support/letters.ts';
import { makeChatCode, openWithPin } from '../support/pins.ts';
import { draftBroadAgreement, GATEWAY_URL } from '../support/rig.ts';
import { concludeAgreement } from '../support/signed-statements.ts';
import { fetchMessageStatus, makeOfficer, makeReportPost, postMessage } from '../support/story.ts';

const [NUNUKAN, PHNOM_PENH, SECOND] = [5550501, 5550502, 5550503];
const HOUR = 3_600;

let all: AllChannels;
const { gateway, textsIn, links, linkIn, ask } = createFurtherSteps(() => all);

/** The office is in Nunukan by the second version of the agreement; and it is half past eleven at night there. */
beforeEach(async () => {
  all = await makeAllChannels();
  const { house } = all;
  const now = gateway().now();
  const calendars = {
    ID: { zone: 'Asia/Jakarta', desks: { [all.designation().focal_point]: 'Asia/Makassar' } },
  };
  const both = [house.authorities.ID, house.authorities.KH];
  await concludeAgreement(gateway(), both, { ...draftBroadAgreement(now), version: 2, calendars });
  const minutes = (now.getUTCHours() * 60 + now.getUTCMinutes() + 8 * 60) % (24 * 60);
  house.pass(((23 * 60 + 30 - minutes + 24 * 60) % (24 * 60)) * 60);
});
afterEach(() => all.close());

const INDONESIAN =
  'Januari Februari Maret April Mei Juni Juli Agustus September Oktober November Desember'.split(' ');
const ENGLISH = 'January February March April May June July August September October November December'.split(
  ' ',
);

/** An instant as the clocks show it that are so many hours ahead of UTC, and its parts. */
function clockOf(instant: string, ahead: number) {
  const at = new Date(Date.parse(instant) + ahead * HOUR * 1_000);
  const [hours = '', minutes = ''] = at.toISOString().slice(11, 16).split(':');
  return { day: at.getUTCDate(), month: at.getUTCMonth(), year: at.getUTCFullYear(), hours, minutes };
}

function inNunukan(instant: string): string {
  const { day, month, year, hours, minutes } = clockOf(instant, 8);
  return `${day} ${INDONESIAN[month]} ${year} pukul ${hours}.${minutes} WITA`;
}

function inPhnomPenh(instant: string): string {
  const { day, month, year, hours, minutes } = clockOf(instant, 7);
  return `${day} ${ENGLISH[month]} ${year}, ${hours}:${minutes} ICT`;
}

/** The text of a page, without what a random address may spell. */
const shownOn = (html: string): string => html.replaceAll(/<[^>]*>/g, ' ').replaceAll(/\s+/g, ' ');

/** Every hour that is told has the zone of the office beside it. */
function expectOnly(zone: string, text: string): void {
  const zones = new Set(text.match(/(?<=\b\d{2}[:.]\d{2} )(?:[A-Z]{3,4})/g));
  expect([...zones]).toEqual([zone]);
}

const deadlineOf = async (id: string): Promise<string> =>
  (await fetchMessageStatus(all.shelter, id))['recipients'][0].acknowledge_by;

const newestIn = (chat: number): string => textsIn(chat).at(-1) ?? '';

/** The newest link to read by, as it came to a chat. */
function readingLink(chat: number): string {
  const urls = all.api
    .messagesIn(chat)
    .flatMap((one) => one.reply_markup?.inline_keyboard.flat() ?? [])
    .flatMap((one) => ('url' in one && one.url?.includes('/r/') ? [one.url] : []));
  return (urls.at(-1) ?? '').slice(GATEWAY_URL.length);
}

test('in chat and on pages: the notice, the message and its case, a reminder, and a confirmation', async () => {
  const { house } = all;
  await links(NUNUKAN, 'o1');
  const other = await house.designate({
    slug: 'phnom-penh',
    name: 'Phnom Penh',
    country: 'KH',
    officers: [makeOfficer('en')],
  });
  const focalPoint = other.focal_point;
  const english = { channel: 'telegram', shows: 'notice', lang: 'en', officer: 'o1', focalPoint } as const;
  const person = all.api.person({ id: PHNOM_PENH, first_name: 'Invented', language_code: 'en' });
  await person.start(await makeChatCode(house, english));
  await house.drain();
  await person.agree();
  await house.drain();

  const id = await postMessage(all.shelter, makeReportPost(['desk', 'phnom-penh']));
  await house.drain();
  const deadline = await deadlineOf(id);
  // Two hours from half past eleven: the next day there, and a quarter of a day before the next day in UTC.
  expect(clockOf(deadline, 8).day).not.toBe(clockOf(deadline, 0).day);
  expect(newestIn(NUNUKAN)).toContain(inNunukan(deadline));
  expectOnly('WITA', newestIn(NUNUKAN));
  expect(newestIn(PHNOM_PENH)).toContain(inPhnomPenh(deadline));
  expectOnly('ICT', newestIn(PHNOM_PENH));

  const reader = openBrowser(house.app, GATEWAY_URL);
  const link = readingLink(NUNUKAN);
  const waiting = await openWithPin(reader, link);
  expect(shownOn(waiting.text)).toContain(inNunukan(deadline));
  expectOnly('WITA', shownOn(waiting.text));
  const opened = await reader.submit(link);
  expect(opened.status).toBe(200);
  // In the head, and in the case as what is to be done until then.
  expect(shownOn(opened.text).split(inNunukan(deadline)).length - 1).toBe(2);
  expectOnly('WITA', shownOn(opened.text));

  house.pass(2.5 * HOUR);
  await house.drain();
  expect(newestIn(NUNUKAN)).toContain(gateway().translate('id', 'reminder-title'));
  expect(newestIn(NUNUKAN)).toContain(inNunukan(deadline));
  expectOnly('WITA', newestIn(NUNUKAN));
  expect(newestIn(PHNOM_PENH)).toContain(inPhnomPenh(deadline));

  await links(SECOND, 'o2');
  await house.drain();
  const question = textsIn(NUNUKAN).filter((text) => text.includes('ditambahkan'));
  expect(question).toHaveLength(1);
  expectOnly('WITA', question.join());
  expectOnly('WITA', shownOn((await ask(linkIn(NUNUKAN))).text));
});

test('by mail, and in the letter of two countries, which shows each its own time', async () => {
  await all.mailbox('o1');
  const id = await postMessage(all.shelter, {
    ...makeReportPost(['desk']),
    type: 'request',
    body: {
      kind: 'case-status',
      question: 'How is the case?',
    },
  });
  await all.house.drain();
  const deadline = await deadlineOf(id);
  const raw = all.mail.received.at(-1)?.raw ?? Buffer.alloc(0);
  const packet = await openPacket(raw, all.known.rsa, all.known.authority);
  expect(packet.text).toContain(inNunukan(deadline));
  expectOnly('WITA', packet.text);
  expect(packet.email.subject ?? '').not.toMatch(/\d{2}[:.]\d{2}/);
  const letter = (await readPdfText(packet.file('packet.pdf'))).replaceAll(/\s+/g, ' ');
  const { hours, minutes } = clockOf(deadline, 7);
  expect(letter).toContain(inNunukan(deadline));
  expect(letter).toContain(`${hours}:${minutes} ICT`);
  expect(letter).not.toMatch(/\b(?:WIB|UTC)\b/);
});
