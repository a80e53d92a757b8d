/**
 * A further account or endpoint of a focal point is in use only after the focal point confirmed it: no operator can
 * secretly become an officer.
 */
import { afterEach, beforeEach, expect, test } from 'vitest';
import { CONFIRM_WITHIN_DAYS } from '../../src/domain/party/confirmation.ts';
import { draftConfirmation } from '../../src/entry/enrolling/confirming.ts';
import {
  changeEndpoint,
  disableEndpoint,
  enableEndpoint,
  findEndpoint,
  removeEndpoint,
} from '../../src/entry/enrolling/endpoints.ts';
import {
  addEndpoint,
  addPartnerSecret,
  designateFocalPoint,
  replacePartnerSecret,
} from '../../src/entry/enrolling/enrol.ts';
import { confirmByAuthority } from '../../src/flow/endpoint/confirming.ts';
import { endUnconfirmed } from '../../src/flow/endpoint/deciding.ts';
import { unlinkAccount } from '../../src/flow/endpoint/linking.ts';
import { adoptGrants, listAdoption } from '../../src/flow/operator/adopting.ts';
import type { SigningKey } from '../../src/seal/keys.ts';
import { signStatement } from '../../src/seal/statement.ts';
import { type AllChannels, makeAllChannels } from '../support/all-channels.ts';
import { confirmationOf, createFurtherSteps } from '../support/further.ts';
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

const { gateway, officers, textsIn, at, links, linkIn, ask, say, systemOf, sent, notices, events } =
  createFurtherSteps(() => all);

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

test('the authority confirms by a statement about exactly this endpoint, unchanged', async () => {
  await links(FIRST, 'o1');
  await links(OWN, 'o2');
  await links(5550404, 'o2', true);
  const [own, other] = [await at(OWN), await at(5550404)];
  if (own === undefined || other === undefined) throw new Error('not linked');
  const claims = await draftConfirmation(gateway(), own);
  const by = (key: SigningKey, change = {}) => signStatement('endpoint', { ...claims, ...change }, [key]);
  const { ID, KH } = all.house.authorities;
  const refused = { code: 'statement-refused' };
  await expect(confirmByAuthority(gateway(), own, await by(KH))).rejects.toMatchObject(refused);
  const posing = by(KH, { country: 'KH', authority: 'KH' });
  await expect(confirmByAuthority(gateway(), own, await posing)).rejects.toMatchObject(refused);
  await expect(confirmByAuthority(gateway(), other, await by(ID))).rejects.toMatchObject(refused);
  const past = by(ID, { until: claims.from });
  await expect(confirmByAuthority(gateway(), own, await past)).rejects.toMatchObject(refused);
  // It was changed since: asked anew, and not what the statement is about.
  await changeEndpoint(gateway(), own, { lang: 'en' }, 0);
  const changed = await at(OWN);
  if (changed === undefined) throw new Error('gone');
  await expect(confirmByAuthority(gateway(), changed, await by(ID))).rejects.toMatchObject(refused);
  const fresh = await signStatement('endpoint', await draftConfirmation(gateway(), changed), [ID]);
  expect(await confirmByAuthority(gateway(), changed, fresh)).toMatchObject({ enabled: true });
  await expect(confirmByAuthority(gateway(), changed, fresh)).rejects.toMatchObject({
    code: 'nothing-to-confirm',
  });
});

test('the focal point’s own system confirms by a signed call; a forged call, another focal point’s and an old one do not', async () => {
  await links(FIRST, 'o1');
  await all.hook('/desk');
  all.house.pass(CONFIRM_WITHIN_DAYS * DAY + 1);
  await links(OWN, 'o2');
  const { id = '' } = (await at(OWN)) ?? {};
  const [event] = events('/desk', 'endpoint.waiting');
  const asked = event?.data.asked as string;
  const path = `endpoints/${id}/confirmation` as never;
  const word = { asked, decision: 'confirmed' };
  const unsigned = all.focalPoint.post(path, word, { headers: { 'webhook-signature': 'v1,AAAA' } });
  expect((await unsigned).status).toBe(401);
  expect((await all.shelter.post(path, word)).status).toBe(404);
  const other = await all.focalPoint.post(path, { ...word, asked: 'f'.repeat(32) });
  expect(other.status).toBe(409);
  // A secret that the operator made just now.
  const secret = await addPartnerSecret(gateway(), all.designation().focal_point);
  const operator = systemOf(all.designation(), secret);
  expect((await operator.post(path, word)).status).toBe(409);
  expect((await at(OWN))?.enabled).toBe(false);
  const taken = await all.focalPoint.post(path, word);
  expect(taken.status).toBe(201);
  expect((await at(OWN))?.enabled).toBe(true);
  const again = await all.focalPoint.post(path, { ...word, decision: 'refused' });
  expect(again.status).toBe(200);
  expect(await again.json()).toMatchObject({ decision: 'confirmed', repeat: true });
  // The old word does not speak for what is asked next.
  const linked = await at(OWN);
  if (linked === undefined) throw new Error('gone');
  await unlinkAccount(gateway(), linked, 'unlinked');
  await links(OWN, 'o2');
  expect((await all.focalPoint.post(path, word)).status).toBe(200);
  expect((await at(OWN))?.enabled).toBe(false);
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

test('another address of an endpoint that shows content waits, and the old one stays in force meanwhile', async () => {
  await links(FIRST, 'o1');
  const id = await all.hook('/desk');
  const named = () => findEndpoint(gateway(), id);
  const before = await named();
  const asked = await changeEndpoint(gateway(), before, { address: `${all.peer.url}/elsewhere`, rank: 2 }, 0);
  expect(asked).toMatchObject({ enabled: true, rank: 2, address: before.address });
  await sent();
  expect(all.peer.received.some(({ url }) => url === '/elsewhere')).toBe(false);
  expect(events('/desk', 'endpoint.waiting')).toMatchObject([{ data: { endpoint: id, is: 'changed' } }]);
  await say(linkIn(FIRST), 'refused');
  expect(await named()).toMatchObject({ enabled: true, address: before.address });
  expect((await named()).waiting).toBeUndefined();
  await changeEndpoint(gateway(), await named(), { address: `${all.peer.url}/elsewhere` }, 0);
  await all.house.drain();
  await say(linkIn(FIRST), 'confirmed');
  expect(await named()).toMatchObject({ enabled: true, address: `${all.peer.url}/elsewhere` });
  // Less may be shown at once, and more again not.
  expect(await changeEndpoint(gateway(), await named(), { shows: 'notice' }, 0)).toMatchObject({
    shows: 'notice',
  });
  expect(await changeEndpoint(gateway(), await named(), { shows: 'packet' }, 0)).toMatchObject({
    shows: 'notice',
    waiting: { change: { shows: 'packet' } },
  });
});

test('another certificate of a mailbox waits; its officer may confirm it from the mailbox with the old one', async () => {
  const id = await all.mailbox('o1');
  const before = await findEndpoint(gateway(), id);
  const certificate = all.known.ec.certificate;
  const asked = await changeEndpoint(gateway(), before, { certificate }, 14);
  expect(asked.certificate).toBe(before.certificate);
  expect(asked.oldCertificate).toBeUndefined();
  await all.house.drain();
  expect(all.mail.received.map((one) => one.envelope.to)).toEqual([[before.address]]);
});

test('a focal point has one first endpoint with content beside its first account; an endpoint that gives notices to nobody needs no confirmation', async () => {
  const focalPoint = all.designation().focal_point;
  const hook = { channel: 'webhook', lang: 'en', focalPoint } as const;
  await links(FIRST, 'o1');
  const content = await addEndpoint(gateway(), { ...hook, shows: 'packet', address: `${all.peer.url}/a` });
  expect(content.endpoint.enabled).toBe(true);
  const more = await addEndpoint(gateway(), { ...hook, shows: 'packet', address: `${all.peer.url}/b` });
  expect(more.endpoint).toMatchObject({ enabled: false, off: { code: 'waiting' } });
  const notice = await addEndpoint(gateway(), { ...hook, shows: 'notice', address: `${all.peer.url}/c` });
  expect(notice.endpoint.enabled).toBe(true);
});

test('the first secret of a focal point cannot confirm anything while it is new, and the officers are told of it', async () => {
  const officers = [makeOfficer('id', 'o1'), makeOfficer('id', 'o2')];
  const draft = { slug: 'north', name: 'North', country: 'ID', officers } as const;
  const recipient = await designateFocalPoint(gateway(), all.house.authorities.ID, draft as never);
  const focalPoint = recipient.focal_point;
  await links(FIRST, 'o1', false, focalPoint);
  const evil = { channel: 'webhook', lang: 'en', shows: 'packet', focalPoint, officer: 'o2' } as const;
  const { endpoint } = await addEndpoint(gateway(), { ...evil, address: `${all.peer.url}/evil` });
  const secret = await replacePartnerSecret(gateway(), focalPoint);
  const system = systemOf(recipient, secret ?? '');
  expect((await system.post(...confirmationOf(endpoint))).status).toBe(409);
  expect((await gateway().store.endpoints.findEndpoint(endpoint.id))?.enabled).toBe(false);
  await all.house.drain();
  const news = gateway().translate('id', 'note-key-made-secret', { at: '' });
  expect(textsIn(FIRST).filter((text) => text.includes(news.slice(0, 20)))).toHaveLength(1);
  expect(linkIn(FIRST)).toContain('/c/');
});

test('a question that was not sent yet is still sent after the system’s answer, and its page shows who answered what', async () => {
  await links(FIRST, 'o1');
  all.house.pass(CONFIRM_WITHIN_DAYS * DAY + 1);
  const evil = { channel: 'webhook', lang: 'en', shows: 'packet', officer: 'o2' } as const;
  const { focal_point: focalPoint } = all.designation();
  const { endpoint } = await addEndpoint(gateway(), { ...evil, focalPoint, address: `${all.peer.url}/new` });
  expect((await all.focalPoint.post(...confirmationOf(endpoint))).status).toBe(201);
  await all.house.drain();
  const page = (await ask(linkIn(FIRST))).text;
  expect(page).toContain(gateway().translate('id', 'confirm-confirmed'));
  expect(page).toContain(gateway().translate('id', 'confirm-system'));
});

test('a confirmation of more content does not apply to another address that was set meanwhile', async () => {
  await links(FIRST, 'o1');
  const id = await all.hook('/desk');
  const named = () => findEndpoint(gateway(), id);
  await changeEndpoint(gateway(), await named(), { shows: 'notice' }, 0);
  const before = await changeEndpoint(gateway(), await named(), { shows: 'packet' }, 0);
  await all.house.drain();
  const link = linkIn(FIRST);
  const reader = officers();
  await openWithPin(reader, link);
  const swapped = await changeEndpoint(gateway(), await named(), { address: `${all.peer.url}/evil` }, 0);
  expect(swapped.waiting?.asked).not.toBe(before.waiting?.asked);
  expect(swapped.waiting?.change).toEqual({ shows: 'packet', address: `${all.peer.url}/evil` });
  await reader.submit(link, { decision: 'confirmed' });
  expect(await named()).toMatchObject({ shows: 'notice', address: before.address, waiting: swapped.waiting });
  // Rank and language grant nothing: the question stays. Less is shown at once.
  const ranked = await changeEndpoint(gateway(), await named(), { rank: 3, lang: 'id' }, 0);
  expect(ranked).toMatchObject({ rank: 3, waiting: swapped.waiting });
  await all.house.drain();
  await say(linkIn(FIRST), 'confirmed');
  expect(await named()).toMatchObject({ shows: 'packet', address: `${all.peer.url}/evil` });
  await changeEndpoint(gateway(), await named(), { address: `${all.peer.url}/desk` }, 0);
  const less = await changeEndpoint(gateway(), await named(), { shows: 'notice' }, 0);
  expect(less.shows).toBe('notice');
  expect(less.waiting?.change).toEqual({ address: `${all.peer.url}/desk` });
});

test('a question from a clock that ran ahead is not answered by a secret that only looks old', async () => {
  await links(FIRST, 'o1');
  const secret = await replacePartnerSecret(gateway(), all.designation().focal_point);
  const ahead = new Date(gateway().now().getTime() + (CONFIRM_WITHIN_DAYS + 1) * DAY * 1_000);
  const evil = { channel: 'webhook', lang: 'en', shows: 'packet', officer: 'o2' } as const;
  const { endpoint } = await addEndpoint(
    { ...gateway(), now: () => ahead },
    { ...evil, focalPoint: all.designation().focal_point, address: `${all.peer.url}/evil` },
  );
  const answer = await systemOf(all.designation(), secret ?? '').post(...confirmationOf(endpoint));
  expect(answer.status).toBe(409);
  expect((await gateway().store.endpoints.findEndpoint(endpoint.id))?.enabled).toBe(false);
});

test('a new phone that was changed while it waits still replaces the old one', async () => {
  await links(FIRST, 'o1');
  await links(OWN, 'o1');
  const own = await at(OWN);
  if (own === undefined) throw new Error('not linked');
  await changeEndpoint(gateway(), own, { lang: 'en' }, 0);
  await all.house.drain();
  await say(linkIn(FIRST), 'confirmed');
  expect(await at(OWN)).toMatchObject({ enabled: true });
  expect(await at(FIRST)).toMatchObject({ enabled: false, off: { code: 'replaced' } });
});
