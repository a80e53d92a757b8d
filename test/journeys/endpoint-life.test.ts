/**
 * An endpoint that its channel reports dead: switched off with a visible reason, tested sparingly, and restored by a
 * sign of life.
 */
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { enableEndpoint } from '../../src/entry/enrolling/endpoints.ts';
import { readLog } from '../../src/flow/operator/log.ts';
import { recordPendingSwitches } from '../../src/flow/operator/switches.ts';
import { type AllChannels, makeAllChannels } from '../support/all-channels.ts';
import { answerStatus } from '../support/http-peer.ts';
import { METRICS_KEY } from '../support/rig.ts';
import {
  expectQuietLog,
  fetchMessageStatus,
  listPostedTo,
  makeReportPost,
  postMessage,
} from '../support/story.ts';

const [CHAT, OTHER] = [5550201, 5550202];
const HOUR = 3_600;

let all: AllChannels;
beforeEach(async () => {
  all = await makeAllChannels();
});
afterEach(async () => {
  expectQuietLog(all.house, [String(CHAT), String(OTHER)]);
  await all.close();
});

const deliveriesOf = async (id: string) =>
  (await fetchMessageStatus(all.shelter, id)).recipients[0].deliveries;
const sent = async (): Promise<string> => {
  const id = await postMessage(all.shelter, makeReportPost(['desk']));
  await all.house.drain();
  return id;
};
const pass = async (seconds: number): Promise<void> => {
  all.house.pass(seconds);
  await all.house.drain();
};
/** What monitoring is told, which has the key of the numbers. */
const ready = async () => {
  const headers = { authorization: `Bearer ${METRICS_KEY}` };
  return (await all.house.app.request('https://gateway.test/readyz', { headers })).json();
};
const say = (phrase: string) => all.house.gateway.translate('id', phrase);
const lastIn = (chat: number) => all.api.messagesIn(chat).at(-1)?.text ?? '';
const logged = (event: string) => all.house.lines.filter((one) => one.event === event);

describe('a blocked bot', () => {
  test('is noticed, reported through the focal point’s other endpoint, and restored by unblocking; waiting messages arrive', async () => {
    const wira = await all.telegram('o1', CHAT);
    await all.telegram('o2', OTHER, 2);
    await wira.block();
    const id = await sent();
    await all.house.drain();
    const [endpoint] = await all.house.gateway.store.endpoints.endpointsAt('telegram', String(CHAT));
    expect(await ready()).toMatchObject({
      status: 'ready',
      endpoints_off: 1,
      off: [{ endpoint: endpoint?.id, channel: 'telegram', code: 'blocked' }],
    });
    const anybody = await (await all.house.app.request('https://gateway.test/readyz')).json();
    expect(anybody).toMatchObject({ endpoints_off: 1 });
    expect(JSON.stringify(anybody)).not.toContain(endpoint?.id);
    expect(anybody).not.toHaveProperty('off');
    expect(logged('endpoint.off')).toMatchObject([
      { fields: { endpoint: endpoint?.id, channel: 'telegram', code: 'blocked' } },
    ]);
    const { gateway } = all.house;
    expect(
      await gateway.metrics.render([], {
        uncosignedSeconds: 0,
        unread: [],
        withdrawalsWaiting: 0,
        evidenceAside: 0,
      }),
    ).toMatch(/^amanat_endpoints_off\{channel="telegram",code="blocked"\} 1$/m);
    expect(
      all.api
        .messagesIn(OTHER)
        .map((one) => one.text)
        .join(),
    ).toContain('tidak berfungsi lagi: Telegram');
    expect(await deliveriesOf(id)).toMatchObject([{ state: 'failed' }, { state: 'sent' }]);

    await wira.unblock();
    await all.house.drain();
    expect((await ready()).off).toEqual([]);
    expect(all.api.messagesIn(CHAT).map((one) => one.text)).toContain(say('telegram-reply-linked-again'));
    expect(lastIn(CHAT)).toContain(id.slice(-8).toUpperCase());
    expect(logged('endpoint.back')).toMatchObject([{ fields: { sign: 'account' } }]);
  });

  test('with no other endpoint: failed messages arrive after /start, and an older notice can be answered', async () => {
    const wira = await all.telegram('o1', CHAT);
    const older = await sent();
    const notice = all.api.messagesIn(CHAT).at(-1);
    await wira.block();
    const id = await sent();
    expect(await fetchMessageStatus(all.shelter, id)).toMatchObject({ state: 'failed' });
    await wira.unblock();
    await wira.start();
    await all.house.drain();
    expect(await deliveriesOf(id)).toMatchObject([{ state: 'sent' }]);
    const accept = notice?.reply_markup?.inline_keyboard
      .flat()
      .find((one) => one.callback_data?.startsWith('a:'));
    await wira.tap(notice?.message_id ?? 0, accept?.callback_data ?? '');
    await all.house.drain();
    expect(await fetchMessageStatus(all.shelter, older)).toMatchObject({ state: 'acknowledged' });
  });

  test('a tap alone is a sign of life', async () => {
    const wira = await all.telegram('o1', CHAT);
    const older = await sent();
    const notice = all.api.messagesIn(CHAT).at(-1);
    await wira.block();
    await sent();
    all.api.setFault();
    await wira.unblock();
    const accept = notice?.reply_markup?.inline_keyboard
      .flat()
      .find((one) => one.callback_data?.startsWith('a:'));
    await wira.tap(notice?.message_id ?? 0, accept?.callback_data ?? '');
    await all.house.drain();
    expect(await fetchMessageStatus(all.shelter, older)).toMatchObject({ state: 'acknowledged' });
  });
});

describe('a hook that answers 410', () => {
  test('is tested sparingly by a signed test, and restored once it accepts one', async () => {
    await all.hook('/desk');
    all.peer.answer((response, call) => response.writeHead(call.url === '/desk' ? 410 : 200).end());
    const id = await sent();
    expect(await fetchMessageStatus(all.shelter, id)).toMatchObject({ state: 'failed' });
    const tests = () =>
      listPostedTo(all.peer, '/desk').filter((one) => String(one.type) === 'endpoint.test').length;
    await pass(800);
    expect(tests()).toBe(0);
    await pass(200);
    expect(tests()).toBe(1);
    await pass(HOUR / 2);
    expect(tests()).toBe(1);
    await pass(HOUR);
    expect(tests()).toBe(2);
    for (let day = 0; day < 6; day += 1) await pass(12 * HOUR);
    expect(tests()).toBeLessThan(9);
    all.peer.answer(answerStatus(200));
    await pass(25 * HOUR);
    expect((await ready()).off).toEqual([]);
    const again = await sent();
    expect(await deliveriesOf(again)).toMatchObject([{ state: 'delivered' }]);
  });

  test('a test names no message and no person', async () => {
    await all.hook('/desk');
    all.peer.answer((response, call) => response.writeHead(call.url === '/desk' ? 410 : 200).end());
    await sent();
    await pass(1_000);
    const posted = listPostedTo(all.peer, '/desk').at(-1);
    expect(posted).toMatchObject({
      type: 'endpoint.test',
      data: { focal_point: all.designation().focal_point },
    });
    expect(Object.keys(posted?.data ?? {}).sort()).toEqual(['endpoint', 'focal_point']);
  });
});

describe('a mailbox that is reported not to exist', () => {
  const gone = (stage: string) => (stage === 'RCPT' ? { code: 550, text: '5.1.1 No such user' } : undefined);

  test('once: stays in use, the message waits and arrives', async () => {
    await all.mailbox('o1');
    all.mail.setFault(gone);
    const id = await sent();
    expect(await deliveriesOf(id)).toMatchObject([
      { state: 'queued', attempts: [{ outcome: 'deferred', code: 'smtp-550' }] },
    ]);
    expect((await ready()).off).toEqual([]);
    all.mail.setFault(undefined);
    await pass(10);
    expect(await deliveriesOf(id)).toMatchObject([{ state: 'sent' }]);
  });

  test('often at once: stays in use; several times over hours: switched off, reported, and restored by a test', async () => {
    await all.mailbox('o1');
    await all.telegram('o2', OTHER, 2);
    all.mail.setFault(gone);
    for (let n = 0; n < 5; n += 1) await sent();
    expect((await ready()).off).toEqual([]);
    await pass(5 * HOUR);
    await sent();
    await all.house.drain();
    expect((await ready()).off).toMatchObject([{ channel: 'email', code: 'smtp-550' }]);
    expect(
      all.api
        .messagesIn(OTHER)
        .map((one) => one.text)
        .join(),
    ).toContain('tidak berfungsi lagi: surel');
    all.mail.setFault(undefined);
    await pass(1_000);
    expect((await ready()).off).toEqual([]);
  });

  test('a delivered mail resets the count', async () => {
    await all.mailbox('o1');
    await all.telegram('o2', OTHER, 2);
    for (let n = 0; n < 4; n += 1) {
      all.mail.setFault(gone);
      await sent();
      all.mail.setFault(undefined);
      await sent();
      await pass(3 * HOUR);
    }
    expect((await ready()).off).toEqual([]);
  });
});

test('the operator’s log says what a channel switched off and what restored it, by whom and why, once', async () => {
  const wira = await all.telegram('o1', CHAT);
  await all.telegram('o2', OTHER, 2);
  const { gateway } = all.house;
  const acts = async () =>
    (await readLog(gateway)).entries.filter(({ act }) => act === 'endpoint.off' || act === 'endpoint.on');
  await wira.block();
  await sent();
  const [endpoint] = await gateway.store.endpoints.endpointsAt('telegram', String(CHAT));
  if (endpoint === undefined) throw new Error('there is no such endpoint');
  expect(await Promise.all([recordPendingSwitches(gateway), recordPendingSwitches(gateway)])).toContain(1);
  await recordPendingSwitches(gateway);
  const off = { act: 'endpoint.off', who: 'gateway', subject: endpoint.id, desk: endpoint.focalPoint };
  expect(await acts()).toMatchObject([{ ...off, why: 'blocked' }]);
  await wira.unblock();
  await all.house.drain();
  expect(await acts()).toMatchObject([off, { ...off, act: 'endpoint.on', why: 'account' }]);
  // It ends nothing that was granted: the endpoint works as before.
  expect(await gateway.store.endpoints.findEndpoint(endpoint.id)).toMatchObject({ enabled: true });
  // What an operator put back is an act of that operator, and none of the channel's.
  await wira.block();
  await sent();
  await recordPendingSwitches(gateway);
  const again = await gateway.store.endpoints.findEndpoint(endpoint.id);
  if (again === undefined) throw new Error('there is no such endpoint');
  await enableEndpoint(gateway, again);
  await recordPendingSwitches(gateway);
  expect((await acts()).map(({ act }) => act)).toEqual(['endpoint.off', 'endpoint.on', 'endpoint.off']);
  expect(JSON.stringify(await acts())).not.toContain(String(CHAT));
});

test('a thief’s text about an endpoint is not an entry', async () => {
  await all.telegram('o1', CHAT);
  await all.house.database.sql`
    update endpoint set enabled = false, disabled_code = 'blocked', address = 'thief' where channel = 'telegram'`;
  expect(await recordPendingSwitches(all.house.gateway)).toBe(0);
  await all.house.database
    .sql`update endpoint set address = ${String(CHAT)}, enabled = true, disabled_code = null`;
});
