/** A channel without its secret does not start: the log and `/readyz` say so, while the others run. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { makeRig, type Rig } from '../support/rig.ts';

let house: Rig;
beforeAll(async () => {
  house = await makeRig({ values: { AMANAT_CHANNELS: 'webhook,telegram,email' } });
});
afterAll(() => house?.close());

const ready = async () => (await house.app.request('/readyz')).json();

test('a missing secret is named by its setting and never by a value', async () => {
  expect(await ready()).toMatchObject({
    status: 'degraded',
    channels: ['webhook'],
    not_started: ['telegram', 'email'],
  });
  const told = house.lines.filter(({ event }) => event === 'channel.not-started');
  expect(told.map(({ fields }) => fields)).toEqual([
    { channel: 'telegram', code: 'channel-secret-missing', missing: 'AMANAT_TELEGRAM_TOKEN is not set' },
    { channel: 'email', code: 'channel-secret-missing', missing: 'AMANAT_SMTP_URL is not set' },
  ]);
});

test('a channel that did not start receives nothing', async () => {
  const update = { method: 'POST', headers: { 'content-type': 'application/json' }, body: '{"update_id":1}' };
  const answer = await house.app.request('/channels/telegram', update);
  expect([answer.status, (await answer.json()).type]).toEqual([404, 'urn:amanat:problem:not-found']);
});
