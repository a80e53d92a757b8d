/** Reading: an officer opens a message through a one-time link, and the opening is evidence. */

import type { Decision, Summary } from '../../domain/carriage/adapter.ts';
import { advance } from '../../domain/carriage/delivery.ts';
import { BY_GATEWAY } from '../../domain/evidence/operator-act.ts';
import { type SaidWord, standingOf } from '../../domain/evidence/standing.ts';
import type { Message } from '../../domain/message/message.ts';
import { officerAt } from '../../domain/party/belonging.ts';
import { channelNamed } from '../../domain/party/channel.ts';
import { inForce, type Officer } from '../../domain/party/party.ts';
import { type ProblemCode, Refusal } from '../../domain/words/error.ts';
import { present } from '../../domain/words/present.ts';
import type { Reader } from '../../domain/words/words.ts';
import type { Issuing, Naming, Posting, Unsealing, Verifying } from '../../gateway-parts.ts';
import { sha256 } from '../../seal/digest.ts';
import type { Change, Held } from '../../store/contracts/deliveries.ts';
import type { ByLink, LinkFound, LinkRow } from '../../store/contracts/links.ts';
import { checkProven, type Visitor } from '../account/session.ts';
import { correctionsFor } from '../content/corrections.ts';
import { openFor } from '../content/opening.ts';
import { decisionOf, summaryOf } from '../content/parcel.ts';
import { type Directory, directoryOf, known } from '../directory/directory.ts';
import { readerAt } from '../directory/reader.ts';
import { about, issue } from '../evidence/issue.ts';
import { provenHeld, signersOf } from '../evidence/proven.ts';
import { keptWords } from '../evidence/standing.ts';
import { tell } from '../evidence/tell.ts';
import { reviewAfter } from '../intake/review.ts';
import { checkNotRecalled } from '../keep/recall.ts';
import { acting } from '../operator/acting.ts';
import { type Answered, answer, type Word } from './answer.ts';

/** What a page may show before the link is used: who and what, no content. */
export interface Waiting {
  readonly link: LinkRow;
  readonly summary: Summary;
  readonly officer: Officer;
  /** The officer's language, and the zone of the desk. */
  readonly reader: Reader;
  /** Whether it is a duty phone's, at which another officer may be next. */
  readonly isShared: boolean;
  readonly decision?: Decision;
  /** Words of the desk's officers that contradict each other, the one that stands first; empty where none do. */
  readonly contradiction: readonly SaidWord[];
}

/** A link that this browser may use for that. @throws Refusal `link-used`, `link-expired`, `link-unknown` */
export function usable(found: LinkFound | undefined, purpose: LinkRow['purpose']): LinkRow {
  if (found?.kind === 'open' && found.link.purpose === purpose) return found.link;
  if (found?.kind === 'used') throw new Refusal('link-used', 'this link was used before');
  if (found?.kind === 'expired') throw new Refusal('link-expired', 'this link’s time has passed');
  throw new Refusal('link-unknown', 'there is no such link');
}

/** The use of a link by a browser, as the store takes it: the first one is an entry of the operator's log. */
export function useOf(gateway: Issuing, token: string, visitor: Visitor): ByLink {
  const hash = sha256(token);
  const act = acting(gateway, { act: 'link.used', subject: hash, who: BY_GATEWAY });
  return { hash, boundTo: sha256(visitor.browser), now: gateway.now(), act };
}

/**
 * Looks at a link without using it: mail scanners and previews fetch links too.
 * @throws Refusal `link-unknown`, `link-used`, `link-expired`, `pin-needed`, `unknown-officer`, `designation-ended`
 */
export async function look(
  gateway: Verifying,
  token: string,
  purpose: LinkRow['purpose'],
  visitor: Visitor,
): Promise<Waiting> {
  const link = usable(
    await gateway.store.links.findLink(sha256(token), sha256(visitor.browser), gateway.now()),
    purpose,
  );
  const { waiting } = await behind(gateway, link, visitor);
  return waiting;
}

/**
 * What stands behind a link: read, changing nothing. Where others may have seen the link, for its proven officer only.
 * @throws Refusal `pin-needed`, before it is told whether there is anything
 */
export async function behind(
  gateway: Verifying,
  link: LinkRow,
  visitor: Visitor,
): Promise<{ waiting: Waiting; held: Held; directory: Directory }> {
  const found = await gateway.store.deliveries.look(link.delivery);
  const proven = found && (await checkProven(gateway, found.endpoint, link, visitor));
  const held = found && (await provenHeld(await signersOf(gateway), found));
  if (held?.recipient === undefined || held.delivery.to !== held.recipient.to)
    throw new Refusal('link-unknown', 'what this link was for is gone');
  const directory = await directoryOf(gateway, [held.message.sender, held.recipient.to]);
  const desk = known(directory, held.recipient.to);
  if (!inForce(desk, gateway.now()))
    throw new Refusal('designation-ended', `the designation of ${desk.slug} is not in force`);
  const owner = officerAt(desk, held.endpoint);
  if (owner === undefined || owner.id !== link.officer)
    throw new Refusal('unknown-officer', 'the officer this link was made for is no longer designated');
  const officer = proven?.officer ?? owner;
  const isShared = proven?.isShared ?? false;
  await checkNotRecalled(gateway, held.message);
  const summary = summaryOf(directory, held.message, held.recipient, held.recipient.to);
  const decision = decisionOf(directory, held.recipient, held.delivery.to);
  const { word, open } = standingOf(keptWords(held));
  const contradiction = word === undefined || open.length === 0 ? [] : [word, ...open];
  return {
    held,
    directory,
    waiting: {
      link,
      summary,
      officer,
      reader: readerAt(gateway, directory, held.recipient.to, officer.lang),
      isShared,
      contradiction,
      ...present({ decision }),
    },
  };
}

/** A message as its reader sees it. */
export interface Read extends Waiting {
  readonly message: Message;
  /** What its sender put right in it since. */
  readonly corrections: readonly Message[];
}

/**
 * Uses a reading link: opens the message, and keeps content handover to this officer as evidence.
 * @throws Refusal as `look`, and `decryption-failed`
 */
export async function read(gateway: Posting, token: string, visitor: Visitor): Promise<Read> {
  const link = usable(
    await gateway.store.links.findLink(sha256(token), sha256(visitor.browser), gateway.now()),
    'read',
  );
  const { waiting, held, directory } = await behind(gateway, link, visitor);
  const message = await contentOf(gateway, directory, held).catch(async (fault: unknown) => {
    if (fault instanceof Refusal) await notHandedOver(gateway, directory, held, waiting.officer, fault.code);
    throw fault;
  });
  const by = useOf(gateway, token, visitor);
  const open = async (now: Held): Promise<Change> => {
    usable(now.link, 'read');
    return handedOver(gateway, directory, now, waiting.officer);
  };
  await gateway.store.deliveries.changeDelivery(link.delivery, open, by);
  await reviewAfter(gateway, waiting.summary.recipient.did, { thread: message.thid, body: message.body });
  const corrections = await correctionsFor(gateway, held.message, waiting.summary.recipient.did);
  return { ...waiting, message, corrections };
}

async function contentOf(gateway: Unsealing, directory: Directory, held: Held): Promise<Message> {
  const to = held.recipient?.to ?? '';
  const sealed = await gateway.store.content.sealed(held.message.id, to);
  if (sealed === undefined) throw new Refusal('content-gone', 'the content is no longer kept');
  return (await openFor(gateway, directory, held.message, known(directory, to), sealed)).message;
}

/** Keeps, once for each officer and cause, that what should be handed over could not be opened. */
async function notHandedOver(
  gateway: Issuing,
  directory: Directory,
  { delivery }: Held,
  officer: Officer,
  reason: ProblemCode,
): Promise<void> {
  const once = sha256(['handover-failure', delivery.id, officer.id, reason].join('\n'));
  try {
    await gateway.store.deliveries.changeDelivery(delivery.id, async (held) => {
      const at = gateway.now();
      const step = stepOf(directory, held, officer, at);
      if (step === undefined) return {};
      const row = await issue(gateway, { ...step, once, event: 'ContentHandoverFailure', reason });
      return { evidence: [row], created: tell(gateway, directory, held.message, [row], at) };
    });
  } catch (fault) {
    if (!(fault instanceof Refusal) || fault.code !== 'already-exists') throw fault;
  }
}

/** What evidence of an officer at a link says, whatever came of it. */
function stepOf(directory: Directory, held: Held, { id, name, role }: Officer, at: Date) {
  const { recipient } = held;
  if (recipient === undefined) return undefined;
  return {
    ...about(directory, held.message, recipient),
    ...channelNamed(held.delivery.channel),
    officer: { id, name, role },
    custody: known(directory, recipient.to).custody,
    attestation: { how: 'one-time-link' as const },
    delivery: held.delivery.id,
    at,
  };
}

/** Keeps, the first time, that the content was handed over to the officer. */
export async function handedOver(
  gateway: Naming,
  directory: Directory,
  held: Held,
  officer: Officer,
): Promise<Change> {
  const at = gateway.now();
  const step = stepOf(directory, held, officer, at);
  if (step === undefined) return {};
  const { delivery } = advance(held.delivery, { kind: 'opened' }, at);
  if (held.recipient?.openedAt !== undefined) return { deliveries: [delivery] };
  const row = await issue(gateway, { ...step, event: 'ContentHandover' });
  return {
    deliveries: [delivery],
    openedAt: at,
    evidence: [row],
    created: tell(gateway, directory, held.message, [row], at),
  };
}

/**
 * Uses a link to acknowledge or decline as the officer it was made for.
 * @throws Refusal as `look` and `answer`
 */
export async function acknowledgeByLink(
  gateway: Posting,
  token: string,
  purpose: LinkRow['purpose'],
  visitor: Visitor,
  word: Pick<Word, 'decision' | 'ground' | 'settles'>,
): Promise<Answered> {
  const found = await gateway.store.links.findLink(sha256(token), sha256(visitor.browser), gateway.now());
  const link = usable(found, purpose);
  const { officer } = (await behind(gateway, link, visitor)).waiting;
  const by = useOf(gateway, token, visitor);
  const prove = (held: Held): Word => {
    // Of several posts at once one finds it open.
    usable(held.link, purpose);
    return { ...word, officer: officer.id, attestation: { how: 'one-time-link' } };
  };
  return answer(gateway, link.delivery, prove, by);
}
