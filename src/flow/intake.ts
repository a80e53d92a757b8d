/**
 * Intake: the two ways in. An assisted post is sealed at once with the sender's custodial key; a sealed consignment
 * is verified and carried as it is. Both end in the same door with the same signed receipt.
 */
import type { Arrival } from '../domain/adapter.ts';
import {
  CONSIGN_TYPE,
  type Consignment,
  carried,
  checkTimes,
  consignment as consignmentSchema,
} from '../domain/consignment.ts';
import { Refusal } from '../domain/error.ts';
import { attachmentBytes, LIMITS, type Message, type MessageName, typeUri } from '../domain/message.ts';
import type { Designation } from '../domain/party.ts';
import { checkBody, checked, messageName } from '../domain/protocol.ts';
import type { Route } from '../domain/routing.ts';
import { type Submission, toAttachments } from '../domain/submission.ts';
import type { Gateway } from '../gateway.ts';
import type { SigningKey } from '../seal/keys.ts';
import { sealedDigest, sealedKids, sealFor, signMessage } from '../seal/sealed-message.ts';
import { payloadDigest, peek, readStatement, signStatement } from '../seal/statement.ts';
import type { Receipt } from '../store/store.ts';
import { type Admitted, admit, entry } from './admit.ts';
import { directoryOf, find } from './directory.ts';
import { issue } from './issue.ts';
import { signingKeyFor } from './keyring.ts';
import { rejecting } from './reject.ts';

/** What a sender is answered: the same for a repeat, to the byte. */
export interface Accepted {
  readonly id: string;
  readonly thread: string;
  /** Submission acceptance, JWS as text. */
  readonly evidence: string;
  readonly repeat: boolean;
}

type SubmissionArrival = Extract<Arrival, { kind: 'submission' }>;

const LIFETIME_DEFAULT = 7 * 86_400;
const epoch = (at: Date): number => Math.floor(at.getTime() / 1_000);

/**
 * Takes an assisted post from a proven partner.
 * @throws Refusal with a signed rejection hung on it
 */
export async function acceptSubmission(gateway: Gateway, arrival: SubmissionArrival): Promise<Accepted> {
  const { focalPoint, key, digest, submission } = arrival;
  return rejecting(gateway, { sender: focalPoint, digest }, async () => {
    const earlier = await gateway.store.receipt(focalPoint, key);
    if (earlier !== undefined) return again(earlier, digest);
    const name = messageName(submission.type);
    const body = checkBody(name, submission.body);
    const directory = await directoryOf(gateway, [focalPoint, ...submission.to]);
    const sender = find(directory, focalPoint);
    if (sender === undefined)
      throw new Refusal('unknown-sender', 'the sender is not a designated focal point');
    const at = gateway.now();
    const intent = {
      ...submission,
      sender,
      name,
      ...(submission.thid === undefined ? {} : { thread: submission.thid }),
    };
    const routes = await admit(gateway, directory, intent, at);
    const signer = await signingKeyFor(gateway, sender);
    const message = compose(gateway, sender, routes, { submission, name, body }, at);
    checkTimes(message, at);
    const admitted = await sealAll(gateway, { message, routes, signer, name }, { key, digest, at });
    return keep(gateway, admitted, digest);
  });
}

/** The plaintext that the sender signs: a partner's post, put into DIDComm. */
function compose(
  gateway: Gateway,
  sender: Designation,
  routes: readonly Route[],
  post: { submission: Submission; name: MessageName; body: Record<string, unknown> },
  at: Date,
): Message {
  const attachments = toAttachments(post.submission);
  if (attachmentBytes(attachments) > LIMITS.attachments)
    throw new Refusal('too-large', `attachments are larger than ${LIMITS.attachments} bytes together`);
  const { submission } = post;
  return {
    id: gateway.newId(),
    typ: 'application/didcomm-plain+json',
    type: typeUri(post.name),
    from: sender.focal_point,
    to: routes.map((one) => one.recipient.focal_point),
    thid: submission.thid ?? gateway.newThread(),
    created_time: epoch(at),
    expires_time: submission.expires_time ?? epoch(at) + LIFETIME_DEFAULT,
    lang: submission.lang,
    please_ack: [''],
    urgency: submission.urgency,
    handling: submission.handling,
    ...(submission.handling_note === undefined ? {} : { handling_note: submission.handling_note }),
    body: post.body,
    attachments,
  };
}

/** Signs once, seals to each recipient's own keys, and signs the consignment over the lot. */
async function sealAll(
  gateway: Gateway,
  job: { message: Message; routes: readonly Route[]; signer: SigningKey; name: MessageName },
  submitted: { key: string; digest: string; at: Date },
): Promise<Admitted> {
  const { message, routes, signer } = job;
  const jws = await signMessage(message, signer);
  const parts = await Promise.all(
    routes.map(async ({ recipient }) => {
      const sealed = await sealFor(jws, recipient.keys.agreement, recipient.enc[0] ?? 'A256CBC-HS512');
      return { to: recipient.focal_point, sealed, digest: sealedDigest(sealed) };
    }),
  );
  const claims: Consignment = {
    id: message.id,
    typ: message.typ,
    type: CONSIGN_TYPE,
    from: message.from,
    to: [gateway.did],
    created_time: message.created_time,
    expires_time: message.expires_time,
    body: {
      message_type: job.name,
      urgency: message.urgency,
      handling: message.handling,
      thid: message.thid,
      recipients: parts.map((part, n) => ({ to: part.to, digest: part.digest, attachment: `s${n + 1}` })),
    },
    attachments: parts.map((part, n) => ({
      id: `s${n + 1}`,
      media_type: 'application/didcomm-encrypted+json',
      data: { json: part.sealed },
    })),
  };
  const signed = await signStatement('consignment', claims, [signer]);
  const digest = payloadDigest(signed);
  return {
    row: rowOf(claims, { digest, key: submitted.key, submissionDigest: submitted.digest, at: submitted.at }),
    consignment: JSON.stringify(signed),
    routes,
    sealed: parts.map((part) => ({ text: JSON.stringify(part.sealed), digest: part.digest })),
    asked: {},
  };
}

const rowOf = (
  one: Consignment,
  more: { digest: string; key: string; submissionDigest: string; at: Date },
): Admitted['row'] => ({
  id: one.id,
  sender: one.from,
  thread: one.body.thid,
  ...(one.body.pthid === undefined ? {} : { parent: one.body.pthid }),
  type: one.body.message_type,
  urgency: one.body.urgency,
  handling: one.body.handling,
  createdAt: new Date(one.created_time * 1_000),
  acceptedAt: more.at,
  expiresAt: new Date(one.expires_time * 1_000),
  digest: more.digest,
  submissionKey: more.key,
  submissionDigest: more.submissionDigest,
});

/**
 * Takes a consignment that its sender sealed and signed. The gateway reads what it needs to route and no more.
 * @throws Refusal; with a signed rejection hung on it once the sender's signature is verified
 */
export async function acceptConsignment(gateway: Gateway, jws: unknown): Promise<Accepted> {
  const claimed = peek(jws);
  const from = claimed.kids[0]?.split('#')[0] ?? '';
  const sender = find(await directoryOf(gateway, [from]), from);
  if (sender === undefined)
    throw new Refusal('unknown-sender', 'the signing key belongs to no designated focal point');
  const { payload, digest } = await readStatement(jws, 'consignment', async (kid) =>
    sender.keys.signing.find((one) => one.kid === kid),
  );
  return rejecting(gateway, { sender: sender.focal_point, digest }, async () => {
    const one = checked(consignmentSchema, payload);
    const earlier = await gateway.store.receipt(sender.focal_point, one.id);
    if (earlier !== undefined) return again(earlier, digest);
    const at = gateway.now();
    if (one.from !== sender.focal_point)
      throw new Refusal('misaddressed', 'from is not the focal point that signed');
    if (one.to[0] !== gateway.did) throw new Refusal('misaddressed', 'to is not this gateway');
    checkTimes(one, at);
    const { admitted } = await judge(gateway, sender, one, { digest, at, text: JSON.stringify(jws) });
    return keep(gateway, admitted, digest);
  });
}

/** Checks each sealed message against what the consignment says of it, and finds the ways. */
async function judge(
  gateway: Gateway,
  sender: Designation,
  one: Consignment,
  seen: { digest: string; at: Date; text: string },
): Promise<{ admitted: Admitted }> {
  const parts = carried(one);
  for (const part of parts) {
    if (sealedDigest(part.sealed) !== part.digest)
      throw new Refusal('digest-mismatch', 'a sealed message does not have the digest the consignment names');
    if (sealedKids(part.sealed).some((kid) => kid.split('#')[0] !== part.to)) {
      throw new Refusal('misaddressed', 'a sealed message is encrypted to a key of somebody else');
    }
  }
  const to = parts.map((part) => part.to);
  const directory = await directoryOf(gateway, [sender.focal_point, ...to]);
  const { message_type: name, urgency, handling, thid: thread } = one.body;
  const routes = await admit(gateway, directory, { sender, to, name, urgency, handling, thread }, seen.at);
  const admitted: Admitted = {
    row: rowOf(one, { digest: seen.digest, key: one.id, submissionDigest: seen.digest, at: seen.at }),
    consignment: seen.text,
    routes,
    sealed: parts.map((part) => ({ text: JSON.stringify(part.sealed), digest: part.digest })),
    asked: one.body,
  };
  return { admitted };
}

/** Signs the receipt and passes the door; a repeat that overtook us gets what was given first. */
async function keep(gateway: Gateway, admitted: Admitted, submissionDigest: string): Promise<Accepted> {
  const { row } = admitted;
  const receipt = await issue(gateway, {
    event: 'SubmissionAcceptance',
    consignment: row.id,
    thid: row.thread,
    sender: row.sender,
    digest: row.digest,
    at: row.acceptedAt,
  });
  const kept = await gateway.store.keepMessage(entry(gateway, admitted, receipt));
  if (kept.kind === 'repeat') return again(kept.receipt, submissionDigest);
  if (kept.kind === 'conflict') throw new Refusal('id-conflict', 'the id is already used by another message');
  return { id: row.id, thread: row.thread, evidence: receipt.jws, repeat: false };
}

function again(earlier: Receipt, submissionDigest: string): Accepted {
  if (earlier.submissionDigest !== submissionDigest) {
    throw new Refusal('id-conflict', 'the same id was used before for other bytes');
  }
  return { id: earlier.message, thread: earlier.thread, evidence: earlier.jws, repeat: true };
}
