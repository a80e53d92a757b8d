/** One message of a case file, held against the statements it rests on. */
import { channelsFor } from '../domain/agreement.ts';
import type { CaseMessage } from '../domain/case-file.ts';
import { Refusal } from '../domain/error.ts';
import type { Designation } from '../domain/party.ts';
import { readStatement } from '../seal/statement.ts';
import { type EvidenceReport, evidenceIn } from './case-evidence.ts';
import { at, Misfit } from './case-reading.ts';
import { designationThen, type Within } from './case-statements.ts';
import { contentsOf, sealedParts } from './consignment.ts';

export interface PartyReport {
  readonly did: string;
  readonly name: string;
  readonly country: string;
  /** Who held the keys. */
  readonly custody: Designation['custody'];
}

export interface MessageReport {
  readonly id: string;
  readonly type: string;
  readonly accepted_at: string;
  readonly sender: PartyReport;
  readonly recipients: readonly (PartyReport & {
    readonly agreement: { readonly id: string; readonly version: number };
  })[];
  readonly evidence: readonly EvidenceReport[];
}

const partyOf = ({ focal_point: did, name, country, custody }: Designation): PartyReport => ({
  did,
  name,
  country,
  custody,
});

/** @throws Misfit */
export async function messageIn(within: Within, message: CaseMessage, place: string): Promise<MessageReport> {
  const accepted = new Date(message.accepted_at);
  const sender = await at(`${place}.sender`, () => designationThen(within.grounds, message.sender, accepted));
  const recipients: Designation[] = [];
  for (const n of message.recipients.keys())
    recipients.push(await at(`${place}.recipients[${n}]`, () => recipientIn(within, message, sender, n)));
  const evidence: EvidenceReport[] = [];
  for (const [n, piece] of message.evidence.entries()) {
    const one = `${place}.evidence[${n}]`;
    evidence.push(await at(one, () => evidenceIn(within, { message, sender, recipients }, piece)));
  }
  if (!evidence.some((one) => one.takes))
    throw new Misfit(place, new Refusal('statement-refused', 'no evidence that a gateway took the message'));
  await at(`${place}.consignment`, () => checkContents(within, message, sender));
  return {
    id: message.id,
    type: message.type,
    accepted_at: message.accepted_at,
    sender: partyOf(sender),
    recipients: recipients.map((desk, n) => ({
      ...partyOf(desk),
      agreement: message.recipients[n]?.agreement ?? { id: '', version: 0 },
    })),
    evidence,
  };
}

/** The recipient as it was designated, where the agreement named covers what was carried to it. */
async function recipientIn(
  { grounds }: Within,
  message: CaseMessage,
  sender: Designation,
  n: number,
): Promise<Designation> {
  const named = message.recipients[n];
  if (named === undefined) throw new Error('a recipient is counted that is not there');
  const when = new Date(message.accepted_at);
  const desk = designationThen(grounds, named.to, when);
  const carriage = {
    from: { did: sender.focal_point, country: sender.country },
    to: { did: desk.focal_point, country: desk.country },
    name: message.type,
    handling: message.handling,
  };
  if (channelsFor(await grounds.agreement(named.agreement, when), carriage, when).length === 0)
    throw new Refusal('not-covered', 'the agreement named does not cover it');
  return desk;
}

/** The consignment, where contents are in the file: signed by its sender, and the very one that evidence names. */
async function checkContents({ file }: Within, message: CaseMessage, sender: Designation): Promise<void> {
  if (file.contents !== (message.consignment !== undefined))
    throw new Refusal('misaddressed', 'contents are in the file for every message, or for none');
  if (message.consignment === undefined) return;
  const { payload, digest } = await readStatement(message.consignment, 'consignment', async (kid) =>
    sender.keys.signing.find((one) => one.kid === kid),
  );
  const one = contentsOf({ sender, payload, digest });
  const { message_type: type, urgency, handling, thid: thread } = one.body;
  const said = { id: one.id, digest, type, urgency, handling, thread };
  if (!Object.entries(said).every(([name, value]) => message[name as keyof typeof said] === value))
    throw new Refusal('digest-mismatch', 'not the consignment that this message is');
  const sealed = new Map(sealedParts(one).map((part) => [part.to, part.digest]));
  if (!message.recipients.every(({ to, digest: expected }) => sealed.get(to) === expected))
    throw new Refusal('digest-mismatch', 'a recipient’s sealed message is not the one in the consignment');
}
