/**
 * A gateway gives its evidence the ids of this gateway's evidence: this excludes none of it, and each has its own
 * proof.
 */
import { Buffer } from 'node:buffer';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { exportCase } from '../../src/flow/case/export.ts';
import { extendLedger } from '../../src/flow/ledger/ledger.ts';
import { utf8BytesOf } from '../../src/ledger/note-key.ts';
import { readProof } from '../../src/ledger/proof.ts';
import { digestOf } from '../../src/seal/digest.ts';
import { peekStatement } from '../../src/seal/statement.ts';
import { designateSide } from '../support/across.ts';
import { verifyGood } from '../support/case-files.ts';
import { addHook } from '../support/confirmed.ts';
import { type LyingGateway, makeLyingGateway } from '../support/lying-gateway.ts';
import { makeText, postSigned, sealConsignment, signConsignment } from '../support/own-custody.ts';
import { fetchMessageStatus, postMessage } from '../support/story.ts';

let all: LyingGateway;

beforeAll(async () => {
  all = await makeLyingGateway();
  const { kh, peer, shelter } = all;
  await designateSide(kh, 'KH', new Date());
  await designateSide(all.id, 'ID', new Date());
  const { focal_point: focalPoint } = shelter.designation;
  await addHook(kh.house.gateway, focalPoint, { address: `${peer.url}/shelter` });
});
afterAll(() => all?.close());

/** How ids of words were derived from what everybody knows, before they were drawn by chance. */
const derived = (...said: readonly string[]): string =>
  Buffer.from(digestOf(['word', ...said].join('\n')), 'base64url')
    .toString('hex')
    .slice(0, 32);

const idOf = (jws: unknown): string => (peekStatement(jws).payload as { id: string }).id;

const line = { type: 'text', urgency: 'routine', handling: 'H0', lang: 'en', body: { text: 'A word.' } };

test('an officer’s acknowledgements are kept, whatever ids another gateway used before', async () => {
  const { kh, focalPoint, shelter, police, relay, consigned } = all;
  const message = await postMessage(focalPoint, { ...line, to: [shelter.designation.focal_point] });
  await all.waitUntilIdle();
  const to = shelter.designation.focal_point;
  for (const decision of ['accepted', 'declined']) {
    const receipt = { id: derived(message, to, 'o1', decision) };
    const { relayed } = await consigned(police, { receipt });
    expect((await relay(relayed)).status).toBe(202);
  }
  const word = (decision: object) =>
    shelter.post('acknowledgements', { message, officer: 'o1', ...decision });
  const declined = await word({ decision: 'declined', ground: 'incomplete' });
  const accepted = await word({ decision: 'accepted' });
  expect([declined.status, accepted.status]).toEqual([201, 200]);
  const words = [idOf((await declined.json()).evidence), idOf((await accepted.json()).evidence)];
  expect(new Set(words).size).toBe(2);
  // Nobody finds out from the public log what was decided, by trying what it can be.
  for (const decision of ['accepted', 'declined'])
    expect(words).not.toContain(derived(message, to, 'o1', decision));
  await all.waitUntilIdle();
  expect(await fetchMessageStatus(focalPoint, message)).toMatchObject({
    recipients: [{ contradiction: true }],
  });
  const again = await word({ decision: 'declined', ground: 'incomplete' });
  expect([again.status, idOf((await again.json()).evidence)]).toEqual([200, words[0]]);
  expect(kh.house.lines.filter(({ event }) => event.includes('fault'))).toEqual([]);
});

test('evidence of two gateways with one id is both kept, and proven by its signer', async () => {
  const { kh, id, shelter, tell } = all;
  const about = await all.reported();
  const view = await kh.house.database.store.messages.readMessage(about.message);
  const receipt = view?.evidence.find((row) => row.event === 'SubmissionAcceptance')?.id ?? '';
  const handover = { event: 'ContentHandover', id: receipt } as const;
  expect(await (await tell(await all.acknowledgement(about, handover))).json()).toEqual({ result: 'kept' });
  expect(
    await (
      await tell(
        await all.acknowledgement(about, { ...handover, at: new Date(Date.now() + 1_000).toISOString() }),
      )
    ).json(),
  ).toMatchObject({
    type: 'urn:amanat:problem:id-conflict',
  });
  await extendLedger(kh.house.gateway);
  const proof = (by = '') =>
    kh.house.app.request(`${kh.url}/v1/evidence/${receipt}/proof${by}`, {
      headers: { authorization: `Bearer ${shelter.accessKey}` },
    });
  expect(await (await proof()).json()).toMatchObject({ type: 'urn:amanat:problem:signer-required' });
  const indexOf = async (by: string): Promise<number> =>
    readProof(utf8BytesOf(await (await proof(`?by=${encodeURIComponent(by)}`)).text())).index;
  const [own, theirs] = [await indexOf(kh.house.gateway.did), await indexOf(id.house.gateway.did)];
  expect(own).not.toBe(theirs);
  expect((await proof('?by=did:web:nobody.example')).status).toBe(404);
  expect((await proof('?by=nobody')).status).toBe(422);
  const status = await fetchMessageStatus(shelter, about.message);
  expect(status.recipients[0].opened_at).not.toBeNull();
  await verifyGood(
    await exportCase(kh.house.gateway, { id: about.message, contents: false }),
    kh.house.gateway.anchors,
  );
});

test('of two messages with one id the first is kept; the other’s sender gets signed evidence, and the operator learns of both', async () => {
  const { kh, id, unit, police, focalPoint } = all;
  const { gateway, lines } = kh.house;
  const message = await postMessage(focalPoint, { ...line, to: [unit.keys.did] });
  // Somebody in Cambodia learned the id, and has used it before the relay comes.
  const planted = makeText(unit.keys.did, [police.keys.did], gateway.now(), { id: message });
  const claims = { ...(await sealConsignment(unit.keys, planted, [police.designation])), to: [gateway.did] };
  const taken = await postSigned(kh.house, '/v1/consignments', await signConsignment(unit.keys, claims));
  expect(taken.status, await taken.text()).toBe(202);
  await all.waitUntilIdle();
  const status = await fetchMessageStatus(focalPoint, message);
  expect(status).toMatchObject({ state: 'failed', recipients: [{ deliveries: [{ state: 'failed' }] }] });
  const rejection = status.evidence.map((jws: unknown) => peekStatement(jws).payload);
  expect(rejection).toContainEqual(
    expect.objectContaining({ event: 'RelayRejection', by: gateway.did, reason: 'id-conflict' }),
  );
  const told = lines.find(({ event }) => event === 'message.id-copied');
  expect(told?.fields).toEqual({ message, first: unit.keys.did, sender: focalPoint.designation.focal_point });
  expect((await gateway.store.messages.readMessage(message))?.message.sender).toBe(unit.keys.did);
  const again = await postMessage(focalPoint, { ...line, to: [unit.keys.did] });
  await all.waitUntilIdle();
  expect(await fetchMessageStatus(focalPoint, again)).toMatchObject({ state: 'waiting' });
  // Neither of the two spoils what outsiders are shown.
  for (const { house } of [kh, id])
    await verifyGood(
      await exportCase(house.gateway, { id: message, contents: false }),
      house.gateway.anchors,
    );
});
