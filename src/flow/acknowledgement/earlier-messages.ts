/** The case behind a link: whose turn it is, and which earlier messages the officer of the link may open. */

import type { Message, MessageName } from '../../domain/message/message.ts';
import { recallTimeOf } from '../../domain/turn/facts.ts';
import type { OpenAct } from '../../domain/turn/turn.ts';
import { Refusal } from '../../domain/words/error.ts';
import type { Reader } from '../../domain/words/phrases.ts';
import { present } from '../../domain/words/present.ts';
import type { Posting, Verifying } from '../../gateway-parts.ts';
import type { HeldDelivery } from '../../store/contracts/deliveries.ts';
import type { MessageView } from '../../store/contracts/messages.ts';
import type { PageVisitor } from '../account/session.ts';
import { openForParty } from '../content/opening.ts';
import { findDesignation, readDirectory } from '../directory/directory.ts';
import { readProvenMessage } from '../evidence/proven-messages.ts';
import { logUnreadable, skipUnreadable } from '../evidence/readable.ts';
import { followLearntContent } from '../intake/learnt-content.ts';
import { checkNotRecalled } from '../keep/recall.ts';
import { readThreadState, type ThreadState } from '../thread/thread.ts';
import { keepHandover, openBehindLink, requireLink, useLink, type WaitingMessage } from './reading.ts';

/** How many earlier messages are offered. The latest ones are kept. */
const OFFERED = 20;

/** A message in the list of earlier messages, without content. */
export interface OfferedMessage {
  readonly id: string;
  readonly type: MessageName;
  /** The sender's name. */
  readonly from: string;
  readonly at: Date;
}

export interface CaseSoFar {
  /** True if a part of the case cannot be read and is left out. */
  readonly isDamaged?: true;
  readonly turn?: Pick<OpenAct, 'act' | 'until' | 'hasNoEndpoint'> & {
    readonly owner: string;
    readonly isOverdue: boolean;
  };
  /** The latest first; empty unless the link is a reading link. */
  readonly earlier: readonly OfferedMessage[];
}

/** Reads the case of the message behind a link, as its focal point sees it now. */
export async function readCaseSoFar(
  gateway: Verifying,
  { summary, link }: WaitingMessage,
): Promise<CaseSoFar> {
  const now = gateway.now();
  const { thread, recipient } = summary;
  const found = await skipUnreadable(async () => ({
    standing: await readThreadState(gateway, thread, recipient.did, now),
  }));
  if (found === undefined) {
    logUnreadable(gateway, 'thread', [thread]);
    return { isDamaged: true, earlier: [] };
  }
  const { standing } = found;
  if (standing === undefined) return { earlier: [] };
  const { next } = standing.turn;
  const isDamaged = standing.unreadable.length > 0;
  const turn = next && {
    act: next.act,
    until: next.until,
    owner: nameOf(standing, next.owner),
    isOverdue: next.until < now,
    ...present({ hasNoEndpoint: next.hasNoEndpoint === true ? (true as const) : undefined }),
  };
  const earlier = link.purpose === 'read' ? listOffered(standing, summary.message) : [];
  return { ...present({ turn, isDamaged: isDamaged || undefined }), earlier };
}

const nameOf = ({ directory }: ThreadState, did: string): string =>
  findDesignation(directory, did)?.name ?? did;

function listOffered(state: ThreadState, but: string): readonly OfferedMessage[] {
  const { facts, asOf } = state;
  const isTakenBack = (id: string): boolean => {
    const known = facts.message(id);
    return known?.to.every(({ to }) => recallTimeOf(facts, known, to) <= asOf.getTime()) ?? true;
  };
  return state.parts
    .map(({ view }) => view.message)
    .filter((one) => one.id !== but && !isTakenBack(one.id))
    .slice(-OFFERED)
    .reverse()
    .map(({ id, type, sender, acceptedAt }) => ({
      id,
      type,
      from: nameOf(state, sender),
      at: acceptedAt,
    }));
}

/** An earlier message, opened for the officer of the link. */
export interface EarlierMessage {
  readonly reader: Reader;
  readonly offered: OfferedMessage;
  readonly message: Message;
}

/**
 * Opens another message of the case by the link that this browser has used, while that link can be reopened.
 * Keeps evidence of the content handover to the officer, as a link of its own would.
 * @throws Refusal as `readByLink`; `not-found` if the message is not of this case or not for this focal point
 */
export async function readEarlierMessage(
  gateway: Posting,
  token: string,
  visitor: PageVisitor,
  id: string,
): Promise<EarlierMessage> {
  const { store } = gateway;
  const by = useLink(gateway, token, visitor);
  const found = await store.links.findLink(by.hash, by.boundTo, by.now);
  const { waiting, held } = await openBehindLink(gateway, requireLink(found, 'read'), visitor);
  requireLink(await store.links.takeLink(by), 'read');
  const { thread, recipient } = waiting.summary;
  const focalPoint = recipient.did;
  const view = await readProvenMessage(gateway, id);
  const row = view?.message;
  if (row?.thread !== thread || (row.sender !== focalPoint && !row.addressees.includes(focalPoint)))
    throw new Refusal('not-found', 'this thread has no such message of this focal point');
  await checkNotRecalled(gateway, row);
  const opened = await openForParty(gateway, row, focalPoint);
  if (opened === undefined) throw new Refusal('content-gone', 'the content is no longer kept');
  const { message } = opened;
  const directory = await readDirectory(gateway, [row.sender, focalPoint]);
  const delivery = view && deliveryBy(view, focalPoint, held);
  if (delivery !== undefined) {
    await store.deliveries.changeDelivery(delivery, (one) =>
      keepHandover(gateway, directory, one, waiting.officer),
    );
    await followLearntContent(gateway, focalPoint, { thread, body: message.body });
  }
  const from = findDesignation(directory, row.sender)?.name ?? row.sender;
  return { reader: waiting.reader, message, offered: { id, type: row.type, from, at: row.acceptedAt } };
}

/**
 * The delivery of a message to the focal point: by the link's endpoint if there is one, else by any.
 * Undefined if the focal point sent the message.
 */
function deliveryBy(
  { deliveries }: MessageView,
  focalPoint: string,
  { delivery }: HeldDelivery,
): string | undefined {
  const ways = deliveries.filter((one) => one.kind === 'message' && one.to === focalPoint);
  return (ways.find((one) => one.endpoint === delivery.endpoint) ?? ways[0])?.id;
}
