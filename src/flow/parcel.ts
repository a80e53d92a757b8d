/**
 * Parcels: what a channel is handed. Content is opened here, at the edge, only for focal points in the gateway's
 * custody and only where the endpoint may be shown it; it lives no longer than the call.
 */
import type { Content, Decision, Links, Parcel, Summary } from '../domain/adapter.ts';
import { Refusal } from '../domain/error.ts';
import { evidence as evidenceSchema } from '../domain/evidence.ts';
import { type Message, nameOfType } from '../domain/message.ts';
import { type Designation, officerOf } from '../domain/party.ts';
import { reference } from '../domain/words.ts';
import type { Gateway } from '../gateway.ts';
import { type Jws, openSealed, readMessage, sealedKids } from '../seal/sealed-message.ts';
import { peek } from '../seal/statement.ts';
import type { Claimed, MessageRow, RecipientRow } from '../store/store.ts';
import { type Directory, find, known } from './directory.ts';
import { openingKeysFor } from './keyring.ts';
import { signingKeysSince } from './keys-then.ts';
import { makeLinks } from './links.ts';

/** A message opened for its recipient, with the sender's own signature beside it. */
export interface Opened {
  readonly message: Message;
  readonly jws: Jws;
}

/**
 * Opens a sealed message for a focal point in custody and holds it against what its consignment said.
 * @throws Refusal `decryption-failed`, `signature-invalid`, `misaddressed` and what `readMessage` refuses
 */
export async function openFor(
  gateway: Gateway,
  directory: Directory,
  row: MessageRow,
  recipient: Designation,
  sealed: string,
): Promise<Opened> {
  const jwe: unknown = JSON.parse(sealed);
  const jws = await openSealed(jwe, await openingKeysFor(gateway, recipient, sealedKids(jwe)));
  const message = await readMessage(jws, {
    recipient: recipient.focal_point,
    keysOf: (did) => signingKeysSince(gateway, find(directory, did), did, row.acceptedAt),
  });
  const same =
    message.id === row.id &&
    message.from === row.sender &&
    message.thid === row.thread &&
    nameOfType(message.type) === row.type &&
    message.urgency === row.urgency &&
    message.handling === row.handling;
  if (!same) throw new Refusal('misaddressed', 'the sealed message says something else than its consignment');
  return { message, jws };
}

const partyOf = (one: Designation) => ({ did: one.focal_point, name: one.name, country: one.country });

/** What may be said of a message on any channel. */
export function summaryOf(
  directory: Directory,
  row: MessageRow,
  recipient: RecipientRow | undefined,
  to: string,
): Summary {
  return {
    message: row.id,
    thread: row.thread,
    reference: reference(row.id),
    type: row.type,
    urgency: row.urgency,
    handling: row.handling,
    sender: partyOf(known(directory, row.sender)),
    recipient: partyOf(known(directory, to)),
    sentAt: row.acceptedAt,
    acknowledgeBy: recipient?.acknowledgeBy ?? row.expiresAt,
    answerBy: recipient?.answerBy ?? row.expiresAt,
  };
}

/** A named officer's decision as people are shown it. */
export function decisionOf(directory: Directory, recipient: RecipientRow): Decision | undefined {
  const { settled } = recipient;
  if (settled === undefined) return undefined;
  const named = officerOf(known(directory, recipient.to), settled.officer);
  return {
    decision: settled.decision,
    officer: named?.name ?? settled.officer,
    at: settled.at,
    ...(settled.ground === undefined ? {} : { ground: settled.ground }),
  };
}

/** What another gateway is handed: read here and not with the claim, where it would wait for its turn in memory. */
async function consignmentOf(gateway: Gateway, { id, sender, submissionKey }: MessageRow): Promise<Content> {
  const [consignment, receipt] = await Promise.all([
    gateway.store.consignment(id),
    gateway.store.receipt(sender, submissionKey),
  ]);
  if (consignment === undefined || receipt === undefined)
    throw new Refusal('not-found', 'the consignment is no longer kept');
  return { shows: 'consignment', consignment, submission: receipt.jws };
}

async function contentOf(gateway: Gateway, directory: Directory, claimed: Claimed): Promise<Content> {
  const { endpoint, sealed } = claimed;
  if (endpoint.channel === 'relay') return consignmentOf(gateway, claimed.message);
  if (endpoint.shows === 'notice' || sealed === undefined) return { shows: 'notice' };
  if (endpoint.shows === 'sealed') return { shows: 'sealed', sealed: JSON.parse(sealed) };
  const opened = await openFor(
    gateway,
    directory,
    claimed.message,
    known(directory, claimed.delivery.to),
    sealed,
  );
  return { shows: 'packet', message: opened.message, jws: { ...opened.jws } };
}

/**
 * The parcel for a claimed delivery: the message, evidence for its sender, or a revision of what was shown.
 * @throws Refusal where the content cannot be opened or is not what the consignment said
 */
export async function parcelFor(gateway: Gateway, directory: Directory, claimed: Claimed): Promise<Parcel> {
  const { delivery, endpoint, message, recipient } = claimed;
  const common = {
    delivery: delivery.id,
    endpoint,
    summary: summaryOf(directory, message, recipient, recipient === undefined ? delivery.to : recipient.to),
  };
  if (delivery.kind === 'evidence') {
    const jws = JSON.parse(claimed.evidenceJws ?? 'null');
    return { ...common, kind: 'evidence', jws, evidence: evidenceSchema.parse(peek(jws).payload) };
  }
  const settled = recipient?.settled !== undefined;
  const links: Links = settled
    ? {}
    : await makeLinks(gateway, known(directory, delivery.to), delivery, endpoint);
  if (delivery.state === 'queued') {
    return { ...common, kind: 'message', content: await contentOf(gateway, directory, claimed), links };
  }
  const decision = recipient && decisionOf(directory, recipient);
  return {
    ...common,
    kind: 'revision',
    reference: delivery.reference ?? '',
    links,
    ...(decision === undefined ? {} : { decision }),
    ...(recipient?.openedAt === undefined ? {} : { openedAt: recipient.openedAt }),
  };
}
