/**
 * The statement of a focal point inside its gateway's evidence. API routes, export and `verify` all read it
 * here, in one way.
 */

import { type Evidence, evidenceSchema } from '../../domain/evidence/evidence.ts';
import { isDesignationUnknown, isWithdrawnBefore } from '../../domain/evidence/judge-acknowledgement.ts';
import type { EvidenceFacts } from '../../domain/evidence/judge-facts.ts';
import { speakingDesignations } from '../../domain/evidence/judge-statements.ts';
import { JSON_BOUNDS } from '../../domain/message/json-bounds.ts';
import { parseBySchema } from '../../domain/words/checked.ts';
import { Refusal } from '../../domain/words/error.ts';
import { peekStatementKids, verifyStatement } from '../../seal/statement.ts';
import { parseStrict } from '../../seal/strict-json.ts';

/**
 * Verifies the inner statement of an `own-signature` with the keys of the designations by which the evidence
 * is judged. A focal point whose keys its gateway holds signs nothing itself.
 * @returns its claims; undefined if the evidence has none
 * @throws Refusal `wrong-custody`, `designation-ended`, `statement-missing`, `unknown-sender`,
 *   `signature-invalid`, `invalid-body`, `malformed-json`, and for its shape as `verifyStatement`
 */
export async function verifyOwnSignature(
  claims: Evidence,
  facts: Omit<EvidenceFacts, 'own'>,
): Promise<Evidence | undefined> {
  const { attestation, recipient = '' } = claims;
  if (attestation?.how !== 'own-signature') return undefined;
  if (attestation.statement === undefined)
    throw new Refusal('invalid-body', 'attestation.statement is missing');
  const isElsewhere = isDesignationUnknown(claims, facts, recipient);
  if (!isElsewhere && isWithdrawnBefore(claims, facts))
    throw new Refusal(
      'designation-ended',
      'attestation: the designation was withdrawn before this was signed',
    );
  const focalPoints = speakingDesignations(claims, facts, recipient);
  const own = focalPoints.filter((one) => one.custody === 'own');
  if (focalPoints.length > 0 && own.length === 0)
    throw new Refusal('wrong-custody', 'attestation: the gateway holds the keys of this focal point');
  const keys = own.flatMap((one) => one.keys.signing);
  const jws = parseStrict(attestation.statement, JSON_BOUNDS.jws);
  if (isElsewhere && !peekStatementKids(jws).every((kid) => keys.some((one) => one.kid === kid)))
    throw new Refusal('statement-missing', 'the designation that lists the key is not known here yet');
  const { payload } = await verifyStatement(jws, 'evidence', async (kid) =>
    keys.find((one) => one.kid === kid),
  );
  return parseBySchema(evidenceSchema, payload);
}
