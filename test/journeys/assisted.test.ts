/**
 * The basic path, through public interfaces: an assisted post goes out by webhook and the acknowledgement comes back.
 */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { peekStatement } from '../../src/seal/statement.ts';
import { addHook } from '../support/confirmed.ts';
import { type HttpPeer, startPeer } from '../support/http-peer.ts';
import { makeRig, type Rig, type RigPartner } from '../support/rig.ts';

let house: Rig;
let peer: HttpPeer;
let shelter: RigPartner;
let focalPoint: RigPartner;

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

beforeAll(async () => {
  peer = await startPeer();
  house = await makeRig({ allow: [new URL(peer.url).host] });
  shelter = await house.partner({
    slug: 'shelter',
    name: 'Invented Shelter',
    country: 'KH',
    officers: [officer],
  });
  focalPoint = await house.partner({
    slug: 'desk',
    name: 'Invented Desk',
    country: 'ID',
    officers: [officer],
  });
  await addHook(house.gateway, focalPoint.designation.focal_point, { address: peer.url });
  await addHook(house.gateway, shelter.designation.focal_point, { address: peer.url });
});

afterAll(async () => {
  await house?.close();
  await peer?.close();
});

test('a report is sealed, delivered and acknowledged, and its sender is told', async () => {
  const answer = await shelter.post('messages', post, { id: 'first' });
  const text = await answer.text();
  expect(answer.status, text).toBe(202);
  const { id, evidence } = JSON.parse(text);
  expect(peekStatement(evidence).payload).toMatchObject({ event: 'SubmissionAcceptance', consignment: id });

  const again = await shelter.post('messages', post, { id: 'first' });
  expect([again.status, await again.text()]).toEqual([200, text]);

  await house.drain();
  const word = await focalPoint.post('acknowledgements', {
    message: id,
    decision: 'accepted',
    officer: 'o1',
  });
  expect(word.status, await word.clone().text()).toBe(201);
  await house.drain();

  const status = await (await shelter.status(id)).json();
  expect(status).toMatchObject({
    state: 'acknowledged',
    recipients: [
      { slug: 'desk', acknowledgement: { decision: 'accepted', officer: { name: officer.name } } },
    ],
  });
  const events = status.evidence.map(
    (jws: unknown) => (peekStatement(jws).payload as { event: string }).event,
  );
  expect(events).toEqual(['SubmissionAcceptance', 'ContentConsignment', 'ConsignmentAcceptance']);
});
