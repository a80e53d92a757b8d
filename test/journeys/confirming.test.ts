/**
 * A further account or endpoint of a focal point is in use only after the focal point confirmed it: no operator can
 * secretly become an officer.
 */
import { afterEach, beforeEach, expect, test } from 'vitest';
import { CONFIRM_WITHIN_DAYS } from '../../src/domain/party/confirmation.ts';
import {
  changeEndpoint,
  disableEndpoint,
  enableEndpoint,
  findEndpoint,
  removeEndpoint,
} from '../../src/entry/enrolling/endpoints.ts';
import { endUnconfirmed } from '../../src/flow/endpoint/deciding.ts';
import { unlinkAccount } from '../../src/flow/endpoint/linking.ts';
import { adoptGrants, listAdoption } from '../../src/flow/operator/adopting.ts';
import { type AllChannels, makeAllChannels } from '../support/all-channels.ts';
import { createFurtherSteps } from '../support/further.ts';
import { openWithPin } from '../support/pins.ts';
import { GATEWAY_URL } from '../support/rig.ts';
import { fetchMessageStatus, makeOfficer } from '../support/story.ts';

const [FIRST, OWN] = [5550401, 5550402];
const DAY = 86_400;

let all: AllChannels;
beforeEach(async () => {
  all = await makeAllChannels();
});
afterEach(() => all.close());

const { gateway, officers, textsIn, at, links, linkIn, ask, say, sent, notices, events } = createFurtherSteps(
  () => all,
);

/** What a page says it is: once a question is answered, no question any more. */
const headingOf = (page: string): string | undefined => /<h1>([^<]*)<\/h1>/.exec(page)?.[1];

test('a second account gets nothing and cannot act before it is confirmed, and the focal point is told', async () => {
  await links(FIRST, 'o1');
  await all.hook('/desk');
  await links(OWN, 'o2');
  expect(textsIn(OWN).at(-1)).toBe(
    gateway().translate('id', 'telegram-link-waits', { officer: makeOfficer('id', 'o2').name, desk: 'Desk' }),
  );
  expect(await at(OWN)).toMatchObject({ enabled: false, off: { code: 'waiting' } });
  const id = await sent();
  expect(notices(FIRST)).toBe(1);
  expect(notices(OWN)).toBe(0);
  // The tap of an officer, by the account that does not count.
  const tap = all.api
    .messagesIn(FIRST)
    .at(-1)
    ?.reply_markup?.inline_keyboard.flat()
    .find((one) => 'callback_data' in one);
  const query = {
    id: '99',
    from: { id: OWN, is_bot: false, first_name: 'Invented' },
    message: { message_id: 1, chat: { id: OWN, type: 'private' } },
    chat_instance: '1',
    data: tap && 'callback_data' in tap ? tap.callback_data : '',
  };
  await all.house.app.request(`${GATEWAY_URL}/channels/telegram`, {
    method: 'POST',
    headers: { 'x-telegram-bot-api-secret-token': 'invented_secret-token' },
    body: JSON.stringify({ update_id: 991, callback_query: query }),
  });
  await all.house.drain();
  expect((await fetchMessageStatus(all.shelter, id))['recipients']).toMatchObject([
    { acknowledgement: null },
  ]);
  // What the desk is told names nobody, and where nothing is asked.
  const told = textsIn(FIRST).filter((text) => text.includes('ditambahkan'));
  expect(told).toHaveLength(1);
  expect(told[0]).not.toContain(makeOfficer().name);
  expect(events('/desk', 'endpoint.waiting')).toMatchObject([
    { data: { endpoint: (await at(OWN))?.id, officer: 'o2', channel: 'telegram', is: 'new' } },
  ]);
});

test('whoever confirms sees the decision recorded, also if it takes their own account away or shares their phone', async () => {
  const word = gateway().translate('id', 'confirm-confirmed');
  await links(FIRST, 'o1');
  await links(FIRST, 'o2');
  const shared = await say(linkIn(FIRST), 'confirmed');
  expect([shared.status, shared.text.includes(word)]).toEqual([200, true]);
  expect(
    (await gateway().store.endpoints.endpointsAt('telegram', String(FIRST))).map((one) => one.enabled),
  ).toEqual([true, true]);
  // Of a phone that is replaced: the account by which the officer says so ends with the word.
  const [, theirs] = await gateway().store.endpoints.endpointsAt('telegram', String(FIRST));
  if (theirs !== undefined) await unlinkAccount(gateway(), theirs, 'unlinked');
  await all.house.drain();
  await links(OWN, 'o1');
  const replaced = await say(linkIn(FIRST), 'confirmed');
  expect([replaced.status, replaced.text.includes(word)]).toEqual([200, true]);
  expect(await at(FIRST)).toMatchObject({ enabled: false });
});

test('an officer confirms on the page of the link; then the endpoint is in use, and another answer changes nothing', async () => {
  await links(FIRST, 'o1');
  await links(OWN, 'o2');
  const link = linkIn(FIRST);
  const page = (await ask(link)).text;
  expect(headingOf(page)).toBe(gateway().translate('id', 'confirm-title-new'));
  expect(page).toContain(makeOfficer('id', 'o2').name);
  expect(page).toContain('…402');
  expect(page).not.toContain(String(OWN));
  expect((await at(OWN))?.enabled).toBe(false);
  expect((await say(link, 'confirmed')).status).toBe(200);
  expect(await at(OWN)).toMatchObject({ enabled: true });
  const later = (await say(link, 'refused')).text;
  expect(headingOf(later)).toBe(gateway().translate('id', 'confirm-confirmed'));
  expect(headingOf((await ask(link)).text)).toBe(gateway().translate('id', 'confirm-confirmed'));
  expect(await at(OWN)).toMatchObject({ enabled: true });
  await sent();
  expect(notices(OWN)).toBe(1);
  const acts = await gateway().store.ledger.operatorActs(0, 1_000);
  const last = JSON.parse(Buffer.from(JSON.parse(acts.at(-1)?.jws ?? '{}').payload, 'base64url').toString());
  expect(last.operator).toMatchObject({
    act: 'endpoint.confirmed',
    who: 'o1',
    judged: { by: { officer: 'o1', endpoint: (await at(FIRST))?.id } },
  });
});

test('a new phone is confirmed by the old one, which works until then and is replaced by it', async () => {
  await links(FIRST, 'o1');
  await links(OWN, 'o1');
  await sent();
  expect([notices(FIRST), notices(OWN)]).toEqual([1, 0]);
  await say(linkIn(FIRST), 'confirmed');
  await sent();
  expect([notices(FIRST), notices(OWN)]).toEqual([1, 1]);
  expect(await at(FIRST)).toMatchObject({ enabled: false, off: { code: 'replaced' } });
});

test('a refused endpoint ends permanently and raises an alarm', async () => {
  await links(FIRST, 'o1');
  await links(OWN, 'o2');
  const { id = '' } = (await at(OWN)) ?? {};
  const page = (await say(linkIn(FIRST), 'refused')).text;
  expect(headingOf(page)).toBe(gateway().translate('id', 'confirm-refused'));
  const refused = await gateway().store.endpoints.findEndpoint(id);
  expect(refused).toMatchObject({ enabled: false, off: { code: 'refused' }, address: `removed:${id}` });
  await enableEndpoint(gateway(), refused as never);
  expect((await gateway().store.endpoints.findEndpoint(id))?.enabled).toBe(false);
  expect((await gateway().store.ledger.alarms(10)).map((one) => one.code)).toContain('endpoint-refused');
  await sent();
  expect(notices(OWN)).toBe(0);
});

test('an endpoint that nobody confirms in time expires, and no later answer changes that', async () => {
  await links(FIRST, 'o1');
  await links(OWN, 'o2');
  const { id = '' } = (await at(OWN)) ?? {};
  const link = linkIn(FIRST);
  all.house.pass(CONFIRM_WITHIN_DAYS * DAY + 1);
  expect((await say(link, 'confirmed')).status).toBe(410);
  expect(await endUnconfirmed(gateway())).toBe(1);
  expect(await gateway().store.endpoints.findEndpoint(id)).toMatchObject({
    enabled: false,
    off: { code: 'expired' },
  });
});

test('of a confirmation and a refusal at the same time one is recorded', async () => {
  await links(FIRST, 'o1');
  await links(OWN, 'o2');
  const link = linkIn(FIRST);
  const reader = officers();
  await openWithPin(reader, link);
  const answers = await Promise.all(
    ['confirmed', 'refused', 'confirmed', 'refused'].map(
      async (decision) => (await reader.submit(link, { decision })).text,
    ),
  );
  const word = (await at(OWN))?.enabled === true ? 'confirmed' : 'refused';
  for (const page of answers) expect(page).toContain(gateway().translate('id', `confirm-${word}`));
});

test('removing all officers and adding oneself needs the authority: the first account is the first only once', async () => {
  await links(FIRST, 'o1');
  const first = await at(FIRST);
  if (first === undefined) throw new Error('not linked');
  await unlinkAccount(gateway(), first, 'unlinked');
  await removeEndpoint(gateway(), first);
  await links(OWN, 'o2');
  expect(await at(OWN)).toMatchObject({ enabled: false, off: { code: 'waiting' } });
  // Nor does it help that the rows are gone.
  await all.house.database.sql`update link_code set used_for = null where used_for = ${first.id}`;
  await all.house.database.sql`delete from note where endpoint = ${first.id}`;
  await all.house.database.sql`delete from link where endpoint = ${first.id}`;
  await all.house.database.sql`delete from endpoint where id = ${first.id}`;
  await links(5550403, 'o2', true);
  expect(await at(5550403)).toMatchObject({ off: { code: 'waiting' } });
});

test('a thief who writes to the database cannot put it into use', async () => {
  await links(FIRST, 'o1');
  await links(OWN, 'o2');
  const own = await at(OWN);
  const { sql } = all.house.database;
  const { id = '' } = own ?? {};
  const [row] = await sql<{ entry: string }[]>`select entry from endpoint where id = ${id}`;
  const [first] = await sql<{ entry: string; mac: string }[]>`
    select entry, mac from endpoint where address = ${String(FIRST)}`;
  const flips = [
    sql`update endpoint set waiting = null where id = ${id}`,
    sql`update endpoint set enabled = true, disabled_code = null where id = ${id}`,
    sql`update endpoint set enabled = true, disabled_code = null, waiting = null where id = ${id}`,
    sql`update endpoint set waiting = jsonb_set(waiting, '{until}', '"2099-01-01T00:00:00.000Z"') where id = ${id}`,
    sql`update endpoint set entry = ${first?.entry ?? ''}, mac = ${first?.mac ?? ''}, enabled = true, disabled_code = null,
      waiting = null where id = ${id}`,
    sql`update endpoint set disabled_code = 'operator' where id = ${id}`,
  ];
  const [kept] = await sql<{ kept: object }[]>`select to_json(e) as kept from endpoint e where id = ${id}`;
  for (const flip of flips) {
    await flip;
    await sent();
    expect(notices(OWN)).toBe(0);
    const back = await gateway().store.endpoints.findEndpoint(id);
    expect(back).toBeUndefined();
    await sql`update endpoint e set waiting = k.waiting, enabled = k.enabled, disabled_code = k.disabled_code,
        disabled_at = k.disabled_at, entry = k.entry, mac = k.mac
      from json_populate_record(null::endpoint, ${JSON.stringify(kept?.kept)}::text::json) k where e.id = ${id}`;
  }
  expect(row?.entry).toBe(own?.waiting?.asked);
  // Nor does an operator who adopts what the thief wrote.
  await sql`update endpoint set waiting = null, enabled = true, disabled_code = null where id = ${id}`;
  const { code } = await listAdoption(gateway());
  await adoptGrants(gateway(), code);
  expect(await gateway().store.endpoints.findEndpoint(id)).toMatchObject({
    enabled: false,
    off: { code: 'waiting' },
  });
});

test('no detour puts it into use: disabling, enabling, setting it, or enabling an ended account', async () => {
  await links(FIRST, 'o1');
  await links(OWN, 'o2');
  const { id = '' } = (await at(OWN)) ?? {};
  const named = () => findEndpoint(gateway(), id);
  await disableEndpoint(gateway(), await named());
  await expect(named().then((one) => enableEndpoint(gateway(), one))).rejects.toMatchObject({
    code: 'confirmation-needed',
  });
  await changeEndpoint(gateway(), await named(), { rank: 3 }, 0);
  expect((await named()).enabled).toBe(false);
  await say(linkIn(FIRST), 'confirmed');
  expect((await named()).enabled).toBe(false);
  await all.house.drain();
  await say(linkIn(FIRST), 'confirmed');
  expect((await named()).enabled).toBe(true);
  // Paused and back is nothing new; ended and back is.
  await disableEndpoint(gateway(), await named());
  expect(await enableEndpoint(gateway(), await named())).toMatchObject({ enabled: true });
  await unlinkAccount(gateway(), await named(), 'unlinked');
  expect(await disableEndpoint(gateway(), await named())).toBe(true);
  expect(await enableEndpoint(gateway(), await named())).toMatchObject({ off: { code: 'waiting' } });
});
