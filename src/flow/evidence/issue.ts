/** Issuing evidence: the gateway's signature under one step of the journey. */

import {
  type Evidence,
  type EvidenceEvent,
  evidenceSchema,
  type RestsOn,
  uriOfEvent,
} from '../../domain/evidence/evidence.ts';
import { uriOfReason } from '../../domain/evidence/reason.ts';
import type { Designation, Digested } from '../../domain/party/designation.ts';
import type { AgreementName } from '../../domain/terms/agreement.ts';
import { present } from '../../domain/words/present.ts';
import type { Gateway } from '../../gateway.ts';
import { peekStatement, signStatement } from '../../seal/statement.ts';
import type { EvidenceRow, MessageRow, RecipientRow } from '../../store/contracts/message-rows.ts';
import { type Directory, findDesignation } from '../directory/directory.ts';

/** What the caller says of the step; the rest follows from the message and the gateway. */
export type EvidenceStep = Partial<Omit<Evidence, 'kind' | 'event' | 'event_uri' | 'at' | 'by'>> & {
  readonly event: EvidenceEvent;
  readonly sender: string;
  readonly at: Date;
  /** What it is to be judged by later; undefined only where nothing that it could rest on was known. */
  readonly rests_on: RestsOn | undefined;
  readonly delivery?: string;
  /** What may be kept once only, by what it says: a digest that nobody is shown. */
  readonly once?: string;
};

/** The parts of a gateway that sign. */
export type EvidenceIssuer = Pick<Gateway, 'did' | 'key' | 'newId'>;

/** Signs one piece of evidence and gives the row to keep with whatever it proves. */
export async function issueEvidence(gateway: EvidenceIssuer, step: EvidenceStep): Promise<EvidenceRow> {
  const { event, at, delivery, once, ...rest } = step;
  const id = step.id ?? gateway.newId();
  const claims: Evidence = {
    kind: 'evidence',
    ...rest,
    id,
    event,
    event_uri: uriOfEvent(event),
    ...present({
      reason_uri: step.reason === undefined ? undefined : uriOfReason(event, step.reason),
      delivery,
    }),
    at: at.toISOString(),
    by: gateway.did,
  };
  // What no reader could parse is never signed: that is a fault of ours, and better here than in every later reader.
  evidenceSchema.parse(claims);
  const jws = await signStatement('evidence', claims, [gateway.key]);
  return {
    id,
    event,
    sender: step.sender,
    at,
    jws: JSON.stringify(jws),
    ...present({ message: step.consignment, recipient: step.recipient, delivery, once }),
  };
}

/** What kept evidence says. @throws ZodError and Refusal where the row cannot be read */
export const parseClaims = ({ jws }: Pick<EvidenceRow, 'jws'>): Evidence =>
  evidenceSchema.parse(peekStatement(JSON.parse(jws)).payload);

/** An agreement that a message is carried to a recipient under; of rows older than the digest it may be absent. */
export interface CarryingAgreement {
  readonly to: string;
  readonly agreement: AgreementName & { readonly digest?: string };
}

/** Names the statements that a step rests on. */
export const nameStatements = (
  carried: readonly CarryingAgreement[],
  parties: readonly (Pick<Digested<Designation>, 'focal_point' | 'digest'> | undefined)[],
): RestsOn => ({
  agreements: carried.flatMap(({ to, agreement: { id, version, digest } }) =>
    digest === undefined ? [] : [{ to, id, version, digest }],
  ),
  designations: parties.flatMap((one) =>
    one === undefined ? [] : [{ focal_point: one.focal_point, digest: one.digest }],
  ),
});

/** The part of a step that says which message to which recipient it is about, and what that rests on now. */
export const stepAbout = (directory: Directory, message: MessageRow, recipient: RecipientRow) => ({
  rests_on: nameStatements(
    [recipient],
    [message.sender, recipient.to].map((did) => findDesignation(directory, did)),
  ),
  consignment: message.id,
  thid: message.thread,
  sender: message.sender,
  recipient: recipient.to,
  digest: recipient.digest,
});
