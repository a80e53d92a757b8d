/** The assisted way in: a partner's plain post is sealed at once with the custodial key of its focal point. */
import type { Arrival } from '../domain/adapter.ts';
import { CONSIGN_TYPE, type Consignment, checkTimes } from '../domain/consignment.ts';
import { Refusal } from '../domain/error.ts';
import { attachmentBytes, LIMITS, type Message, type MessageName, typeUri } from '../domain/message.ts';
import type { Designation } from '../domain/party.ts';
import { checkBody, messageName } from '../domain/protocol.ts';
import type { Route } from '../domain/routing.ts';
import { type Submission, toAttachments } from '../domain/submission.ts';
import type { Gateway } from '../gateway.ts';
import type { SigningKey } from '../seal/keys.ts';
import { sealedDigest, sealFor, signMessage } from '../seal/sealed-message.ts';
import { payloadDigest, signStatement } from '../seal/statement.ts';
import { type Admitted, admit, checkRelayable } from './admit.ts';
import { directoryOf, find } from './directory.ts';
import { signingKeyFor } from './keyring.ts';
import { type Accepted, again, keep, rowOf } from './receipt.ts';
import { rejecting } from './reject.ts';

type SubmissionArrival = Extract<Arrival, { kind: 'submission' }>;

/** Seconds a message lives where its sender does not say: a week. */
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
    return keep(gateway, admitted, { event: 'SubmissionAcceptance', custody: sender.custody, at });
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
  const text = JSON.stringify(signed);
  checkRelayable(routes, text);
  return {
    row: rowOf(claims, { digest, key: submitted.key, submissionDigest: submitted.digest, at: submitted.at }),
    consignment: text,
    routes,
    sealed: parts.map((part) => ({ text: JSON.stringify(part.sealed), digest: part.digest })),
    asked: {},
  };
}
