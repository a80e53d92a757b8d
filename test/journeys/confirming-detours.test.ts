/**
 * Detours by which an operator, or a thief in the database, could let somebody read for a focal point without its
 * knowledge.
 */
import { afterEach, beforeEach, expect, test } from 'vitest';
import { CONFIRM_WITHIN_DAYS } from '../../src/domain/party/confirmation.ts';
import {
  changeEndpoint,
  disableEndpoint,
  enableEndpoint,
  findEndpoint,
} from '../../src/entry/enrolling/endpoints.ts';
import { addEndpoint, replacePartnerSecret } from '../../src/entry/enrolling/enrol.ts';
import { unlinkAccount } from '../../src/flow/endpoint/linking.ts';
import { adoptGrants, listAdoption } from '../../src/flow/operator/adopting.ts';
import { makeOperatorAct } from '../../src/flow/operator/operator-act.ts';
import { type AllChannels, makeAllChannels } from '../support/all-channels.ts';
import { eachOf } from '../support/each-of.ts';
import { confirmationOf, createFurtherSteps } from '../support/further.ts';

const [FIRST, OWN] = [5550401, 5550402];
const DAY = 86_400;

let all: AllChannels;
beforeEach(async () => {
  all = await makeAllChannels();
});
afterEach(() => all.close());

const { gateway, at, links, linkIn, sent, notices, events, textsIn } = createFurtherSteps(() => all);
const rows = () => all.house.database.sql;
const hookAt = (path: string, shows: 'packet' | 'notice' = 'packet') => ({
  channel: 'webhook' as const,
  lang: 'en',
  shows,
  focalPoint: all.designation().focal_point,
  address: `${all.peer.url}${path}`,
});
const linked = async (chat: number) => {
  const one = await at(chat);
  if (one === undefined) throw new Error('not linked');
  return one;
};

test('an endpoint that is paused while a question is asked and answered is in use after the pause', async () => {
  await links(FIRST, 'o1');
  all.house.pass(CONFIRM_WITHIN_DAYS * DAY + 1);
  const first = await linked(FIRST);
  await disableEndpoint(gateway(), first);
  const { endpoint } = await addEndpoint(gateway(), { ...hookAt('/evil'), officer: 'o2' });
  expect((await all.focalPoint.post(...confirmationOf(endpoint))).status).toBe(201);
  await all.house.drain();
  await enableEndpoint(gateway(), await linked(FIRST));
  all.house.pass(3_600);
  await all.house.drain();
  expect(linkIn(FIRST)).toContain('/c/');
});

test('a question that was not sent yet is sent although the officer is paused meanwhile', async () => {
  await links(FIRST, 'o1');
  all.house.pass(CONFIRM_WITHIN_DAYS * DAY + 1);
  const { endpoint } = await addEndpoint(gateway(), { ...hookAt('/evil'), officer: 'o2' });
  await disableEndpoint(gateway(), await linked(FIRST));
  await all.focalPoint.post(...confirmationOf(endpoint));
  await all.house.drain();
  await enableEndpoint(gateway(), await linked(FIRST));
  all.house.pass(3_600);
  await all.house.drain();
  expect(linkIn(FIRST)).toContain('/c/');
});

test('a secret that is made while the officers are paused is reported to them after the pause', async () => {
  await links(FIRST, 'o1');
  await disableEndpoint(gateway(), await linked(FIRST));
  await replacePartnerSecret(gateway(), all.designation().focal_point);
  await all.house.drain();
  await enableEndpoint(gateway(), await linked(FIRST));
  all.house.pass(3_600);
  await all.house.drain();
  const news = gateway().translate('id', 'note-key-made-secret', { at: '' });
  expect(textsIn(FIRST).filter((text) => text.includes(news.slice(0, 20)))).toHaveLength(1);
});

test('data written into a row while an operator works on it gets no MAC', async () => {
  await links(FIRST, 'o1');
  const id = await all.hook('/desk');
  const steal = () => rows()`update endpoint set address = ${`${all.peer.url}/evil`} where id = ${id}`;
  const before = await findEndpoint(gateway(), id);
  await steal();
  await disableEndpoint(gateway(), before).catch(() => undefined);
  expect(await gateway().store.endpoints.findEndpoint(id)).toBeUndefined();
  await enableEndpoint(gateway(), { ...before, enabled: false, off: { code: 'operator' } }).catch(
    () => undefined,
  );
  await sent();
  expect(all.peer.received.some(({ url }) => url === '/evil')).toBe(false);
  expect(await gateway().store.endpoints.findEndpoint(id)).toBeUndefined();
});

test('an ended account does not come back by a code that is written into its row', async () => {
  await links(FIRST, 'o1');
  const first = await linked(FIRST);
  await unlinkAccount(gateway(), first, 'unlinked');
  const ended = await findEndpoint(gateway(), first.id);
  await rows()`update endpoint set disabled_code = 'gone' where id = ${first.id}`;
  await changeEndpoint(gateway(), ended, { rank: 3 }, 0).catch(() => undefined);
  await rows()`update endpoint set enabled = true, disabled_code = null where id = ${first.id}`;
  await sent();
  expect(notices(FIRST)).toBe(0);
});

test('undoing a link restores no account that was written over', async () => {
  await links(FIRST, 'o1');
  const first = await linked(FIRST);
  await links(OWN, 'o1');
  await createFurtherSteps(() => all).say(linkIn(FIRST), 'confirmed');
  expect(await at(FIRST)).toMatchObject({ off: { code: 'replaced' } });
  await rows()`update endpoint set address = ${'5550499'} where id = ${first.id}`;
  const { store } = gateway();
  const act = makeOperatorAct(gateway(), { act: 'officer.linked', subject: first.id });
  expect(
    await store.endpoints.enableEndpoint(first.id, { but: [], sign: 'operator' }, gateway().now(), { act }),
  ).toBe(false);
  expect(await store.endpoints.findEndpoint(first.id)).toBeUndefined();
});

test('adopting an ended account does not put it into use', async () => {
  await links(FIRST, 'o1');
  await links(OWN, 'o1', true);
  const own = await linked(OWN);
  await unlinkAccount(gateway(), own, 'unlinked');
  await rows()`update endpoint set rank = 7 where id = ${own.id}`;
  await adoptGrants(gateway(), (await listAdoption(gateway())).code);
  await disableEndpoint(gateway(), await findEndpoint(gateway(), own.id));
  const back = await enableEndpoint(gateway(), await findEndpoint(gateway(), own.id));
  expect(back).toMatchObject({ enabled: false, off: { code: 'waiting' } });
});

test('a system is asked about the pending change itself, whatever the row of the note says', async () => {
  await links(FIRST, 'o1');
  await all.hook('/desk');
  const { endpoint } = await addEndpoint(gateway(), { ...hookAt('/evil'), officer: 'o2' });
  await rows()`
    update note set says = jsonb_set(jsonb_set(says, '{officer}', '"o1"'), '{shows}', '"notice"')
    where says->>'what' = 'endpoint-waiting'`;
  await all.house.drain();
  for (const { data } of eachOf(events('/desk', 'endpoint.waiting')))
    expect(data).toMatchObject({ endpoint: endpoint.id, officer: 'o2', shows: 'packet' });
});

test('an old secret that was adopted again counts as new from its adoption', async () => {
  await links(FIRST, 'o1');
  const { focal_point: focalPoint } = all.designation();
  all.house.pass(CONFIRM_WITHIN_DAYS * DAY + 1);
  const kept = await rows()<
    { one: object }[]
  >`select to_json(s) as one from secret s where owner = ${focalPoint}`;
  await replacePartnerSecret(gateway(), focalPoint, undefined, 0);
  for (const { one } of kept)
    await rows()`
      update secret s set until = null, entry = k.entry, mac = k.mac
      from json_populate_record(null::secret, ${JSON.stringify(one)}::text::json) k
      where s.owner = k.owner and s.kind = k.kind and s.id = k.id`;
  await adoptGrants(gateway(), (await listAdoption(gateway())).code);
  const { endpoint } = await addEndpoint(gateway(), { ...hookAt('/evil'), officer: 'o2' });
  expect((await all.focalPoint.post(...confirmationOf(endpoint))).status).toBe(409);
});

test('an endpoint that waited to show content is in use at once if it shows only notices to nobody', async () => {
  await all.hook('/desk');
  const { endpoint } = await addEndpoint(gateway(), hookAt('/more'));
  expect(endpoint.off?.code).toBe('waiting');
  const less = await changeEndpoint(gateway(), endpoint, { shows: 'notice' }, 0);
  expect(less).toMatchObject({ enabled: true, shows: 'notice' });
  expect(less.waiting).toBeUndefined();
});
