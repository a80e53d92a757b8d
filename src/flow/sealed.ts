/** The sealed way in: a consignment that its sender sealed and signed is verified and carried as it is. */
import {
  type Consignment,
  carried,
  checkTimes,
  consignment as consignmentSchema,
} from '../domain/consignment.ts';
import { Refusal } from '../domain/error.ts';
import type { Designation } from '../domain/party.ts';
import { checked } from '../domain/protocol.ts';
import type { Gateway } from '../gateway.ts';
import { sealedDigest, sealedKids } from '../seal/sealed-message.ts';
import { peek, readStatement } from '../seal/statement.ts';
import { type Admitted, admit } from './admit.ts';
import { directoryOf, find } from './directory.ts';
import { type Accepted, again, keep, rowOf } from './receipt.ts';
import { rejecting } from './reject.ts';

/**
 * Takes a consignment that its sender sealed and signed. The gateway reads what it needs to route and no more.
 * @throws Refusal; with a signed rejection hung on it once the sender's signature is verified
 */
export async function acceptConsignment(gateway: Gateway, jws: unknown): Promise<Accepted> {
  const claimed = peek(jws);
  const from = claimed.kids[0]?.split('#')[0] ?? '';
  const sender = find(await directoryOf(gateway, [from]), from);
  if (sender === undefined)
    throw new Refusal('unknown-sender', 'the signing key belongs to no designated focal point');
  const { payload, digest } = await readStatement(jws, 'consignment', async (kid) =>
    sender.keys.signing.find((one) => one.kid === kid),
  );
  return rejecting(gateway, { sender: sender.focal_point, digest }, async () => {
    const one = checked(consignmentSchema, payload);
    const earlier = await gateway.store.receipt(sender.focal_point, one.id);
    if (earlier !== undefined) return again(earlier, digest);
    const at = gateway.now();
    if (one.from !== sender.focal_point)
      throw new Refusal('misaddressed', 'from is not the focal point that signed');
    if (one.to[0] !== gateway.did) throw new Refusal('misaddressed', 'to is not this gateway');
    checkTimes(one, at);
    const admitted = await judge(gateway, sender, one, { digest, at, text: JSON.stringify(jws) });
    return keep(gateway, admitted, sender.custody);
  });
}

/** Checks each sealed message against what the consignment says of it, and finds the ways. */
async function judge(
  gateway: Gateway,
  sender: Designation,
  one: Consignment,
  seen: { digest: string; at: Date; text: string },
): Promise<Admitted> {
  const parts = carried(one);
  for (const part of parts) {
    if (sealedDigest(part.sealed) !== part.digest)
      throw new Refusal('digest-mismatch', 'a sealed message does not have the digest the consignment names');
    if (sealedKids(part.sealed).some((kid) => kid.split('#')[0] !== part.to)) {
      throw new Refusal('misaddressed', 'a sealed message is encrypted to a key of somebody else');
    }
  }
  const to = parts.map((part) => part.to);
  const directory = await directoryOf(gateway, [sender.focal_point, ...to]);
  const { message_type: name, urgency, handling, thid: thread } = one.body;
  const routes = await admit(
    gateway,
    directory,
    { sender, to, name, urgency, handling, thread, namesThreads: true },
    seen.at,
  );
  return {
    row: rowOf(one, { digest: seen.digest, key: one.id, submissionDigest: seen.digest, at: seen.at }),
    consignment: seen.text,
    routes,
    sealed: parts.map((part) => ({ text: JSON.stringify(part.sealed), digest: part.digest })),
    asked: one.body,
  };
}
