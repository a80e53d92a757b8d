/** An authority withdraws a focal point at one gateway: the other one stops its traffic too, and signs that it knows. */
import { afterEach, beforeEach, expect, test } from 'vitest';
import { linesOfCase } from '../../src/cli/verify-lines.ts';
import { uriOfEvent } from '../../src/domain/evidence/evidence.ts';
import { LANGUAGES } from '../../src/domain/words/vocabulary.ts';
import { keepDesignation } from '../../src/entry/enrolling/designating.ts';
import { keepGateway } from '../../src/entry/enrolling/peers.ts';
import { phrasesFromFiles } from '../../src/entry/phrases-from-files.ts';
import { exportCase } from '../../src/flow/case/export.ts';
import { extendLedger } from '../../src/flow/ledger/ledger.ts';
import { witnessPeers } from '../../src/flow/ledger/witness.ts';
import { runLoop } from '../../src/flow/loop/loop.ts';
import { scheduleWithdrawals } from '../../src/flow/statements/withdrawals-sent.ts';
import { draftWithdrawal, keepWithdrawal } from '../../src/flow/statements/withdrawing.ts';
import { makeCallSigner, signGatewayCall } from '../../src/seal/gateway-statement.ts';
import { generateSigningJwk, importSigningKey } from '../../src/seal/keys.ts';
import { digestOfPayload, peekStatement, signStatement, verifyStatement } from '../../src/seal/statement.ts';
import { designateSide } from '../support/across.ts';
import { changeAndSign, verifyBad, verifyGood } from '../support/case-files.ts';
import { addHook } from '../support/confirmed.ts';
import { catchRefusal } from '../support/people.ts';
import type { Rig, RigPartner } from '../support/rig.ts';
import { designateGateway } from '../support/signed-statements.ts';
import { fetchMessageStatus, makeOfficer, makeReportPost, postMessage } from '../support/story.ts';
import { makeTwoGateways, newId, type TwoGateways } from '../support/two-gateways.ts';

let both: TwoGateways;
let kh: Rig;
let id: Rig;
/** Homed in Cambodia and in Indonesia. */
let shelter: RigPartner;
let focalPoint: RigPartner;

beforeEach(async () => {
  both = await makeTwoGateways();
  [kh, id] = [both.kh.house, both.id.house];
  const officers = [makeOfficer()];
  shelter = await kh.partner({ slug: 'shelter', name: 'Shelter', country: 'KH', officers });
  focalPoint = await id.partner({ slug: 'desk', name: 'Desk', country: 'ID', officers });
  await both.kh.introduce(shelter.designation);
  await both.id.introduce(focalPoint.designation);
  for (const [house, { designation }] of [
    [kh, shelter],
    [id, focalPoint],
  ] as const)
    await addHook(house.gateway, designation.focal_point, {
      address: `${both.peer.url}/${designation.slug}`,
    });
});
afterEach(() => both?.close());

/** What Indonesia’s authority signs to end the desk. */
const signed = async () => {
  const claims = await draftWithdrawal(id.gateway, focalPoint.designation, 'keyCompromise');
  return signStatement('withdrawal', claims, [id.authorities.ID]);
};

const refusedWith = async (answer: Response): Promise<string> =>
  ((await answer.json()) as { type: string }).type.replace('urn:amanat:problem:', '');

/** Evidence of withdrawals that a gateway keeps: who signed it, about which digest. */
async function witnessedAt(house: Rig): Promise<readonly object[]> {
  const rows = await house.database.sql<{ jws: string }[]>`
    select jws from evidence where event = 'DesignationWithdrawn' order by seq`;
  const keys = [kh, id].map(({ gateway }) => gateway.key.publicJwk);
  return Promise.all(
    rows.map(async ({ jws }) => {
      const read = await verifyStatement(JSON.parse(jws), 'evidence', async (kid) =>
        keys.find((key) => key.kid === kid),
      );
      const { by, sender, digest, reason } = read.payload as Record<string, unknown>;
      return { by, sender, digest, reason };
    }),
  );
}

const withdrawalsAt = async (house: Rig): Promise<number> =>
  (await house.gateway.store.directory.readDirectory()).withdrawals.length;

test('it stops traffic to and from the focal point on both sides within a round, and both keep both signatures', async () => {
  const under = await postMessage(shelter, makeReportPost(['desk']));
  const statement = await signed();
  await keepWithdrawal(id.gateway, statement);
  await id.drain();

  const problem = await (await shelter.post('messages', makeReportPost(['desk']))).json();
  expect(problem.type).toBe('urn:amanat:problem:designation-ended');
  expect(peekStatement(problem.evidence).payload).toMatchObject({ reason: 'designation-ended' });
  expect(await refusedWith(await focalPoint.post('messages', makeReportPost(['shelter'])))).toBe(
    'designation-ended',
  );
  await both.waitUntilIdle();
  expect((await fetchMessageStatus(shelter, under)).state).toBe('failed');
  // The statement itself, as its authority signed it; it goes into what is shown of the case to outsiders.
  const file = await exportCase(kh.gateway, { id: under, contents: false });
  expect(file.withdrawals).toEqual([JSON.parse(JSON.stringify(statement))]);
  expect(
    (await kh.gateway.store.directory.readDirectory([focalPoint.designation.focal_point])).withdrawals,
  ).toEqual([JSON.stringify(statement)]);
  const about = {
    sender: focalPoint.designation.focal_point,
    digest: digestOfPayload(statement),
    reason: 'keyCompromise',
  };
  const words = [id, kh].map(({ gateway }) => ({ by: gateway.did, ...about }));
  expect(await witnessedAt(id)).toEqual(words);
  expect(await witnessedAt(kh)).toEqual(words.slice(1));
  // It stands in the ledgers of both.
  for (const house of [kh, id]) {
    await extendLedger(house.gateway);
    const [left] = await house.database.sql`
      select count(*)::integer as count from evidence e where e.event = 'DesignationWithdrawn'
        and not exists (select from ledger_leaf l where l.evidence = e.id)`;
    expect(left?.['count']).toBe(0);
  }
});

test('a message relayed from the withdrawn focal point is refused, although the relaying gateway does not know yet', async () => {
  await keepWithdrawal(kh.gateway, await signed());
  const message = await postMessage(focalPoint, makeReportPost(['shelter']));
  await id.drain();
  const { recipients } = await fetchMessageStatus(focalPoint, message);
  expect(recipients[0].deliveries[0].state).toBe('failed');
  expect(recipients[0].deliveries[0].attempts.at(-1).code).toBe('designation-ended');
});

test('a gateway that is down for hours gets it when it is back, once', async () => {
  await both.kh.shut();
  await keepWithdrawal(id.gateway, await signed());
  for (let hours = 0; hours < 5; hours += 1) {
    await id.drain();
    for (const house of [kh, id]) house.pass(3_600);
  }
  expect(await id.gateway.store.directory.withdrawalsWaiting()).toBe(1);
  expect(await withdrawalsAt(kh)).toBe(0);
  await both.kh.open();
  for (const house of [kh, id]) house.pass(36_000);
  await both.waitUntilIdle();
  expect(await refusedWith(await shelter.post('messages', makeReportPost(['desk'])))).toBe(
    'designation-ended',
  );
  expect(await id.gateway.store.directory.withdrawalsWaiting()).toBe(0);
});

test('with its answer lost, brought twice, by both and by hand: nothing is recorded twice', async () => {
  let calls = 0;
  both.kh.keep(async (request, serve) => {
    const answer = await serve(request);
    calls += new URL(request.url).pathname === '/v1/relay/withdrawals' ? 1 : 0;
    return calls === 1 ? new Response(null, { status: 502 }) : answer;
  });
  const statement = await signed();
  await keepWithdrawal(id.gateway, statement);
  await id.drain();
  expect(await withdrawalsAt(kh)).toBe(1);
  for (const house of [kh, id]) {
    house.pass(10);
    await keepWithdrawal(house.gateway, statement);
  }
  // The same, signed again: ECDSA gives another signature.
  const again = await signStatement('withdrawal', peekStatement(statement).payload as object, [
    id.authorities.ID,
  ]);
  expect(again.signatures[0]?.signature).not.toBe(statement.signatures[0]?.signature);
  expect((await keepWithdrawal(id.gateway, again)).isNew).toBe(false);
  await both.waitUntilIdle();
  expect(calls).toBe(2);
  expect([await withdrawalsAt(kh), await withdrawalsAt(id)]).toEqual([1, 1]);
  expect([await witnessedAt(kh), await witnessedAt(id)].map((all) => all.length)).toEqual([1, 2]);
  const waiting = await Promise.all(
    [kh, id].map(({ gateway }) => gateway.store.directory.withdrawalsWaiting()),
  );
  expect(waiting).toEqual([0, 0]);
});

/** A call as a designated gateway makes it. */
async function brings(from: Rig, withdrawal: unknown): Promise<Response> {
  const body = new TextEncoder().encode(JSON.stringify({ withdrawal }));
  const { did, key, now } = from.gateway;
  const headers = await signGatewayCall(did, makeCallSigner(key), { id: newId(), at: now(), body });
  return fetch(`${both.kh.url}/v1/relay/withdrawals`, { method: 'POST', headers, body });
}

test('a withdrawal that no authority of the focal point’s country signed changes nothing, whoever brings it', async () => {
  const claims = await draftWithdrawal(id.gateway, focalPoint.designation, 'keyCompromise');
  const own = await draftWithdrawal(kh.gateway, shelter.designation, 'superseded');
  const stranger = await generateSigningJwk('did:web:authority.invalid:id#stranger');
  const forged = [
    // Another country’s authority; in its own name; a key nobody knows; the gateway’s own; something else.
    await signStatement('withdrawal', claims, [kh.authorities.KH]),
    await signStatement('withdrawal', { ...claims, authority: 'KH', country: 'KH' }, [kh.authorities.KH]),
    await signStatement('withdrawal', own, [id.authorities.ID]),
    await signStatement('withdrawal', claims, [await importSigningKey(stranger)]),
    await signStatement('withdrawal', claims, [id.gateway.key]),
    await signStatement('designation', claims, [id.authorities.ID]),
    { ...(await signed()), payload: 'e30' },
    { kind: 'withdrawal' },
    null,
  ];
  for (const one of forged) {
    const answer = await brings(id, one);
    const problem = await answer.json();
    expect(answer.status, problem.type).toBeGreaterThanOrEqual(400);
    expect(peekStatement(problem.evidence).payload).toMatchObject({
      event: 'RelayRejection',
      by: kh.gateway.did,
    });
  }
  expect([await withdrawalsAt(kh), (await witnessedAt(kh)).length]).toEqual([0, 0]);
  expect((await shelter.post('messages', makeReportPost(['desk']))).status).toBe(202);
  // A gateway that nobody designated is not listened to at all.
  const body = new TextEncoder().encode(JSON.stringify({ withdrawal: await signed() }));
  const call = { id: newId(), at: kh.gateway.now(), body };
  const headers = await signGatewayCall('did:web:stranger.example', makeCallSigner(id.gateway.key), call);
  const url = `${both.kh.url}/v1/relay/withdrawals`;
  expect(await refusedWith(await fetch(url, { method: 'POST', headers, body }))).toBe('unknown-gateway');
  expect(await withdrawalsAt(kh)).toBe(0);
});

test('an answer that proves nothing, or is dated in the future, is ignored', async () => {
  const statement = await signed();
  const { did, key, now } = kh.gateway;
  const ahead = await signStatement(
    'evidence',
    {
      kind: 'evidence',
      id: newId(),
      event: 'DesignationWithdrawn',
      event_uri: uriOfEvent('DesignationWithdrawn'),
      sender: focalPoint.designation.focal_point,
      digest: digestOfPayload(statement),
      at: new Date(now().getTime() + 86_400_000).toISOString(),
      by: did,
    },
    [key],
  );
  const lies = [
    () => Response.json({ result: 'kept', evidence: ahead }),
    () => Response.json({ result: 'kept' }),
    () => Response.json({ result: 'kept', evidence: 'e30' }),
    () => new Response('x'.repeat(100_000)),
  ];
  both.kh.keep((request, serve) => lies.shift()?.() ?? serve(request));
  await keepWithdrawal(id.gateway, statement);
  for (let tries = 0; tries < 4; tries += 1) {
    await id.drain();
    expect(await id.gateway.store.directory.withdrawalsWaiting()).toBe(1);
    for (const house of [kh, id]) house.pass(1_000);
  }
  await id.drain();
  expect(await id.gateway.store.directory.withdrawalsWaiting()).toBe(0);
  const codes = id.lines
    .filter((line) => line.event === 'withdrawal.not-taken')
    .map(({ fields }) => fields['code']);
  expect(codes).toEqual(['clock-skew', 'jose-malformed', 'jose-malformed', 'jose-malformed']);
});

test('a withdrawal that comes before its designation is kept, and the designation is refused', async () => {
  const house = await id.designate({
    slug: 'embassy',
    name: 'Embassy',
    country: 'ID',
    officers: [makeOfficer()],
  });
  const claims = await draftWithdrawal(id.gateway, house, 'cessationOfOperation');
  await keepWithdrawal(id.gateway, await signStatement('withdrawal', claims, [id.authorities.ID]));
  await both.waitUntilIdle();
  expect(await withdrawalsAt(kh)).toBe(1);
  const { designations } = await id.gateway.store.directory.readDirectory([house.focal_point]);
  const late = () => keepDesignation(kh.gateway, JSON.parse(designations[0] ?? ''));
  expect(await catchRefusal(late)).toBe('statement-refused');
});

test('the loop of a served gateway sends it at once', async () => {
  const stop = new AbortController();
  const loop = runLoop(id.gateway, stop.signal);
  try {
    await keepWithdrawal(id.gateway, await signed());
    await expect.poll(() => withdrawalsAt(kh)).toBe(1);
  } finally {
    stop.abort();
    await loop;
  }
});

test('a gateway that is connected later gets earlier withdrawals', async () => {
  await kh.database.sql`delete from gateway where did = ${id.gateway.did}`;
  const claims = await draftWithdrawal(kh.gateway, shelter.designation, 'privilegeWithdrawn');
  await keepWithdrawal(kh.gateway, await signStatement('withdrawal', claims, [kh.authorities.KH]));
  await both.waitUntilIdle();
  expect(await withdrawalsAt(id)).toBe(0);
  const { url, key, now } = id.gateway;
  const draft = { url, name: 'Gateway ID', country: 'ID', signing: [key.publicJwk] };
  await keepGateway(kh.gateway, await designateGateway(id.authorities.ID, draft, now()));
  // As the clock calls it once a minute.
  await scheduleWithdrawals(kh.gateway);
  await both.waitUntilIdle();
  expect(await refusedWith(await focalPoint.post('messages', makeReportPost(['shelter'])))).toBe(
    'designation-ended',
  );
});

/** A message to the desk that is taken, relayed and acknowledged after the withdrawal was dated, and before it comes. */
async function meanwhile() {
  for (const [side, country] of [
    [both.kh, 'KH'],
    [both.id, 'ID'],
  ] as const)
    await designateSide(side, country, side.house.gateway.now());
  const statement = await signed();
  for (const house of [kh, id]) house.pass(60);
  const message = await postMessage(shelter, makeReportPost(['desk']));
  await both.waitUntilIdle();
  await focalPoint.post('acknowledgements', { message, decision: 'accepted', officer: 'o1' });
  await both.waitUntilIdle();
  for (const house of [kh, id]) house.pass(60);
  await keepWithdrawal(kh.gateway, statement);
  for (const { gateway } of [kh, id]) await extendLedger(gateway);
  await witnessPeers(id.gateway);
  const file = await exportCase(kh.gateway, { id: message, contents: true });
  return { file, anchors: kh.gateway.anchors };
}

test('a withdrawal that reaches back does not undo what was accepted before it was known: the case shows both', async () => {
  const { file, anchors } = await meanwhile();
  expect(file.withdrawals_taken).toHaveLength(1);
  expect(file.withdrawals_taken[0]?.proof).toContain('tlog-proof');
  const verdict = await verifyGood(file, anchors);
  const [from] = file.withdrawals.map((one) => (peekStatement(one).payload as { from: string }).from);
  expect(verdict.messages[0]?.recipients).toMatchObject([{ withdrawn: from }]);
  expect(verdict.messages[0]?.sender).not.toHaveProperty('withdrawn');
  expect(verdict.not_proven).toContain('withdrawn-since');
  const translate = phrasesFromFiles();
  for (const lang of LANGUAGES)
    expect(linesOfCase(translate, lang, verdict).join('\n')).toContain(
      translate(lang, 'verify-caveat-withdrawn-since', { name: verdict.by.name }),
    );
});

test('the time when a withdrawal was taken is called unchangeable only if it is in a cosigned ledger', async () => {
  const { file, anchors } = await meanwhile();
  expect(await verifyGood(file, anchors)).toMatchObject({ unrewritable: true });
  const without = await verifyGood(
    await changeAndSign(kh.gateway, file, (copy) => {
      for (const one of copy.withdrawals_taken) delete one.proof;
    }),
    anchors,
  );
  expect(without).toMatchObject({
    unrewritable: false,
    not_proven: expect.arrayContaining(['not-in-ledger']),
  });
  const words = linesOfCase(phrasesFromFiles(), 'en', without).join('\n');
  expect(words).not.toContain('Each piece of evidence is in the ledger');
});

test('a case whose author knew it when the message was taken, or does not say, does not verify', async () => {
  const { file, anchors } = await meanwhile();
  const ended = { place: 'messages[0].recipients[0]', code: 'designation-ended' };
  const without = await changeAndSign(kh.gateway, file, (copy) => {
    copy.withdrawals_taken = [];
  });
  expect(await verifyBad(without, anchors)).toMatchObject(ended);
  const [taken] = file.withdrawals_taken.map((one) => peekStatement(one.jws).payload as { at: string });
  const at = new Date(Date.parse(file.messages[0]?.accepted_at ?? '') - 1).toISOString();
  const saying = (claims: object, key = kh.gateway.key) =>
    signStatement('evidence', claims, [key]).then((jws) =>
      changeAndSign(kh.gateway, file, (copy) => {
        copy.withdrawals_taken = [{ jws: { ...jws } }];
      }),
    );
  expect(await verifyBad(await saying({ ...taken, at }), anchors)).toMatchObject(ended);
  const elsewhere = digestOfPayload(await signStatement('withdrawal', { of: 'else' }, [id.authorities.ID]));
  for (const [claims, key] of [
    [{ ...taken, by: id.gateway.did }, id.gateway.key],
    [{ ...taken, event: 'ContentPurge' }, kh.gateway.key],
    [{ ...taken, digest: elsewhere }, kh.gateway.key],
  ] as const)
    expect(await verifyBad(await saying(claims, key), anchors)).toMatchObject({
      place: 'withdrawals_taken[0]',
    });
});
