/**
 * Two gateways in two processes, and a link between them that is cut, loses, delays, repeats and reorders, while people
 * write and answer and processes die. After each step both are looked at from outside; at the end the link is whole,
 * and both tell the same.
 *
 * A run with a seed of its own plans the same walk again: `AMANAT_SEED=<seed> npx vitest run test/journeys/partition.test.ts`
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Correspondent, enrolCorrespondents } from '../support/correspondents.ts';
import { createSeededRandom } from '../support/killable.ts';
import {
  createObserver,
  type ObservedMessage,
  type ObservedView,
  type PartyObserver,
  readView,
} from '../support/observer.ts';
import { isGiven, SOAK, seedOfRun } from '../support/property.ts';
import { startTwoProcesses, type TwoProcesses } from '../support/two-processes.ts';
import { createRandomWalk, type RandomWalk } from '../support/walk.ts';

/** Showed a message that had failed at one gateway and waited at the other for ever. */
const WAITED_FOR_EVER = 1_547_860_904;
const FIRST = seedOfRun(319_522);
/** The gate takes the seed that found something and one more; a soak goes on from a fresh one. */
const SEEDS = isGiven ? [FIRST] : [WAITED_FOR_EVER, ...Array.from({ length: SOAK }, (_, n) => FIRST + n)];
const STEPS = 30;
/** Jumps of the clock after which all must be done: retries of two weeks are forty. */
const JUMPS = 200;

let both: TwoProcesses;
let correspondents: readonly Correspondent[];
let outside: PartyObserver;
/** Draws what becomes of requests; the walk under way brings its own. */
let random: () => number = createSeededRandom(FIRST);

beforeAll(async () => {
  both = await startTwoProcesses(() => random());
  correspondents = await enrolCorrespondents(both);
  outside = createObserver(both.kh, both.id);
});

afterAll(() => both?.close());

/** When there is work to do next, on either side; undefined when neither has any. */
async function nextDue(): Promise<number | undefined> {
  const dues = await Promise.all(
    [both.kh, both.id].map(({ house }) => house.gateway.store.database.nextDue()),
  );
  const times = dues.flatMap((one) => (one === undefined ? [] : [one.getTime()]));
  return times.length === 0 ? undefined : Math.min(...times);
}

/** Lets both do all they have to do, and moves the clock on where they wait for it. */
async function untilNothingIsDue(going: RandomWalk): Promise<void> {
  for (let jumps = 0; jumps < JUMPS; ) {
    const due = await nextDue();
    // Asked for after that: whatever was brought is here by now.
    const answered = await going.answerAll();
    const wait = (due ?? 0) - both.kh.house.gateway.now().getTime();
    if (due === undefined && answered === 0) return;
    // What is under way is due when its lease ends: it is given a moment to be done before that.
    await sleep(60);
    if (wait <= 0 || (await nextDue()) !== due) continue;
    await both.pass(Math.ceil(wait / 1_000));
    jumps += 1;
  }
  throw new Error('there is work that is never done');
}

/** Reads what must be there by now. */
async function mustSee(party: Correspondent, { id }: ObservedMessage): Promise<ObservedView> {
  const view = await readView(party, id);
  if (view === undefined) throw new Error(`${party.slug} cannot read a message of its own`);
  return view;
}

/** The recipient's gateway and the sender's say the same of it, and whoever wrote it was told all of it. */
async function expectSameStory(sent: ObservedMessage, going: RandomWalk): Promise<void> {
  const here = await mustSee(sent.from, sent);
  for (const party of sent.to) {
    const part = here.parts.get(party.did);
    const there = await readView(party, sent.id);
    expect(part?.state, 'final or visible').not.toBe('waiting');
    // It expired before it could cross.
    if (there === undefined) expect(part?.state).toBe('failed');
    else {
      expect(there.parts.get(party.did)?.state).toBe(part?.state);
      expect(there.parts.get(party.did)?.acknowledgement).toEqual(part?.acknowledgement);
      // A receipt that was lost is asked for until the message expires, and not after.
      const due = there.claims.filter((one) => !(sent.hurried && one.event === 'RelayAcceptance'));
      expect(here.claims.map(told), 'what came back').toEqual(expect.arrayContaining(due.map(told)));
    }
  }
  const issued = here.claims.filter((one) => one.event !== 'SubmissionAcceptance').map((one) => one.id);
  const brought = going.brought.filter((one) => one.to === sent.from.slug && one.message === sent.id);
  const ids = brought.flatMap((one) => (one.evidence === undefined ? [] : [one.evidence.id]));
  expect([...new Set(ids)].toSorted(), 'what the sender was told').toEqual(issued.toSorted());
}

const told = ({ event, id }: ObservedView['claims'][number]): string => `${event} ${id}`;

/** Each log has all evidence of its side in it at last, and bears the other side's cosignature. */
async function expectCosigned({ sent }: RandomWalk): Promise<void> {
  for (const side of [both.kh, both.id]) {
    const read = sent.flatMap((one) =>
      [one.from, ...one.to].filter((party) => party.side === side).map((party) => readView(party, one.id)),
    );
    const evidence = new Map((await Promise.all(read)).flatMap((view) => [...(view?.evidence ?? [])]));
    const stands = async () => {
      await both.pass(60);
      const log = await outside.readLog(side);
      return { all: log.covers(evidence), cosigned: log.cosigned };
    };
    await expect.poll(stands, { interval: 150 }).toEqual({ all: true, cosigned: true });
  }
}

test.each(SEEDS)('nothing is lost, nothing arrives twice (AMANAT_SEED=%i)', async (seed) => {
  random = createSeededRandom(seed);
  const going = createRandomWalk(both, correspondents, createSeededRandom(seed));
  try {
    await going.begin();
    for (let step = 0; step < STEPS; step += 1) {
      await going.step();
      await outside.look(going.sent, going.fetch());
    }
    await going.heal();
    await untilNothingIsDue(going);
    await outside.look(going.sent, going.fetch());
    for (const sent of going.sent) await expectSameStory(sent, going);
    await expectCosigned(going);
    await outside.look(going.sent, going.fetch());
    expect(going.sent.length).toBeGreaterThanOrEqual(correspondents.length);
  } catch (fault) {
    throw new Error(`AMANAT_SEED=${seed}: ${going.story.join('; ')}`, { cause: fault });
  }
});
