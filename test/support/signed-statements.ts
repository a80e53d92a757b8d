/** Statements that authorities sign in tests, in one step: a gateway's designation, an agreement that is kept at once. */

import { type Agreement, agreementSchema } from '../../src/domain/terms/agreement.ts';
import { parseBySchema } from '../../src/domain/words/checked.ts';
import { type EnrollingGateway, keepAgreement } from '../../src/entry/enrolling/enrol.ts';
import { claimsOfGateway, type GatewayDraft } from '../../src/entry/enrolling/peers.ts';
import type { AuthorityKey } from '../../src/seal/authority-key.ts';
import type { Jws } from '../../src/seal/jws.ts';
import { signStatement } from '../../src/seal/statement.ts';

/** Signs the designation of a gateway with its country's authority. */
export const designateGateway = (authority: AuthorityKey, draft: GatewayDraft, at: Date): Promise<Jws> =>
  signStatement('gateway', claimsOfGateway(draft, at), [authority]);

/** Signs an agreement with the authorities given, and keeps it. @throws Refusal as `keepAgreement` does */
export async function concludeAgreement(
  opened: EnrollingGateway,
  authorities: readonly AuthorityKey[],
  draft: unknown,
): Promise<Agreement> {
  const claims = parseBySchema(agreementSchema, draft);
  return keepAgreement(opened, await signStatement('agreement', claims, authorities));
}
