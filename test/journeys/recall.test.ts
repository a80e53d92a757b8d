/**
 * A recall over two gateways: both delete the content with signed evidence, name the copies that no recall reaches,
 * and can still prove that the message was sent and taken.
 */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Evidence } from '../../src/domain/evidence/evidence.ts';
import { exportCase } from '../../src/flow/case/export.ts';
import { listUnpurgedRecalls } from '../../src/flow/evidence/unpurged.ts';
import { type AcrossBorder, designateSide, fetchClaims, makeAcrossBorder } from '../support/across.ts';
import { verifyGood } from '../support/case-files.ts';
import { listKeptContent } from '../support/content.ts';
import type { RigPartner } from '../support/rig.ts';
import {
  expectQuietLog,
  fetchEvents,
  fetchMessageStatus,
  listPostedTo,
  makeReportPost,
  postMessage,
} from '../support/story.ts';
import type { GatewaySide } from '../support/two-gateways.ts';

let both: AcrossBorder;
beforeAll(async () => {
  both = await makeAcrossBorder();
  const since = both.kh.house.gateway.now();
  await designateSide(both.kh, 'KH', since);
  await designateSide(both.id, 'ID', since);
});
afterAll(async () => {
  for (const { house, url } of [both.kh, both.id]) expectQuietLog(house, [url, both.peer.url]);
  await both?.close();
});

const recall = (about: string, thid: string, to: readonly string[] = ['desk']) => ({
  to,
  type: 'recall',
  about,
  thid,
  body: { reason: 'wrong-person' },
  urgency: 'urgent',
  handling: 'H0',
  lang: 'en',
});

const sides = () => [both.kh.house, both.id.house] as const;

/** The purge evidence of a message that names a recipient, as its sender reads it. */
const purges = async (message: string): Promise<readonly Evidence[]> =>
  (await fetchClaims(both.shelter, message)).filter((one) => one.event === 'ContentPurge');

describe('of a message that was delivered and acknowledged', () => {
  let message: string;
  let thid: string;
  let taking: string;
  beforeAll(async () => {
    const { shelter, focalPoint } = both;
    message = await postMessage(shelter, makeReportPost(['desk']));
    await both.waitUntilIdle();
    await focalPoint.post('acknowledgements', { message, decision: 'accepted', officer: 'o1' });
    await both.waitUntilIdle();
    ({ thid } = await fetchMessageStatus(shelter, message));
    for (const house of sides()) expect(await listKeptContent(house, message)).not.toEqual([]);
    taking = await postMessage(shelter, recall(message, thid));
    await both.waitUntilIdle();
  });

  test('neither database has it any more, and both have the recall', async () => {
    for (const house of sides()) {
      expect(await listKeptContent(house, message)).toEqual([]);
      expect(await listKeptContent(house, taking)).not.toEqual([]);
    }
  });

  test('each side reports what it purged; the partner’s own copy is named as out of reach', async () => {
    const to = both.focalPoint.designation.focal_point;
    const [own, theirs] = await purges(message);
    expect(own).toMatchObject({
      by: both.kh.house.gateway.did,
      event_uri: 'urn:amanat:event:ContentPurge',
      purge: { cause: 'recall', recall: taking, gone: ['sealed-message', 'own-copy', 'consignment'] },
    });
    expect(own?.purge?.unpurged).toMatchObject([{ to, channel: 'relay' }]);
    expect(theirs).toMatchObject({
      by: both.id.house.gateway.did,
      recipient: to,
      purge: { cause: 'recall', recall: taking, gone: ['sealed-message', 'consignment'] },
    });
    expect(theirs?.purge?.unpurged).toMatchObject([{ to, channel: 'webhook', rank: 1 }]);
  });

  test('both sides show it as recalled, and list the copy until the focal point has dealt with it', async () => {
    const to = both.focalPoint.designation.focal_point;
    const copy = { to, channel: 'webhook', recall_acknowledged: false };
    for (const partner of [both.shelter, both.focalPoint])
      expect(await fetchMessageStatus(partner, message)).toMatchObject({
        state: 'recalled',
        recalled: { by: taking, unpurged: [copy] },
      });
    for (const { gateway } of sides())
      expect(await listUnpurgedRecalls(gateway)).toMatchObject([
        { message, recall: taking, unpurged: [copy] },
      ]);
    await both.focalPoint.post('acknowledgements', { message: taking, decision: 'accepted', officer: 'o1' });
    await both.waitUntilIdle();
    for (const { gateway } of sides())
      expect(await listUnpurgedRecalls(gateway)).toMatchObject([
        { unpurged: [{ recall_acknowledged: true }] },
      ]);
  });

  test('both report that nobody owes anything about it, and the same about other messages', async () => {
    const asked = async ({ house, url }: GatewaySide, { accessKey }: RigPartner) => {
      const headers = { authorization: `Bearer ${accessKey}` };
      const answer = await house.app.request(`${url}/v1/threads/${thid}`, { headers });
      return (await answer.json()) as { turn: unknown; open: unknown };
    };
    const [here, there] = [await asked(both.kh, both.shelter), await asked(both.id, both.focalPoint)];
    expect([here.open, there.open]).toEqual([[], []]);
    expect(here.turn).toEqual(there.turn);
  });

  test('the system that has it is told once, under a separate id', async () => {
    const told = both.peer.received
      .filter((one) => one.url === '/desk')
      .map((one) => ({ id: one.headers['webhook-id'], ...JSON.parse(one.body.toString()) }));
    const [word, ...more] = told.filter((one) => one.type === 'message.recalled');
    expect(more).toEqual([]);
    expect(word.data).toMatchObject({ id: message, thid, from: both.shelter.designation.focal_point });
    expect(told.filter((one) => one.id === word.id)).toHaveLength(1);
  });

  test('the file that either side exports still verifies, with the contents that are left', async () => {
    for (const { gateway } of sides()) {
      const bare = await verifyGood(
        await exportCase(gateway, { id: thid, contents: false }),
        gateway.anchors,
      );
      expect(bare.messages.map((one) => one.type)).toEqual(['report', 'recall']);
      const file = await exportCase(gateway, { id: thid, contents: true });
      expect(file.messages.map((one) => one.consignment !== undefined)).toEqual([false, true]);
      expect((await verifyGood(file, gateway.anchors)).not_proven).toContain('contents-purged');
    }
  });

  test('it can no longer be answered, corrected, settled or recalled', async () => {
    const { shelter, focalPoint } = both;
    const codeOf = async (answer: Promise<Response>): Promise<string> =>
      (await (await answer).json()).type.split(':').at(-1);
    const more = { thid, about: message, urgency: 'routine', handling: 'H0', lang: 'en' };
    const correction = { corrected: [{ member: 'happened', now: 'x' }], reason: 'x' };
    expect(await codeOf(shelter.post('messages', recall(message, thid)))).toBe('already-answered');
    expect(
      await codeOf(shelter.post('messages', { ...more, to: ['desk'], type: 'correction', body: correction })),
    ).toBe('about-unknown');
    const word = { message, decision: 'declined', ground: 'other', officer: 'o1' };
    expect(await codeOf(focalPoint.post('acknowledgements', word))).toBe('recalled');
  });
});

describe('of a message on its way', () => {
  const body = (request: Request): Promise<ArrayBuffer> => request.clone().arrayBuffer();

  test('that has not left: it never arrives, and the other side reports that it has nothing', async () => {
    const { kh, id, shelter, focalPoint, peer } = both;
    await id.shut();
    const message = await postMessage(shelter, makeReportPost(['desk']));
    await kh.house.drain();
    const { thid } = await fetchMessageStatus(shelter, message);
    const taking = await postMessage(shelter, recall(message, thid));
    await id.open();
    kh.house.pass(60);
    await both.waitUntilIdle();
    expect((await focalPoint.status(message)).status).toBe(404);
    expect(JSON.stringify(listPostedTo(peer, '/desk'))).not.toContain(`"id":"${message}"`);
    for (const house of sides()) expect(await listKeptContent(house, message)).toEqual([]);
    const [own, ...more] = await purges(message);
    // Nobody was reached there: nothing can have come of the tries.
    expect(own).toMatchObject({ by: kh.house.gateway.did, purge: { unpurged: [] } });
    const last = more.at(-1);
    expect(last).toMatchObject({
      by: id.house.gateway.did,
      purge: { recall: taking, gone: [], unpurged: [] },
    });
    expect((await fetchMessageStatus(shelter, message)).recalled).toMatchObject({ by: taking, unpurged: [] });
    for (const { gateway } of sides())
      await verifyGood(await exportCase(gateway, { id: thid, contents: false }), gateway.anchors);
  });

  test('that arrives after its recall is refused, with a signed rejection', async () => {
    const { kh, id, shelter, focalPoint } = both;
    let held: Request | undefined;
    id.keep(async (request, serve) => {
      if (held !== undefined || new URL(request.url).pathname !== '/v1/relay') return serve(request);
      held = new Request(request.url, {
        method: 'POST',
        headers: request.headers,
        body: await body(request),
      });
      return new Response(null, { status: 503 });
    });
    const message = await postMessage(shelter, makeReportPost(['desk']));
    await kh.house.drain();
    const { thid } = await fetchMessageStatus(shelter, message);
    await postMessage(shelter, recall(message, thid));
    await both.waitUntilIdle();
    id.keep(undefined);
    if (held === undefined) throw new Error('nothing was relayed');
    const late = await id.house.app.fetch(held);
    expect(late.status).toBe(410);
    expect(await late.json()).toMatchObject({ type: 'urn:amanat:problem:recalled', evidence: {} });
    expect((await focalPoint.status(message)).status).toBe(404);
    expect(await fetchEvents(shelter, message)).toEqual([
      'SubmissionAcceptance',
      'ContentPurge',
      'ContentPurge',
    ]);
  });
});
