/**
 * The relay route: another gateway took a message for focal points homed here. All of it is verified again.
 * The other gateway's signed time of submission is when the deadlines start on both sides.
 */

import type { Evidence } from '../../domain/evidence/evidence.ts';
import { checkConsignmentTimes } from '../../domain/message/consignment.ts';
import { hexId } from '../../domain/message/message.ts';
import type { GatewayDesignation } from '../../domain/party/gateway-designation.ts';
import { agreementsInForce, isSameVersion } from '../../domain/terms/agreement.ts';
import type { Route } from '../../domain/terms/routing.ts';
import { Refusal } from '../../domain/words/error.ts';
import type { LongText } from '../../domain/words/long-text.ts';
import { present } from '../../domain/words/present.ts';
import type { Gateway } from '../../gateway.ts';
import type { Exchanging, Issuing, Judging, Storing, Unsealing } from '../../gateway-parts.ts';
import type { ConsignmentHead } from '../../seal/make-consignment.ts';
import { peekConsignment, textOfStatement } from '../../seal/statement.ts';
import { type Directory, readDirectory } from '../directory/directory.ts';
import { readDesignationAt } from '../directory/past-keys.ts';
import { checkEvidence, gatherFacts } from '../evidence/judging.ts';
import {
  findEvidencePlace,
  noteOtherAgreement,
  readPeerEvidence,
  rowOfSigned,
} from '../evidence/peer-evidence.ts';
import { type RejectedPiece, withSignedRejections } from '../evidence/reject.ts';
import { checkNotRecalled } from '../keep/recall.ts';
import { noteMissing } from '../statements/missing.ts';
import { type AdmittedMessage, admitMessage, type SendingIntent } from './admit.ts';
import {
  checkSealedParts,
  headOfConsignment,
  prepareReading,
  type SignedConsignment,
  verifyConsignment,
} from './consignment.ts';
import { checkPassingOn } from './permission.ts';
import { checkRelayedPlace } from './placing.ts';
import { type AcceptedMessage, keepWithReceipt, repeatReceipt, rowOfConsignment } from './receipt.ts';
import {
  findRefusalByName,
  isOwnRecipient,
  makeWholeRefusal,
  type RefusedByName,
  signRejectionsByName,
} from './refusal-by-name.ts';

/** What one gateway relays to another, both JWS. */
interface RelayedPost {
  readonly consignment: unknown;
  /** The relaying gateway's own submission acceptance. */
  readonly submission: unknown;
}

/**
 * Takes a consignment from an authenticated gateway, and keeps the part for focal points homed here. A repeat
 * gets the same relay acceptance, byte for byte.
 * @throws Refusal with a signed relay rejection attached
 */
export async function acceptRelay(
  gateway: Gateway,
  peer: GatewayDesignation,
  relayed: RelayedPost,
): Promise<AcceptedMessage> {
  return withSignedRejections(
    gateway,
    () => describeRefused(gateway, peer, relayed.consignment),
    async () => {
      const signed = await verifyConsignment(gateway, relayed.consignment);
      const { sender, digest } = signed;
      const one = headOfConsignment(signed);
      if (sender.gateway !== peer.gateway)
        throw new Refusal('not-homed', 'the sender is not homed at the gateway that relays');
      if (one.to[0] !== peer.gateway) throw new Refusal('misaddressed', 'to must be the gateway that relays');
      const earlier = await gateway.store.messages.findReceipt(sender.focal_point, one.id);
      if (earlier !== undefined) return repeatReceipt(earlier, digest);
      const submission = await readSubmission(gateway, peer, { head: one, digest }, relayed.submission);
      checkTiming(one, new Date(submission.at), gateway.now());
      const text = await textOfStatement(relayed.consignment);
      const admitted = await judgeRelay(gateway, signed, one, { submission, text });
      // It proves the time from which both sides count the deadlines.
      const about = { message: one.id, sender: one.from };
      const { key } = await findEvidencePlace(gateway, submission, relayed.submission);
      const kept = { ...admitted, submission: rowOfSigned(key, submission, relayed.submission, about) };
      return keepWithReceipt(gateway, kept, {
        event: 'RelayAcceptance',
        custody: sender.custody,
        at: gateway.now(),
      });
    },
  );
}

/**
 * What a rejection names: the digest of the bytes as they came, whoever signed them, so that the other
 * gateway can identify them.
 */
async function describeRefused(
  gateway: Unsealing,
  peer: GatewayDesignation,
  jws: unknown,
): Promise<RejectedPiece> {
  const refused = { event: 'RelayRejection', sender: peer.gateway } as const;
  try {
    const reading = prepareReading(gateway, jws);
    const { digest } = await peekConsignment(jws, reading.parse);
    const known = hexId.safeParse(reading.found().id);
    return { ...refused, digest, ...present({ consignment: known.success ? known.data : undefined }) };
  } catch {
    return refused;
  }
}

/**
 * When the relaying gateway took the message, and under which statements, by its own signature over this
 * consignment.
 * @throws Refusal `unknown-sender`, `signature-invalid`, `invalid-body`, `misaddressed`, `digest-mismatch`,
 *   `clock-skew`
 */
async function readSubmission(
  gateway: Exchanging,
  peer: GatewayDesignation,
  { head, digest }: { readonly head: ConsignmentHead; readonly digest: string },
  submission: unknown,
): Promise<Evidence> {
  const claims = await readPeerEvidence(gateway, peer, submission);
  if (claims.event !== 'SubmissionAcceptance')
    throw new Refusal('misaddressed', 'submission must be a SubmissionAcceptance by the gateway that relays');
  const about = { id: head.id, thread: head.body.thid, sender: head.from, digest };
  const { recipients } = head.body;
  const addressees = recipients.map(({ to }) => to);
  const message = { ...about, acceptedAt: new Date(claims.at), addressees, recipients };
  const facts = await gatherFacts(gateway, message);
  await checkEvidence(claims, facts);
  await noteMissing(gateway, claims, facts);
  return claims;
}

/**
 * The sender's times are judged by the clock of the gateway that took the message. So the time of taking is bounded:
 * not ahead of this gateway's clock, not before the sender signed, and not after the message expired.
 * @throws Refusal `clock-skew`, `expired`
 */
function checkTiming(one: ConsignmentHead, at: Date, now: Date): void {
  checkConsignmentTimes(one, at);
  if (one.expires_time * 1_000 <= now.getTime()) throw new Refusal('expired', 'expires_time has passed');
}

/**
 * Finds the routes to the recipients homed here, under the agreement in force, as known here, when the other
 * gateway took the message. The version that the other gateway names is compared, never used. Designations
 * must be in force now, so that a withdrawal stops traffic at once.
 */
async function judgeRelay(
  gateway: Issuing,
  { sender, read, digest }: SignedConsignment,
  one: ConsignmentHead,
  seen: { readonly submission: Evidence; readonly text: LongText },
): Promise<AdmittedMessage> {
  const all = checkSealedParts(read);
  const directory = await readDirectory(gateway, [sender.focal_point, ...all.map((part) => part.to)]);
  const ours = all.filter(({ to }) => isOwnRecipient(gateway, directory, to));
  const at = new Date(seen.submission.at);
  const refused = await findRefusedRecipients(gateway, directory, ours, at);
  if ((await readDesignationAt(gateway, sender.focal_point, at)) === undefined)
    throw new Refusal('designation-ended', 'the sender was not designated at the time of the receipt');
  const here = ours.filter((part) => refused.every(({ to }) => to !== part.to));
  if (here.length === 0) throw makeWholeRefusal(refused);
  const { message_type: name, urgency, handling } = one.body;
  const to = here.map((part) => part.to);
  const intent: SendingIntent = { sender, to, name, urgency, handling, submittedAt: at };
  const routes = admitMessage(directory, intent, gateway.now());
  for (const way of routes) checkVersion(gateway, directory, seen.submission, way);
  await checkRelayedPlace(gateway, one, ours.length === all.length);
  await checkNotRecalled(gateway, { id: one.id, sender: one.from });
  const { passes_on: passesOn, grant } = one.body;
  const passing = { from: one.from, to: all.map((part) => part.to), handling, passesOn, grant };
  await checkPassingOn(gateway, passing, 'relayed');
  return {
    sender,
    row: rowOfConsignment(one, { digest, key: one.id, submissionDigest: digest, at }),
    consignment: seen.text,
    routes,
    sealed: here.map(({ text, digest }) => ({ text, digest })),
    rejections: await signRejectionsByName(gateway, one, { sender, digest, refused }),
    asked: one.body,
  };
}

/**
 * The recipients homed here for whom it is not taken: not designated now, or not at the time by which the
 * case will be judged.
 */
async function findRefusedRecipients(
  gateway: Judging,
  directory: Directory,
  ours: readonly { readonly to: string }[],
  at: Date,
): Promise<readonly RefusedByName[]> {
  const refused = ours.map(async ({ to }): Promise<RefusedByName | undefined> => {
    const now = findRefusalByName(directory, to, gateway.now());
    const isThen = now !== undefined || (await readDesignationAt(gateway, to, at)) !== undefined;
    return isThen ? now : { to, code: 'designation-ended' };
  });
  return (await Promise.all(refused)).filter((one) => one !== undefined);
}

/**
 * Compares the agreement version for a recipient with the one under which the other gateway took the message.
 * A version that was replaced since may have been used for a message under way; the other gateway's ledger
 * shows the operator that it was.
 * @throws Refusal `misaddressed`
 */
function checkVersion(
  { log, now }: Storing,
  { agreements }: Directory,
  submission: Evidence,
  { recipient, agreement }: Route,
): void {
  const { focal_point: to } = recipient;
  const named = submission.rests_on?.agreements ?? [];
  if (named.length > 0 && !named.some((one) => one.to === to))
    throw new Refusal('misaddressed', 'submission names no agreement for this recipient');
  noteOtherAgreement({ log }, submission, { to, agreement });
  if (agreementsInForce(agreements, now()).some((one) => isSameVersion(one, agreement))) return;
  const { id, version } = agreement;
  log.warn('agreement.replaced', { evidence: submission.id, agreement: id, version });
}
