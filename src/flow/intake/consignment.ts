/** Consignments sealed elsewhere: what holds of every one, whether its sender brings it or another gateway. */
import { type Consignment, carried, consignment as consignmentSchema } from '../../domain/consignment.ts';
import { Refusal } from '../../domain/error.ts';
import type { Designation, Digested } from '../../domain/party.ts';
import { checked } from '../../domain/protocol.ts';
import type { Gateway } from '../../gateway.ts';
import type { Heavy, HeavyFor } from '../../seal/heavy.ts';
import { LargeJws } from '../../seal/large-jws.ts';
import { peekKids, readStatement } from '../../seal/statement.ts';
import { directoryOf, find } from '../directory/directory.ts';

/** A consignment whose signature verifies; what it says is not judged yet. */
export interface Signed {
  readonly sender: Digested<Designation>;
  readonly payload: unknown;
  /** SHA-256 of the payload's bytes. */
  readonly digest: string;
}

/**
 * Verifies the signature by the key of whoever is designated under its key id.
 * @throws Refusal `unknown-sender`, `signature-invalid`, and for its shape as `readStatement`
 */
export async function readConsignment(gateway: Gateway, jws: unknown): Promise<Signed> {
  const from = peekKids(jws)[0]?.split('#')[0] ?? '';
  const sender = find(await directoryOf(gateway, [from]), from);
  if (sender === undefined)
    throw new Refusal('unknown-sender', 'the signing key belongs to no designated focal point');
  const { payload, digest } = await readStatement(
    jws,
    'consignment',
    async (kid) => sender.keys.signing.find((one) => one.kid === kid),
    parsingOf(gateway, jws),
  );
  return { sender, payload, digest };
}

/**
 * What the consignment says, where it says it of its own signer.
 * @throws Refusal `invalid-body`, `misaddressed`
 */
export function contentsOf({
  sender,
  payload,
}: {
  readonly sender: Designation;
  readonly payload: unknown;
}): Consignment {
  const one = checked(consignmentSchema, payload);
  if (one.from !== sender.focal_point)
    throw new Refusal('misaddressed', 'from is not the focal point that signed');
  return one;
}

/** Where the payload of a consignment is parsed. */
export const parsingOf = ({ heavyFor }: Gateway, jws: unknown): Heavy['parse'] =>
  heavyFor(jws instanceof LargeJws ? jws.length : 0).parse;

/** A recipient with what is carried to it, as text. */
export interface SealedPart {
  readonly to: string;
  readonly digest: string;
  readonly text: string;
}

/**
 * Each recipient with its sealed message, held against what the consignment says of it without opening it.
 * @throws Refusal `misaddressed`, `digest-mismatch`, and for its shape as `sealedMarks`
 */
export async function sealedParts(one: Consignment, heavyFor: HeavyFor): Promise<readonly SealedPart[]> {
  const parts: SealedPart[] = [];
  for (const part of carried(one)) {
    const { marks } = heavyFor(part.sealed.ciphertext.length);
    const { digest, kids, text } = await marks(part.sealed);
    if (digest !== part.digest)
      throw new Refusal('digest-mismatch', 'a sealed message does not have the digest the consignment names');
    if (kids.some((kid) => kid.split('#')[0] !== part.to)) {
      throw new Refusal('misaddressed', 'a sealed message is encrypted to a key of somebody else');
    }
    parts.push({ to: part.to, digest, text });
  }
  return parts;
}
