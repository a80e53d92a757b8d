/** Officers of one desk differ, and one of them settles it: through every door, and the same on both sides. */
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { linesOfCase } from '../../src/cli/verify-lines.ts';
import type { Designation } from '../../src/domain/party/designation.ts';
import { present } from '../../src/domain/words/present.ts';
import { LANGUAGES } from '../../src/domain/words/vocabulary.ts';
import { keepGateway } from '../../src/entry/enrolling/peers.ts';
import { phrasesFromFiles } from '../../src/entry/phrases-from-files.ts';
import { exportCase } from '../../src/flow/case/export.ts';
import { writeCase } from '../../src/flow/case/reading.ts';
import { verifyCase } from '../../src/flow/case/verify.ts';
import { digestOfSealed } from '../../src/seal/sealed-message.ts';
import { peekStatement } from '../../src/seal/statement.ts';
import { addHook } from '../support/confirmed.ts';
import { designateOwnCustody, nameOfficer, postSigned, signAcknowledgement } from '../support/own-custody.ts';
import type { KeyedPerson } from '../support/people.ts';
import type { RigPartner } from '../support/rig.ts';
import { designateGateway } from '../support/signed-statements.ts';
import {
  expectQuietLog,
  fetchEvents,
  fetchEvidence,
  fetchMessageStatus,
  listPostedEvents,
  listPostedTo,
  makeOfficer,
  makeReportPost,
  postMessage,
} from '../support/story.ts';
import { makeTwoGateways, newId, type TwoGateways } from '../support/two-gateways.ts';

let both: TwoGateways;
let shelter: RigPartner;
let focalPoint: RigPartner;
let police: { readonly keys: KeyedPerson; readonly designation: Designation };

beforeAll(async () => {
  both = await makeTwoGateways();
  const { kh, id, peer } = both;
  const officers = [makeOfficer(), makeOfficer('id', 'o2'), makeOfficer('id', 'o3')];
  shelter = await kh.house.partner({ slug: 'shelter', name: 'Shelter', country: 'KH', officers });
  focalPoint = await id.house.partner({ slug: 'desk', name: 'Desk', country: 'ID', officers });
  police = await designateOwnCustody(id.house, { slug: 'police', country: 'ID', officers });
  await kh.introduce(shelter.designation);
  for (const one of [focalPoint, police]) await id.introduce(one.designation);
  const reach = (house: typeof kh.house, one: Designation, shows: 'packet' | 'sealed') =>
    addHook(house.gateway, one.focal_point, { shows, address: `${peer.url}/${one.slug}` });
  await reach(kh.house, shelter.designation, 'packet');
  await reach(id.house, focalPoint.designation, 'packet');
  await reach(id.house, police.designation, 'sealed');
});

afterEach(() => {
  both.kh.keep(undefined);
});

afterAll(async () => {
  for (const { house, url } of [both.kh, both.id]) expectQuietLog(house, [url, both.peer.url]);
  await both?.close();
});

interface Answer {
  readonly status: number;
  readonly result?: string;
  readonly type?: string;
  readonly id: string;
  readonly evidence: unknown;
}

/** An officer's word through the desk's system. */
async function say(message: string, who: string, decision: string, settles?: readonly string[]) {
  const ground = decision === 'declined' ? { ground: 'incomplete' } : {};
  const body = { message, decision, officer: who, ...ground, ...present({ settles }) };
  const answer = await focalPoint.post('acknowledgements', body);
  const json = await answer.json();
  const claims =
    json.evidence === undefined ? undefined : (peekStatement(json.evidence).payload as { id: string });
  return { status: answer.status, ...json, id: claims?.id ?? '' } as Answer;
}

/** A message of which two officers said different words. */
async function contested(): Promise<{ message: string; first: Answer; second: Answer }> {
  const message = await postMessage(shelter, makeReportPost(['desk']));
  await both.waitUntilIdle();
  const first = await say(message, 'o1', 'accepted');
  const second = await say(message, 'o2', 'declined');
  expect([first.result, second.result]).toEqual(['taken', 'contradiction']);
  return { message, first, second };
}

/** What each side shows of the recipient's word. */
async function shown(message: string) {
  const [here, there] = await Promise.all([
    fetchMessageStatus(shelter, message),
    fetchMessageStatus(focalPoint, message),
  ]);
  const part = ({ state, recipients: [one] }: typeof here) => ({
    state,
    acknowledgement: one.acknowledgement,
    contradiction: one.contradiction,
    contradictions: one.contradictions,
  });
  return { here: part(here), there: part(there) };
}

describe('through the focal point’s own system', () => {
  test('a third officer’s acknowledgement settles it, on both sides, with its own evidence', async () => {
    const { message, first, second } = await contested();
    await both.waitUntilIdle();
    const open = await shown(message);
    expect(open.here).toEqual(open.there);
    expect(open.here).toMatchObject({
      state: 'acknowledged',
      contradiction: true,
      contradictions: [
        {
          kind: 'word',
          open: true,
          words: expect.arrayContaining([
            expect.objectContaining({ evidence: first.id, reason: null }),
            expect.objectContaining({ evidence: second.id, reason: 'incomplete' }),
          ]),
          settled_by: null,
        },
      ],
    });

    const settling = await say(message, 'o3', 'declined', [second.id, first.id]);
    expect([settling.status, settling.result]).toEqual([201, 'settled']);
    await both.waitUntilIdle();
    const { here, there } = await shown(message);
    expect(here).toEqual(there);
    expect(here).toMatchObject({
      state: 'declined',
      acknowledgement: { decision: 'declined', officer: { id: 'o3' }, evidence: settling.id },
      contradiction: false,
      contradictions: [
        { kind: 'word', open: false, settled_by: { evidence: settling.id, decision: 'declined' } },
      ],
    });
    expect((await fetchEvidence(shelter, message)).at(-1)).toMatchObject({
      event: 'ConsignmentRejection',
      reason: 'incomplete',
      reason_uri: 'urn:amanat:reason:incomplete',
      officer: { id: 'o3' },
      settles: [first.id, second.id].toSorted(),
    });
    expect(
      listPostedEvents(both.peer, '/shelter', message).filter((one) => one === 'ConsignmentRejection'),
    ).toHaveLength(2);
    const [delivery] = (await fetchMessageStatus(focalPoint, message)).recipients[0].deliveries;
    expect(delivery.state).toBe('declined');
  });

  test('settling again in the same way is a repeat, in another way it is refused, and nothing is added', async () => {
    const { message, first, second } = await contested();
    const named = [first.id, second.id];
    const settling = await say(message, 'o1', 'accepted', named);
    expect(settling.result).toBe('settled');
    const count = (await fetchEvents(focalPoint, message)).length;
    for (const who of ['o1', 'o3']) {
      const again = await say(message, who, 'accepted', named);
      expect([again.status, again.result, again.id]).toEqual([200, 'repeat', settling.id]);
    }
    const otherwise = await say(message, 'o2', 'declined', named);
    expect([otherwise.status, otherwise.type]).toEqual([409, 'urn:amanat:problem:already-settled']);
    // What was settled stays so: the same officer's same word is the one that is kept.
    const insisting = await say(message, 'o2', 'declined');
    expect([insisting.status, insisting.result, insisting.id]).toEqual([200, 'repeat', second.id]);
    expect((await fetchEvents(focalPoint, message)).length).toBe(count);
  });

  test('it must name every acknowledgement of the contradiction, and nothing else', async () => {
    const { message, first, second } = await contested();
    const strange = await say(message, 'o3', 'declined', [first.id, newId()]);
    expect([strange.status, strange.type]).toEqual([404, 'urn:amanat:problem:not-found']);
    const third = await say(message, 'o3', 'declined');
    expect(third.result).toBe('contradiction');
    const partly = await say(message, 'o3', 'declined', [first.id, second.id]);
    expect([partly.status, partly.type]).toEqual([409, 'urn:amanat:problem:other-words']);
    const whole = await say(message, 'o3', 'declined', [first.id, second.id, third.id]);
    expect(whole.result).toBe('settled');
  });

  test('an officer who disagrees with the settled acknowledgement opens it again, and it can be settled again', async () => {
    const { message, first, second } = await contested();
    const settling = await say(message, 'o2', 'declined', [first.id, second.id]);
    const again = await say(message, 'o3', 'accepted');
    expect(again.result).toBe('contradiction');
    await both.waitUntilIdle();
    expect((await shown(message)).here.contradictions).toMatchObject([{ open: false }, { open: true }]);
    const last = await say(message, 'o3', 'accepted', [settling.id, again.id]);
    await both.waitUntilIdle();
    const { here, there } = await shown(message);
    expect(here).toEqual(there);
    expect(here).toMatchObject({
      state: 'acknowledged',
      contradiction: false,
      acknowledgement: { evidence: last.id },
      contradictions: [{ open: false }, { open: false, settled_by: { evidence: last.id } }],
    });
  });

  test('nobody else can: an unknown officer, another focal point, or an acknowledgement that nobody contradicted', async () => {
    const { message, first, second } = await contested();
    const stranger = await say(message, 'o9', 'accepted', [first.id, second.id]);
    expect(stranger.type).toBe('urn:amanat:problem:unknown-officer');
    const body = { message, decision: 'accepted', officer: 'o1', settles: [first.id, second.id] };
    expect((await shelter.post('acknowledgements', body)).status).toBe(404);
    expect((await fetchMessageStatus(focalPoint, message)).recipients[0].contradiction).toBe(true);
  });
});

test('a focal point with its own keys settles it with its own signature', async () => {
  const { id, peer } = both;
  const message = await postMessage(shelter, makeReportPost(['police']));
  await both.waitUntilIdle();
  const received = listPostedTo(peer, '/police').at(-1)?.data ?? {};
  const digest = digestOfSealed(received['sealed']);
  const about = { message, sender: shelter.designation.focal_point, digest, at: id.house.gateway.now() };
  const by = (who: string) => ({ officer: nameOfficer(makeOfficer('id', who)) });
  const declining = { event: 'ConsignmentRejection', reason: 'duplicate' } as const;
  const send = async (over: object) => {
    const jws = await signAcknowledgement(police.keys, about, over);
    const answer = await postSigned(id.house, '/v1/focal-points/police/acknowledgements', jws);
    const json = await answer.json();
    return { result: json.result, id: (peekStatement(json.evidence).payload as { id: string }).id, jws };
  };
  const first = await send(by('o1'));
  const second = await send({ ...declining, ...by('o2') });
  const settling = await send({ ...declining, ...by('o3'), settles: [first.id, second.id] });
  expect([first.result, second.result, settling.result]).toEqual(['taken', 'contradiction', 'settled']);
  await both.waitUntilIdle();
  const status = await fetchMessageStatus(shelter, message);
  expect(status).toMatchObject({
    state: 'declined',
    recipients: [{ contradiction: false, acknowledgement: { evidence: settling.id, officer: { id: 'o3' } } }],
  });
  const statements = (await fetchEvidence(shelter, message)).map((one) => one.attestation?.statement);
  expect(statements).toContain(JSON.stringify(settling.jws));
});

describe('on the sender’s side', () => {
  const orders = [
    [0, 1, 2],
    [0, 2, 1],
    [1, 0, 2],
    [1, 2, 0],
    [2, 0, 1],
    [2, 1, 0],
  ] as const;

  test.each(orders)(
    'acknowledgements that arrive in the order %i %i %i, each twice, give the same result',
    async (...order) => {
      const { kh, id } = both;
      const told: string[] = [];
      // The way back is shut to evidence; what would have gone it is brought by hand.
      kh.keep(async (request, serve) => {
        if (!new URL(request.url).pathname.endsWith('/relay/evidence')) return serve(request);
        told.push(JSON.stringify([[...request.headers], await request.clone().text()]));
        return new Response(null, { status: 503 });
      });
      const { message, first, second } = await contested();
      const settling = await say(message, 'o3', 'declined', [first.id, second.id]);
      await id.house.drain();
      kh.keep(undefined);
      const callOf = (word: Answer): [[string, string][], string] => {
        const found = told.map((one) => JSON.parse(one)).find(([, body]) => evidenceIdIn(body) === word.id);
        if (found === undefined) throw new Error('the word was not told');
        return found;
      };
      const words = [first, second, settling];
      for (const n of order.flatMap((one) => [one, one])) {
        const [headers, body] = callOf(words[n] as Answer);
        const answer = await fetch(`${kh.url}/v1/relay/evidence`, {
          method: 'POST',
          headers: headers.filter(([name]) => /^(?:content-type|webhook-|amanat-)/.test(name)),
          body,
        });
        expect(answer.status).toBe(200);
      }
      const { here, there } = await shown(message);
      expect(here).toEqual(there);
      expect(here).toMatchObject({
        state: 'declined',
        contradiction: false,
        acknowledgement: { evidence: settling.id },
      });
      kh.house.pass(60);
      id.house.pass(60);
      await both.waitUntilIdle();
      expect((await shown(message)).here).toEqual(here);
      expect(
        (await fetchEvents(shelter, message)).filter((one) => /^Consignment(?:Acc|Rej)/.test(one)),
      ).toHaveLength(3);
      kh.house.pass(-60);
      id.house.pass(-60);
    },
  );

  test('a relay given up here that had arrived is a contradiction until an officer’s acknowledgement settles it', async () => {
    const { kh, id } = both;
    let isLost = true;
    id.keep(async (request, serve) => {
      const answer = await serve(request);
      return isLost ? new Response('lost', { status: 502 }) : answer;
    });
    const expires_time = Math.floor(kh.house.gateway.now().getTime() / 1_000) + 600;
    const message = await postMessage(shelter, makeReportPost(['desk'], { expires_time }));
    await kh.house.drain();
    isLost = false;
    id.keep(undefined);
    kh.house.pass(700);
    await kh.house.drain();
    expect(await fetchMessageStatus(shelter, message)).toMatchObject({
      state: 'failed',
      recipients: [{ contradiction: false }],
    });
    kh.house.pass(-700);
    await both.waitUntilIdle();
    const carried = { kind: 'carriage', words: [{ event: 'RelayFailure' }, { event: 'ContentConsignment' }] };
    expect(await fetchMessageStatus(shelter, message)).toMatchObject({
      recipients: [{ contradiction: true, contradictions: [{ ...carried, open: true }] }],
    });
    await say(message, 'o1', 'accepted');
    await both.waitUntilIdle();
    expect(await fetchMessageStatus(shelter, message)).toMatchObject({
      state: 'acknowledged',
      recipients: [{ contradiction: false, contradictions: [{ ...carried, open: false }] }],
    });
  });
});

test('an exported case shows which acknowledgement settled which, in every language', async () => {
  const { kh } = both;
  const { message, first, second } = await contested();
  const settling = await say(message, 'o3', 'declined', [first.id, second.id]);
  await both.waitUntilIdle();
  const { gateway } = kh.house;
  // The file carries the designations of both gateways; a gateway has its own brought to it like any other.
  const draft = { url: kh.url, name: 'Gateway KH', country: 'KH', signing: [gateway.key.publicJwk] };
  await keepGateway(gateway, await designateGateway(kh.house.authorities.KH, draft, gateway.now()));
  const file = await exportCase(gateway, { id: message, contents: false });
  const verdict = await verifyCase(Buffer.from(writeCase(file)), gateway.anchors);
  if (!verdict.verified) throw new Error(`${verdict.place}: ${verdict.code}`);
  const evidence = verdict.messages.flatMap((one) => one.evidence);
  expect(evidence.find((one) => one.id === second.id)).toMatchObject({ contradicts: first.id });
  expect(evidence.find((one) => one.id === settling.id)).toMatchObject({
    settles: [first.id, second.id].toSorted(),
    officer: { name: makeOfficer('id', 'o3').name },
  });
  const translate = phrasesFromFiles();
  for (const lang of LANGUAGES)
    expect(linesOfCase(translate, lang, verdict).join('\n')).toContain(translate(lang, 'verify-settles'));
});

const evidenceIdIn = (body: string): string =>
  (peekStatement(JSON.parse(body).evidence).payload as { id: string }).id;
