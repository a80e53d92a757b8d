/**
 * A gateway signs endless evidence of one message: only a limited amount is kept, and people are notified only a
 * limited number of times.
 */
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { type EvidenceEvent, uriOfEvent } from '../../src/domain/evidence/evidence.ts';
import { addConfirmedEndpoint } from '../support/confirmed.ts';
import { type LyingGateway, makeLyingGateway } from '../support/lying-gateway.ts';
import { fetchEvents, fetchMessageStatus } from '../support/story.ts';
import { newId } from '../support/two-gateways.ts';

vi.setConfig({ testTimeout: 120_000 });

let all: LyingGateway;
beforeAll(async () => {
  all = await makeLyingGateway();
  const { focal_point: focalPoint } = all.shelter.designation;
  const chat = { channel: 'telegram', shows: 'notice', lang: 'en', officer: 'o1' } as const;
  await addConfirmedEndpoint(all.kh.house.gateway, { ...chat, focalPoint, address: '5550001', rank: 2 });
});
afterAll(() => all?.close());

/** What the Indonesian gateway is answered when it tells so many times, each time anew, of one event. */
async function told(
  event: EvidenceEvent,
  times: number,
  about: Awaited<ReturnType<LyingGateway['reported']>>,
): Promise<readonly string[]> {
  const answers: string[] = [];
  for (let n = 0; n < times; n += 1) {
    const jws = await all.acknowledgement(about, {
      id: newId(),
      event,
      event_uri: uriOfEvent(event),
      officer: undefined,
    });
    const answer = await (await all.tell(jws)).json();
    answers.push(answer.result ?? answer.type);
  }
  return answers;
}

const noticesOf = async (message: string): Promise<number> =>
  (
    await all.kh.house.database.sql`
      select from delivery where kind = 'evidence' and channel = 'telegram' and message = ${message}`
  ).length;

test('people are notified of ten, all others are kept and shown', async () => {
  const about = await all.reported();
  expect(new Set(await told('RelayToNonERDSFailure', 12, about))).toEqual(new Set(['kept']));
  expect(await noticesOf(about.message)).toBe(10);
  expect(
    (await fetchEvents(all.shelter, about.message)).filter((one) => one === 'RelayToNonERDSFailure'),
  ).toHaveLength(12);
  // What they wait for is another event.
  await all.tell(await all.acknowledgement(about));
  expect(await noticesOf(about.message)).toBe(11);
  expect(await fetchMessageStatus(all.shelter, about.message)).toMatchObject({ state: 'acknowledged' });
});

test('after four hundred of one event no more are accepted, with a signed refusal; other events are', async () => {
  const about = await all.reported();
  await told('ConsignmentNotification', 1, about);
  const { sql } = all.kh.house.database;
  // As the first one is kept, 399 more.
  await sql`
    insert into evidence (id, signer, signed_id, event, message, sender, recipient, delivery, at, jws)
    select lpad(to_hex(n), 32, '0'), e.signer, lpad(to_hex(n), 32, '0'), e.event, e.message, e.sender, e.recipient,
      e.delivery, e.at, e.jws
    from evidence e, generate_series(1, 399) as n
    where e.event = 'ConsignmentNotification' and e.message = ${about.message}`;
  const jws = await all.acknowledgement(about, {
    id: newId(),
    event: 'ConsignmentNotification',
    event_uri: uriOfEvent('ConsignmentNotification'),
    officer: undefined,
  });
  await all.refused(() => all.tell(jws), 'too-large');
  expect(await told('RelayToNonERDS', 1, about)).toEqual(['kept']);
  expect((await all.tell(await all.acknowledgement(about))).status).toBe(200);
});
