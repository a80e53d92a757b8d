/**
 * Times in another gateway's evidence: it has effect from a possible time. Evidence from the future waits for its
 * time, evidence from before its cause is refused permanently, and neither changes anybody's turn or figures.
 */
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { type Evidence, type EvidenceEvent, uriOfEvent } from '../../src/domain/evidence/evidence.ts';
import { compileReport } from '../../src/flow/figures/figures.ts';
import { digestOfPayload, peekStatement } from '../../src/seal/statement.ts';
import { makeLaterVersion } from '../support/across.ts';
import { type AboutMessage, type LyingGateway, makeLyingGateway, restOn } from '../support/lying-gateway.ts';
import { concludeAgreement } from '../support/signed-statements.ts';
import { fetchEvents, fetchMessageStatus, makeReportPost, postMessage } from '../support/story.ts';
import { expectAlike, fetchCheckedThread } from '../support/threads.ts';

const MINUTE = 60;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

let all: LyingGateway;

/** A version that begins then, in force at both. */
async function agreed(from: Date, over: object): Promise<void> {
  for (const { house } of [all.kh, all.id])
    await concludeAgreement(
      house.gateway,
      [house.authorities.ID, house.authorities.KH],
      makeLaterVersion(from, over),
    );
}

beforeAll(async () => {
  all = await makeLyingGateway();
  await agreed(all.kh.house.gateway.now(), { suppress_under: 1, clocks: {} });
});
afterEach(() => all.id.keep(undefined));
afterAll(() => all?.close());

/** Both clocks go on together. */
const pass = (seconds: number): void => {
  for (const { house } of [all.kh, all.id]) house.pass(seconds);
};

/** RFC 3339, so many seconds after another time. */
const later = (time: Date | string, seconds: number): string =>
  new Date(new Date(time).getTime() + seconds * 1_000).toISOString();

const acceptedAt = async ({ message }: AboutMessage): Promise<string> =>
  (await fetchMessageStatus(all.shelter, message)).accepted_at;

/** What the Cambodian gateway says of the case and, as both gateways count, of all cases. */
async function saidOf({ message }: AboutMessage) {
  const { kh, id, shelter } = all;
  const { thid } = await fetchMessageStatus(shelter, message);
  const asOf = kh.house.gateway.now();
  const { turn, open, messages } = await fetchCheckedThread(kh.house, shelter, thid, asOf);
  const wanted = {
    agreement: 'id-kh-test',
    from: new Date(asOf.getTime() - 30 * DAY * 1_000),
    to: asOf,
    asOf,
  };
  const [here, there] = await Promise.all(
    [kh, id].map(async ({ house }) =>
      (await compileReport(house.gateway, wanted)).rows?.map(({ figure, side, type, detail, count }) =>
        [figure, side, type, detail, count].join(' '),
      ),
    ),
  );
  return { turn, open, messages, here, there };
}

const named = (event: EvidenceEvent): Partial<Evidence> => ({ event, event_uri: uriOfEvent(event) });

/** One of each kind of thing that a turn or a figure rests on. */
const LIES: readonly Partial<Evidence>[] = [
  {},
  { ...named('ConsignmentRejection'), reason: 'not-competent' },
  named('ContentHandover'),
  named('ContentConsignment'),
  { ...named('RelayToNonERDSFailure'), reason: 'http-410' },
  named('AcceptanceRejectionExpiry'),
  { ...named('ContentPurge'), purge: { cause: 'retention', gone: [], unpurged: [] } },
];

describe('evidence', () => {
  test('from before its message is refused with a signature, and from the future without one; it changes nothing', async () => {
    const { refused, tell, acknowledgement: word, kh, shelter } = all;
    const about = await all.reported();
    const accepted = await acceptedAt(about);
    const before = await saidOf(about);
    expect(before).toMatchObject({ turn: { act: 'acknowledge', owner: all.police.keys.did } });
    for (const lie of LIES) {
      for (const early of [-5 * MINUTE - 1, -DAY, -20 * 365 * DAY])
        await refused(
          async () => tell(await word(about, { ...lie, at: later(accepted, early) })),
          'clock-skew',
        );
      for (const late of [6 * MINUTE, DAY, 20 * 365 * DAY]) {
        const at = later(kh.house.gateway.now(), late);
        await refused(async () => tell(await word(about, { ...lie, at })), 'clock-skew', { signed: false });
      }
    }
    expect(await saidOf(about)).toEqual(before);
    expect(await fetchMessageStatus(shelter, about.message)).toMatchObject({ state: 'waiting' });
    const gateway = all.id.house.gateway.did;
    for (const final of [true, false])
      expect(kh.house.lines).toContainEqual({
        event: 'evidence.refused',
        fields: { gateway, code: 'clock-skew', final },
      });
    expect(await kh.house.metrics()).toContain(
      `amanat_evidence_told_total{answer="clock-skew"} ${LIES.length * 6}`,
    );
  });

  test('that nobody answered in time is not evidence before the deadline; afterwards it is', async () => {
    const { refused, tell, acknowledgement: word, kh, shelter } = all;
    const about = await all.reported();
    const lie = named('AcceptanceRejectionExpiry');
    const plain = { ...lie, officer: undefined, attestation: undefined };
    const said = await word(about, { ...plain, at: later(kh.house.gateway.now(), 0) });
    await refused(() => tell(said), 'clock-skew');
    const { recipients } = await fetchMessageStatus(shelter, about.message);
    pass((Date.parse(recipients[0].acknowledge_by) - kh.house.gateway.now().getTime()) / 1_000 + MINUTE);
    await all.waitUntilIdle();
    const own = (await fetchMessageStatus(shelter, about.message)).evidence
      .map((jws: unknown) => peekStatement(jws).payload as Evidence)
      .filter(({ event }: Evidence) => event === 'AcceptanceRejectionExpiry');
    expect(own.map(({ at }: Evidence) => at >= recipients[0].acknowledge_by)).toEqual([true]);
  });

  test('from the future is accepted when its time has come, and has effect from then', async () => {
    const about = await all.reported();
    const at = later(all.kh.house.gateway.now(), HOUR);
    const early = await all.acknowledgement(about, { at });
    await all.refused(() => all.tell(early), 'clock-skew', { signed: false });
    pass(HOUR);
    expect(await (await all.tell(early)).json()).toEqual({ result: 'kept' });
    const { recipients } = await fetchMessageStatus(all.shelter, about.message);
    expect(recipients[0].acknowledgement.at).toBe(at);
  });

  test('by a clock some minutes behind, and days late, is accepted and has effect from its signature', async () => {
    const { shelter, tell, acknowledgement: word } = all;
    const [quick, slow] = [await all.reported(), await all.reported()];
    const behind = later(await acceptedAt(quick), -4 * MINUTE);
    expect((await tell(await word(quick, { at: behind }))).status).toBe(200);
    expect((await fetchMessageStatus(shelter, quick.message)).recipients[0].acknowledgement.at).toBe(behind);
    const at = later(await acceptedAt(slow), HOUR);
    const late = await word(slow, { at });
    pass(3 * DAY);
    expect((await tell(late)).status).toBe(200);
    const { turn, messages } = await saidOf(slow);
    expect([turn, messages[0]?.recipients[0]?.state]).toEqual([null, 'acknowledged']);
    expect((await fetchMessageStatus(shelter, slow.message)).recipients[0].acknowledgement.at).toBe(at);
  });

  test('of a gateway whose clock was wrong for a time reaches the other one when it can be true', async () => {
    const { kh, id, shelter, focalPoint } = all;
    const message = await postMessage(shelter, makeReportPost(['desk']));
    await all.waitUntilIdle();
    id.house.pass(HOUR);
    const said = { message, decision: 'accepted', officer: 'o1' };
    expect((await focalPoint.post('acknowledgements', said)).status).toBe(201);
    await all.waitUntilIdle();
    expect(await fetchMessageStatus(focalPoint, message)).toMatchObject({ state: 'acknowledged' });
    id.house.pass(-HOUR);
    await all.waitUntilIdle();
    expect(await fetchMessageStatus(shelter, message)).toMatchObject({ state: 'waiting' });
    pass(2 * HOUR);
    await all.waitUntilIdle();
    const { thid, state } = await fetchMessageStatus(shelter, message);
    expect(state).toBe('acknowledged');
    await expectAlike(thid, { house: kh.house, partner: shelter }, { house: id.house, partner: focalPoint });
  });
});

test('an answer to a relay that is dated before the message, or in the future, is ignored: the message is relayed again', async () => {
  const { kh, id, shelter } = all;
  const message = await postMessage(shelter, makeReportPost(['police']));
  const row = (await kh.house.database.store.messages.readMessage(message))?.message;
  const accepted = row?.acceptedAt ?? new Date(0);
  const answer = (event: EvidenceEvent, at: string, over: Partial<Evidence> = {}) =>
    all.submission(
      { payload: '', signatures: [] },
      { id: message, from: shelter.designation.focal_point },
      { ...named(event), digest: row?.digest ?? '', at, ...over },
    );
  const lies = [
    { evidence: await answer('RelayAcceptance', later(accepted, -DAY)) },
    { evidence: await answer('RelayAcceptance', later(accepted, DAY)) },
  ];
  for (const lie of lies) {
    id.keep(() => Response.json(lie));
    await kh.house.drain();
    pass(DAY / 12);
  }
  const rejection = await answer('RelayRejection', later(accepted, -DAY), { reason: 'not-covered' });
  id.keep(() => Response.json({ evidence: rejection }, { status: 403 }));
  await kh.house.drain();
  pass(DAY / 12);
  id.keep(undefined);
  await all.waitUntilIdle();
  const { recipients } = await fetchMessageStatus(shelter, message);
  expect(recipients[0].deliveries[0].attempts.map((one: { code: string }) => one.code)).toEqual([
    ...Array.from({ length: 3 }, () => 'clock-skew'),
    'http-202',
  ]);
  expect(await fetchEvents(shelter, message)).toContain('RelayAcceptance');
});

describe('a receipt', () => {
  test('from the future, or from before its sender signed, is refused; a difference of minutes is not', async () => {
    const { kh, police } = all;
    const now = kh.house.gateway.now();
    const relaying = async (seconds: number) =>
      all.relay((await all.consigned(police, { receipt: { at: later(now, seconds) } })).relayed);
    for (const seconds of [15 * MINUTE, 20 * 365 * DAY, -6 * MINUTE, -DAY])
      await all.refused(() => relaying(seconds), 'clock-skew');
    for (const seconds of [3 * MINUTE, -3 * MINUTE]) expect((await relaying(seconds)).status).toBe(202);
  });

  test('cannot choose a version that was replaced: the one in force at its time applies', async () => {
    const { kh, police, unit } = all;
    const { agreements } = await kh.house.gateway.store.directory.readDirectory([]);
    const second = digestOfPayload(JSON.parse(agreements.at(-1) ?? ''));
    const begins = new Date(later(kh.house.gateway.now(), HOUR));
    await agreed(begins, { version: 3 });
    pass(2 * HOUR);
    const rests_on = restOn(unit.keys.did, second, 2);
    const relayed = async (minutes: number) => {
      const at = later(kh.house.gateway.now(), minutes * MINUTE);
      const body = { urgency: 'urgent' };
      const head = { created_time: Math.floor(Date.parse(at) / 1_000) };
      const answer = await all.relay(
        (await all.consigned(police, { head, body, receipt: { at, rests_on } })).relayed,
      );
      const { id: message, evidence } = await answer.json();
      const view = await kh.house.database.store.messages.readMessage(message);
      const [recipient] = view?.recipients ?? [];
      const clock = ((recipient?.acknowledgeBy.getTime() ?? 0) - Date.parse(at)) / 1_000;
      const said = (peekStatement(evidence).payload as Evidence).rests_on?.agreements[0]?.version;
      return { version: recipient?.agreement.version, said, clock };
    };
    const logged = (event: string) => kh.house.lines.filter((line) => line.event === event).length;
    expect(await relayed(0)).toEqual({ version: 3, said: 3, clock: HOUR });
    expect([logged('agreement.differs'), logged('agreement.replaced')]).toEqual([1, 0]);
    // Under way since before: it ends under the version of that hour, and the operator is told.
    expect(await relayed(-90)).toEqual({ version: 2, said: 2, clock: 2 * HOUR });
    expect([logged('agreement.differs'), logged('agreement.replaced')]).toEqual([1, 1]);
  });
});
