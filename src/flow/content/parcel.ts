/**
 * Makes the parcels that channels send. Content is opened here, just before sending, only for focal points in
 * the gateway's custody and only if the endpoint may show it. It stays in memory for this call only.
 */
import type {
  Decision,
  MessageLinks,
  MessageSummary,
  Parcel,
  ParcelContent,
} from '../../domain/carriage/adapter.ts';
import { TypesetFault } from '../../domain/message/letter.ts';
import type { Message } from '../../domain/message/message.ts';
import { type Designation, findOfficer } from '../../domain/party/designation.ts';
import { isAllowedToShow } from '../../domain/terms/routing.ts';
import { Refusal } from '../../domain/words/error.ts';
import type { LongText } from '../../domain/words/long-text.ts';
import { referenceOf } from '../../domain/words/phrases.ts';
import { present } from '../../domain/words/present.ts';
import type { Storing, Typesetting, Unsealing } from '../../gateway-parts.ts';
import { peekStatement } from '../../seal/statement.ts';
import { isObject } from '../../seal/strict-json.ts';
import type { ClaimedDelivery } from '../../store/contracts/deliveries.ts';
import type { MessageRow, RecipientRow } from '../../store/contracts/message-rows.ts';
import { type Directory, findDesignation, requireDesignation } from '../directory/directory.ts';
import { zoneAt } from '../directory/reader.ts';
import { readClaimsToTell, readProvenRecipient } from '../evidence/proven-messages.ts';
import { readCorrections } from './corrections.ts';
import { composeLetter } from './letter.ts';
import { makeLinks } from './links.ts';
import { openForRecipient } from './opening.ts';

type Packet = Extract<ParcelContent, { shows: 'packet' }>;

const partyOf = (one: Designation) => ({ did: one.focal_point, name: one.name, country: one.country });

/** The summary of a message that any channel may show. */
export function summariseMessage(
  directory: Directory,
  row: MessageRow,
  recipient: RecipientRow | undefined,
  to: string,
): MessageSummary {
  return {
    message: row.id,
    thread: row.thread,
    reference: referenceOf(row.id),
    type: row.type,
    urgency: row.urgency,
    handling: row.handling,
    sender: partyOf(requireDesignation(directory, row.sender)),
    recipient: partyOf(requireDesignation(directory, to)),
    sentAt: row.acceptedAt,
    acknowledgeBy: recipient?.acknowledgeBy ?? row.expiresAt,
    answerBy: recipient?.answerBy ?? row.expiresAt,
    ...present({ about: row.about === undefined ? undefined : referenceOf(row.about) }),
  };
}

/**
 * An officer's decision, as officers of the focal point `reader` (DID) see it. Only the recipient's own
 * officers see that it is contested: they must settle it.
 */
export function describeDecision(
  directory: Directory,
  recipient: RecipientRow,
  reader: string,
): Decision | undefined {
  const { effectiveAcknowledgement: settled, contested } = recipient;
  if (settled === undefined) return undefined;
  const named = findOfficer(requireDesignation(directory, recipient.to), settled.officer);
  return {
    decision: settled.decision,
    officer: named?.name ?? settled.officer,
    at: settled.at,
    ...present({
      ground: settled.ground,
      contested: contested === true && recipient.to === reader ? contested : undefined,
    }),
  };
}

/**
 * The consignment for another gateway. It is read here and not with the claim, since claimed rows wait in
 * memory.
 */
async function consignmentOf(
  gateway: Unsealing,
  { id, sender, submissionKey, digest }: MessageRow,
): Promise<ParcelContent> {
  const [consignment, receipt] = await Promise.all([
    gateway.store.content.consignment(id),
    gateway.store.messages.findReceipt(sender, submissionKey),
  ]);
  if (consignment === undefined || receipt === undefined)
    throw new Refusal('content-gone', 'the consignment is no longer kept');
  // A swapped consignment would disclose a message to a gateway that is not its recipient.
  if ((await gateway.heavyWorkFor(consignment.length).signedDigest(consignment)) !== digest)
    throw new Refusal('digest-mismatch', 'the stored consignment is not the one of this message');
  return { shows: 'consignment', consignment, submission: receipt.jws };
}

/**
 * The letter for a packet. If it cannot be typeset, the packet goes without it and says so: the packet has
 * the full content.
 */
async function encloseLetter(
  gateway: Typesetting,
  directory: Directory,
  claimed: ClaimedDelivery,
  message: Message,
): Promise<Pick<Packet, 'letter' | 'letterMissing'>> {
  const { message: row, recipient, delivery } = claimed;
  if (gateway.writeLetter === undefined || recipient === undefined) return {};
  try {
    const letter = await gateway.writeLetter(
      await composeLetter(gateway, directory, { row, recipient, message }),
    );
    gateway.parts.works('letters');
    return { letter };
  } catch (fault) {
    const found = fault instanceof TypesetFault ? { diagnostics: fault.diagnostics.join(', ') } : {};
    const name = fault instanceof Error ? fault.name : 'unknown';
    gateway.log.error('letter.fault', { message: row.id, delivery: delivery.id, fault: name, ...found });
    gateway.parts.fails('letters');
    return { letterMissing: true };
  }
}

const gone = (): Refusal => new Refusal('content-gone', 'the content is no longer kept');

/** The sealed message: from the claim, or read now. */
async function sealedOf({ store }: Storing, { sealed, delivery }: ClaimedDelivery): Promise<LongText> {
  if (typeof sealed === 'string') return sealed;
  const found = await store.content.sealedMessage(delivery.message, delivery.to);
  if (found === undefined) throw gone();
  return found;
}

/** The sealed message unopened, after a check that it is the one that was sealed to this recipient. */
async function keepSealed(
  gateway: Unsealing,
  { recipient }: ClaimedDelivery,
  sealed: LongText,
): Promise<ParcelContent> {
  const heavy = gateway.heavyWorkFor(sealed.length);
  if ((await heavy.sealedDigest(sealed)) !== recipient?.digest)
    throw new Refusal('digest-mismatch', 'the stored sealed message is not the one of this recipient');
  return { shows: 'sealed', sealed: await heavy.parsed(sealed) };
}

async function contentOf(
  gateway: Typesetting,
  directory: Directory,
  claimed: ClaimedDelivery,
): Promise<ParcelContent> {
  const { endpoint } = claimed;
  if (endpoint.channel === 'relay') return consignmentOf(gateway, claimed.message);
  if (endpoint.shows === 'notice') return { shows: 'notice' };
  if (claimed.sealed === undefined) throw gone();
  if (!isAllowedToShow(endpoint, claimed.message.handling))
    throw new Refusal('no-endpoint', 'the endpoint may not show a message under this handling code');
  const sealed = await sealedOf(gateway, claimed);
  if (endpoint.shows === 'sealed') return keepSealed(gateway, claimed, sealed);
  const opened = await openForRecipient(
    gateway,
    directory,
    { row: claimed.message, sealed },
    requireDesignation(directory, claimed.delivery.to),
  );
  const letter =
    endpoint.channel === 'email' ? await encloseLetter(gateway, directory, claimed, opened.message) : {};
  const corrections = await readCorrections(gateway, claimed.message, claimed.delivery.to);
  return { shows: 'packet', message: opened.message, jws: { ...opened.jws }, corrections, ...letter };
}

/** The recipient (DID) that a delivery is about, also if the delivery informs the sender's focal point. */
export const recipientOfDelivery = ({ delivery, evidenceJws }: ClaimedDelivery): string =>
  delivery.step?.recipient ?? (evidenceJws && recipientIn(evidenceJws)) ?? delivery.to;

function recipientIn(jws: string): string | undefined {
  try {
    const { payload } = peekStatement(JSON.parse(jws));
    return isObject(payload) && typeof payload['recipient'] === 'string' ? payload['recipient'] : undefined;
  } catch {
    // The fault shows when the delivery is sent. It must not stop the others here.
    return undefined;
  }
}

/**
 * The parcel for a claimed delivery: the message, evidence for its sender, or a revision of an earlier
 * notice.
 * @throws Refusal if the content does not open or differs from the consignment
 */
export async function makeParcel(
  gateway: Typesetting,
  directory: Directory,
  claimed: ClaimedDelivery,
): Promise<Parcel> {
  const { delivery, endpoint, message } = claimed;
  const recipient = await readProvenRecipient(gateway, claimed.recipient);
  const common = {
    delivery: delivery.id,
    endpoint,
    zone: zoneAt(gateway, directory, delivery.to),
    summary: summariseMessage(
      directory,
      message,
      recipient,
      recipient?.to ?? findDesignation(directory, recipientOfDelivery(claimed))?.focal_point ?? delivery.to,
    ),
  };
  if (delivery.kind === 'evidence') {
    const text = claimed.evidenceJws ?? 'null';
    const evidence = await readClaimsToTell(gateway, message.id, text);
    return { ...common, kind: 'evidence', jws: JSON.parse(text), evidence };
  }
  const { sender } = message;
  const recall =
    delivery.state === 'queued' ? undefined : await gateway.store.content.recallOf(message.id, sender);
  const settled = recipient?.effectiveAcknowledgement !== undefined && recipient.contested !== true;
  // The sender's own focal point may be informed, but has nothing to acknowledge.
  const isTheirs = recipient === undefined || recipient.to === delivery.to;
  const links: MessageLinks =
    settled || recall || !isTheirs
      ? {}
      : await makeLinks(gateway, requireDesignation(directory, delivery.to), delivery, endpoint);
  // A relayed message is never revised. It is sent again as it was, to get its receipt.
  if (delivery.state === 'queued' || endpoint.channel === 'relay') {
    return { ...common, kind: 'message', content: await contentOf(gateway, directory, claimed), links };
  }
  const decision = recipient && describeDecision(directory, recipient, delivery.to);
  return {
    ...common,
    kind: 'revision',
    reference: delivery.reference ?? '',
    links,
    ...present({
      decision,
      openedAt: recipient?.openedAt === undefined ? undefined : recipient.openedAt,
      recalledAt: recall?.acceptedAt,
    }),
  };
}
