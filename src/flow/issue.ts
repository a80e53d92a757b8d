/** Issuing evidence: the gateway's signature under one step of the journey. */
import { type Evidence, type EvidenceEvent, eventUri } from '../domain/evidence.ts';
import type { Gateway } from '../gateway.ts';
import { signStatement } from '../seal/statement.ts';
import type { EvidenceRow, MessageRow, RecipientRow } from '../store/store.ts';

/** What the caller says of the step; the rest follows from the message and the gateway. */
export type Step = Partial<Omit<Evidence, 'kind' | 'event' | 'event_uri' | 'at' | 'by'>> & {
  readonly event: EvidenceEvent;
  readonly sender: string;
  readonly at: Date;
  readonly delivery?: string;
};

/** Signs one piece of evidence and gives the row to keep with whatever it proves. */
export async function issue(gateway: Gateway, step: Step): Promise<EvidenceRow> {
  const { event, at, delivery, ...rest } = step;
  const id = step.id ?? gateway.newId();
  const claims: Evidence = {
    kind: 'evidence',
    ...rest,
    id,
    event,
    event_uri: eventUri(event),
    at: at.toISOString(),
    by: gateway.did,
  };
  const jws = await signStatement('evidence', claims, [gateway.key]);
  return {
    id,
    event,
    sender: step.sender,
    at,
    jws: JSON.stringify(jws),
    ...(step.consignment === undefined ? {} : { message: step.consignment }),
    ...(step.recipient === undefined ? {} : { recipient: step.recipient }),
    ...(delivery === undefined ? {} : { delivery }),
  };
}

/** The part of a step that says which message to which recipient it is about. */
export const about = (message: MessageRow, recipient: RecipientRow) => ({
  consignment: message.id,
  thid: message.thread,
  sender: message.sender,
  recipient: recipient.to,
  digest: recipient.digest,
});
