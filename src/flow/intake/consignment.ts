/**
 * Checks consignments that were sealed elsewhere, whether the sender submits them or another gateway relays
 * them.
 */

import type { Designation, Digested } from '../../domain/party/designation.ts';
import { Refusal } from '../../domain/words/error.ts';
import type { JsonBounds } from '../../domain/words/json-count.ts';
import type { Unsealing } from '../../gateway-parts.ts';
import { LargeJws } from '../../seal/large-jws.ts';
import type { ConsignmentHead, ReadConsignment, SealedPart } from '../../seal/make-consignment.ts';
import { peekStatementKids, verifyStatement } from '../../seal/statement.ts';
import { findDesignation, readDirectory } from '../directory/directory.ts';

/** A consignment whose signature verifies. Its claims are not judged yet. */
export interface SignedConsignment {
  readonly sender: Digested<Designation>;
  readonly read: ReadConsignment;
  /** SHA-256 of the payload's bytes. */
  readonly digest: string;
}

/**
 * Verifies the signature with the key of the focal point that is designated with the key id.
 * @throws Refusal `unknown-sender`, `signature-invalid`, and for its shape as `verifyStatement`
 */
export async function verifyConsignment(gateway: Unsealing, jws: unknown): Promise<SignedConsignment> {
  const from = peekStatementKids(jws)[0]?.split('#')[0] ?? '';
  const sender = findDesignation(await readDirectory(gateway, [from]), from);
  if (sender === undefined)
    throw new Refusal('unknown-sender', 'the signing key belongs to no designated focal point');
  const reading = prepareReading(gateway, jws);
  const { digest } = await verifyStatement(
    jws,
    'consignment',
    async (kid) => sender.keys.signing.find((one) => one.kid === kid),
    reading.parse,
  );
  return { sender, read: reading.found(), digest };
}

/** Prepares reading a consignment's payload, to be called when it is parsed, and keeps the result. */
export function prepareReading({ heavyWorkFor: heavyFor }: Unsealing, jws: unknown) {
  let read: ReadConsignment | undefined;
  const heavy = heavyFor(jws instanceof LargeJws ? jws.length : 0);
  return {
    parse: async (bytes: Uint8Array, bounds: JsonBounds): Promise<unknown> => {
      read = await heavy.consignment(bytes, bounds);
      return read;
    },
    found: (): ReadConsignment => {
      if (read === undefined) throw new Error('a consignment was verified and not read');
      return read;
    },
  };
}

/**
 * The head of a consignment, if it names its own signer as sender.
 * @throws Refusal `invalid-body`, `misaddressed`
 */
export function headOfConsignment({
  sender,
  read: { head },
}: {
  readonly sender: Designation;
  readonly read: ReadConsignment;
}): ConsignmentHead {
  if ('refused' in head) throw new Refusal(head.refused.code, head.refused.detail);
  if (head.from !== sender.focal_point)
    throw new Refusal('misaddressed', 'from must be the focal point that signed');
  return head;
}

/**
 * Each recipient with its sealed message, compared with the consignment's claims without opening it.
 * @throws Refusal `misaddressed`, `digest-mismatch`, and for its shape as `marksOfSealed`
 */
export function checkSealedParts({ parts }: ReadConsignment): readonly SealedPart[] {
  if ('refused' in parts) throw new Refusal(parts.refused.code, parts.refused.detail);
  return parts;
}
