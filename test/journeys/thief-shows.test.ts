/**
 * A thief who can write to the database, and what a status, a thread, a list and a report then show: only what was
 * signed. What the thief adds, moves or changes is not shown as evidence, and is named as unreadable.
 */
import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { compileReport } from '../../src/flow/figures/figures.ts';
import { generateSigningJwk, importSigningKey } from '../../src/seal/keys.ts';
import { peekStatement, signStatement } from '../../src/seal/statement.ts';
import { addHook } from '../support/confirmed.ts';
import { type HttpPeer, startPeer } from '../support/http-peer.ts';
import { makeRig, type Rig, type RigPartner } from '../support/rig.ts';
import { fetchMessageStatus, makeOfficer, makeReportPost, postMessage } from '../support/story.ts';

let peer: HttpPeer;
let house: Rig;
let shelter: RigPartner;
let focalPoint: RigPartner;
/** A message that was acknowledged, and one that waits. */
let answered: string;
let waiting: string;

beforeAll(async () => {
  peer = await startPeer();
  house = await makeRig({ allow: [peer.host] });
  const draft = { country: 'ID', officers: [makeOfficer()] };
  shelter = await house.partner({ ...draft, slug: 'shelter', name: 'Shelter', country: 'KH' });
  focalPoint = await house.partner({ ...draft, slug: 'desk', name: 'Desk' });
  await addHook(house.gateway, focalPoint.designation.focal_point, {
    shows: 'notice',
    officer: 'o1',
    address: `${peer.url}/desk`,
  });
  // Where the sender is told what became of its messages.
  await addHook(house.gateway, shelter.designation.focal_point, {
    shows: 'notice',
    officer: 'o1',
    address: `${peer.url}/shelter`,
  });
});
afterAll(async () => {
  await house?.close();
  await peer?.close();
});

beforeEach(async () => {
  answered = await postMessage(shelter, makeReportPost(['desk']));
  waiting = await postMessage(shelter, makeReportPost(['desk']));
  const word = { message: answered, decision: 'accepted', officer: 'o1' };
  expect((await focalPoint.post('acknowledgements', word)).status).toBe(201);
});

const sql = () => house.database.sql;
const newId = (): string => randomBytes(16).toString('hex');
const get = async (path: string) => {
  const headers = { authorization: `Bearer ${shelter.accessKey}` };
  return (await house.app.request(`${house.gateway.url}/v1/${path}`, { headers })).json();
};
const stateIn = ({ messages }: { messages: readonly { id: string; state: string }[] }, id: string) =>
  messages.find((one) => one.id === id)?.state;

async function figures(): Promise<string> {
  const day = 86_400_000;
  const now = house.gateway.now().getTime();
  const period = { from: new Date(now - day), to: new Date(now + day), asOf: new Date(now) };
  return JSON.stringify((await compileReport(house.gateway, { agreement: 'id-kh-test', ...period })).rows);
}

/** The message waits, wherever somebody looks. */
async function isShownWaiting(message: string): Promise<void> {
  const status = await fetchMessageStatus(shelter, message);
  expect(status).toMatchObject({
    state: 'waiting',
    recipients: [{ state: 'waiting', opened_at: null, acknowledgement: null, contradiction: false }],
  });
  expect(
    status.evidence.map((one: unknown) => (peekStatement(one).payload as { event: string }).event),
  ).toEqual(['SubmissionAcceptance']);
  const thread = await get(`threads/${status.thid}`);
  expect(stateIn(thread, message)).toBe('waiting');
  expect(thread.turn).toMatchObject({ act: 'acknowledge', message });
  const list = await get('threads');
  expect(list.threads.map((one: { thid: string }) => one.thid)).toContain(status.thid);
}

/** Puts a row of evidence about the waiting message into the database, in place of what a gateway would have signed. */
async function put(event: string, jws: string, { id = newId(), signer = null as string | null } = {}) {
  await sql()`
    insert into evidence (id, event, message, sender, recipient, at, jws, signer, signed_id)
    values (${id}, ${event}, ${waiting}, ${shelter.designation.focal_point}, ${focalPoint.designation.focal_point}, now(),
      ${jws}, ${signer}, ${signer === null ? null : id})`;
  return id;
}

/** The claims of the answered message's word, about the waiting one. */
async function claimsFor(event: string) {
  const [row] = await sql()<{ jws: string }[]>`
    select jws from evidence where message = ${answered} and event = 'ConsignmentAcceptance'`;
  const { payload } = peekStatement(JSON.parse(row?.jws ?? ''));
  const { recipient } = payload as { recipient: string };
  return { ...(payload as object), id: newId(), event, consignment: waiting, recipient };
}

const EVENTS = [
  'ConsignmentAcceptance',
  'ConsignmentRejection',
  'ContentHandover',
  'ContentConsignment',
  'ContentConsignmentFailure',
  'RelayRejection',
  'AcceptanceRejectionExpiry',
  'ContentPurge',
];

test.each(EVENTS)('%s that no gateway signed is shown to nobody', async (event) => {
  const before = await figures();
  const claims = await claimsFor(event);
  const own = await importSigningKey(await generateSigningJwk(house.gateway.key.publicJwk.kid));
  const another = await importSigningKey(await generateSigningJwk('did:web:thief.test#1'));
  const forged = [
    // By a key of his own under the gateway's name, and under a name that nobody knows.
    await signStatement('evidence', claims, [own]),
    await signStatement('evidence', { ...claims, by: 'did:web:thief.test' }, [another]),
  ];
  const ids = [
    await put(event, JSON.stringify(forged[0]), { id: claims.id }),
    await put(event, JSON.stringify(forged[1]), { signer: 'did:web:thief.test' }),
  ];
  await isShownWaiting(waiting);
  expect((await fetchMessageStatus(shelter, waiting)).unreadable.toSorted()).toEqual(ids.toSorted());
  expect(await figures()).toBe(before);
});

test('a true acknowledgement applies only to its own message, event and time', async () => {
  const before = await figures();
  const [word] = await sql()<{ id: string; jws: string }[]>`
    select id, jws from evidence where message = ${answered} and event = 'ConsignmentAcceptance'`;
  const { id = '', jws = '' } = word ?? {};
  // A copy beside the waiting message, under each key that a row can have.
  await put('ConsignmentAcceptance', jws);
  await put('ConsignmentAcceptance', jws, { id: newId(), signer: house.gateway.did });
  await put('ContentHandover', jws);
  await isShownWaiting(waiting);
  expect(await figures()).toBe(before);
  expect(await fetchMessageStatus(shelter, answered)).toMatchObject({ state: 'acknowledged' });
  // The row itself says another event, another hour, another desk: then there is no word.
  for (const change of [
    `event = 'ContentHandover'`,
    `at = at - interval '3 days'`,
    `recipient = '${shelter.designation.focal_point}'`,
    `message = '${waiting}'`,
  ]) {
    await sql().unsafe(`update evidence set ${change} where id = '${id}'`);
    expect((await fetchMessageStatus(shelter, answered)).recipients).toMatchObject([
      { acknowledgement: null },
    ]);
    await isShownWaiting(waiting);
    await sql()`
      update evidence set event = 'ConsignmentAcceptance', message = ${answered}, recipient = ${focalPoint.designation.focal_point},
        at = ${(peekStatement(JSON.parse(jws)).payload as { at: string }).at} where id = ${id}`;
  }
  expect(await fetchMessageStatus(shelter, answered)).toMatchObject({ state: 'acknowledged' });
});

test('the same acknowledgement twice is one', async () => {
  const [copy] = [newId()];
  await sql()`
    insert into evidence (id, event, message, sender, recipient, delivery, at, jws, signer, signed_id)
    select ${copy}, event, message, sender, recipient, delivery, at, jws, ${house.gateway.did}, id
    from evidence where message = ${answered} and event = 'ConsignmentAcceptance'`;
  const status = await fetchMessageStatus(shelter, answered);
  const words = status.evidence.filter(
    (one: unknown) => (peekStatement(one).payload as { event: string }).event === 'ConsignmentAcceptance',
  );
  expect(words).toHaveLength(1);
});

test('the shown state of a message, and a revised notice, follow the signed evidence', async () => {
  await house.drain();
  const told = peer.received.length;
  const [own] = await sql()<{ id: string; at: Date }[]>`
    select id, at from evidence where message = ${waiting} and event = 'ConsignmentNotification'`;
  const claims = { ...(await claimsFor('ConsignmentAcceptance')), id: own?.id };
  const key = await importSigningKey(await generateSigningJwk(house.gateway.key.publicJwk.kid));
  const forged = JSON.stringify(await signStatement('evidence', claims, [key]));
  // The sender is to be told of evidence again, which says by now that the desk acknowledged; and so does the row.
  await sql()`update evidence set jws = ${forged}, event = 'ConsignmentAcceptance' where id = ${own?.id ?? ''}`;
  await sql()`
    update recipient set decision = 'accepted', decided_by = 'o1', decided_at = now(), words = 1, opened_at = now(),
      decided_evidence = ${own?.id ?? ''} where message = ${waiting}`;
  await sql()`update delivery set due_at = now(), state = 'queued' where kind = 'evidence' and message = ${waiting}`;
  await sql()`
    update delivery set due_at = now(), revisable = true, reference = '1' where kind = 'message' and message = ${waiting}`;
  await house.drain();
  const said = peer.received.slice(told).map((one) => one.body.toString());
  expect(said.join()).not.toContain('ConsignmentAcceptance');
  expect(said.join()).not.toContain('"accepted"');
});

test.each(['acknowledged', 'declined', 'failed', 'expired', 'superseded', 'recalled'])(
  'a delivery that a row calls %s is shown as its signed evidence says',
  async (state) => {
    await sql()`update delivery set state = ${state} where message = ${waiting} and kind = 'message'`;
    await isShownWaiting(waiting);
  },
);

/** What a thief may write into the rows of the waiting message and of its recipient. */
const ROWS: readonly (readonly [table: string, column: string, value: string])[] = [
  ['message', 'sender', "'did:web:gateway.test:fp:thief'"],
  ['message', 'parent', "repeat('a', 32)"],
  ['message', 'about', "repeat('a', 32)"],
  ['message', 'addressees', `'["did:web:gateway.test:fp:thief"]'`],
  ['message', 'passes_on', "repeat('a', 32)"],
  ['message', 'type', "'notice'"],
  ['message', 'urgency', "'routine'"],
  ['message', 'handling', "'H2'"],
  ['message', 'created_at', "created_at - interval '1 day'"],
  ['message', 'accepted_at', "accepted_at - interval '1 hour'"],
  ['message', 'expires_at', "expires_at + interval '1 day'"],
  ['message', 'digest', "'another'"],
  ['message', 'submission_digest', "'another'"],
  ['message', 'mac', 'null'],
  ['recipient', 'position', '7'],
  ['recipient', 'digest', "'another'"],
  ['recipient', 'agreement_version', '2'],
  ['recipient', 'agreement_digest', "'another'"],
  ['recipient', 'acknowledge_by', "acknowledge_by + interval '9 days'"],
  ['recipient', 'answer_by', "answer_by - interval '9 days'"],
  ['recipient', 'mac', 'null'],
];

test.each(ROWS)('a false %s.%s is shown to nobody', async (table, column, value) => {
  const key = table === 'message' ? 'id' : 'message';
  const { thid } = await fetchMessageStatus(shelter, waiting);
  await sql().unsafe(`update ${table} set ${column} = ${value} where ${key} = '${waiting}'`);
  expect(await fetchMessageStatus(shelter, waiting)).toMatchObject({
    type: 'urn:amanat:problem:record-unreadable',
  });
  expect(await get(`threads/${thid}`)).toMatchObject({
    type: expect.stringMatching(/record-unreadable|not-found/),
  });
  const list = await get('threads');
  expect(list.threads.map((one: { thid: string }) => one.thid)).not.toContain(thid);
  const told = peer.received.length;
  await house.drain();
  const said = peer.received.slice(told).map((one) => one.body.toString());
  expect(said.join()).not.toContain(waiting);
  expect((await sql()`select from alarm where code = 'grant-refused'`).count).toBeGreaterThan(0);
  const word = await focalPoint.post('acknowledgements', {
    message: waiting,
    decision: 'accepted',
    officer: 'o1',
  });
  expect(word.status).toBeGreaterThanOrEqual(400);
});

test('a message is read only in its own thread, and a row cannot join threads', async () => {
  const { thid } = await fetchMessageStatus(shelter, answered);
  await sql()`update message set thread = ${thid} where id = ${waiting}`;
  const thread = await get(`threads/${thid}`);
  expect(thread.messages.map((one: { id: string }) => one.id)).toEqual([answered]);
  // Another desk, put into the thread by a row of its own making, is no party to it.
  const thief = 'did:web:gateway.test:fp:thief';
  await sql()`
    insert into recipient (message, party, position, digest, agreement_id, agreement_version, acknowledge_by, answer_by)
    select message, ${thief}, 9, digest, agreement_id, agreement_version, acknowledge_by, answer_by
    from recipient where message = ${answered}`;
  expect(await house.gateway.store.threads.threadParties(thid)).not.toContain(thief);
});
