/** One message of a case file, held against the statements it rests on. */

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
import { type AuthorsMember, listUnsignedMembers } from './case-author-says.ts';
import { type EvidenceReport, verifyCaseEvidence } from './case-evidence.ts';
import { CaseMisfit, runAtPlace } from './case-reading.ts';
import { claimsOfMessage, listTakingEvidence, mergeNamedStatements } from './case-rests.ts';
import { type CaseContext, findDesignationAt } from './case-statements.ts';
import { checkRecipientsShown, checkTaking, type TakenMessage } from './case-taking.ts';
import { findWithdrawalDate, omitLaterWithdrawals } from './case-withdrawals.ts';

export interface FocalPointReport {
  readonly did: string;
  readonly name: string;
  readonly country: string;
  /** Who held the keys. */
  readonly custody: Designation['custody'];
  /** Its authority withdrew it as of then, which is before the message; whoever wrote the file did not know it yet. */
  readonly withdrawn?: string;
}

export interface MessageReport {
  readonly id: string;
  readonly type: string;
  readonly accepted_at: string;
  /** Members of this message in the file that nothing signed in it vouches for: they are the author’s word. */
  readonly author_says: readonly AuthorsMember[];
  /** Recipients whose homes are other gateways, as signed; what became of the message there is not in the file. */
  readonly elsewhere: readonly string[];
  /** The message it answers, where the consignment that its sender signed is in the file and says so. */
  readonly about?: string;
  readonly sender: FocalPointReport;
  readonly recipients: readonly (FocalPointReport & {
    readonly agreement: { readonly id: string; readonly version: number };
  })[];
  readonly evidence: readonly EvidenceReport[];
}

function partyOf(all: CaseContext, designation: Designation, accepted: Date): FocalPointReport {
  const { focal_point: did, name, country, custody } = designation;
  const withdrawn = findWithdrawalDate(all, designation, accepted);
  return { did, name, country, custody, ...present({ withdrawn }) };
}

/** @throws Misfit */
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
    recipients.push(await runAtPlace(one, () => recipientIn(within, { message, takers, sender }, named)));
  }
  const evidence: EvidenceReport[] = [];
  for (const [n, piece] of message.evidence.entries()) {
    const one = `${place}.evidence[${n}]`;
    // A withdrawal that the author took later than the message still ends who may speak about it from then on.
    evidence.push(await runAtPlace(one, () => verifyCaseEvidence(all, message, piece)));
  }
  if (!evidence.some((one) => one.takes))
    throw new CaseMisfit(
      place,
      new Refusal('statement-refused', 'no evidence that a gateway took the message'),
    );
  const isPurged = claimsOfMessage(message).some((one) => isPurgeOf(within.file.by, message, one));
  const consigned = await runAtPlace(`${place}.consignment`, () =>
    consignmentOf(within, message, { sender, isPurged }),
  );
  const taken: TakenMessage = { message, sender, takers };
  const found = await runAtPlace(place, () => takingIn(within.file.by, taken, consigned));
  const about = consigned?.body.about;
  return {
    id: message.id,
    type: message.type,
    accepted_at: message.accepted_at,
    ...found,
    ...present({ about }),
    sender: partyOf(all, sender, accepted),
    recipients: recipients.map((focalPoint, n) => ({
      ...partyOf(all, focalPoint, accepted),
      agreement: message.recipients[n]?.agreement ?? { id: '', version: 0 },
    })),
    evidence,
  };
}

/** Whether the author says that it deleted the consignment of this very message; a recall that found nothing does not. */
const isPurgeOf = (author: string, message: CaseMessage, { by, consignment, purge }: Evidence): boolean =>
  by === author && consignment === message.id && purge?.gone.includes('consignment') === true;

/** Who took the message, when and for whom, and what of it is nobody’s word but the author’s. */
function takingIn(
  author: string,
  taken: TakenMessage,
  consigned: ConsignmentHead | undefined,
): Pick<MessageReport, 'author_says' | 'elsewhere'> {
  const isHourSigned = checkTaking(author, taken);
  const elsewhere = checkRecipientsShown(author, taken, consigned);
  return { author_says: listUnsignedMembers(author, taken, { isHourSigned, consigned }), elsewhere };
}

/**
 * The recipient as it was designated, where the agreement that the author carried it under is the one that its evidence
 * names, and covers what was carried.
 */
async function recipientIn(
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
    throw new Refusal('statement-refused', 'the agreement it names is not in the file');
  const carriage = {
    from: { did: sender.focal_point, country: sender.country },
    to: { did: designation.focal_point, country: designation.country },
    name: message.type,
    handling: message.handling,
  };
  if (allowedChannels(agreement, carriage, when).length === 0)
    throw new Refusal('not-covered', 'the agreement named does not cover it');
  return designation;
}

/**
 * Checks the consignment, where contents are in the file: signed by its sender, the very one that evidence names, and
 * the message is in every member as it says.
 * @throws Refusal
 */
async function consignmentOf(
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
    throw new Refusal('misaddressed', 'its sender asked another gateway to carry it than its home');
  checkConsignmentTimes(one, new Date(message.accepted_at));
  const sealed = new Map(checkSealedParts(read).map((part) => [part.to, part.digest]));
  if (!message.recipients.every(({ to, digest: expected }) => sealed.get(to) === expected))
    throw new Refusal('digest-mismatch', 'a recipient’s sealed message is not the one in the consignment');
  return one;
}

/** @throws Refusal `digest-mismatch` where a member of the message is not as the sender signed it */
function checkSame(
  message: CaseMessage,
  { id, expires_time: expires, body }: ConsignmentHead,
  digest: string,
): void {
  const { message_type: type, urgency, handling, thid: thread, pthid: parent } = body;
  const said = { id, digest, type, urgency, handling, thread, parent };
  const isSame = Object.entries(said).every(([name, value]) => message[name as keyof typeof said] === value);
  if (!isSame || Date.parse(message.expires_at) !== expires * 1_000)
    throw new Refusal('digest-mismatch', 'not the consignment that this message is');
}
