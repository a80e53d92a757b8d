/**
 * The Workers entry in workerd, with a real database: one message comes in, goes out by webhook, is acknowledged, and
 * the sender is notified.
 */
import { Api } from 'grammy';
import { Webhook } from 'standardwebhooks';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { inviteOfficer } from '../../src/entry/enrolling/inviting.ts';
import { peekStatement } from '../../src/seal/statement.ts';
import { addHook } from '../support/confirmed.ts';
import { makeTcpDatabase, type TcpDatabase } from '../support/database-tcp.ts';
import { type HttpPeer, type ReceivedCall, startPeer } from '../support/http-peer.ts';
import { type BotApi, startBotApi } from '../support/outside/bot-api.ts';
import { openPage } from '../support/outside/browser.ts';
import { WAIT } from '../support/patience.ts';
import { TEST_PIN } from '../support/pins.ts';
import { METRICS_KEY, makeRig, type Rig, type RigPartner } from '../support/rig.ts';
import { startWorker, type WorkerdProcess } from '../support/workerd.ts';

const officer = { id: 'o1', name: 'Sok Invented', role: 'officer', lang: 'km' } as const;
const post = {
  to: ['desk'],
  type: 'report',
  urgency: 'urgent',
  handling: 'H1',
  lang: 'en',
  body: {
    persons: [{ ref: 'p1', prs_FirstName: 'Invented', prs_Citizenship: ['ID'] }],
    where: { country: 'KH', name: 'Phnom Penh' },
    happened: 'Left a compound and asked for help.',
    consent: { con_Consent: true },
  },
};

/** For what the worker does after its answer. */

const TOKEN = '4711:invented-token';
const SECRET = 'invented_secret-token';

let database: TcpDatabase;
let botApi: BotApi;
let peer: HttpPeer;
let house: Rig;
let worker: WorkerdProcess;
let mailing: WorkerdProcess;

/** Which of the two entries over the one database partners call. */
type Door = (path: string, init: RequestInit) => Response | Promise<Response>;
const throughWorker: Door = (path, init) => fetch(`${worker.url}${path}`, init);
const throughNode: Door = (path, init) => house.app.request(path, init);
let door = throughWorker;

const secrets = new Map<string, string>();
let shelter: RigPartner;
let focalPoint: RigPartner;

/** Enrols as an operator does, from Node on the same database; the gateway that answers is the worker's. */
async function enrol(slug: string, country: string): Promise<RigPartner> {
  const partner = await house.partner({ slug, name: `Invented ${slug}`, country, officers: [officer] });
  const { secret } = await addHook(house.gateway, partner.designation.focal_point, {
    address: `${peer.url}/${slug}`,
  });
  secrets.set(slug, secret ?? '');
  return partner;
}

beforeAll(async () => {
  [database, peer, botApi] = await Promise.all([
    makeTcpDatabase(),
    startPeer(),
    startBotApi({ token: TOKEN }),
  ]);
  house = await makeRig({ database, allow: [peer.host], send: (path, init) => door(path, init) });
  [shelter, focalPoint] = [await enrol('shelter', 'KH'), await enrol('desk', 'ID')];
  [worker, mailing] = await Promise.all([
    startWorker(database.url, {
      ...house.values,
      AMANAT_CHANNELS: 'webhook,telegram',
      AMANAT_TELEGRAM_TOKEN: TOKEN,
      AMANAT_TELEGRAM_SECRET: SECRET,
      AMANAT_TELEGRAM_API: botApi.root,
    }),
    startWorker(database.url, { ...house.values, AMANAT_CHANNELS: 'webhook,email' }),
  ]);
});

afterAll(async () => {
  await Promise.all([worker?.close(), mailing?.close()]);
  await house?.close();
  await Promise.all([peer?.close(), botApi?.close()]);
});

/** The first call to a partner that carries this type of event; the journey is the worker's, so it is waited for. */
const callTo = (slug: string, type: string, event?: string): Promise<ReceivedCall> =>
  vi.waitUntil(
    () =>
      peer.received.find((call) => {
        if (call.url !== `/${slug}`) return false;
        const { type: said, data } = JSON.parse(call.body.toString());
        return said === type && (event === undefined || data.event === event);
      }),
    WAIT,
  );

/** What the receiver's developer would do with the library of Standard Webhooks. */
const verified = (slug: string, call: ReceivedCall): { data: Record<string, unknown> } =>
  new Webhook(secrets.get(slug) ?? '').verify(call.body, call.headers as Record<string, string>) as never;

describe('in workerd', () => {
  test('a message comes in, goes out by webhook and is acknowledged', async () => {
    const answer = await shelter.post('messages', post, { id: 'first' });
    const text = await answer.text();
    expect(answer.status, text).toBe(202);
    const { id, evidence } = JSON.parse(text);
    expect(peekStatement(evidence).payload).toMatchObject({ event: 'SubmissionAcceptance', consignment: id });

    const again = await shelter.post('messages', post, { id: 'first' });
    expect([again.status, await again.text()]).toEqual([200, text]);

    const received = verified('desk', await callTo('desk', 'message.received'));
    expect(received.data).toMatchObject({ id, message: { body: { happened: post.body.happened } } });

    const word = await focalPoint.post('acknowledgements', {
      message: id,
      decision: 'accepted',
      officer: 'o1',
    });
    expect(word.status, await word.clone().text()).toBe(201);
    const told = verified('shelter', await callTo('shelter', 'evidence.issued', 'ConsignmentAcceptance'));
    expect(told.data).toMatchObject({ message: id });
    expect(peekStatement(told.data['evidence']).payload).toMatchObject({
      officer: { id: 'o1', name: officer.name },
    });

    const found = await (await shelter.status(id)).json();
    expect(found).toMatchObject({ state: 'acknowledged', recipients: [{ slug: 'desk' }] });
  });

  test('the scheduled event does what no call to the worker triggered', async () => {
    door = throughNode;
    const { id } = await (await shelter.post('messages', post, { id: 'second' })).json();
    door = throughWorker;
    const state = async (): Promise<string> =>
      (await (await shelter.status(id)).json()).recipients[0].deliveries[0].state;
    expect(await state()).toBe('queued');

    expect((await worker.tick()).status).toBe(200);
    await vi.waitUntil(async () => (await state()) === 'delivered', WAIT);
  });

  test('an officer links an account by Telegram', async () => {
    const common = { channel: 'telegram', shows: 'notice', lang: 'id' } as const;
    const { token, code } = await inviteOfficer(house.gateway, {
      ...common,
      focalPoint: focalPoint.designation.focal_point,
      officer: 'o1',
    });
    const start = await openPage(`${worker.url}/start/${token}`);
    const done = await start.press({ pin: TEST_PIN, again: TEST_PIN });
    expect(done.html).toContain(`?start=${code}"`);
    const api = new Api(TOKEN, { apiRoot: botApi.root });
    await api.setWebhook(`${worker.url}/channels/telegram`, { secret_token: SECRET });
    const person = botApi.person({ id: 5550001, first_name: 'Sok Invented', language_code: 'id' });

    expect(await person.start(code)).toBe(true);
    expect(await person.agree()).toBe(true);
    await vi.waitUntil(() => botApi.messagesIn(5550001).length > 1, WAIT);
    const rows = await database.sql`select address from endpoint where channel = 'telegram'`;
    expect(rows).toEqual([{ address: '5550001' }]);
  });

  test('a link in Telegram asks for the PIN, and the right one opens the message', async () => {
    const sent = await shelter.post('messages', post, { id: 'by-telegram' });
    expect(sent.status).toBe(202);
    const link = await vi.waitUntil(
      () => JSON.stringify(botApi.messagesIn(5550001)).match(/gateway\.test(\/r\/[A-Za-z0-9_-]+)/)?.[1],
      WAIT,
    );
    const asked = await openPage(`${worker.url}${link}`);
    expect([asked.status, asked.asks('pin')]).toEqual([200, true]);
    expect((await asked.press({ pin: '111222' })).status).toBe(403);
    const opened = await (await asked.press({ pin: TEST_PIN })).press();
    expect(opened.html).toContain(post.body.happened);
  });

  test('pages are in the four languages, and figures come from the database', async () => {
    const page = await fetch(`${worker.url}/a/nobody-has-this-link`);
    expect(await page.text()).toMatch(/<p lang="km">[^<]*\p{Script=Khmer}/u);
    expect(await (await fetch(`${worker.url}/readyz`)).json()).toMatchObject({ status: 'ready' });
    const figures = await (
      await fetch(`${worker.url}/metrics`, { headers: { authorization: `Bearer ${METRICS_KEY}` } })
    ).text();
    expect((await fetch(`${worker.url}/metrics`)).status).toBe(401);
    expect(figures).toMatch(/^amanat_deliveries\{channel="webhook",state="acknowledged"\} 1$/m);
  });

  test('an unsigned call is refused as on Node, and the log has no word of a case', async () => {
    const answer = await fetch(`${worker.url}/v1/messages/${'0'.repeat(32)}`);
    expect([answer.status, (await answer.json()).type]).toEqual([401, 'urn:amanat:problem:access-denied']);
    expect(worker.output()).toContain('"event":"delivery.attempt"');
    expect(worker.output()).not.toMatch(/compound|Invented|Phnom Penh/);
  });
});

describe('what this runtime cannot do', () => {
  test('is refused with its name, to every caller and in the log', async () => {
    for (const path of ['/healthz', '/v1/directory']) {
      const answer = await fetch(`${mailing.url}${path}`);
      expect(answer.status).toBe(500);
      expect(await answer.json()).toMatchObject({
        type: 'urn:amanat:problem:runtime-unsupported',
        detail: expect.stringContaining('email'),
      });
    }
    expect((await mailing.tick()).ok).toBe(false);
    expect(mailing.output()).toMatch(/"event":"start.refused","code":"runtime-unsupported"/);
  });
});
