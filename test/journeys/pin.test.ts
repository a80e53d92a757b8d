/**
 * The officer's PIN: a person who follows a link from Telegram opens nothing without it, and five wrong ones lock it.
 */
import { createHash } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { inviteOfficer, inviteToSetPin } from '../../src/entry/enrolling/inviting.ts';
import { makePinActs } from '../../src/flow/account/pin-check.ts';
import { unlinkAccount } from '../../src/flow/endpoint/linking.ts';
import { readLog } from '../../src/flow/operator/log.ts';
import { type BrowserPage, openBrowser, type TestBrowser } from '../support/browser.ts';
import { addHook } from '../support/confirmed.ts';
import { openProvenBrowser, openWithPin, passStartPage, setPin, TEST_PIN } from '../support/pins.ts';
import { GATEWAY_URL } from '../support/rig.ts';
import {
  fetchEvents,
  fetchEvidence,
  fetchMessageStatus,
  listPostedTo,
  makeOfficer,
  makeReportPost,
  PRIVATE_TEXT,
  postMessage,
} from '../support/story.ts';
import { linkAccount, makeTelegramHouse, type TelegramHouse } from '../support/telegram-house.ts';

const [CHAT, SECOND] = [5550001, 5550002];

let all: TelegramHouse;
let focalPoint: string;
/** The message of this test, and the link in its notice. */
let id: string;
let link: string;

beforeAll(async () => {
  all = await makeTelegramHouse();
  focalPoint = all.designation.focal_point;
  await linkTo('o1', CHAT);
  await linkTo('o2', SECOND);
});
afterAll(() => all?.close());

beforeEach(async () => {
  await setPin(all.house, { focalPoint, officer: 'o1' });
  await setPin(all.house, { focalPoint, officer: 'o2' }, '284615');
  await all.house.drain();
  id = await postMessage(all.shelter, makeReportPost(['desk']));
  await all.house.drain();
  link = linkIn(CHAT);
});

async function linkTo(who: string, chat: number): Promise<void> {
  await linkAccount(all, chat, await all.code(who));
}

const linkIn = (chat: number): string => {
  const buttons = all.api.messagesIn(chat).flatMap((one) => one.reply_markup?.inline_keyboard.flat() ?? []);
  return buttons.findLast((one) => one.url !== undefined)?.url ?? '';
};
const say = (phrase: string, values = {}) => all.house.gateway.translate('id', phrase, values);
const visitor = (): TestBrowser => openBrowser(all.house.app, GATEWAY_URL);
const acts = async (): Promise<readonly string[]> =>
  (await readLog(all.house.gateway)).entries.map((one) => one.act);
const give = (reader: TestBrowser, pin: string): Promise<BrowserPage> =>
  reader.submit(`${new URL(link).pathname}/pin`, { pin });

/** A page that shows nothing of the case, and no name. */
function showsNothing(page: BrowserPage): void {
  for (const word of [...PRIVATE_TEXT, makeOfficer().name, 'Shelter', id.slice(-8).toUpperCase()])
    expect(page.text).not.toContain(word);
}

const opened = async (): Promise<boolean> => (await fetchEvents(all.shelter, id)).includes('ContentHandover');

describe('a link in a notice', () => {
  test('posted by anybody: no content, nothing recorded, not used', async () => {
    const path = new URL(link).pathname;
    for (const reader of [visitor(), visitor()]) {
      const page = await reader.open(link);
      expect([page.status, page.forms]).toEqual([200, [`${path}/pin`]]);
      expect(page.text).toContain(say('pin-nothing-yet'));
      showsNothing(page);
      for (const more of ['', '/letter', '/files/0', `/thread/${id}`, '/decision']) {
        const answer = await reader.submit(path + more, { decision: 'accepted' });
        expect(answer.status).toBe(403);
        showsNothing(answer);
      }
    }
    expect(await opened()).toBe(false);
    expect(await fetchMessageStatus(all.shelter, id)).toMatchObject({ state: 'waiting' });
    const reader = visitor();
    expect((await openWithPin(reader, link)).text).toContain(id.slice(-8).toUpperCase());
    expect((await reader.submit(link)).text).toContain(PRIVATE_TEXT[0]);
  });

  test('opens after the PIN, asked once per session; the opening and the acknowledgement belong to its officer', async () => {
    const reader = await openProvenBrowser(all.house, link);
    const [action = ''] = (await reader.submit(link)).forms;
    expect((await reader.submit(action, { decision: 'accepted' })).status).toBe(200);
    const proofs = await fetchEvidence(all.shelter, id);
    expect(proofs.slice(-2)).toMatchObject([
      { event: 'ContentHandover', officer: { id: 'o1' } },
      { event: 'ConsignmentAcceptance', officer: { id: 'o1' } },
    ]);
    await postMessage(all.shelter, makeReportPost(['desk']));
    await all.house.drain();
    const next = await reader.open(linkIn(CHAT));
    expect(next.forms).toEqual([new URL(linkIn(CHAT)).pathname]);
  });

  test('is opened neither by the PIN nor by the browser of another officer', async () => {
    const reader = visitor();
    expect((await give(reader, '284615')).status).toBe(403);
    expect((await reader.submit(link)).status).toBe(403);
    const other = await openProvenBrowser(all.house, linkIn(SECOND), '284615');
    expect((await other.submit(linkIn(SECOND))).text).toContain(PRIVATE_TEXT[0]);
    showsNothing(await other.submit(link));
    expect((await fetchEvidence(all.shelter, id)).filter((one) => one.officer?.id === 'o1')).toEqual([]);
  });

  test('a form from another site is refused, with and without a session', async () => {
    const reader = await openProvenBrowser(all.house, link);
    const before = await acts();
    for (const headers of [{ 'sec-fetch-site': 'cross-site' }, { origin: 'https://thief.test' }]) {
      for (const path of ['', '/pin', '/decision']) {
        const answer = await all.house.app.request(link + path, {
          method: 'POST',
          body: new URLSearchParams({ pin: '000001', decision: 'accepted' }),
          headers: headers as Record<string, string>,
        });
        expect(answer.status).toBe(403);
      }
    }
    expect(await acts()).toEqual(before);
    expect((await reader.submit(link)).status).toBe(200);
  });

  test('has a cookie for this site alone, which no script can read', async () => {
    const answer = await all.house.app.request(`${link}/pin`, {
      method: 'POST',
      body: new URLSearchParams({ pin: TEST_PIN }),
    });
    const cookie = answer.headers.getSetCookie().find((one) => one.startsWith('__Host-amanat_officer='));
    expect(cookie).toMatch(/; Path=\/; HttpOnly; Secure; SameSite=Lax/);
    expect(cookie).not.toContain('Domain');
  });
});

describe('wrong PINs', () => {
  test('the fifth locks it: the officer is told elsewhere, the log has it, and the right one opens nothing', async () => {
    const { endpoint } = await addHook(all.house.gateway, focalPoint, {
      shows: 'notice',
      lang: 'id',
      officer: 'o1',
      rank: 9,
      address: `${all.peer.url}/own`,
    });
    const before = await openProvenBrowser(all.house, link);
    const reader = visitor();
    for (const left of [4, 3, 2, 1]) {
      const { text } = await give(reader, '000000');
      expect(text).toContain(say('pin-wrong', { left }));
      expect(text).not.toContain(say('pin-nothing-yet'));
    }
    expect((await give(reader, '12 34')).text).toContain(say('pin-unreadable'));
    const locked = await give(reader, '000000');
    expect([locked.status, locked.text.includes(say('pin-locked'))]).toEqual([403, true]);
    expect(locked.text).not.toContain(say('pin-title'));
    expect((await give(reader, TEST_PIN)).status).toBe(403);
    expect((await visitor().open(link)).text).toContain(say('pin-locked'));
    // Who was in is out.
    expect((await before.submit(link)).status).toBe(403);
    expect(await opened()).toBe(false);
    expect((await acts()).slice(-5)).toEqual([...Array(4).fill('pin.missed'), 'pin.locked']);
    await all.house.drain();
    const told = listPostedTo(all.peer, '/own').filter((one) => String(one.type) === 'pin.locked');
    expect(told).toMatchObject([{ data: { focal_point: focalPoint, officer: 'o1' } }]);
    expect(all.api.messagesIn(CHAT).at(-1)?.text).not.toContain(say('note-pin-locked'));
    await unlinkOwn(endpoint.id);
  });

  test('if the officer is reached nowhere else, the others of the focal point are told', async () => {
    for (let n = 0; n < 5; n += 1) await give(visitor(), '000000');
    await all.house.drain();
    expect(all.api.messagesIn(SECOND).at(-1)?.text).toContain(say('note-pin-locked-other'));
  });

  test('ten at once get five attempts, and the right one among them opens nothing afterwards', async () => {
    const reader = visitor();
    const answers = await Promise.all(Array.from({ length: 10 }, () => give(reader, '000000')));
    expect(answers.filter((one) => one.text.includes(say('pin-locked')))).toHaveLength(6);
    expect((await acts()).slice(-5)).toEqual([...Array(4).fill('pin.missed'), 'pin.locked']);
    expect((await give(reader, TEST_PIN)).status).toBe(403);
    expect(all.house.lines.filter((one) => one.event === 'grant.refused')).toEqual([]);
  });

  test('a right one resets the count', async () => {
    for (let n = 0; n < 4; n += 1) await give(visitor(), '000000');
    await openProvenBrowser(all.house, link);
    expect((await give(visitor(), '000000')).text).toContain(say('pin-wrong', { left: 4 }));
  });

  test('of four browsers at once with the right one, one opens', async () => {
    const readers = await Promise.all([1, 2, 3, 4].map(() => openProvenBrowser(all.house, link)));
    const pages = await Promise.all(readers.map((one) => one.submit(link)));
    expect(pages.map((one) => one.status).toSorted()).toEqual([200, 410, 410, 410]);
  });
});

describe('a session', () => {
  test('ends after half an hour without use, and after twelve hours in total', async () => {
    const reader = await openProvenBrowser(all.house, link);
    all.house.pass(29 * 60);
    expect((await reader.open(link)).text).not.toContain(say('pin-title'));
    all.house.pass(29 * 60);
    expect((await reader.open(link)).text).not.toContain(say('pin-title'));
    all.house.pass(31 * 60);
    expect((await reader.open(link)).text).toContain(say('pin-title'));
    const long = await openProvenBrowser(all.house, link);
    for (let n = 0; n < 28; n += 1) {
      all.house.pass(25 * 60);
      await long.open(link);
    }
    all.house.pass(25 * 60);
    expect((await long.open(link)).text).toContain(say('pin-title'));
  });

  test('ends with another PIN, and the officer is told of that', async () => {
    const reader = await openProvenBrowser(all.house, link);
    await setPin(all.house, { focalPoint, officer: 'o1' }, '903174');
    expect((await reader.submit(link)).status).toBe(403);
    expect((await give(visitor(), TEST_PIN)).status).toBe(403);
    await all.house.drain();
    expect(all.api.messagesIn(CHAT).at(-1)?.text).toContain(say('note-pin-set'));
    expect((await (await openProvenBrowser(all.house, link, '903174')).submit(link)).status).toBe(200);
  });

  test('ends with its account', async () => {
    const reader = await openProvenBrowser(all.house, link);
    const [account] = await all.house.gateway.store.endpoints.endpointsAt('telegram', String(CHAT));
    if (account === undefined) throw new Error('no account');
    await unlinkAccount(all.house.gateway, account, 'unlinked');
    await linkTo('o1', CHAT);
    await postMessage(all.shelter, makeReportPost(['desk']));
    await all.house.drain();
    expect((await reader.open(linkIn(CHAT))).text).toContain(say('pin-title'));
  });

  test('ends with the officer: taken out of the designation, or another person under the id', async () => {
    const reader = await openProvenBrowser(all.house, linkIn(SECOND), '284615');
    all.house.pass(1);
    const out = { slug: 'desk', name: 'Desk', country: 'ID', renews: all.designation } as const;
    const focalPoint = await all.house.designate({ ...out, officers: [makeOfficer()] });
    const answer = await reader.submit(linkIn(SECOND));
    expect(answer.status).toBe(403);
    showsNothing(answer);
    all.house.pass(1);
    await all.house.designate({
      ...out,
      renews: focalPoint,
      officers: [makeOfficer(), makeOfficer('id', 'o2')],
    });
    expect((await reader.submit(linkIn(SECOND))).text).toContain(PRIVATE_TEXT[0]);
  });
});

describe('the start page', () => {
  const start = async (over: { newPin?: boolean } = {}) => {
    const draft = { channel: 'telegram', shows: 'notice', lang: 'id', officer: 'o1', focalPoint } as const;
    return inviteOfficer(all.house.gateway, draft, over);
  };

  test('shows for whom it is; previews change nothing; it is used once; the chat’s code opens nothing here', async () => {
    const { token, code } = await start({ newPin: true });
    for (let n = 0; n < 3; n += 1) {
      const page = await visitor().open(`/start/${token}`);
      expect(page.text).toContain(say('start-as', { officer: makeOfficer().name, desk: 'Desk' }));
      expect(page.text).not.toContain(code);
    }
    expect((await visitor().open(`/start/${code}`)).status).toBe(404);
    const reader = visitor();
    const done = await reader.submit(`/start/${token}`, { pin: '503926', again: '503926' });
    expect(done.text).toContain(`https://t.me/amanat_demo_bot?start=${code}"`);
    expect(done.text).toContain('<svg');
    expect((await reader.open(`/start/${token}`)).text).toContain(code);
    for (const page of [
      await visitor().open(`/start/${token}`),
      await visitor().submit(`/start/${token}`, { pin: '614037', again: '614037' }),
    ])
      expect([page.status, page.text.includes(code), page.text.includes(say('start-refused'))]).toEqual([
        410,
        false,
        true,
      ]);
    expect((await give(visitor(), '614037')).status).toBe(403);
    expect((await give(visitor(), '503926')).status).toBe(200);
  });

  test('accepts no PIN that is easy to guess, unreadable or not the same twice; of two at once one is set', async () => {
    const { token } = await start({ newPin: true });
    const enter = (pin: string, again = pin) => visitor().submit(`/start/${token}`, { pin, again });
    for (const pin of ['111111', '123456', '987654', '890123', '121212', '123123', '112233'])
      expect((await enter(pin)).text).toContain(say('pin-guessable'));
    expect((await enter('50392')).text).toContain(say('pin-unreadable'));
    expect((await enter('503926', '503927')).text).toContain(say('pin-differ'));
    expect((await give(visitor(), TEST_PIN)).status).toBe(200);
    const both = await Promise.all([enter('503926'), enter('614037')]);
    expect(both.map((one) => one.status).toSorted()).toEqual([200, 410]);
  });

  test('asks for the existing PIN, and counts wrong ones', async () => {
    const { token, code } = await start();
    const reader = visitor();
    expect((await reader.open(`/start/${token}`)).text).not.toContain('name="again"');
    const wrong = await reader.submit(`/start/${token}`, { pin: '000001' });
    expect(wrong.text).toContain(say('pin-wrong', { left: 4 }));
    expect(wrong.text).not.toContain(code);
    expect((await reader.submit(`/start/${token}`, { pin: TEST_PIN })).text).toContain(code);
    const second = await start();
    for (let n = 0; n < 5; n += 1) await visitor().submit(`/start/${second.token}`, { pin: '000001' });
    const locked = await visitor().submit(`/start/${second.token}`, { pin: TEST_PIN });
    expect(locked.text).toContain(say('pin-locked'));
    expect(locked.text).not.toContain(second.code);
  });

  test('alone links no account: the chat’s code works after the PIN was entered, and not if the page was ended', async () => {
    const { token, code } = await start();
    const thief = all.api.person({ id: 5550009, first_name: 'Invented', language_code: 'id' });
    const tryCode = async (one: string) => {
      const before = all.api.messagesIn(5550009).length;
      await thief.start(one);
      await all.house.drain();
      const buttons = all.api.messagesIn(5550009).slice(before);
      return buttons.some((said) => (said.reply_markup?.inline_keyboard.length ?? 0) > 0);
    };
    const { store } = all.house.gateway;
    const hash = createHash('sha256').update(code).digest('base64url');
    const act = () => Promise.reject(new Error('nothing is to be recorded'));
    const take = () => store.links.takeLinkCode(hash, '5550009', all.house.gateway.now(), () => act);
    expect(await tryCode(code)).toBe(false);
    expect(await take()).toBeUndefined();
    await visitor().submit(`/start/${token}`, { pin: '000001' });
    expect(await tryCode(code)).toBe(false);
    expect(await store.endpoints.endpointsAt('telegram', '5550009')).toEqual([]);
    const ended = await start();
    await setPin(all.house, { focalPoint, officer: 'o1' });
    expect(await tryCode(ended.code)).toBe(false);
    const { token: last, code: good } = await start();
    expect(await tryCode(good)).toBe(false);
    await passStartPage(all.house, last);
    expect(await tryCode(good)).toBe(true);
    // The code of a page that was used, and whose account nobody linked, ends with the next page too.
    const next = await start();
    expect(await tryCode(good)).toBe(false);
    await passStartPage(all.house, next.token);
    await setPin(all.house, { focalPoint, officer: 'o1' });
    expect(await tryCode(next.code)).toBe(false);
  });

  test('ends earlier pages, and a PIN that is set ends all others', async () => {
    const of = { focalPoint, officer: 'o1', lang: 'id' };
    const enter = (token: string, pin: string) => visitor().submit(`/start/${token}`, { pin, again: pin });
    const first = await inviteToSetPin(all.house.gateway, of);
    const other = await inviteToSetPin(all.house.gateway, { ...of, officer: 'o2' });
    const second = await inviteToSetPin(all.house.gateway, of);
    expect((await acts()).slice(-2)).toEqual(['pin.replaced', 'pin.invited']);
    expect((await enter(first, '614037')).status).toBe(410);
    expect((await enter(second, '503926')).status).toBe(200);
    expect((await enter(first, '614037')).status).toBe(410);
    expect((await give(visitor(), '614037')).status).toBe(403);
    expect((await give(visitor(), '503926')).status).toBe(200);
    expect((await enter(other, '284617')).status).toBe(200);
    // Whatever the clock says when the newer one is made.
    const [third, fourth] = [await inviteToSetPin(all.house.gateway, of), 'a page of its own'];
    const row = {
      hash: createHash('sha256').update(fourth).digest('base64url'),
      id: all.house.gateway.newId(),
      focalPoint,
      officer: 'o1',
      knownAs: [makeOfficer().name],
      lang: 'id',
      newPin: true,
      links: false,
      expiresAt: new Date(all.house.gateway.now().getTime() + 2 * 86_400_000),
    };
    const ahead = new Date(all.house.gateway.now().getTime() + 9 * 86_400_000);
    await all.house.gateway.store.pins.keepStartCode(row, makePinActs(all.house.gateway), ahead);
    expect((await visitor().open(`/start/${fourth}`)).status).toBe(200);
    expect((await enter(third, '614037')).status).toBe(410);
    expect((await enter(fourth, '614037')).status).toBe(200);
  });

  test('ends after three days, with its officer, and is refused when posted from another site', async () => {
    const token = await inviteToSetPin(all.house.gateway, { focalPoint, officer: 'o1', lang: 'id' });
    const headers = { 'sec-fetch-site': 'cross-site' };
    const body = new URLSearchParams({ pin: '503926', again: '503926' });
    const url = `${GATEWAY_URL}/start/${token}`;
    expect((await all.house.app.request(url, { method: 'POST', headers, body })).status).toBe(403);
    all.house.pass(3 * 86_400 + 1);
    expect((await visitor().submit(`/start/${token}`, { pin: '503926', again: '503926' })).status).toBe(410);
    expect((await give(visitor(), TEST_PIN)).status).toBe(200);
  });

  test('an officer without a PIN opens nothing, and is told what to do', async () => {
    const sql = all.house.database.sql;
    await sql`delete from pin where officer = 'o1'`;
    const page = await visitor().open(link);
    expect(page.text).toContain(say('pin-none'));
    showsNothing(page);
    expect((await give(visitor(), TEST_PIN)).status).toBe(403);
    await passStartPage(
      all.house,
      await inviteToSetPin(all.house.gateway, { focalPoint, officer: 'o1', lang: 'id' }),
    );
    expect((await (await openProvenBrowser(all.house, link)).submit(link)).text).toContain(PRIVATE_TEXT[0]);
  });
});

async function unlinkOwn(endpoint: string): Promise<void> {
  const one = await all.house.gateway.store.endpoints.findEndpoint(endpoint);
  if (one !== undefined) await unlinkAccount(all.house.gateway, one, 'unlinked');
}
