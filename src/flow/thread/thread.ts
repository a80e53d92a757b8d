/**
 * A thread: its messages, and what is owed in it, by whom and until when, for one of its parties or for the
 * operator. A party sees what it sent and received; of received messages only its own part. The operator sees
 * what concerns focal points homed here. So both parties of a thread see the same, at whichever gateway they
 * ask.
 */
import type { Designation } from '../../domain/party/designation.ts';
import { partStateAt } from '../../domain/turn/evidence.ts';
import {
  recallTimeOf,
  type ThreadFacts,
  type TurnInput,
  type TurnMessage,
  threadFactsOf,
} from '../../domain/turn/facts.ts';
import { type OpenAct, type Turn, turnOfThread } from '../../domain/turn/turn.ts';
import type { WaitingStep } from '../../domain/turn/waiting.ts';
import type { Judging, Storing, Verifying } from '../../gateway-parts.ts';
import { type Directory, findDesignation, readDirectory, readHistory } from '../directory/directory.ts';
import { type ProvenThread, readProvenThreads } from '../evidence/proven-messages.ts';
import { isReadableMessage, logUnreadable, readRecord, refuseUnreadable } from '../evidence/readable.ts';
import { type MessageParts, turnInputOf, unreadableEvidenceOf } from './turn-input.ts';

/** The state of a thread at a time, for one reader. */
export interface ThreadState {
  readonly thread: string;
  readonly asOf: Date;
  readonly parts: readonly MessageParts[];
  readonly facts: ThreadFacts;
  readonly turn: Turn;
  readonly directory: Directory;
  /**
   * Ids of messages and evidence that cannot be read any more. The rest is computed as if they were not
   * there.
   */
  readonly unreadable: readonly string[];
}

/**
 * The parts of a thread that concern a party, or focal points homed here if there is none. In the order of
 * acceptance.
 */
function listParts(kept: ProvenThread, party: string | undefined, asOf: Date): readonly MessageParts[] {
  return kept.messages
    .filter((one) => isReadableMessage(one) && one.message.acceptedAt <= asOf)
    .map((view) => {
      const isWhole = party === undefined || view.message.sender === party;
      return { view, to: isWhole ? view.recipients : view.recipients.filter((one) => one.to === party) };
    })
    .filter((one) => one.to.length > 0);
}

/**
 * The states of threads, from what is kept and dated not later than `asOf`. Threads in which the party has no
 * part are left out.
 */
export async function readThreadStates(
  gateway: Judging,
  threads: readonly ProvenThread[],
  party: string | undefined,
  asOf: Date,
): Promise<readonly ThreadState[]> {
  const found = threads
    .map((kept) => ({
      thread: kept.thread,
      parts: listParts(kept, party, asOf),
      lost: unreadableMessagesOf(kept, party),
    }))
    .filter((one) => one.parts.length > 0);
  const dids = [...new Set(found.flatMap((one) => one.parts.flatMap(partiesOf)))];
  const directory = await readDirectory(gateway, dids);
  const countries = await countriesOf(gateway, directory, dids);
  return found.map(({ thread, parts, lost }) => {
    const input: TurnInput = turnInputOf({ versions: directory.agreements, countries, asOf }, parts);
    const pieces = parts.flatMap(unreadableEvidenceOf);
    logUnreadable(gateway, 'message', lost);
    logUnreadable(gateway, 'evidence', pieces);
    const standing = {
      thread,
      asOf,
      parts,
      facts: threadFactsOf(input),
      turn: turnOfThread(input),
      directory,
    };
    return { ...standing, unreadable: [...lost, ...pieces] };
  });
}

/**
 * Messages that have a part of the party's and cannot be read any more; of all messages if there is no party.
 */
export const unreadableMessagesOf = (
  { messages }: ProvenThread,
  party: string | undefined,
): readonly string[] =>
  messages
    .filter((one) => !isReadableMessage(one))
    .filter(
      ({ message, recipients }) =>
        party === undefined || message.sender === party || recipients.some((one) => one.to === party),
    )
    .map(({ message }) => message.id);

const partiesOf = ({ view, to }: MessageParts): readonly string[] => [
  view.message.sender,
  ...to.map((one) => one.to),
];

/**
 * A focal point whose designation no longer verifies still has its country: it was designated when it wrote.
 */
async function countriesOf(
  gateway: Judging,
  directory: Directory,
  dids: readonly string[],
): Promise<ReadonlyMap<string, string>> {
  const found = await Promise.all(
    dids.map(async (did) => {
      const designation: Designation | undefined =
        findDesignation(directory, did) ?? (await readHistory(gateway, did)).versions.at(-1);
      return designation === undefined ? [] : [[did, designation.country] as const];
    }),
  );
  return new Map(found.flat());
}

/**
 * The state of the thread for the party; undefined if there is none, or the party has no readable part in it.
 */
export async function readThreadState(
  gateway: Verifying,
  thread: string,
  party: string | undefined,
  asOf: Date,
): Promise<ThreadState | undefined> {
  const [standing] = await readThreadStates(gateway, await readProvenThreads(gateway, [thread]), party, asOf);
  return standing;
}

/** A thread that was requested by its id, as it is shown. */
interface ShownThread {
  readonly state: ThreadState;
  readonly json: ThreadJson;
}

/**
 * The thread for a reader who requested it by its id: what can be read of it, with the ids of what cannot.
 * Undefined as for `readThreadState`.
 * @throws Refusal `record-unreadable` if nothing of it can be shown
 */
export async function showThread(
  gateway: Verifying,
  thread: string,
  party: string | undefined,
  asOf: Date,
): Promise<ShownThread | undefined> {
  const kept = await readProvenThreads(gateway, [thread]);
  return readRecord(gateway, 'thread', thread, async () => {
    const [standing] = await readThreadStates(gateway, kept, party, asOf);
    if (standing !== undefined)
      return { state: standing, json: await jsonOfThread(gateway, standing, party) };
    if (kept.some((one) => unreadableMessagesOf(one, party).length > 0))
      throw refuseUnreadable(gateway, 'thread', thread);
    return undefined;
  });
}

/** The state of a message for a recipient, by the evidence. */
type RecipientState = 'waiting' | 'acknowledged' | 'declined' | 'failed' | 'recalled';

function standingOfPart({ facts, asOf }: ThreadState, message: TurnMessage, to: string): RecipientState {
  if (recallTimeOf(facts, message, to) <= asOf.getTime()) return 'recalled';
  const state = partStateAt(facts.evidence(message.id, to), asOf.getTime());
  return state === 'accepted' ? 'acknowledged' : state;
}

/** The state of a message to several recipients: the one that most needs action comes first. */
const overallState = (states: readonly RecipientState[]): RecipientState =>
  (['declined', 'failed', 'waiting', 'acknowledged'] as const).find((one) => states.includes(one)) ??
  'recalled';

const actJson = (one: OpenAct | WaitingStep) => ({
  act: one.act,
  owner: one.owner,
  country: one.country,
  message: one.message,
  type: one.type,
  urgency: one.urgency,
  recipient: one.recipient,
  drill: one.isDrill,
  since: one.since.toISOString(),
  until: one.until.toISOString(),
});

/** An act that is owed: by whom, since when, until when, and how late it is. */
export const jsonOfOpenAct = (one: OpenAct, asOf: Date) => ({
  ...actJson(one),
  no_way: one.hasNoEndpoint === true,
  overdue_seconds: Math.max(0, Math.floor((asOf.getTime() - one.until.getTime()) / 1_000)),
});

const stepJson = (one: WaitingStep) => ({
  ...actJson(one),
  ended: one.ended?.toISOString() ?? null,
  open: one.isOpen,
  seconds: one.seconds,
  overdue_seconds: one.overdue,
});

const waitingJson = ({ waiting }: Turn) => ({
  sides: waiting.sides.map(({ overdue, ...one }) => ({ ...one, overdue_seconds: overdue })),
  acts: waiting.acts.map(({ overdue, ...one }) => ({ ...one, overdue_seconds: overdue })),
  steps: waiting.steps.map(stepJson),
});

function partyJson(directory: Directory, did: string) {
  const designation = findDesignation(directory, did);
  return {
    did,
    slug: designation?.slug ?? null,
    name: designation?.name ?? null,
    country: designation?.country ?? null,
  };
}

function messagesJson(state: ThreadState) {
  return state.parts.flatMap(({ view: { message } }) => {
    const known = state.facts.message(message.id);
    if (known === undefined) return [];
    const recipients = known.to.map(({ to }) => ({ to, state: standingOfPart(state, known, to) }));
    return [
      {
        id: message.id,
        type: message.type,
        from: message.sender,
        to: message.addressees,
        about: message.about ?? null,
        urgency: message.urgency,
        handling: message.handling,
        accepted_at: message.acceptedAt.toISOString(),
        state: overallState(recipients.map((one) => one.state)),
        recipients,
      },
    ];
  });
}

/**
 * A thread without any content. `linked`: parents that its messages name, and threads that name it as parent.
 */
export async function jsonOfThread(gateway: Storing, state: ThreadState, party: string | undefined) {
  const { thread, asOf, parts, turn, directory } = state;
  const parents = new Set(parts.flatMap(({ view }) => view.message.parent ?? []));
  const children = await gateway.store.threads.childThreads(thread, party);
  const parties = [...new Set(parts.flatMap(partiesOf))].sort();
  return {
    thid: thread,
    as_of: asOf.toISOString(),
    parties: parties.map((did) => partyJson(directory, did)),
    turn: turn.next === undefined ? null : jsonOfOpenAct(turn.next, asOf),
    open: turn.open.map((one) => jsonOfOpenAct(one, asOf)),
    waiting: waitingJson(turn),
    messages: messagesJson(state),
    linked: [
      ...[...parents].filter((one) => one !== thread).map((thid) => ({ thid, link: 'parent' as const })),
      ...children.map((thid) => ({ thid, link: 'child' as const })),
    ],
    unreadable: state.unreadable,
  };
}
export type ThreadJson = Awaited<ReturnType<typeof jsonOfThread>>;
