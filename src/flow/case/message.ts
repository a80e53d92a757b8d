/** Verifies one message of a case file against the statements on which it rests. */

import type { CaseMessage } from '../../domain/evidence/case-file.ts';
import type { Evidence } from '../../domain/evidence/evidence.ts';
import { checkConsignmentTimes } from '../../domain/message/consignment.ts';
import type { Designation } from '../../domain/party/designation.ts';
import { allowedChannels, isSameVersion } from '../../domain/terms/agreement.ts';
import { Refusal } from '../../domain/words/error.ts';
import { present } from '../../domain/words/present.ts';
import { type ConsignmentHead, readConsignmentPayload } from '../../seal/make-consignment.ts';
import { verifyStatement } from '../../seal/statement.ts';
import { checkSealedParts, headOfConsignment } from '../intake/consignment.ts';
import { type AuthorsMember, listUnsignedMembers } from './author-says.ts';
import { type EvidenceReport, verifyCaseEvidence } from './evidence.ts';
import { CaseMisfit, runAtPlace } from './reading.ts';
import { claimsOfMessage, listTakingEvidence, mergeNamedStatements } from './rests.ts';
import { type CaseContext, findDesignationAt } from './statements.ts';
import { checkRecipientsShown, checkTaking, type TakenMessage } from './taking.ts';
import { findWithdrawalDate, omitLaterWithdrawals } from './withdrawals.ts';

interface FocalPointReport {
  readonly did: string;
  readonly name: string;
  readonly country: string;
  /** Who holds the private keys. */
  readonly custody: Designation['custody'];
  /**
   * If its authority withdrew the designation as of a time before the message, that time. The author did not
   * know it yet.
   */
  readonly withdrawn?: string;
}

export interface MessageReport {
  readonly id: string;
  readonly type: string;
  readonly accepted_at: string;
  /** Members of this message that no other signature in the file covers: the author's claims. */
  readonly author_says: readonly AuthorsMember[];
  /** Recipients at other gateways, as signed. The file does not show what became of the message there. */
  readonly elsewhere: readonly string[];
  /** The message that it answers, if the file has the sender's signed consignment and that names one. */
  readonly about?: string;
  readonly sender: FocalPointReport;
  readonly recipients: readonly (FocalPointReport & {
    readonly agreement: { readonly id: string; readonly version: number };
  })[];
  readonly evidence: readonly EvidenceReport[];
}

function reportFocalPoint(all: CaseContext, designation: Designation, accepted: Date): FocalPointReport {
  const { focal_point: did, name, country, custody } = designation;
  const withdrawn = findWithdrawalDate(all, designation, accepted);
  return { did, name, country, custody, ...present({ withdrawn }) };
}

/** @throws CaseMisfit */
export async function verifyCaseMessage(
  all: CaseContext,
  message: CaseMessage,
  place: string,
): Promise<MessageReport> {
  const accepted = new Date(message.accepted_at);
  const takers = await runAtPlace(`${place}.evidence`, () => listTakingEvidence(message));
  const within = omitLaterWithdrawals(all, takers);
  const sender = await runAtPlace(`${place}.sender`, () =>
    findDesignationAt(within.grounds, message.sender, accepted, mergeNamedStatements(takers)),
  );
  const recipients: Designation[] = [];
  for (const [n, named] of message.recipients.entries()) {
    const one = `${place}.recipients[${n}]`;
    recipients.push(await runAtPlace(one, () => verifyRecipient(within, { message, takers, sender }, named)));
  }
  const evidence: EvidenceReport[] = [];
  for (const [n, piece] of message.evidence.entries()) {
    const one = `${place}.evidence[${n}]`;
    // A withdrawal that the author took after the message still ends who may give evidence from then on.
    evidence.push(await runAtPlace(one, () => verifyCaseEvidence(all, message, piece)));
  }
  if (!evidence.some((one) => one.takes))
    throw new CaseMisfit(
      place,
      new Refusal('statement-refused', 'no evidence that a gateway took the message'),
    );
  const isPurged = claimsOfMessage(message).some((one) => isPurgeOf(within.file.by, message, one));
  const consigned = await runAtPlace(`${place}.consignment`, () =>
    verifyConsignment(within, message, { sender, isPurged }),
  );
  const taken: TakenMessage = { message, sender, takers };
  const found = await runAtPlace(place, () => verifyTaking(within.file.by, taken, consigned));
  const about = consigned?.body.about;
  return {
    id: message.id,
    type: message.type,
    accepted_at: message.accepted_at,
    ...found,
    ...present({ about }),
    sender: reportFocalPoint(all, sender, accepted),
    recipients: recipients.map((focalPoint, n) => ({
      ...reportFocalPoint(all, focalPoint, accepted),
      agreement: message.recipients[n]?.agreement ?? { id: '', version: 0 },
    })),
    evidence,
  };
}

/**
 * Whether the author says that it deleted this message's consignment. A recall that found nothing does not
 * say so.
 */
const isPurgeOf = (author: string, message: CaseMessage, { by, consignment, purge }: Evidence): boolean =>
  by === author && consignment === message.id && purge?.gone.includes('consignment') === true;

/** Who took the message, when and for whom, and which of its members are only the author's claims. */
function verifyTaking(
  author: string,
  taken: TakenMessage,
  consigned: ConsignmentHead | undefined,
): Pick<MessageReport, 'author_says' | 'elsewhere'> {
  const isHourSigned = checkTaking(author, taken);
  const elsewhere = checkRecipientsShown(author, taken, consigned);
  return { author_says: listUnsignedMembers(author, taken, { isHourSigned, consigned }), elsewhere };
}

/**
 * The recipient as designated then. The agreement under which the author carried the message must be the one
 * that its evidence names, and must cover the message.
 * @throws Refusal
 */
async function verifyRecipient(
  { file, grounds }: CaseContext,
  { message, takers, sender }: TakenMessage,
  named: CaseMessage['recipients'][number],
): Promise<Designation> {
  const when = new Date(message.accepted_at);
  const designation = findDesignationAt(grounds, named.to, when, mergeNamedStatements(takers));
  const own = mergeNamedStatements(takers.filter((one) => one.by === file.by));
  const signed = own.agreements.find((one) => one.to === named.to);
  if (signed !== undefined && !isSameVersion(signed, named.agreement))
    throw new Refusal('digest-mismatch', 'the evidence rests on another agreement');
  const agreement = await grounds.agreement(named.agreement, when);
  if (agreement === undefined)
    throw new Refusal('statement-refused', 'the agreement that the message names is not in the file');
  const carriage = {
    from: { did: sender.focal_point, country: sender.country },
    to: { did: designation.focal_point, country: designation.country },
    name: message.type,
    handling: message.handling,
  };
  if (allowedChannels(agreement, carriage, when).length === 0)
    throw new Refusal('not-covered', 'the agreement that the message names does not cover it');
  return designation;
}

/**
 * Checks the consignment, if contents are in the file: its sender signed it, evidence names it by digest, and
 * every member of the message agrees with it.
 * @throws Refusal
 */
async function verifyConsignment(
  { file }: CaseContext,
  message: CaseMessage,
  { sender, isPurged }: { readonly sender: Designation; readonly isPurged: boolean },
): Promise<ConsignmentHead | undefined> {
  const isThere = message.consignment !== undefined;
  if (file.contents !== isThere && !(file.contents && isPurged))
    throw new Refusal('misaddressed', 'contents are in the file for every message, or for none');
  if (message.consignment === undefined) return undefined;
  const { payload, digest } = await verifyStatement(message.consignment, 'consignment', async (kid) =>
    sender.keys.signing.find((one) => one.kid === kid),
  );
  const read = readConsignmentPayload(payload);
  const one = headOfConsignment({ sender, read });
  checkSame(message, one, digest);
  if (one.to[0] !== sender.gateway)
    throw new Refusal(
      'misaddressed',
      'the consignment asks another gateway than the sender’s own to carry it',
    );
  checkConsignmentTimes(one, new Date(message.accepted_at));
  const sealed = new Map(checkSealedParts(read).map((part) => [part.to, part.digest]));
  if (!message.recipients.every(({ to, digest: expected }) => sealed.get(to) === expected))
    throw new Refusal('digest-mismatch', 'a recipient’s sealed message is not the one in the consignment');
  return one;
}

/** @throws Refusal `digest-mismatch` if a member of the message differs from what the sender signed */
function checkSame(
  message: CaseMessage,
  { id, expires_time: expires, body }: ConsignmentHead,
  digest: string,
): void {
  const { message_type: type, urgency, handling, thid: thread, pthid: parent } = body;
  const said = { id, digest, type, urgency, handling, thread, parent };
  const isSame = Object.entries(said).every(([name, value]) => message[name as keyof typeof said] === value);
  if (!isSame || Date.parse(message.expires_at) !== expires * 1_000)
    throw new Refusal('digest-mismatch', 'the consignment differs from this message');
}
