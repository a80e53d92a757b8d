/**
 * An attacker with write access to the database cannot appoint anybody, agree to anything, or have other
 * content delivered.
 */
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { makeAuthority } from '../../src/seal/authority.ts';
import { importSigningKey } from '../../src/seal/keys.ts';
import { peekStatement, signStatement } from '../../src/seal/statement.ts';
import { makeFocalPoints } from '../support/focal-points.ts';
import { type HttpPeer, startPeer } from '../support/http-peer.ts';
import type { Rig, RigPartner } from '../support/rig.ts';
import {
  expectQuietLog,
  fetchEvidence,
  fetchMessageStatus,
  listPostedEvents,
  listPostedTo,
  makeReportPost,
  postMessage,
} from '../support/story.ts';

let peer: HttpPeer;
let house: Rig;
let shelter: RigPartner;

beforeAll(async () => {
  peer = await startPeer();
});

beforeEach(async () => {
  await house?.close();
  ({ house, shelter } = await makeFocalPoints(peer));
});

afterAll(async () => {
  expectQuietLog(house);
  await house?.close();
  await peer?.close();
});

/** The code with which the shelter's next report is refused. */
async function refusedAs(): Promise<string> {
  const answer = await shelter.post('messages', makeReportPost(['desk']));
  return (await answer.json()).type;
}

/** The statement of a row, with its claims changed and signed with a key of the attacker. */
async function forged(statement: string, change: object): Promise<string> {
  const made = await makeAuthority('ID', 'Thief', new Date());
  const [type, claims] = [
    peekStatement(JSON.parse(statement)).payload as { kind: 'designation' | 'agreement' },
    change,
  ];
  const signed = await signStatement(type.kind, { ...type, ...claims }, [
    await importSigningKey(made.privateJwk),
  ]);
  return JSON.stringify(signed);
}

test('a designation that its authority did not sign is treated as absent', async () => {
  const { sql } = house.database;
  const [row] = await sql<{ statement: string }[]>`select statement from designation where slug = 'desk'`;
  const statement = await forged(row?.statement ?? '', { name: 'Thief' });
  await sql`update designation set statement = ${statement} where slug = 'desk'`;
  expect(await refusedAs()).toBe('urn:amanat:problem:unknown-recipient');
});

test('an agreement without the signatures of both authorities permits nothing', async () => {
  const { sql } = house.database;
  const [row] = await sql<{ statement: string }[]>`select statement from agreement`;
  const whole = JSON.parse(row?.statement ?? '');
  const half = JSON.stringify({ ...whole, signatures: whole.signatures.slice(0, 1) });
  await sql`update agreement set statement = ${half}`;
  expect(await refusedAs()).toBe('urn:amanat:problem:not-covered');
  await sql`update agreement set statement = ${await forged(row?.statement ?? '', { title: 'x' })}`;
  expect(await refusedAs()).toBe('urn:amanat:problem:not-covered');
});

test('replaced sealed content is not delivered, and the sender is told', async () => {
  const { sql } = house.database;
  const [first, second] = [
    await postMessage(shelter, makeReportPost(['desk'])),
    await postMessage(shelter, makeReportPost(['desk'])),
  ];
  await sql`
    update sealed_message s set jwe = o.jwe from sealed_message o where s.message = ${first} and o.message = ${second}
      and o.party = s.party`;
  await sql`update sealed_message set jwe = replace(jwe, '"tag":"', '"tag":"A') where message = ${second}`;
  await house.drain();
  expect(listPostedTo(peer, '/desk')).toEqual([]);
  expect((await fetchEvidence(shelter, first)).at(-1)).toMatchObject({
    event: 'ContentConsignmentFailure',
    reason: 'misaddressed',
  });
  expect((await fetchEvidence(shelter, second)).at(-1)).toMatchObject({ reason: 'jose-malformed' });
  expect(await fetchMessageStatus(shelter, first)).toMatchObject({ state: 'failed' });
  expect(listPostedEvents(peer, '/shelter', first)).toEqual(['ContentConsignmentFailure']);
});
