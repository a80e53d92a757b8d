/** A gateway that gives its evidence the ids of ours: nothing of ours is kept out by that, and each proof is its own. */
import { Buffer } from 'node:buffer';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { exportCase } from '../../src/flow/case/case-export.ts';
import { extendLedger } from '../../src/flow/ledger/ledger.ts';
import { utf8 } from '../../src/ledger/note-key.ts';
import { readProof } from '../../src/ledger/proof.ts';
import { sha256 } from '../../src/seal/digest.ts';
import { peek } from '../../src/seal/statement.ts';
import { designated } from '../support/across.ts';
import { good } from '../support/case-files.ts';
import { addEndpoint } from '../support/confirmed.ts';
import { type Liar, liar } from '../support/liar.ts';
import { posted, statusOf } from '../support/story.ts';

let all: Liar;

beforeAll(async () => {
  all = await liar();
  const { kh, peer, shelter } = all;
  await designated(kh, 'KH', new Date());
  const { focal_point: focalPoint } = shelter.designation;
  const endpoint = { channel: 'webhook', shows: 'packet', lang: 'en', focalPoint } as const;
  await addEndpoint(kh.house.gateway, { ...endpoint, address: `${peer.url}/shelter` });
});
afterAll(() => all?.close());

/** How ids of words were derived from what everybody knows, before they were drawn by chance. */
const derived = (...said: readonly string[]): string =>
  Buffer.from(sha256(['word', ...said].join('\n')), 'base64url')
    .toString('hex')
    .slice(0, 32);

const idOf = (jws: unknown): string => (peek(jws).payload as { id: string }).id;

const line = { type: 'text', urgency: 'routine', handling: 'H0', lang: 'en', body: { text: 'A word.' } };

test('an officer’s words are kept, whatever ids another gateway planted before', async () => {
  const { kh, desk, shelter, police, relay, consigned } = all;
  const message = await posted(desk, { ...line, to: [shelter.designation.focal_point] });
  await all.settle();
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
  await all.settle();
  expect(await statusOf(desk, message)).toMatchObject({ recipients: [{ contradiction: true }] });
  const again = await word({ decision: 'declined', ground: 'incomplete' });
  expect([again.status, idOf((await again.json()).evidence)]).toEqual([200, words[0]]);
  expect(kh.house.lines.filter(({ event }) => event.includes('fault'))).toEqual([]);
});

test('evidence of two gateways with one id is kept beside each other, and proven by its signer', async () => {
  const { kh, id, shelter, tell } = all;
  const about = await all.reported();
  const view = await kh.house.database.store.view(about.message);
  const receipt = view?.evidence.find((row) => row.event === 'SubmissionAcceptance')?.id ?? '';
  const handover = { event: 'ContentHandover', id: receipt } as const;
  expect(await (await tell(await all.word(about, handover))).json()).toEqual({ result: 'kept' });
  expect(
    await (
      await tell(await all.word(about, { ...handover, at: new Date(Date.now() + 1_000).toISOString() }))
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
    readProof(utf8(await (await proof(`?by=${encodeURIComponent(by)}`)).text())).index;
  const [own, theirs] = [await indexOf(kh.house.gateway.did), await indexOf(id.house.gateway.did)];
  expect(own).not.toBe(theirs);
  expect((await proof('?by=did:web:nobody.example')).status).toBe(404);
  expect((await proof('?by=nobody')).status).toBe(422);
  const status = await statusOf(shelter, about.message);
  expect(status.recipients[0].opened_at).not.toBeNull();
  await good(
    await exportCase(kh.house.gateway, { id: about.message, contents: false }),
    kh.house.gateway.anchors,
  );
});
