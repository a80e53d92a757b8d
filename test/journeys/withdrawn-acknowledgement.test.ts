/**
 * Acknowledgements of a withdrawn focal point: one that was signed before stays valid for everybody; one that is
 * signed after the withdrawal is known is refused everywhere, whoever brings it.
 */
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { Evidence } from '../../src/domain/evidence/evidence.ts';
import type { Designation } from '../../src/domain/party/designation.ts';
import { exportCase } from '../../src/flow/case/export.ts';
import { draftWithdrawal, keepWithdrawal } from '../../src/flow/statements/withdrawing.ts';
import { signStatement } from '../../src/seal/statement.ts';
import { changeAndSign, verifyBad, verifyGood } from '../support/case-files.ts';
import { type AboutMessage, type LyingGateway, makeKnownLyingGateway } from '../support/lying-gateway.ts';
import { nameOfficer, postSigned, signAcknowledgement } from '../support/own-custody.ts';
import { fetchMessageStatus, makeOfficer, makeReportPost, postMessage } from '../support/story.ts';

let all: LyingGateway;

beforeEach(async () => {
  all = await makeKnownLyingGateway();
});
afterEach(() => all?.close());

const pass = (seconds: number): void => {
  for (const { house } of [all.kh, all.id]) house.pass(seconds);
};

/** What Indonesia's authority signs to end one of its desks, as of some seconds ago. */
async function withdrawal(one: Designation, ago = 0) {
  const { gateway, authorities } = all.id.house;
  const claims = await draftWithdrawal(gateway, one, 'keyCompromise');
  const from = new Date(Date.parse(claims.from) - ago * 1_000).toISOString();
  return signStatement('withdrawal', { ...claims, from }, [authorities.ID]);
}

/** What the police's own key signs, now. */
const policeWord = (about: AboutMessage, over: Partial<Evidence> = {}) =>
  signAcknowledgement(
    all.police.keys,
    { ...about, sender: all.shelter.designation.focal_point, at: all.id.house.gateway.now() },
    over,
  );

/** Around it, what the police's home signs. */
const around = async (about: AboutMessage, own: unknown) =>
  all.acknowledgement(about, {
    officer: nameOfficer(makeOfficer()),
    custody: 'own',
    attestation: { how: 'own-signature', statement: JSON.stringify(own) },
  });

/** Both gateways' files of a message verify, and show its acceptance. */
async function provenAtBoth(message: string): Promise<void> {
  for (const { house } of [all.kh, all.id]) {
    const file = await exportCase(house.gateway, { id: message, contents: true });
    const verdict = await verifyGood(file, house.gateway.anchors);
    expect(verdict.messages[0]?.evidence).toContainEqual(
      expect.objectContaining({ event: 'ConsignmentAcceptance', attestation: 'own-signature' }),
    );
  }
  const { recipients } = await fetchMessageStatus(all.shelter, message);
  expect(recipients[0]).toMatchObject({ acknowledgement: { decision: 'accepted' } });
  for (const { house } of [all.kh, all.id])
    expect(house.lines.filter(({ event }) => /left-out|unreadable|fault/.test(event))).toEqual([]);
}

test.each([
  ['as of now', 0],
  ['as of before the word', 90],
  ['as of before the message too', 150],
])('an acknowledgement by a key that is withdrawn afterwards, %s, stays valid', async (_, ago) => {
  pass(60);
  const about = await all.reported();
  pass(60);
  const path = '/v1/focal-points/police/acknowledgements';
  expect((await postSigned(all.id.house, path, await policeWord(about))).status).toBe(201);
  await all.waitUntilIdle();
  pass(60);
  await keepWithdrawal(all.id.house.gateway, await withdrawal(all.police.designation, ago));
  await all.waitUntilIdle();
  pass(600);
  await provenAtBoth(about.message);
});

test('an acknowledgement by a key that was withdrawn before is refused at its home, and by the other gateway permanently', async () => {
  const { kh, id, police, refused, tell } = all;
  const about = await all.reported();
  await keepWithdrawal(kh.house.gateway, await withdrawal(police.designation));
  pass(600);
  const own = await policeWord(about);
  await refused(async () => tell(await around(about, own)), 'designation-ended');
  expect((await fetchMessageStatus(all.shelter, about.message)).recipients[0]).toMatchObject({
    acknowledgement: null,
  });
  await all.waitUntilIdle();
  const answer = await postSigned(
    id.house,
    '/v1/focal-points/police/acknowledgements',
    await policeWord(about),
  );
  expect((await answer.json()).type).toBe('urn:amanat:problem:designation-ended');
});

test('an acknowledgement of an officer in a focal point in custody, sent after its withdrawal, is refused permanently', async () => {
  const { kh, id, focalPoint, shelter, refused, tell } = all;
  const message = await postMessage(shelter, makeReportPost(['desk']));
  await all.waitUntilIdle();
  const view = await kh.house.database.store.messages.readMessage(message);
  const about = { message, digest: view?.recipients[0]?.digest ?? '' };
  const recipient = focalPoint.designation.focal_point;
  await keepWithdrawal(kh.house.gateway, await withdrawal(focalPoint.designation));
  pass(600);
  const word = { recipient, custody: 'gateway', attestation: { how: 'partner-system' } } as const;
  await refused(async () => tell(await all.acknowledgement(about, word)), 'designation-ended');
  // What happened before that is told late, and holds.
  const at = new Date(id.house.gateway.now().getTime() - 605_000).toISOString();
  expect(await (await tell(await all.acknowledgement(about, { ...word, at }))).json()).toEqual({
    result: 'kept',
  });
  await verifyGood(
    await exportCase(kh.house.gateway, { id: message, contents: true }),
    kh.house.gateway.anchors,
  );
});

test('a case file with an acknowledgement that was signed after its author knew of the withdrawal does not verify', async () => {
  const { kh, police } = all;
  const about = await all.reported();
  await keepWithdrawal(kh.house.gateway, await withdrawal(police.designation));
  pass(600);
  const word = await around(about, await policeWord(about));
  const { gateway } = kh.house;
  const file = await exportCase(gateway, { id: about.message, contents: true });
  await verifyGood(file, gateway.anchors);
  const damaged = await changeAndSign(gateway, file, (copy) => {
    copy.messages[0]?.evidence.push({ jws: { ...word } });
  });
  expect(await verifyBad(damaged, gateway.anchors)).toMatchObject({ code: 'designation-ended' });
});
