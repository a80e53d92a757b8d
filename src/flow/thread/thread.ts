/**
 * A thread: its messages, what is owed in it, by whom and until when, for one of its parties or for the operator. A party
 * is shown what it sent and was sent, of the latter its own part; the operator what concerns desks homed here. Both sides
 * of two desks' thread are so shown the same, at whichever gateway they ask.
 */
import type { Designation } from '../../domain/party/party.ts';
import { type OpenAct, type Turn, turnOf } from '../../domain/turn/turn.ts';
import { partState } from '../../domain/turn/turn-evidence.ts';
import {
  type Facts,
  factsOf,
  recalledAt,
  type TurnInput,
  type TurnMessage,
} from '../../domain/turn/turn-facts.ts';
import type { Step } from '../../domain/turn/turn-waiting.ts';
import type { Judging, Storing, Verifying } from '../../gateway-parts.ts';
import { type Directory, directoryOf, find, historyOf } from '../directory/directory.ts';
import { type ProvenThread, provenThreads } from '../evidence/kept.ts';
import { isWhole, readAlone, tellUnreadable, unreadableAlone } from '../evidence/readable.ts';
import { type Parts, turnInputOf, unreadableOf } from './turn-input.ts';

/** A thread as it stands at a time, for whoever asked. */
export interface Standing {
  readonly thread: string;
  readonly asOf: Date;
  readonly parts: readonly Parts[];
  readonly facts: Facts;
  readonly turn: Turn;
  readonly directory: Directory;
  /** Ids of messages and evidence that cannot be read any more; the rest is as if they were not there. */
  readonly unreadable: readonly string[];
}

/** What of a thread concerns a party, or where it is left out, desks homed here. In the order of acceptance. */
export function partsFor(kept: ProvenThread, party: string | undefined, asOf: Date): readonly Parts[] {
  return kept.messages
    .filter((one) => isWhole(one) && one.message.acceptedAt <= asOf)
    .map((view) => {
      const isWhole = party === undefined || view.message.sender === party;
      return { view, to: isWhole ? view.recipients : view.recipients.filter((one) => one.to === party) };
    })
    .filter((one) => one.to.length > 0);
}

/**
 * How threads stand, by what is kept and dated no later than `asOf`; those in which the party has no part are left out.
 */
export async function standings(
  gateway: Judging,
  threads: readonly ProvenThread[],
  party: string | undefined,
  asOf: Date,
): Promise<readonly Standing[]> {
  const found = threads
    .map((kept) => ({ thread: kept.thread, parts: partsFor(kept, party, asOf), lost: lostIn(kept, party) }))
    .filter((one) => one.parts.length > 0);
  const dids = [...new Set(found.flatMap((one) => one.parts.flatMap(partiesOf)))];
  const directory = await directoryOf(gateway, dids);
  const countries = await countriesOf(gateway, directory, dids);
  return found.map(({ thread, parts, lost }) => {
    const input: TurnInput = turnInputOf({ versions: directory.agreements, countries, asOf }, parts);
    const pieces = parts.flatMap(unreadableOf);
    tellUnreadable(gateway, 'message', lost);
    tellUnreadable(gateway, 'evidence', pieces);
    const standing = { thread, asOf, parts, facts: factsOf(input), turn: turnOf(input), directory };
    return { ...standing, unreadable: [...lost, ...pieces] };
  });
}

/** Messages with a part of the party's that cannot be read any more; of all where it is left out. */
export const lostIn = ({ messages }: ProvenThread, party: string | undefined): readonly string[] =>
  messages
    .filter((one) => !isWhole(one))
    .filter(
      ({ message, recipients }) =>
        party === undefined || message.sender === party || recipients.some((one) => one.to === party),
    )
    .map(({ message }) => message.id);

const partiesOf = ({ view, to }: Parts): readonly string[] => [
  view.message.sender,
  ...to.map((one) => one.to),
];

/** A desk whose designation verifies no more was a desk all the same when it wrote. */
async function countriesOf(
  gateway: Judging,
  directory: Directory,
  dids: readonly string[],
): Promise<ReadonlyMap<string, string>> {
  const found = await Promise.all(
    dids.map(async (did) => {
      const desk: Designation | undefined =
        find(directory, did) ?? (await historyOf(gateway, did)).versions.at(-1);
      return desk === undefined ? [] : [[did, desk.country] as const];
    }),
  );
  return new Map(found.flat());
}

/** The thread as it stands for the party; undefined where it has no part in it that can be read, or there is none. */
export async function standingFor(
  gateway: Verifying,
  thread: string,
  party: string | undefined,
  asOf: Date,
): Promise<Standing | undefined> {
  const [standing] = await standings(gateway, await provenThreads(gateway, [thread]), party, asOf);
  return standing;
}

/** A thread that was asked for by its id, as it is shown. */
export interface Shown {
  readonly standing: Standing;
  readonly json: ThreadJson;
}

/**
 * The thread for whoever asked for it by its id: what can be read of it, with the ids of what cannot. Undefined as of
 * `standingFor`.
 * @throws Refusal `record-unreadable` where nothing of it can be shown
 */
export async function threadAlone(
  gateway: Verifying,
  thread: string,
  party: string | undefined,
  asOf: Date,
): Promise<Shown | undefined> {
  const kept = await provenThreads(gateway, [thread]);
  return readAlone(gateway, 'thread', thread, async () => {
    const [standing] = await standings(gateway, kept, party, asOf);
    if (standing !== undefined) return { standing, json: await threadJson(gateway, standing, party) };
    if (kept.some((one) => lostIn(one, party).length > 0)) throw unreadableAlone(gateway, 'thread', thread);
    return undefined;
  });
}

/** Where a message stands with a recipient, by the evidence. */
export type PartStanding = 'waiting' | 'acknowledged' | 'declined' | 'failed' | 'recalled';

function standingOfPart({ facts, asOf }: Standing, message: TurnMessage, to: string): PartStanding {
  if (recalledAt(facts, message, to) <= asOf.getTime()) return 'recalled';
  const state = partState(facts.evidence(message.id, to), asOf.getTime());
  return state === 'accepted' ? 'acknowledged' : state;
}

/** What tells most of a message to several: what must be seen to comes first. */
const overall = (states: readonly PartStanding[]): PartStanding =>
  (['declined', 'failed', 'waiting', 'acknowledged'] as const).find((one) => states.includes(one)) ??
  'recalled';

const actJson = (one: OpenAct | Step) => ({
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
export const openJson = (one: OpenAct, asOf: Date) => ({
  ...actJson(one),
  no_way: one.noWay === true,
  overdue_seconds: Math.max(0, Math.floor((asOf.getTime() - one.until.getTime()) / 1_000)),
});

const stepJson = (one: Step) => ({
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
  const desk = find(directory, did);
  return { did, slug: desk?.slug ?? null, name: desk?.name ?? null, country: desk?.country ?? null };
}

function messagesJson(standing: Standing) {
  return standing.parts.flatMap(({ view: { message } }) => {
    const known = standing.facts.message(message.id);
    if (known === undefined) return [];
    const recipients = known.to.map(({ to }) => ({ to, state: standingOfPart(standing, known, to) }));
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
        state: overall(recipients.map((one) => one.state)),
        recipients,
      },
    ];
  });
}

/** A thread without anything of its content. `linked`: parents that its messages name, and threads that name it. */
export async function threadJson(gateway: Storing, standing: Standing, party: string | undefined) {
  const { thread, asOf, parts, turn, directory } = standing;
  const parents = new Set(parts.flatMap(({ view }) => view.message.parent ?? []));
  const children = await gateway.store.threads.childThreads(thread, party);
  const parties = [...new Set(parts.flatMap(partiesOf))].sort();
  return {
    thid: thread,
    as_of: asOf.toISOString(),
    parties: parties.map((did) => partyJson(directory, did)),
    turn: turn.next === undefined ? null : openJson(turn.next, asOf),
    open: turn.open.map((one) => openJson(one, asOf)),
    waiting: waitingJson(turn),
    messages: messagesJson(standing),
    linked: [
      ...[...parents].filter((one) => one !== thread).map((thid) => ({ thid, link: 'parent' as const })),
      ...children.map((thid) => ({ thid, link: 'child' as const })),
    ],
    unreadable: standing.unreadable,
  };
}
export type ThreadJson = Awaited<ReturnType<typeof threadJson>>;
