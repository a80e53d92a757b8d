/**
 * The same consignments and evidence in any order, some of it more than once: both gateways compute the same turn,
 * state and figures, which are written down here by hand.
 */
import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { compileReport } from '../../src/flow/figures/figures.ts';
import { type AcrossBorder, makeAcrossBorder, makeLaterVersion } from '../support/across.ts';
import { eachOf } from '../support/each-of.ts';
import { assertProperty } from '../support/property.ts';
import type { RigPartner } from '../support/rig.ts';
import { concludeAgreement } from '../support/signed-statements.ts';
import { fetchMessageStatus, makeReportPost, postMessage } from '../support/story.ts';
import { expectAlike, type ReadThread } from '../support/threads.ts';
import type { GatewaySide } from '../support/two-gateways.ts';

type Come = () => Promise<Response>;

let both: AcrossBorder;

beforeAll(async () => {
  both = await makeAcrossBorder();
  const { kh, id } = both;
  // So slow that nobody is reminded in between: a reminder is evidence of its own.
  const clocks = { urgent: { acknowledge: 86_400, answer: 259_200 } };
  const shown = makeLaterVersion(kh.house.gateway.now(), { suppress_under: 1, clocks });
  for (const { house } of [kh, id])
    await concludeAgreement(house.gateway, [house.authorities.ID, house.authorities.KH], shown);
});
afterAll(() => both?.close());

/** Holds up what the other gateway brings to this one, until it is let in. */
function holding(side: GatewaySide): Come[] {
  const held: Come[] = [];
  side.keep(async (request, serve) => {
    const { url, headers } = request;
    const body = await request.arrayBuffer();
    held.push(async () => serve(new Request(url, { method: 'POST', headers, body })));
    // Who asks for time is not taken for down: the rest is brought as well.
    return new Response(null, { status: 503, headers: { 'retry-after': '60' } });
  });
  return held;
}

/** Lets all of it in by this draw: every piece once at least, in an order of its own, some of it again. */
async function letIn(side: GatewaySide, held: readonly Come[], draw: readonly number[]): Promise<void> {
  side.keep(undefined);
  const key = (n: number): number => draw[n % draw.length] ?? 0;
  const pieces = [...held, ...held.filter((_, n) => key(n) % 2 === 0)];
  const order = pieces.map((come, n) => ({ come, key: key(n * 3 + 1) })).sort((a, b) => a.key - b.key);
  for (const { come } of eachOf(order)) expect((await come()).status).toBeLessThan(300);
}

const line = (type: string, to: string, thid: string, body: object, over: object = {}) => ({
  type,
  to: [to],
  thid,
  body,
  urgency: 'urgent',
  handling: 'H1',
  lang: 'en',
  ...over,
});

const persons = [{ ref: 'p1' }];
const permit = { kind: 'exit-permit', persons, question: 'May they leave?' };
const granted = { kind: 'exit-permit', outcome: 'granted', valid_until: '2027-01-01', answer: 'They may.' };
/** May overtake what it puts right. */
const corrected = { corrected: [{ member: 'answer', now: 'Both may.' }], reason: 'One was left out.' };

const word = async (by: RigPartner, message: string, over: object = {}): Promise<void> => {
  const said = { message, decision: 'accepted', officer: 'o1', ...over };
  expect((await by.post('acknowledgements', said)).status).toBe(201);
};

/** A case in which nothing reaches the other side but in the order drawn; gives back its thread. */
async function played(there: readonly number[], back: readonly number[]): Promise<string> {
  const { shelter, focalPoint, kh, id } = both;
  const out = holding(id);
  const opening = await postMessage(shelter, makeReportPost(['desk']));
  const { thid } = await fetchMessageStatus(shelter, opening);
  const first = await postMessage(shelter, line('request', 'desk', thid, permit, { about: opening }));
  const second = await postMessage(
    shelter,
    line('request', 'desk', thid, { ...permit, question: 'And home?' }),
  );
  const righted = await postMessage(shelter, line('correction', 'desk', thid, corrected, { about: second }));
  await both.waitUntilIdle();
  expect(out.length).toBe(4);
  await letIn(id, out, there);
  const returning = holding(kh);
  for (const message of [opening, first]) await word(focalPoint, message);
  await word(focalPoint, righted, { decision: 'declined', ground: 'not-competent' });
  const reply = await postMessage(focalPoint, line('reply', 'shelter', thid, granted, { about: first }));
  await postMessage(focalPoint, line('correction', 'shelter', thid, corrected, { about: reply }));
  await postMessage(
    focalPoint,
    line('clarification', 'shelter', thid, { question: 'Which?' }, { about: second }),
  );
  await both.waitUntilIdle();
  expect(returning.length).toBeGreaterThan(5);
  await letIn(kh, returning, back);
  // Each side brings once more what it was never answered, long before anything is late.
  for (const { house } of [kh, id]) house.pass(300);
  await both.waitUntilIdle();
  return thid;
}

/** An act that is open, in words: who owes what about which type. */
const owed = ({ act, type, owner }: ReadThread['open'][number]): string =>
  `${owner.split(':').at(-1)}: ${act} ${type}`;

/** What does not depend on the clock of this very run. */
const gist = ({ turn, open, messages }: ReadThread) => ({
  turn: turn && owed(turn),
  open: open.map(owed),
  states: messages.map(({ type, state, recipients }) =>
    [type, state, ...recipients.map((one) => one.state)].join(' '),
  ),
});

/**
 * What `played` comes to. The declined correction is the shelter's again, before the three that came after it; of the
 * second request nothing is owed while the clarification stands with the shelter. That the desk asked for it shows that the
 * request came, so it counts as acknowledged in time; no officer has said so, so its state is waiting.
 */
const PLAYED = {
  turn: 'shelter: reassign correction',
  open: [
    'shelter: reassign correction',
    'shelter: acknowledge reply',
    'shelter: acknowledge correction',
    'shelter: acknowledge clarification',
  ],
  states: [
    'report acknowledged acknowledged',
    'request acknowledged acknowledged',
    'request waiting waiting',
    'correction declined declined',
    'reply waiting waiting',
    'correction waiting waiting',
    'clarification waiting waiting',
  ],
  figures: [
    'cases * * * 1',
    'cases KH * * 1',
    'cases KH report * 1',
    'messages * * * 7',
    'messages ID * * 3',
    'messages ID clarification * 1',
    'messages ID correction * 1',
    'messages ID reply * 1',
    'messages KH * * 4',
    'messages KH correction * 1',
    'messages KH report * 1',
    'messages KH request * 2',
    'acknowledge * * * 7',
    'acknowledge ID * * 4',
    'acknowledge ID correction * 1',
    'acknowledge ID correction in-time 1',
    'acknowledge ID report * 1',
    'acknowledge ID report in-time 1',
    'acknowledge ID request * 2',
    'acknowledge ID request in-time 2',
    'acknowledge KH * * 3',
    'acknowledge KH clarification * 1',
    'acknowledge KH clarification in-time 1',
    'acknowledge KH correction * 1',
    'acknowledge KH correction in-time 1',
    'acknowledge KH reply * 1',
    'acknowledge KH reply in-time 1',
    'answer * * * 1',
    'answer ID * * 1',
    'answer ID request * 1',
    'answer ID request in-time 1',
  ],
};

/** The figures of all that was accepted from then on, the same at both gateways. */
async function figures(from: Date) {
  const { kh, id } = both;
  const asOf = kh.house.gateway.now();
  const wanted = { agreement: 'id-kh-test', from, to: asOf, asOf };
  const [mine, yours] = await Promise.all(
    [kh, id].map(async ({ house }) => (await compileReport(house.gateway, wanted)).rows),
  );
  expect(mine).toEqual(yours);
  return mine?.map(({ figure, side, type, detail, count }) =>
    [figure, ...[side, type, detail, count].map((one) => one ?? '*')].join(' '),
  );
}

test('any order of arrival gives the same turn, state and figures on both gateways', async () => {
  const { kh, id, shelter, focalPoint } = both;
  const keys = fc.array(fc.nat(1_000), { minLength: 40, maxLength: 40 });
  await assertProperty(
    fc.asyncProperty(keys, keys, async (there, back) => {
      const from = kh.house.gateway.now();
      const thid = await played(there, back);
      const thread = await expectAlike(
        thid,
        { house: kh.house, partner: shelter },
        { house: id.house, partner: focalPoint },
      );
      expect({ ...gist(thread), figures: await figures(from) }).toEqual(PLAYED);
      for (const { house } of [kh, id]) house.pass(60);
    }),
    { numRuns: 10, endOnFailure: true },
  );
});
