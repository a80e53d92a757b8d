/** Withdrawals: statements by which an authority ends a designation early. */

import { type Withdrawal, withdrawalSchema } from '../domain/party/in-force.ts';
import { parseBySchema } from '../domain/words/checked.ts';
import { Refusal } from '../domain/words/error.ts';
import { type Anchor, verifySignedByAuthorities } from './authority.ts';

/**
 * Verifies a withdrawal. It must be signed by the authority of the country that it names alone, with a certificate
 * that is valid now. Which designations it ends is decided in `domain/party/in-force.ts`: only those of that country.
 * @throws Refusal `statement-refused`, `signature-invalid`, `invalid-body`, and for its shape as {@link
 * verifyStatement}
 */
export async function verifyWithdrawal(
  jws: unknown,
  anchors: readonly Anchor[],
  now: Date,
): Promise<Withdrawal> {
  const { statement, countries } = await verifySignedByAuthorities(jws, 'withdrawal', { anchors, now });
  const one = parseBySchema(withdrawalSchema, statement.payload);
  if (one.authority !== one.country || countries.length !== 1 || countries[0] !== one.country)
    throw new Refusal(
      'statement-refused',
      'a withdrawal must be signed by the authority of its own country alone',
    );
  if (Date.parse(one.through) < Date.parse(one.from))
    throw new Refusal('statement-refused', 'through must not be earlier than from');
  return one;
}
