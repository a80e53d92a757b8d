/** The assisted route: a partner's plain post is sealed at once with the custodial key of its focal point. */
import type { Arrival } from '../../domain/carriage/adapter.ts';
import { CONSIGNMENT_TYPE, checkConsignmentTimes } from '../../domain/message/consignment.ts';
import {
  type Attachment,
  countAttachmentBytes,
  LIMITS,
  type Message,
  type MessageName,
  typeUriOf,
} from '../../domain/message/message.ts';
import { checkBody, readMessageName } from '../../domain/message/protocol.ts';
import { attachmentsOf, type Submission } from '../../domain/message/submission.ts';
import type { Designation } from '../../domain/party/designation.ts';
import type { Route } from '../../domain/terms/routing.ts';
import { Refusal } from '../../domain/words/error.ts';
import { isRunnable } from '../../domain/words/file-name.ts';
import { present } from '../../domain/words/present.ts';
import type { Judging, Posting, Storing, Unsealing } from '../../gateway-parts.ts';
import type { SigningKey } from '../../seal/keys.ts';
import type { ConsignmentInput, SealingTarget } from '../../seal/make-consignment.ts';
import { findDesignation, readDirectory } from '../directory/directory.ts';
import { resolveRecipients } from '../directory/group.ts';
import { loadSigningKey } from '../directory/keyring.ts';
import { withSignedRejections } from '../evidence/reject.ts';
import { checkRecall } from '../keep/recall.ts';
import { type AdmittedMessage, admitMessage, checkRelayable } from './admit.ts';
import { fitBody } from './body-fitting.ts';
import { attachPassedOn } from './permission.ts';
import { completedMessageOf, type MessagePlace, placeMessage } from './placing.ts';
import { type AcceptedMessage, keepWithReceipt, repeatReceipt, rowOfConsignment } from './receipt.ts';
import { draftFromTip } from './tip.ts';

export type SubmissionArrival = Extract<Arrival, { kind: 'submission' }>;

/** Seconds until a message expires if its sender sets no time: a week. */
const LIFETIME_DEFAULT = 7 * 86_400;

const epoch = (at: Date): number => Math.floor(at.getTime() / 1_000);

/**
 * Takes an assisted post from a verified partner, or a message that the gateway itself writes for a focal
 * point in its custody.
 * @throws Refusal with a signed rejection attached
 */
export async function acceptSubmission(
  gateway: Posting,
  arrival: SubmissionArrival,
  by: 'partner' | 'gateway' = 'partner',
): Promise<AcceptedMessage> {
  const { focalPoint, key, digest } = arrival;
  return withSignedRejections(gateway, { sender: focalPoint, digest }, async () => {
    const earlier = await gateway.store.messages.findReceipt(focalPoint, key);
    if (earlier !== undefined) return repeatReceipt(earlier, digest);
    const submission = await draftFromTip(gateway, focalPoint, arrival.submission);
    const name = readMessageName(submission.type);
    const body = checkBody(name, submission.body);
    if (by === 'partner') checkByPeople(body);
    const to = await resolveRecipients(gateway, focalPoint, name, submission);
    const directory = await readDirectory(gateway, [focalPoint, ...to]);
    const sender = findDesignation(directory, focalPoint);
    if (sender === undefined)
      throw new Refusal('unknown-sender', 'the sender is not a designated focal point');
    const at = gateway.now();
    const routes = admitMessage(directory, { ...submission, to, sender, name }, at);
    const place = await placeOf(gateway, { sender, name, routes, submission }, at);
    await checkRecall(gateway, { name, about: place.about, to: didsOf(routes) });
    const signer = await loadSigningKey(gateway, sender);
    const said = {
      submission,
      name,
      place,
      attachments: await collectFiles(gateway, sender, routes, { submission, files: arrival.files }),
      body: await fitBody(gateway, focalPoint, { name, body }, place),
    };
    const message = compose(gateway, { sender, routes }, said, at);
    checkConsignmentTimes(message, at);
    const admitted = await sealAll(gateway, { sender, message, routes, signer, name }, { key, digest, at });
    return keepWithReceipt(gateway, admitted, { event: 'SubmissionAcceptance', custody: sender.custody, at });
  });
}

const didsOf = (routes: readonly Route[]): readonly string[] =>
  routes.map((one) => one.recipient.focal_point);

/** Only the gateway itself may mark a notice as automatic. */
function checkByPeople(body: Readonly<Record<string, unknown>>): void {
  if (body['automatic'] === true)
    throw new Refusal('invalid-body', '/body/automatic: only the gateway sets it; leave it out or false');
}

const placeOf = (
  gateway: Storing,
  post: { sender: Designation; name: MessageName; routes: readonly Route[]; submission: Submission },
  at: Date,
): Promise<MessagePlace> =>
  placeMessage(gateway, {
    name: post.name,
    from: post.sender.focal_point,
    to: didsOf(post.routes),
    createdAt: new Date(epoch(at) * 1_000),
    thread: post.submission.thid,
    parent: post.submission.pthid,
    about: post.submission.about,
  });

/**
 * The post's own attachments, and those of a message that it passes on.
 * @throws Refusal `attachment-refused`; `permission-needed` and as `attachPassedOn`; `too-large`;
 *   `invalid-body` if a file has a reserved name
 */
async function collectFiles(
  gateway: Unsealing,
  sender: Designation,
  routes: readonly Route[],
  { submission, files }: Pick<SubmissionArrival, 'submission' | 'files'>,
): Promise<Attachment[]> {
  const { handling, passes_on: passesOn, grant } = submission;
  const passing = { from: sender.focal_point, to: didsOf(routes), handling, passesOn, grant };
  const more = await attachPassedOn(gateway, passing);
  const own = files ?? attachmentsOf(submission);
  checkRunnable(own, routes);
  if (own.some((one) => more.some(({ filename }) => filename === one.filename)))
    throw new Refusal(
      'invalid-body',
      '/attachments: a file has a name that is reserved for files that the gateway attaches',
    );
  const all = [...own, ...more];
  if (all.length > LIMITS.attachmentCount || countAttachmentBytes(all) > LIMITS.attachments)
    throw new Refusal(
      'too-large',
      `there are more than ${LIMITS.attachmentCount} attachments, or they have more than ${LIMITS.attachments} bytes together`,
    );
  return all;
}

/**
 * A file that can run when it is opened is taken only if every recipient's agreement lists its media type.
 * @throws Refusal `attachment-refused`, naming the place
 */
function checkRunnable(files: readonly Attachment[], routes: readonly Route[]): void {
  const place = files.findIndex(
    (one) =>
      isRunnable(one) &&
      !routes.every(({ agreement }) => agreement.runnable_media_types?.includes(one.media_type)),
  );
  if (place !== -1)
    throw new Refusal(
      'attachment-refused',
      `/attachments/${place}: not every recipient’s agreement lists its media type`,
    );
}

/** Composes the plaintext that the sender signs: a partner's post as a DIDComm message. */
function compose(
  gateway: Posting,
  { sender, routes }: { readonly sender: Designation; readonly routes: readonly Route[] },
  post: {
    submission: Submission;
    name: MessageName;
    place: MessagePlace;
    attachments: Attachment[];
    body: Record<string, unknown>;
  },
  at: Date,
): Message {
  const { submission, place, attachments } = post;
  return {
    id: gateway.newId(),
    typ: 'application/didcomm-plain+json',
    type: typeUriOf(post.name),
    from: sender.focal_point,
    to: routes.map((one) => one.recipient.focal_point),
    thid: place.thread ?? gateway.newThread(),
    ...present({ pthid: place.parent, about: place.about }),
    ...passing(submission),
    created_time: epoch(at),
    expires_time: submission.expires_time ?? epoch(at) + LIFETIME_DEFAULT,
    lang: submission.lang,
    please_ack: [''],
    urgency: submission.urgency,
    handling: submission.handling,
    ...present({ handling_note: submission.handling_note }),
    body: post.body,
    attachments,
  };
}

/** The members about a message that is passed on, as message and consignment both have them. */
const passing = ({ passes_on, grant }: Pick<Message, 'passes_on' | 'grant'>) => ({
  ...present({ passes_on, grant }),
});

/**
 * Signs once, seals to each recipient's own keys, and signs the consignment over all of them. One more copy,
 * outside the consignment, is sealed to the sender, so that only the sender can read what it sent.
 */
async function sealAll(
  gateway: Unsealing,
  job: {
    sender: AdmittedMessage['sender'];
    message: Message;
    routes: readonly Route[];
    signer: SigningKey;
    name: MessageName;
  },
  submitted: { key: string; digest: string; at: Date },
): Promise<AdmittedMessage> {
  const { sender, message, routes, signer } = job;
  const heavy = gateway.heavyWorkFor(countAttachmentBytes(message.attachments));
  const { head, text, digest, sealed, ownCopy } = await heavy.consign({
    message,
    signer,
    own: sealingTo(sender),
    recipients: routes.map(({ recipient }) => sealingTo(recipient)),
    head: headOf(gateway, message, job.name),
  });
  checkRelayable(routes, text);
  return {
    sender,
    row: rowOfConsignment(head, {
      digest,
      key: submitted.key,
      submissionDigest: submitted.digest,
      at: submitted.at,
    }),
    consignment: text,
    routes,
    sealed,
    ownCopy,
    ...completedMessageOf(job.name, message.about),
    asked: {},
  };
}

/** A recipient or the sender: its newest key, and the content encryption that it prefers. */
const sealingTo = ({ focal_point: to, keys, enc }: Designation): SealingTarget => ({
  to,
  keys: keys.agreement,
  enc: enc[0] ?? 'A256CBC-HS512',
});

/** The members of a message's consignment, without the recipients. */
const headOf = (gateway: Judging, message: Message, name: MessageName): ConsignmentInput['head'] => ({
  id: message.id,
  typ: message.typ,
  type: CONSIGNMENT_TYPE,
  from: message.from,
  to: [gateway.did],
  created_time: message.created_time,
  expires_time: message.expires_time,
  body: {
    message_type: name,
    urgency: message.urgency,
    handling: message.handling,
    thid: message.thid,
    ...present({ pthid: message.pthid, about: message.about }),
    ...passing(message),
  },
});
