/**
 * Whose turn it is, read from both gateways after a step. The operators' view of the thread must be the same at both,
 * to the second. The two focal points between which the next act stands must get the same act, each from its own
 * gateway.
 */

import { makeThreadDocument } from '../src/cli/thread.ts';
import type { ActName } from '../src/domain/message/acts.ts';
import { Refusal } from '../src/domain/words/error.ts';
import { present } from '../src/domain/words/present.ts';
import { callUntilAnswered, readAccepted } from '../test/support/outside/calling.ts';
import { waitUntil } from '../test/support/outside/until.ts';
import type { Scene } from './acts.ts';
import { CAST, type CastCountry, type Role } from './cast.ts';
import { houseOfRole } from './houses.ts';
import type { ServedHouse } from './stage.ts';
import type { StoryThread } from './thread.ts';
import type { TurnLine } from './timeline.ts';

/** The turn that a story expects after a step. */
export interface ExpectedTurn {
  /** Who owes the next act; null if nobody does. */
  readonly turn: { readonly owner: Role; readonly act: ActName } | null;
  /**
   * The minutes for which each side was waited for. Stories count in tens of minutes, because the steps themselves
   * take seconds.
   */
  readonly waits: Waits;
}
type Waits = Readonly<Partial<Record<CastCountry, number>>>;

const TENS = 10;

/** Expects that it is this focal point's turn. */
export const expectTurn = (owner: Role, act: ActName, waits: Waits): ExpectedTurn => ({
  turn: { owner, act },
  waits,
});

/** Expects that nobody owes an act. */
export const expectNobody = (waits: Waits): ExpectedTurn => ({ turn: null, waits });

/** A scene with served gateways. */
export interface ServedScene extends Scene {
  readonly served: readonly ServedHouse[];
}

/** An act as gateways report it; `owner` and `recipient` are DIDs. */
interface Told {
  readonly act: string;
  readonly owner: string;
  readonly country: string;
  readonly message: string;
  readonly recipient: string;
  readonly since: string;
  readonly until: string;
}

type View = Pick<Awaited<ReturnType<typeof makeThreadDocument>>, 'turn' | 'open' | 'waiting'>;

/**
 * Asks until both gateways report the turn that the story expects, and prints it.
 * @throws Error with their last answers, if they never report it
 */
export async function tellTurn(
  playing: ServedScene,
  thread: StoryThread,
  { chapter, leaves }: { readonly chapter: string; readonly leaves: ExpectedTurn },
): Promise<void> {
  let last = 'nothing';
  const look = async (): Promise<View | undefined> => {
    const at = playing.setting.clock.now();
    const views = await Promise.all(playing.served.map((house) => operatorsView(house, thread, at)));
    const texts = views.map((view) => JSON.stringify(view));
    last = views.map((view) => JSON.stringify([view?.turn, view?.waiting.sides])).join(' and ');
    const [view] = views;
    if (view === undefined || new Set(texts).size > 1 || !isAsExpected(view, leaves)) return undefined;
    return (await isToldToBoth({ playing, thread, at }, view.turn)) ? view : undefined;
  };
  const view = await waitUntil('both gateways to tell whose turn it is', look, playing.signal).catch(
    (fault: unknown): never => {
      const why = fault instanceof Error ? fault.message : 'unknown';
      throw new Error(`${why} after "${chapter}"; their last answers were ${last}`);
    },
  );
  playing.timeline.turn(lineOf(playing, chapter, view));
}

/** The output of `amanat thread` for the operator of a gateway: everything that the gateway carried in the thread. */
async function operatorsView(
  { gateway }: ServedHouse,
  { thid = '' }: StoryThread,
  at: Date,
): Promise<View | undefined> {
  try {
    const { turn, open, waiting } = await makeThreadDocument(gateway, thid, at);
    return { turn, open, waiting };
  } catch (fault) {
    // The other gateway does not have the thread yet.
    if (fault instanceof Refusal && fault.code === 'not-found') return undefined;
    throw fault;
  }
}

function isAsExpected({ turn, waiting }: View, { turn: expected, waits }: ExpectedTurn): boolean {
  const isTurn =
    expected === null || turn === null
      ? expected === turn
      : turn.act === expected.act && turn.owner.endsWith(`:fp:${CAST[expected.owner].slug}`);
  const late = Object.entries(waits).filter(([country, minutes]) => {
    const seconds = waiting.sides.find((one) => one.country === country)?.elapsed ?? 0;
    return Math.floor(seconds / 60 / TENS) !== minutes / TENS;
  });
  return isTurn && late.length === 0;
}

/** The thread to ask about, and the instant: the same for both sides. */
interface Asking {
  readonly playing: ServedScene;
  readonly thread: StoryThread;
  readonly at: Date;
}

/** Whether the sender and the recipient of the message get the same act from their own gateways, over HTTP. */
async function isToldToBoth({ playing, thread, at }: Asking, turn: Told | null): Promise<boolean> {
  const posted = thread.posted.findLast((one) => turn === null || one.id === turn.message);
  const to = posted?.to.find((one) => turn === null || turn.recipient.endsWith(`:fp:${CAST[one].slug}`));
  if (posted === undefined || to === undefined) return false;
  const told = await Promise.all([posted.from, to].map((role) => readThread(playing, role, thread, at)));
  return told.every((one) => JSON.stringify(one.turn) === JSON.stringify(turn));
}

/** The members of a thread that are used here. */
export interface ThreadRead {
  readonly turn: Told | null;
  readonly messages: readonly { readonly id: string; readonly from: string }[];
}

/** Reads `GET /v1/threads/{thid}` with the focal point's access key, at its home gateway; by default as of now. */
export async function readThread(
  { setting }: ServedScene,
  role: Role,
  { thid = '' }: StoryThread,
  at: Date | undefined = undefined,
): Promise<ThreadRead> {
  const headers = { authorization: `Bearer ${setting.accessKeys.get(role) ?? ''}` };
  const asked = at === undefined ? '' : `?at=${at.toISOString()}`;
  const url = `${houseOfRole(setting.houses, role).url}/v1/threads/${thid}${asked}`;
  const answer = await callUntilAnswered(async () => ({ url, init: { headers } }));
  return readAccepted('reading a thread', answer);
}

function lineOf({ setting }: ServedScene, step: string, { turn, waiting }: View): TurnLine {
  const seconds = (country: CastCountry): number =>
    waiting.sides.find((one) => one.country === country)?.elapsed ?? 0;
  const { countries, roles } = setting.company;
  const name = roles.map((one) => CAST[one]).find((one) => turn?.owner.endsWith(`:fp:${one.slug}`))?.name;
  return {
    step,
    ...present({ name }),
    turn:
      turn === null
        ? null
        : {
            owner: turn.owner,
            country: turn.country,
            act: turn.act,
            since: turn.since,
            until: turn.until,
          },
    waiting: Object.fromEntries(countries.map((country) => [country, seconds(country)])),
  };
}
