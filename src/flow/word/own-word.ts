/** A word that a focal point signed itself: its own evidence, verified and kept inside the gateway's. */
import { Refusal } from '../../domain/error.ts';
import { type Evidence, evidence } from '../../domain/evidence.ts';
import type { Designation } from '../../domain/party.ts';
import { checked } from '../../domain/protocol.ts';
import { DECLINE_GROUNDS } from '../../domain/vocabulary.ts';
import type { Gateway } from '../../gateway.ts';
import { readStatement } from '../../seal/statement.ts';
import { directoryOf, findHomed } from '../directory/directory.ts';
import { rejecting } from '../evidence/reject.ts';
import { type Answered, answer } from './answer.ts';

/**
 * Takes a ConsignmentAcceptance or ConsignmentRejection signed with one of the focal point's own signing keys.
 * `proven` is told whose signature it is, and may refuse.
 * @throws Refusal `unknown-sender`, `wrong-custody`, `signature-invalid`, `invalid-body`, `misaddressed`,
 *   `digest-mismatch`, `not-found`, and what `answer` refuses; with a signed rejection once the signature is verified
 */
export async function answerSigned(
  gateway: Gateway,
  slug: string,
  jws: unknown,
  proven: (desk: string) => void,
): Promise<Answered> {
  const desk = findHomed(await directoryOf(gateway, [slug]), slug);
  if (desk === undefined) throw new Refusal('unknown-sender', 'there is no such focal point');
  if (desk.custody !== 'own')
    throw new Refusal('wrong-custody', 'the gateway holds this focal point’s keys; post JSON');
  const { payload, digest: signed } = await readStatement(jws, 'evidence', async (kid) =>
    desk.keys.signing.find((one) => one.kid === kid),
  );
  proven(desk.focal_point);
  return rejecting(gateway, { sender: desk.focal_point, digest: signed }, () =>
    said(gateway, desk, checked(evidence, payload), jws),
  );
}

/** What the focal point signed, held against the message it is about. */
async function said(gateway: Gateway, desk: Designation, claims: Evidence, jws: unknown): Promise<Answered> {
  const { consignment, officer, digest } = claims;
  if (claims.by !== desk.focal_point || claims.recipient !== desk.focal_point) {
    throw new Refusal('misaddressed', 'by and recipient must be the focal point that signs');
  }
  if (claims.event !== 'ConsignmentAcceptance' && claims.event !== 'ConsignmentRejection') {
    throw new Refusal('invalid-body', 'event must be ConsignmentAcceptance or ConsignmentRejection');
  }
  if (consignment === undefined || officer === undefined)
    throw new Refusal('invalid-body', 'consignment and officer are required');
  const ground = DECLINE_GROUNDS.find((one) => one === claims.reason);
  if (claims.reason !== undefined && ground === undefined)
    throw new Refusal('invalid-body', 'reason must be a ground from the published list');
  const delivery = await gateway.store.deliveryTo(consignment, desk.focal_point);
  if (delivery === undefined) throw new Refusal('not-found', 'no such message was sent to this focal point');
  return answer(gateway, delivery, (held) => {
    if (digest !== held.recipient?.digest)
      throw new Refusal('digest-mismatch', 'digest is not that of the sealed message');
    return {
      decision: claims.event === 'ConsignmentAcceptance' ? 'accepted' : 'declined',
      officer: officer.id,
      attestation: { how: 'own-signature', statement: JSON.stringify(jws) },
      ...(ground === undefined ? {} : { ground }),
      ...(claims.settles === undefined ? {} : { settles: claims.settles }),
    };
  });
}
