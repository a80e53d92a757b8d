/**
 * Lists open threads, in which something is owed. Those in which the party itself owes come first, each with
 * the act in turn.
 */

import type { OpenAct } from '../../domain/turn/turn.ts';
import { Refusal } from '../../domain/words/error.ts';
import type { Judging, Verifying } from '../../gateway-parts.ts';
import { type ProvenThread, readProvenThreads } from '../evidence/proven-messages.ts';
import { logUnreadable, skipUnreadable } from '../evidence/readable.ts';
import { jsonOfOpenAct, readThreadStates, type ThreadState, unreadableMessagesOf } from './thread.ts';

/** Most threads read for one list, those with the newest messages, and how many are read at once. */
const LOOKED_AT = 1_000;
const AT_ONCE = 50;

/** Most lines of a page. */
export const PAGE_LIMIT = 100;

interface ThreadsPage {
  readonly asOf: Date;
  readonly limit: number;
  /** `next` of the page before. */
  readonly after?: string | undefined;
}

interface Line {
  readonly state: ThreadState;
  readonly next: OpenAct;
  /** The most pressing act that the party itself owes. */
  readonly owed?: OpenAct | undefined;
  /** The sort key of a line, and its place in the list. */
  readonly place: string;
}

/** Own acts before those of others, drills last; then by deadline, then by thread. */
function lineOf(state: ThreadState, party: string | undefined): readonly Line[] {
  const { next, open } = state.turn;
  if (next === undefined) return [];
  const owed = open.find((one) => one.owner === party && one.isDrill === next.isDrill);
  const rank = next.isDrill ? 2 : owed === undefined ? 1 : 0;
  const until = String((owed ?? next).until.getTime()).padStart(15, '0');
  return [{ state: state, next, owed, place: `${rank}-${until}-${state.thread}` }];
}

const PLACE = /^[0-2]-\d{15}-[0-9a-f]{32}$/;

/**
 * A page of the threads in which anything is owed, to or by the party; of all threads if there is no party.
 * `complete` is false if there were more than can be read, and the ones with the oldest messages were left
 * out.
 * @throws Refusal `invalid-body` if `after` is no place in a list
 */
export async function listOpenThreads(gateway: Verifying, party: string | undefined, page: ThreadsPage) {
  const { asOf, limit, after } = page;
  if (after !== undefined && !PLACE.test(after))
    throw new Refusal('invalid-body', '/after: must be the value of next in the previous page');
  const ids = await gateway.store.threads.maybeOpenThreads(party, LOOKED_AT + 1);
  const lines: Line[] = [];
  const lost: string[] = [];
  for (let n = 0; n < Math.min(ids.length, LOOKED_AT); n += AT_ONCE) {
    const kept = await readProvenThreads(gateway, ids.slice(n, Math.min(n + AT_ONCE, LOOKED_AT)));
    const { found, lost: these } = await readEachState(gateway, kept, party, asOf);
    lines.push(...found.flatMap((one) => lineOf(one, party)));
    lost.push(...these);
  }
  const sorted = lines
    .filter((one) => after === undefined || one.place > after)
    .sort((one, other) => (one.place < other.place ? -1 : 1));
  const shown = sorted.slice(0, Math.min(limit, PAGE_LIMIT));
  return {
    as_of: asOf.toISOString(),
    threads: shown.map((one) => lineJson(one, asOf)),
    next: sorted.length > shown.length ? (shown.at(-1)?.place ?? null) : null,
    complete: ids.length <= LOOKED_AT,
    unreadable: lost,
  };
}

/** The states of threads. If one cannot be read, each is read by itself, so that the others are shown. */
async function readEachState(
  gateway: Judging,
  kept: readonly ProvenThread[],
  party: string | undefined,
  asOf: Date,
): Promise<{ readonly found: readonly ThreadState[]; readonly lost: readonly string[] }> {
  const found = await skipUnreadable(() => readThreadStates(gateway, kept, party, asOf));
  if (found !== undefined) {
    const gone = kept
      .filter((one) => unreadableMessagesOf(one, party).length > 0)
      .map((one) => one.thread)
      .filter((thread) => found.every((one) => one.thread !== thread));
    logUnreadable(gateway, 'thread', gone);
    return { found, lost: gone };
  }
  const [one, ...others] = kept;
  if (one !== undefined && others.length === 0) {
    logUnreadable(gateway, 'thread', [one.thread]);
    return { found: [], lost: [one.thread] };
  }
  const each = await Promise.all(kept.map((thread) => readEachState(gateway, [thread], party, asOf)));
  return { found: each.flatMap((all) => all.found), lost: each.flatMap((all) => all.lost) };
}

function lineJson({ state, next, owed }: Line, asOf: Date) {
  const { thread, parts, turn, unreadable: lost } = state;
  const first = parts[0]?.view.message;
  const last = parts.at(-1)?.view.message;
  return {
    thid: thread,
    type: first?.type ?? next.type,
    from: first?.sender ?? next.owner,
    messages: parts.length,
    last_at: (last?.acceptedAt ?? next.since).toISOString(),
    turn: jsonOfOpenAct(next, asOf),
    owed: owed === undefined ? null : jsonOfOpenAct(owed, asOf),
    open: turn.open.length,
    unreadable: lost.length,
  };
}
export type OpenThreads = Awaited<ReturnType<typeof listOpenThreads>>;
