/**
 * A thief who can write to every table of the database, and nowhere else. The thief may stop the gateway's work, but
 * reads no content, sends nothing elsewhere, acts as nobody and forges nothing. A table without a case fails.
 */
import { createHash, randomBytes } from 'node:crypto';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { shownIdOfAccessKey } from '../../src/domain/party/access-key.ts';
import type { Endpoint } from '../../src/domain/party/channel.ts';
import { grantsCheck } from '../../src/entry/doctor/grants.ts';
import { keepDesignation } from '../../src/entry/enrolling/designating.ts';
import { keepAgreement, revokeAccessKey } from '../../src/entry/enrolling/enrol.ts';
import { keepGateway } from '../../src/entry/enrolling/peers.ts';
import { keepArrivals } from '../../src/flow/acknowledgement/kept-arrivals.ts';
import { findDesignation, readDirectory, readHistory } from '../../src/flow/directory/directory.ts';
import { makeOperatorAct } from '../../src/flow/operator/operator-act.ts';
import { draftWithdrawal, keepWithdrawal } from '../../src/flow/statements/withdrawing.ts';
import { hashOfAccessKey } from '../../src/seal/access-key.ts';
import { generateSigningJwk, publicHalfOf } from '../../src/seal/keys.ts';
import { signStatement } from '../../src/seal/statement.ts';
import { addHook, confirmEndpoint } from '../support/confirmed.ts';
import { type HttpPeer, startPeer } from '../support/http-peer.ts';
import { makeLinksTo } from '../support/links.ts';
import { draftBroadAgreement, makeRig, type Rig, type RigPartner } from '../support/rig.ts';
import {
  fetchMessageStatus,
  listPostedTo,
  makeOfficer,
  makeReportPost,
  PRIVATE_TEXT,
  postMessage,
} from '../support/story.ts';

let peer: HttpPeer;
let house: Rig;
let shelter: RigPartner;
let focalPoint: RigPartner;
let other: RigPartner;
let endpoint: Endpoint;
/** What the server had received when the test began. */
let before = 0;
/** A message that waits for an officer of the desk. */
let message: string;

beforeAll(async () => {
  peer = await startPeer();
});
afterAll(() => peer.close());

beforeEach(async () => {
  house = await makeRig({ allow: [peer.host] });
  const draft = { country: 'ID', officers: [makeOfficer()] };
  shelter = await house.partner({ ...draft, slug: 'shelter', name: 'Shelter', country: 'KH' });
  focalPoint = await house.partner({ ...draft, slug: 'desk', name: 'Desk' });
  other = await house.partner({ ...draft, slug: 'other', name: 'Other' });
  ({ endpoint } = await addHook(house.gateway, focalPoint.designation.focal_point, {
    shows: 'notice',
    officer: 'o1',
    address: `${peer.url}/desk`,
  }));
  message = await postMessage(shelter, makeReportPost(['desk']));
  before = peer.received.length;
});
afterEach(() => house.close());

const counting = async (slug: string) => {
  const found = findDesignation(await readDirectory(house.gateway, [slug]), slug);
  if (found === undefined) throw new Error('not designated');
  return found;
};
const came = () => peer.received.slice(before);
const sql = () => house.database.sql;
const digestOf = (text: string): string => createHash('sha256').update(text).digest('base64url');
const token = (): string => randomBytes(32).toString('base64url');
const get = (path: string, key: string) =>
  house.app.request(`${house.gateway.url}${path}`, { headers: { authorization: `Bearer ${key}` } });
const post = (path: string, body: string) =>
  house.app.request(`${house.gateway.url}${path}`, {
    method: 'POST',
    body,
    headers: { 'content-type': 'application/x-www-form-urlencoded' },
  });
const alarms = async (): Promise<readonly string[]> =>
  (await sql()<{ code: string }[]>`select code from alarm order by id`).map((row) => row.code);

/** Nobody acknowledged anything, and nothing of the case reached a server. */
async function nothingCame(): Promise<void> {
  await house.drain();
  expect(JSON.stringify(came().map((one) => one.body.toString()))).not.toContain(PRIVATE_TEXT[0]);
  const { state, recipients } = await fetchMessageStatus(shelter, message);
  expect(['waiting', 'failed']).toContain(state);
  expect(recipients).toMatchObject([{ acknowledgement: null }]);
}

/** A page that was asked for, and shows nothing. */
async function showsNothing(answer: Response): Promise<void> {
  expect(answer.status).toBeGreaterThanOrEqual(400);
  const text = await answer.text();
  for (const word of PRIVATE_TEXT) expect(text).not.toContain(word);
}

/** What the thief did shows: as an alarm, and in what `amanat doctor` says of the grants. */
async function isNamed(kind: string, party: string): Promise<void> {
  expect(await alarms()).toContain('grant-refused');
  const findings = await grantsCheck.examine({ gateway: house.gateway } as never);
  expect(findings.map((one) => one.detail).join('\n')).toContain(`${kind} ${party}`);
}

/** Puts the newest statement of a table out of the way in each way there is, and the row back afterwards. */
async function robbed(
  table: 'designation' | 'withdrawal' | 'agreement' | 'gateway',
  check: () => Promise<void>,
): Promise<void> {
  const name = sql()(table);
  const newest = sql()`(select ctid from ${name} order by ${sql()(table === 'agreement' ? 'version' : 'seq')} desc limit 1)`;
  const [row] = await sql()<{ statement: string }[]>`select statement from ${name} where ctid = ${newest}`;
  const { statement = '' } = row ?? {};
  const forged = JSON.parse(statement) as { signature?: string; signatures?: { signature: string }[] };
  for (const one of forged.signatures ?? [forged]) one.signature = 'A'.repeat(86);
  for (const text of ['', 'no statement', JSON.stringify(forged)]) {
    await sql()`update ${name} set statement = ${text} where ctid = ${newest}`;
    await check();
  }
  // An older one in its place, or one of somebody else.
  const others = await sql()<{ statement: string }[]>`select statement from ${name} where ctid <> ${newest}`;
  for (const other of others) {
    await sql()`update ${name} set statement = ${other.statement} where ctid = ${newest}`;
    await check();
  }
  await sql()`update ${name} set statement = ${statement} where ctid = ${newest}`;
  await sql()`delete from ${name} where ctid = ${newest}`;
  await check();
}

/** What a thief does to each table, and that it brings him nothing. */
const CASES: Readonly<Record<string, () => Promise<void>>> = {
  async endpoint() {
    await sql()`update endpoint set address = ${`${peer.url}/thief`}, shows = 'packet'`;
    await sql()`update delivery set shows = 'packet'`;
    await nothingCame();
    expect(listPostedTo(peer, '/thief')).toEqual([]);
    expect(await alarms()).toContain('grant-refused');
  },
  async link() {
    const [there] = await sql()<{ id: string; entry: string; mac: string }[]>`
      select d.id, e.entry, e.mac from delivery d join endpoint e on e.id = d.endpoint where d.message = ${message}`;
    for (const mac of [null, there?.mac ?? '']) {
      const [read, word] = [token(), token()];
      await sql()`
        insert into link (hash, purpose, delivery, officer, expires_at, entry, mac) values
          (${digestOf(read)}, 'read', ${there?.id ?? ''}, 'o1', now() + interval '1 day', ${there?.entry ?? ''}, ${mac}),
          (${digestOf(word)}, 'acknowledge', ${there?.id ?? ''}, 'o1', now() + interval '1 day', ${there?.entry ?? ''}, ${mac})`;
      await showsNothing(await post(`/r/${read}`, ''));
      await showsNothing(await post(`/a/${word}`, 'decision=accepted'));
    }
    await nothingCame();
    expect(await alarms()).toContain('grant-refused');
  },
  async link_code() {
    const code = token();
    await sql()`
      insert into link_code (hash, endpoint_id, focal_point, channel, rank, shows, lang, officer, expires_at, entry, mac)
      select ${digestOf(code)}, ${randomBytes(16).toString('hex')}, focal_point, 'telegram', 1, 'notice', 'en', officer,
        now() + interval '1 day', entry, mac from endpoint`;
    expect(await house.gateway.store.links.askLinkCode(digestOf(code), 'thief', new Date())).toBeUndefined();
    await sql()`update link_code set asked_by = 'thief'`;
    const [row] = await sql()<{ id: string }[]>`select endpoint_id as id from link_code`;
    expect(await house.gateway.store.links.askedLinkCode(row?.id ?? '', 'thief')).toBeUndefined();
    const act = (subject: string) => makeOperatorAct(house.gateway, { act: 'officer.linked', subject });
    expect(
      await house.gateway.store.links.takeLinkCode(digestOf(code), 'thief', new Date(), act),
    ).toBeUndefined();
    expect(await house.gateway.store.endpoints.endpointsAt('telegram', 'thief')).toEqual([]);
    await usedCode();
  },
  async access_key() {
    const key = `amk_${token()}`;
    await sql()`
      insert into access_key (hash, focal_point, name, entry, mac)
      select ${hashOfAccessKey(key)}, focal_point, 'thief', entry, mac from access_key limit 1`;
    expect((await get(`/v1/messages/${message}`, key)).status).toBe(401);
    // One that was revoked, as it was before.
    const [old] =
      await sql()`select to_json(k) as row from access_key k where hash = ${hashOfAccessKey(focalPoint.accessKey)}`;
    await revokeAccessKey(house.gateway, shownIdOfAccessKey(hashOfAccessKey(focalPoint.accessKey)));
    await sql()`delete from access_key where hash = ${hashOfAccessKey(focalPoint.accessKey)}`;
    await sql()`
      insert into access_key select * from json_populate_record(null::access_key, ${JSON.stringify(old?.['row'])}::text::json)`;
    expect((await get(`/v1/messages/${message}`, focalPoint.accessKey)).status).toBe(401);
    // Another desk's key for this one.
    await sql()`update access_key set focal_point = ${focalPoint.designation.focal_point}`;
    expect((await get(`/v1/messages/${message}`, other.accessKey)).status).toBe(401);
  },
  async secret() {
    await sql()`
      update secret s set wrapped = o.wrapped, id = o.id, entry = o.entry, mac = o.mac from secret o
      where s.kind = 'webhook-inbound' and o.kind = 'webhook-inbound'
        and s.owner = ${focalPoint.designation.focal_point} and o.owner = ${other.designation.focal_point}`;
    const answer = await house.app.request(`${house.gateway.url}/v1/focal-points/desk/acknowledgements`, {
      method: 'POST',
      ...(await signedBy(other, JSON.stringify({ message, decision: 'accepted', officer: 'o1' }))),
    });
    expect(answer.status).toBe(401);
    await nothingCame();
  },
  async recipient() {
    await sql()`
      update recipient set decision = 'accepted', decided_by = 'o1', decided_at = now(), words = 1,
        decided_evidence = ${randomBytes(16).toString('hex')}`;
    await nothingCame();
  },
  async evidence() {
    const id = randomBytes(16).toString('hex');
    await sql()`
      insert into evidence (id, event, message, sender, recipient, at, jws)
      select ${id}, 'ConsignmentAcceptance', message, sender, ${focalPoint.designation.focal_point}, now(),
        replace(jws, 'payload', 'payload') from evidence where event = 'SubmissionAcceptance'`;
    await sql()`
      update recipient set decision = 'accepted', decided_by = 'o1', decided_at = now(), words = 1, decided_evidence = ${id}`;
    await nothingCame();
    // And an officer's own word counts all the same.
    const word = await focalPoint.post('acknowledgements', {
      message,
      decision: 'declined',
      ground: 'other',
      officer: 'o1',
    });
    expect(word.status).toBe(201);
    expect(await fetchMessageStatus(shelter, message)).toMatchObject({ state: 'declined' });
  },
  async delivery() {
    const { endpoint: thiefs } = await addHook(house.gateway, other.designation.focal_point, {
      shows: 'notice',
      officer: 'o1',
      address: `${peer.url}/other`,
    });
    await sql()`update delivery set endpoint = ${thiefs.id}, shows = 'packet' where message = ${message}`;
    await nothingCame();
    await sql()`update delivery set party = ${other.designation.focal_point}, due_at = now() where message = ${message}`;
    await nothingCame();
    expect(listPostedTo(peer, '/other')).toEqual([]);
    // A way of the thief's own desk, turned to the desk that the message is for: its link opens nothing.
    const own = await postMessage(shelter, makeReportPost(['other']));
    const links = await makeLinksTo(house, own, other.designation);
    await sql()`
      update delivery set message = ${message}, party = ${focalPoint.designation.focal_point}
      where message = ${own} and kind = 'message'`;
    await showsNothing(await post(new URL(links.read).pathname, ''));
    await showsNothing(await post(new URL(links.acknowledge).pathname, 'decision=accepted'));
  },
  async message() {
    await sql()`update message set sender = ${other.designation.focal_point}, thread = ${randomBytes(16).toString('hex')}`;
    const word = await focalPoint.post('acknowledgements', { message, decision: 'accepted', officer: 'o1' });
    expect(word.status).toBeGreaterThanOrEqual(400);
  },
  async arrival() {
    const [way] = await sql()<{ id: string }[]>`select id from delivery where message = ${message}`;
    const reply = { id: '4711', place: 1, address: endpoint.address, lang: 'en' };
    const payload = {
      kind: 'decision',
      decision: 'accepted',
      by: { via: 'account', ...reply, delivery: way?.id },
      reply,
    };
    await sql()`
      insert into arrival (channel, id, account, place, about, payload, kept_at, due_at)
      values ('webhook', '4711', ${endpoint.address}, 1, ${way?.id ?? ''}, ${JSON.stringify(payload)}::text::jsonb, now(), now())`;
    await nothingCame();
    // A real one, whose word is turned.
    await keepArrivals(house.gateway, 'webhook', [{ kind: 'chatter', reply } as never]);
    await sql()`update arrival set payload = ${JSON.stringify(payload)}::text::jsonb where due_at is not null`;
    await nothingCame();
  },
  async roster() {
    const shift = {
      weekly: [{ officer: 'o1', days: [1, 2, 3, 4, 5, 6, 7], from: '00:00', to: '24:00' }],
      once: [],
    };
    await sql()`insert into roster (focal_point, roster) values (${focalPoint.designation.focal_point}, ${JSON.stringify(shift)}::text::jsonb)`;
    expect((await house.gateway.store.directory.rosters([focalPoint.designation.focal_point])).size).toBe(0);
  },
  async operator_act() {
    const [old] = await sql()`select to_json(e) as row from endpoint e where id = ${endpoint.id}`;
    const { store } = house.gateway;
    await store.endpoints.disableEndpoint(
      endpoint.id,
      'removed',
      new Date(),
      makeOperatorAct(house.gateway, { act: 'endpoint.removed', subject: endpoint.id }),
    );
    // The old row, put back whole.
    await sql()`update endpoint set (enabled, disabled_code, disabled_at, entry, mac) = (
      select enabled, disabled_code, disabled_at, entry, mac
      from json_populate_record(null::endpoint, ${JSON.stringify(old?.['row'])}::text::json)) where id = ${endpoint.id}`;
    await nothingCame();
    expect(came()).toEqual([]);
    // And the entry that ended it taken away: a process that saw it goes on, one that begins grants nothing at all.
    await sql()`delete from operator_act where place = (select max(place) from operator_act)`;
    await nothingCame();
    expect(came()).toEqual([]);
  },
  async designation() {
    const { digest: _digest, ...claims } = await counting('desk');
    const from = house.gateway.now().toISOString();
    const next = { ...claims, from, officers: [makeOfficer('en', 'o2')] };
    await keepDesignation(house.gateway, await signStatement('designation', next, [house.authorities.ID]));
    const asRemoved = () =>
      focalPoint.post('acknowledgements', { message, decision: 'accepted', officer: 'o1' });
    expect((await asRemoved()).status).toBeGreaterThanOrEqual(400);
    await robbed('designation', async () => {
      expect((await asRemoved()).status).toBeGreaterThanOrEqual(400);
      expect(findDesignation(await readDirectory(house.gateway, ['desk']), 'desk')).toBeUndefined();
      expect(findDesignation(await readDirectory(house.gateway), 'desk')).toBeUndefined();
      expect((await readHistory(house.gateway, claims.focal_point)).versions).toEqual([]);
    });
    await isNamed('designation', claims.focal_point);
    // The file that was imported before brings it back.
    await keepDesignation(house.gateway, await signStatement('designation', next, [house.authorities.ID]));
    expect((await counting('desk')).officers.map(({ id }) => id)).toEqual(['o2']);
  },
  async withdrawal() {
    const claims = await draftWithdrawal(house.gateway, await counting('shelter'), 'keyCompromise');
    const signed = await signStatement('withdrawal', claims, [house.authorities.KH]);
    await keepWithdrawal(house.gateway, signed);
    expect((await shelter.post('messages', REPORT())).status).toBe(403);
    await robbed('withdrawal', async () => {
      expect((await shelter.post('messages', REPORT())).status).toBeGreaterThanOrEqual(400);
      const found = findDesignation(await readDirectory(house.gateway, ['shelter']), 'shelter');
      if (found !== undefined) expect(Date.parse(found.until)).toBeLessThanOrEqual(Date.now() + 1_000);
    });
    await isNamed('withdrawal', claims.focal_point);
    // It comes again from another gateway, by itself.
    await keepWithdrawal(house.gateway, signed, 'did:web:other.test');
    expect((await counting('shelter')).focal_point).toBe(claims.focal_point);
    expect((await shelter.post('messages', REPORT())).status).toBe(403);
  },
  async agreement() {
    const first = draftBroadAgreement(house.gateway.now());
    const rules = first.rules.map((one) => ({ ...one, types: ['clarification'] }));
    const from = house.gateway.now().toISOString();
    const { ID, KH } = house.authorities;
    await keepAgreement(
      house.gateway,
      await signStatement('agreement', { ...first, version: 2, from, rules }, [ID, KH]),
    );
    const send = async () => (await shelter.post('messages', REPORT())).status;
    expect(await send()).toBeGreaterThanOrEqual(400);
    await robbed('agreement', async () => {
      expect(await send()).toBeGreaterThanOrEqual(400);
      expect((await readDirectory(house.gateway, [])).agreements).toEqual([]);
    });
    await isNamed('agreement', first.id);
  },
  async gateway() {
    // The authority's certificate begins no later than what it signs.
    house.pass(120);
    const at = house.gateway.now().getTime();
    const named = 'did:web:peer.test';
    const version = async (from: number) => {
      const key = publicHalfOf(await generateSigningJwk(`${named}#${from}`));
      const claims = {
        kind: 'gateway',
        authority: 'KH',
        country: 'KH',
        gateway: named,
        url: 'https://peer.test',
        name: 'Peer',
        keys: { signing: [key] },
        from: new Date(from).toISOString(),
        until: new Date(at + 86_400_000).toISOString(),
      };
      return signStatement('gateway', claims, [house.authorities.KH]);
    };
    await keepGateway(house.gateway, await version(at - 1));
    await keepGateway(house.gateway, await version(at));
    await robbed('gateway', async () => {
      expect((await readDirectory(house.gateway, [])).gateways).toEqual([]);
    });
    await isNamed('gateway', named);
  },
  async sealed_message() {
    await addHook(house.gateway, other.designation.focal_point, { address: `${peer.url}/other` });
    const own = await postMessage(shelter, makeReportPost(['other']));
    await sql()`
      update sealed_message set jwe = (select jwe from sealed_message where message = ${own} and party = ${other.designation.focal_point})
      where message = ${message} and party = ${focalPoint.designation.focal_point}`;
    await house.drain();
    // What was sealed to the other desk goes there, and opens nowhere else.
    expect(JSON.stringify(listPostedTo(peer, '/desk'))).not.toContain(PRIVATE_TEXT[0]);
  },
};

/** A code that was used, put back as it was before: for a new account, and for one that was linked already. */
async function usedCode(): Promise<void> {
  const { store, now } = house.gateway;
  const act = (code: 'officer.invited' | 'officer.linked' | 'officer.unlinked') => (subject: string) =>
    makeOperatorAct(house.gateway, { act: code, subject });
  for (let n = 0; n < 2; n += 1) {
    const id = randomBytes(16).toString('hex');
    const hash = digestOf(token());
    const endpoint = {
      id,
      channel: 'telegram',
      rank: 1,
      shows: 'notice',
      lang: 'en',
      officer: 'o1',
      focalPoint: focalPoint.designation.focal_point,
    } as const;
    const expiresAt = new Date(now().getTime() + 86_400_000);
    await store.links.keepLinkCode({ hash, endpoint, expiresAt }, act('officer.invited')(id));
    expect(await store.links.askLinkCode(hash, 'account', now())).toBeDefined();
    const [old] = await sql()`select to_json(c) as row from link_code c where hash = ${hash}`;
    const made = await store.links.takeLinkCode(hash, 'account', now(), act('officer.linked'));
    if (made === undefined) throw new Error('the code was not taken');
    expect(await confirmEndpoint(house.gateway, made)).toMatchObject({ id: made.id, enabled: true });
    await store.endpoints.disableEndpoint(made.id, 'unlinked', now(), act('officer.unlinked')(made.id));
    await sql()`delete from link_code where hash = ${hash}`;
    await sql()`
      insert into link_code select * from json_populate_record(null::link_code, ${JSON.stringify(old?.['row'])}::text::json)`;
    expect(await store.links.askLinkCode(hash, 'account', now())).toBeUndefined();
    expect(await store.links.takeLinkCode(hash, 'account', now(), act('officer.linked'))).toBeUndefined();
    expect((await store.endpoints.endpointsAt('telegram', 'account')).some((one) => one.enabled)).toBe(false);
  }
}

const REPORT = () => makeReportPost(['desk']);

/** Tables by which nothing is granted and nothing shown that is not proven elsewhere, and why. */
const NOTHING_TO_GAIN: Readonly<Record<string, string>> = {
  migration: 'says which schema there is: the gateway stops at most',
  withdrawal_sent: 'who was told: somebody is told late, or again',
  consignment: 'signed by its sender; its recipient’s gateway verifies it',
  ledger_leaf: 'compared with the tiles, and by the witness: ledger.test.ts',
  ledger_tile: 'compared with the signed root: ledger.test.ts',
  ledger_checkpoint: 'signed, and cosigned by others',
  ledger_watch: 'when a log is looked at next: later, at most',
  witnessed: 'signed by the other gateway and by ours',
  witnessed_tile: 'compared with what was signed',
  statement_wanted: 'statements that are asked for: each is verified, and imported by an operator',
  house: 'which home folder it belongs to: a command refuses another, at most',
  master_check: 'a value wrapped under the master key: the gateway refuses to start, at most',
  peer_reads: 'which versions another gateway reads, as it signed it',
  evidence_aside: 'evidence of another gateway, verified when it is read',
  complaint: 'what another gateway signed, apart from every case',
  alarm: 'an alarm is silenced, at most; the log has it',
  alarm_seen: 'an alarm is silenced, at most; the log has it',
  warning: 'a warning comes late, at most',
  chase: 'a reminder comes late, or a look is taken for nothing',
  letter: 'the number of a letter, which says nothing',
  letter_register: 'the number of the next letter',
  pin: 'sealed, and under the operator’s log: pin-thief.test.ts',
  start_code: 'sealed, and under the operator’s log: pin-thief.test.ts',
  pin_session: 'sealed, and under the operator’s log: pin-thief.test.ts',
  note: 'what is said at an endpoint of no message, from words of ours',
};

test('every table has a case here', async () => {
  const tables = await sql()<{ name: string }[]>`
    select table_name as name from information_schema.tables where table_schema = 'public' and table_type = 'BASE TABLE'`;
  const known = new Set([...Object.keys(CASES), ...Object.keys(NOTHING_TO_GAIN)]);
  expect(tables.map((one) => one.name).filter((name) => !known.has(name))).toEqual([]);
});

test.each(Object.entries(CASES))('a thief who writes to %s gains nothing', (_table, steal) => steal());

/** What a partner's system signs, with its own secret. */
async function signedBy(partner: RigPartner, body: string) {
  const { readWebhookSigner: parseSigner, signWebhook } = await import('../../src/seal/webhook-signature.ts');
  const signed = await signWebhook([await parseSigner(partner.secret)], {
    id: randomBytes(16).toString('hex'),
    timestamp: Math.floor(Date.now() / 1_000),
    body,
  });
  return { headers: { 'content-type': 'application/json', ...signed }, body };
}
