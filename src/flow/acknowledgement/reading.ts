/** Reading: an officer opens a message through a one-time link, and the gateway signs evidence of it. */

import type { Decision, MessageSummary } from '../../domain/carriage/adapter.ts';
import { advanceDelivery } from '../../domain/carriage/delivery.ts';
import {
  effectiveAcknowledgementOf,
  type KnownAcknowledgement,
} from '../../domain/evidence/effective-acknowledgement.ts';
import { GATEWAY_OPERATOR } from '../../domain/evidence/operator-act.ts';
import type { Message } from '../../domain/message/message.ts';
import { channelMemberOf } from '../../domain/party/channel.ts';
import { isInForceAt, type Officer } from '../../domain/party/designation.ts';
import { officerOfEndpoint } from '../../domain/party/endpoint-officer.ts';
import { type ProblemCode, Refusal } from '../../domain/words/error.ts';
import type { Reader } from '../../domain/words/phrases.ts';
import { present } from '../../domain/words/present.ts';
import type { Issuing, Naming, Posting, Unsealing, Verifying } from '../../gateway-parts.ts';
import { digestOf } from '../../seal/digest.ts';
import type { DeliveryChange, HeldDelivery } from '../../store/contracts/deliveries.ts';
import type { LinkFound, LinkRow, LinkUse } from '../../store/contracts/links.ts';
import { checkProvenOfficer, type PageVisitor } from '../account/session.ts';
import { readCorrections } from '../content/corrections.ts';
import { openForRecipient } from '../content/opening.ts';
import { describeDecision, summariseMessage } from '../content/parcel.ts';
import { type Directory, readDirectory, requireDesignation } from '../directory/directory.ts';
import { readerAt } from '../directory/reader.ts';
import { readAcknowledgements } from '../evidence/effective-acknowledgement.ts';
import { issueEvidence, stepAbout } from '../evidence/issue.ts';
import { proveHeld, readSigners } from '../evidence/proven.ts';
import { tellSender } from '../evidence/tell.ts';
import { followLearntContent } from '../intake/learnt-content.ts';
import { checkNotRecalled } from '../keep/recall.ts';
import { makeOperatorAct } from '../operator/operator-act.ts';
import type { GivenAcknowledgement, RecordedAcknowledgement } from './issuing.ts';
import { recordAcknowledgement } from './recording.ts';

/** What a page may show before the link is used. It has no content of the message. */
export interface WaitingMessage {
  readonly link: LinkRow;
  readonly summary: MessageSummary;
  readonly officer: Officer;
  /** The officer's language, and the time zone of the focal point. */
  readonly reader: Reader;
  /** True on a duty phone: the next person at the phone may be another officer. */
  readonly isShared: boolean;
  readonly decision?: Decision;
  /**
   * Acknowledgements of the focal point's officers that contradict each other, the one in effect first; else
   * empty.
   */
  readonly contradiction: readonly KnownAcknowledgement[];
}

/**
 * A link that this browser may use for this purpose.
 * @throws Refusal `link-used`, `link-expired`, `link-unknown`
 */
export function requireLink(found: LinkFound | undefined, purpose: LinkRow['purpose']): LinkRow {
  if (found?.kind === 'open' && found.link.purpose === purpose) return found.link;
  if (found?.kind === 'used') throw new Refusal('link-used', 'this link was used before');
  if (found?.kind === 'expired') throw new Refusal('link-expired', 'this link has expired');
  throw new Refusal('link-unknown', 'there is no such link');
}

/** The use of a link by a browser, as the store takes it. The first use is an entry of the operator's log. */
export function useLink(gateway: Issuing, token: string, visitor: PageVisitor): LinkUse {
  const hash = digestOf(token);
  const act = makeOperatorAct(gateway, { act: 'link.used', subject: hash, who: GATEWAY_OPERATOR });
  return { hash, boundTo: digestOf(visitor.browser), now: gateway.now(), act };
}

/**
 * Looks at a link without using it: mail scanners and link previews fetch it too.
 * @throws Refusal `link-unknown`, `link-used`, `link-expired`, `pin-needed`, `unknown-officer`,
 *   `designation-ended`
 */
export async function lookAtLink(
  gateway: Verifying,
  token: string,
  purpose: LinkRow['purpose'],
  visitor: PageVisitor,
): Promise<WaitingMessage> {
  const link = requireLink(
    await gateway.store.links.findLink(digestOf(token), digestOf(visitor.browser), gateway.now()),
    purpose,
  );
  const { waiting } = await openBehindLink(gateway, link, visitor);
  return waiting;
}

/**
 * Reads the message behind a link and changes nothing. If others may have seen the link, only a proven
 * officer passes.
 * @throws Refusal `pin-needed`, before it tells whether the message exists; else as `lookAtLink`
 */
export async function openBehindLink(
  gateway: Verifying,
  link: LinkRow,
  visitor: PageVisitor,
): Promise<{ waiting: WaitingMessage; held: HeldDelivery; directory: Directory }> {
  const found = await gateway.store.deliveries.readDelivery(link.delivery);
  const proven = found && (await checkProvenOfficer(gateway, found.endpoint, link, visitor));
  const held = found && (await proveHeld(await readSigners(gateway), found));
  if (held?.recipient === undefined || held.delivery.to !== held.recipient.to)
    throw new Refusal('link-unknown', 'the message of this link no longer exists');
  const directory = await readDirectory(gateway, [held.message.sender, held.recipient.to]);
  const focalPoint = requireDesignation(directory, held.recipient.to);
  if (!isInForceAt(focalPoint, gateway.now()))
    throw new Refusal('designation-ended', `the designation of ${focalPoint.slug} is not in force`);
  const owner = officerOfEndpoint(focalPoint, held.endpoint);
  if (owner === undefined || owner.id !== link.officer)
    throw new Refusal('unknown-officer', 'the officer this link was made for is no longer designated');
  const officer = proven?.officer ?? owner;
  const isShared = proven?.isShared ?? false;
  await checkNotRecalled(gateway, held.message);
  const summary = summariseMessage(directory, held.message, held.recipient, held.recipient.to);
  const decision = describeDecision(directory, held.recipient, held.delivery.to);
  const { effective: acknowledgement, open } = effectiveAcknowledgementOf(readAcknowledgements(held));
  const contradiction = acknowledgement === undefined || open.length === 0 ? [] : [acknowledgement, ...open];
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
export interface ReadMessage extends WaitingMessage {
  readonly message: Message;
  /** Corrections that the sender has sent since. */
  readonly corrections: readonly Message[];
}

/**
 * Uses a reading link: opens the message, and keeps evidence of the content handover to this officer.
 * @throws Refusal as `lookAtLink`, and `decryption-failed`
 */
export async function readByLink(
  gateway: Posting,
  token: string,
  visitor: PageVisitor,
): Promise<ReadMessage> {
  const link = requireLink(
    await gateway.store.links.findLink(digestOf(token), digestOf(visitor.browser), gateway.now()),
    'read',
  );
  const { waiting, held, directory } = await openBehindLink(gateway, link, visitor);
  const message = await contentOf(gateway, directory, held).catch(async (fault: unknown) => {
    if (fault instanceof Refusal)
      await keepHandoverFailure(gateway, directory, held, { officer: waiting.officer, reason: fault.code });
    throw fault;
  });
  const by = useLink(gateway, token, visitor);
  const open = async (now: HeldDelivery): Promise<DeliveryChange> => {
    requireLink(now.link, 'read');
    return keepHandover(gateway, directory, now, waiting.officer);
  };
  await gateway.store.deliveries.changeDelivery(link.delivery, open, by);
  await followLearntContent(gateway, waiting.summary.recipient.did, {
    thread: message.thid,
    body: message.body,
  });
  const corrections = await readCorrections(gateway, held.message, waiting.summary.recipient.did);
  return { ...waiting, message, corrections };
}

async function contentOf(gateway: Unsealing, directory: Directory, held: HeldDelivery): Promise<Message> {
  const to = held.recipient?.to ?? '';
  const sealed = await gateway.store.content.sealedMessage(held.message.id, to);
  if (sealed === undefined) throw new Refusal('content-gone', 'the content is no longer kept');
  const recipient = requireDesignation(directory, to);
  return (await openForRecipient(gateway, directory, { row: held.message, sealed }, recipient)).message;
}

/** Keeps evidence that the content could not be opened, once for each officer and reason. */
async function keepHandoverFailure(
  gateway: Issuing,
  directory: Directory,
  { delivery }: HeldDelivery,
  { officer, reason }: { readonly officer: Officer; readonly reason: ProblemCode },
): Promise<void> {
  const once = digestOf(['handover-failure', delivery.id, officer.id, reason].join('\n'));
  try {
    await gateway.store.deliveries.changeDelivery(delivery.id, async (held) => {
      const at = gateway.now();
      const step = stepOf(directory, held, officer, at);
      if (step === undefined) return {};
      const row = await issueEvidence(gateway, { ...step, once, event: 'ContentHandoverFailure', reason });
      return {
        evidence: [row],
        created: tellSender(gateway, directory, { message: held.message, evidence: [row], at }),
      };
    });
  } catch (fault) {
    if (!(fault instanceof Refusal) || fault.code !== 'already-exists') throw fault;
  }
}

/** The members that all evidence of an officer at a link has. */
function stepOf(directory: Directory, held: HeldDelivery, { id, name, role }: Officer, at: Date) {
  const { recipient } = held;
  if (recipient === undefined) return undefined;
  return {
    ...stepAbout(directory, held.message, recipient),
    ...channelMemberOf(held.delivery.channel),
    officer: { id, name, role },
    custody: requireDesignation(directory, recipient.to).custody,
    attestation: { how: 'one-time-link' as const },
    delivery: held.delivery.id,
    at,
  };
}

/** Keeps evidence of the content handover to the officer, at the first time only. */
export async function keepHandover(
  gateway: Naming,
  directory: Directory,
  held: HeldDelivery,
  officer: Officer,
): Promise<DeliveryChange> {
  const at = gateway.now();
  const step = stepOf(directory, held, officer, at);
  if (step === undefined) return {};
  const { delivery } = advanceDelivery(held.delivery, { kind: 'opened' }, at);
  if (held.recipient?.openedAt !== undefined) return { deliveries: [delivery] };
  const row = await issueEvidence(gateway, { ...step, event: 'ContentHandover' });
  return {
    deliveries: [delivery],
    openedAt: at,
    evidence: [row],
    created: tellSender(gateway, directory, { message: held.message, evidence: [row], at }),
  };
}

/**
 * Uses a link to acknowledge or decline, as the officer for whom it was made.
 * @throws Refusal as `lookAtLink` and `recordAcknowledgement`
 */
export async function acknowledgeByLink(
  gateway: Posting,
  { token, purpose }: { readonly token: string; readonly purpose: LinkRow['purpose'] },
  visitor: PageVisitor,
  word: Pick<GivenAcknowledgement, 'decision' | 'ground' | 'settles'>,
): Promise<RecordedAcknowledgement> {
  const found = await gateway.store.links.findLink(digestOf(token), digestOf(visitor.browser), gateway.now());
  const link = requireLink(found, purpose);
  const { officer } = (await openBehindLink(gateway, link, visitor)).waiting;
  const by = useLink(gateway, token, visitor);
  const prove = (held: HeldDelivery): GivenAcknowledgement => {
    // If several posts come at once, only one of them finds the link open.
    requireLink(held.link, purpose);
    return { ...word, officer: officer.id, attestation: { how: 'one-time-link' } };
  };
  return recordAcknowledgement(gateway, link.delivery, prove, by);
}
