/** What another gateway answered to a relay: its signed word is proven before it counts for anything. */
import type { Outcome } from '../domain/adapter.ts';
import { Refusal } from '../domain/error.ts';
import { type Evidence, evidence as evidenceSchema } from '../domain/evidence.ts';
import type { GatewayDesignation } from '../domain/gateway-designation.ts';
import { checked } from '../domain/protocol.ts';
import type { Gateway } from '../gateway.ts';
import { readStatement } from '../seal/statement.ts';
import type { Claimed, EvidenceRow } from '../store/store.ts';
import { type Directory, peer } from './directory.ts';

/** A proven word of another gateway, as the row to keep it in. */
export interface PeersWord {
  readonly row: EvidenceRow;
  /** It is kept already, from another delivery of the same consignment. */
  readonly isKept: boolean;
}

/**
 * Reads evidence signed by a gateway.
 * @throws Refusal `unknown-sender`, `signature-invalid`, `invalid-body`, `misaddressed`, and for its shape as
 *   `readStatement`
 */
export async function evidenceBy(one: GatewayDesignation, jws: unknown): Promise<Evidence> {
  const { payload } = await readStatement(jws, 'evidence', async (kid) =>
    one.keys.signing.find((key) => key.kid === kid),
  );
  const claims = checked(evidenceSchema, payload);
  if (claims.by !== one.gateway)
    throw new Refusal('misaddressed', 'by is not the gateway whose key signed the evidence');
  return claims;
}

/** The row that keeps somebody else's evidence exactly as it was signed. */
export const rowAsSigned = (
  claims: Evidence,
  jws: unknown,
  about: Pick<EvidenceRow, 'sender'> & { message: string; delivery: string; recipient?: string | undefined },
): EvidenceRow => ({
  id: claims.id,
  event: claims.event,
  message: about.message,
  sender: about.sender,
  ...(about.recipient === undefined ? {} : { recipient: about.recipient }),
  delivery: about.delivery,
  at: new Date(claims.at),
  jws: JSON.stringify(jws),
});

/**
 * An outcome of the relay channel with the word that proves it. Without such a word nothing was settled: a message that
 * was neither taken nor refused by that gateway's own signature is tried again.
 */
export async function proven(
  gateway: Gateway,
  directory: Directory,
  claimed: Claimed,
  outcome: Outcome,
): Promise<{ readonly outcome: Outcome; readonly word?: PeersWord }> {
  if (outcome.kind === 'deferred') return { outcome };
  // Evidence about evidence is never issued: what tells is only taken.
  if (claimed.delivery.kind === 'evidence' && outcome.kind === 'accepted') return { outcome };
  try {
    const claims = await evidenceBy(
      peer(directory, claimed.endpoint.focalPoint, gateway.now()),
      outcome.evidence,
    );
    check(claims, claimed, outcome.kind === 'accepted' ? 'RelayAcceptance' : 'RelayRejection');
    const { message, delivery, recipient } = claimed;
    // A rejection is one delivery's, the acceptance that of the whole consignment.
    const about = {
      message: message.id,
      sender: message.sender,
      delivery: delivery.id,
      recipient: outcome.kind === 'rejected' ? recipient?.to : undefined,
    };
    return { outcome, word: { row: rowAsSigned(claims, outcome.evidence, about), isKept: false } };
  } catch (fault) {
    if (!(fault instanceof Refusal)) throw fault;
    return { outcome: { kind: 'deferred', code: 'answer-not-proven' } };
  }
}

/** The word must be about this very consignment: a true word about another is no answer. */
function check(claims: Evidence, { message, delivery }: Claimed, event: Evidence['event']): void {
  if (claims.event !== event) throw new Refusal('misaddressed', 'the evidence is of another event');
  if (delivery.kind === 'evidence') return;
  if (claims.consignment !== message.id || claims.digest !== message.digest)
    throw new Refusal('misaddressed', 'the evidence is about another consignment');
}
