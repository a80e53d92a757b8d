/** Issues evidence: the gateway's signature under one step. */

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

/** What the caller states about the step. The rest follows from the message and the gateway. */
export type EvidenceStep = Partial<Omit<Evidence, 'kind' | 'event' | 'event_uri' | 'at' | 'by'>> & {
  readonly event: EvidenceEvent;
  readonly sender: string;
  readonly at: Date;
  /** The statements by which it will be judged later; undefined only if none are known. */
  readonly rests_on: RestsOn | undefined;
  readonly delivery?: string;
  /** A digest under which evidence is kept only once, by what it says. It is not published. */
  readonly once?: string;
};

/** The parts of a gateway that sign. */
export type EvidenceIssuer = Pick<Gateway, 'did' | 'key' | 'newId'>;

/**
 * Signs one piece of evidence and returns the row to keep, in the transaction of the change that it proves.
 */
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
  // Parsed before it is signed: a fault of ours must show here and not at every later reader.
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

/** The claims of kept evidence. @throws ZodError and Refusal if the row cannot be read */
export const parseClaims = ({ jws }: Pick<EvidenceRow, 'jws'>): Evidence =>
  evidenceSchema.parse(peekStatement(JSON.parse(jws)).payload);

/** An agreement under which a message is carried to a recipient. Rows older than the digest have none. */
interface CarryingAgreement {
  readonly to: string;
  readonly agreement: AgreementName & { readonly digest?: string };
}

/** Names the statements on which a step rests. */
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

/** The members of a step that name its message and recipient, and the statements on which it rests now. */
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
