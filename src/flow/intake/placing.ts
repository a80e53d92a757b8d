/**
 * Finds the thread of a message and the message that it is about, from what the gateway has carried so far.
 */
import {
  type ConsignedMessage,
  checkAboutRule,
  checkAboutThread,
  type IncomingMessage,
  inferAbout,
} from '../../domain/message/about-rules.ts';
import type { MessageName } from '../../domain/message/message.ts';
import { PROTOCOL } from '../../domain/message/protocol.ts';
import { Refusal } from '../../domain/words/error.ts';
import { present } from '../../domain/words/present.ts';
import type { Storing } from '../../gateway-parts.ts';
import type { ConsignmentHead } from '../../seal/make-consignment.ts';
import type { MessageRow } from '../../store/contracts/message-rows.ts';

/** What the sender states about the place of a message. */
interface PlacingInput {
  readonly name: MessageName;
  /** DIDs. */
  readonly from: string;
  readonly to: readonly string[];
  readonly createdAt: Date;
  readonly thread?: string | undefined;
  readonly parent?: string | undefined;
  readonly about?: string | undefined;
  /** True if the sender sealed it: then it names its own thread, and itself what it is about. */
  readonly sealed?: boolean;
}

/** The place of a message. */
export interface MessagePlace {
  /** Absent for the first message of a thread that the gateway is to name. */
  readonly thread?: string;
  readonly parent?: string;
  readonly about?: string;
}

const headOfRow = (row: MessageRow): ConsignedMessage => ({
  id: row.id,
  type: row.type,
  from: row.sender,
  to: row.addressees,
  about: row.about,
  createdAt: row.createdAt,
});

const comingOf = ({ name: type, from, to, createdAt, about }: PlacingInput): IncomingMessage => ({
  type,
  from,
  to,
  createdAt,
  about,
});

const isParty = (row: Pick<MessageRow, 'sender' | 'addressees'>, did: string): boolean =>
  row.sender === did || row.addressees.includes(did);

/** The message that this one completes, if its type does that. It is kept once for each sender. */
export const completedMessageOf = (name: MessageName, about: string | undefined): { settles?: string } =>
  about !== undefined && PROTOCOL[name].about?.effect === 'settles' ? { settles: about } : {};

/** Only parties to a thread may write in it, and an answer needs something to answer. */
async function checkThread(
  gateway: Storing,
  { name, from, sealed }: PlacingInput,
  thread: string,
): Promise<void> {
  const parties = await gateway.store.threads.threadParties(thread);
  if (parties.length === 0 && sealed === true && PROTOCOL[name].opens) return;
  if (!parties.includes(from))
    throw new Refusal('unknown-thread', 'the thread is not known, or the sender is no party to it');
  await checkDrillApart(gateway, name, thread);
}

/**
 * A case message in the thread of a drill could be taken for a drill, and would be missing from all figures.
 * @throws Refusal `drill-apart`
 */
async function checkDrillApart(gateway: Storing, name: MessageName, thread: string): Promise<void> {
  const rows = await gateway.store.threads.readThread(thread);
  if (rows.some((row) => (row.type === 'drill') !== (name === 'drill')))
    throw new Refusal('drill-apart', 'a drill and a case cannot share a thread');
}

/**
 * A thread may be linked only to one of the sender's own. A sender that seals may know threads that this
 * gateway does not.
 */
async function checkParent(gateway: Storing, { from, sealed }: PlacingInput, parent: string): Promise<void> {
  const parties = await gateway.store.threads.threadParties(parent);
  if (parties.length === 0 && sealed === true) return;
  if (!parties.includes(from))
    throw new Refusal('unknown-thread', 'pthid names no thread to which the sender is a party');
}

/**
 * Finds the place of a message at the sender's own gateway, which has carried everything that the sender sent
 * and received. An assisted post may leave out what follows from the rest.
 * @throws Refusal `nothing-to-answer`, `unknown-thread`, `drill-apart`, and as `domain/message/about-rules`
 */
export async function placeMessage(gateway: Storing, asked: PlacingInput): Promise<MessagePlace> {
  const { thread, parent } = await findThreads(gateway, asked);
  if (thread === undefined && !PROTOCOL[asked.name].opens)
    throw new Refusal('nothing-to-answer', `${asked.name} needs the thid of the thread that it answers`);
  if (thread !== undefined) await checkThread(gateway, asked, thread);
  if (parent !== undefined) await checkParent(gateway, asked, parent);
  const about = await aboutIn(gateway, asked, [thread, parent]);
  return {
    ...present({ thread, parent, about }),
  };
}

/**
 * Thread and parent as stated. Else those of the message that it is about: an answer joins its thread, a new
 * case is linked to it.
 */
async function findThreads(
  gateway: Storing,
  { name, from, thread, parent, about, sealed }: PlacingInput,
): Promise<{ thread: string | undefined; parent: string | undefined }> {
  if (about === undefined || sealed === true || thread !== undefined) return { thread, parent };
  const row = (await gateway.store.messages.readMessage(about))?.message;
  if (row === undefined || !isParty(row, from))
    throw new Refusal('about-unknown', 'about names no message that the sender sent or received');
  return PROTOCOL[name].opens
    ? { thread, parent: parent ?? row.thread }
    : { thread: row.thread, parent: parent ?? row.parent };
}

async function aboutIn(
  gateway: Storing,
  asked: PlacingInput,
  threads: readonly (string | undefined)[],
): Promise<string | undefined> {
  const needed = PROTOCOL[asked.name].about?.needed === true;
  if (asked.about === undefined && !needed) return undefined;
  if (asked.about === undefined && asked.sealed === true)
    throw new Refusal('about-required', `a sealed ${asked.name} must name the message that it is about`);
  const rows = await Promise.all(
    threads.map((one) => (one === undefined ? [] : gateway.store.threads.readThread(one))),
  );
  // The sender must not learn of other parties' messages in the thread, not even that they exist.
  const seen = rows
    .flat()
    .filter((row) => isParty(row, asked.from))
    .map(headOfRow);
  const about = inferAbout(seen, comingOf(asked));
  checkAboutThread(seen, { ...comingOf(asked), about });
  return about;
}

/**
 * Checks a message that another gateway relays. That gateway has checked everything. Here only the rules
 * apply that do not depend on the order of arrival: the message that it is about may come later, or may never
 * be sent to a focal point homed here.
 * @throws Refusal as {@link checkAboutRule}; `drill-apart`; `about-required`; `about-unknown` if the asker of
 *   an answer can only be homed here
 */
export async function checkRelayedPlace(
  gateway: Storing,
  one: ConsignmentHead,
  allHomedHere: boolean,
): Promise<void> {
  const { message_type: name, about, thid, pthid } = one.body;
  await checkDrillApart(gateway, name, thid);
  const rule = PROTOCOL[name].about;
  if (about === undefined) {
    if (rule?.needed === true)
      throw new Refusal('about-required', `${name} must name the message that it is about`);
    return;
  }
  const row = (await gateway.store.messages.readMessage(about))?.message;
  if (row === undefined) {
    if (rule === undefined || (rule.by === 'asked' && allHomedHere))
      throw new Refusal('about-unknown', 'about names no message that a recipient sent or received');
    return;
  }
  if (row.thread !== thid && row.thread !== pthid)
    throw new Refusal('about-unknown', 'about names a message of another thread');
  checkAboutRule(headOfRow(row), {
    type: name,
    from: one.from,
    to: one.body.recipients.map(({ to }) => to),
    about,
    createdAt: new Date(one.created_time * 1_000),
  });
}
