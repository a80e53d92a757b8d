/** The sealed way in: a consignment that its sender sealed and signed is verified and carried as it is. */
import { checkTimes } from '../../domain/message/consignment.ts';
import { Refusal } from '../../domain/words/error.ts';
import type { LongText } from '../../domain/words/long-text.ts';
import type { Judging, Posting } from '../../gateway-parts.ts';
import type { ConsignmentHead } from '../../seal/consigning.ts';
import { statementText } from '../../seal/statement.ts';
import { directoryOf } from '../directory/directory.ts';
import { rejecting } from '../evidence/reject.ts';
import { checkRecall } from '../keep/recall.ts';
import { type Admitted, admit, checkRelayable } from './admit.ts';
import { contentsOf, readConsignment, type Signed, sealedParts } from './consignment.ts';
import { checkPassing } from './permission.ts';
import { placed, settling } from './placing.ts';
import { type Accepted, again, keep, rowOf } from './receipt.ts';

/**
 * Takes a consignment that its sender sealed and signed. The gateway reads what it needs to route and no more.
 * `proven` is told whose signature it is, and may refuse.
 * @throws Refusal; with a signed rejection hung on it once the sender's signature is verified
 */
export async function acceptConsignment(
  gateway: Posting,
  jws: unknown,
  proven: (sender: string) => void,
): Promise<Accepted> {
  const signed = await readConsignment(gateway, jws);
  const { sender, digest } = signed;
  proven(sender.focal_point);
  return rejecting(gateway, { sender: sender.focal_point, digest }, async () => {
    const one = contentsOf(signed);
    const earlier = await gateway.store.messages.findReceipt(sender.focal_point, one.id);
    if (earlier !== undefined) return again(earlier, digest);
    const at = gateway.now();
    if (sender.gateway !== gateway.did)
      throw new Refusal('not-homed', 'the sender is homed at another gateway, which relays for it');
    if (one.to[0] !== gateway.did) throw new Refusal('misaddressed', 'to is not this gateway');
    checkTimes(one, at);
    const admitted = await judge(gateway, signed, one, { at, text: await statementText(jws) });
    return keep(gateway, admitted, { event: 'SubmissionAcceptance', custody: sender.custody, at });
  });
}

/** Checks each sealed message against what the consignment says of it, and finds the ways. */
async function judge(
  gateway: Judging,
  { sender, read, digest }: Signed,
  one: ConsignmentHead,
  seen: { at: Date; text: LongText },
): Promise<Admitted> {
  const parts = sealedParts(read);
  const to = parts.map((part) => part.to);
  const directory = await directoryOf(gateway, [sender.focal_point, ...to]);
  const { message_type: name, urgency, handling, thid: thread, pthid: parent, about } = one.body;
  const routes = admit(directory, { sender, to, name, urgency, handling }, seen.at);
  const createdAt = new Date(one.created_time * 1_000);
  await placed(gateway, { name, from: one.from, to, createdAt, thread, parent, about, sealed: true });
  await checkRecall(gateway, { name, about, to });
  const { passes_on: passesOn, grant } = one.body;
  await checkPassing(gateway, { from: one.from, to, handling, passesOn, grant }, 'at-home');
  checkRelayable(routes, seen.text);
  return {
    sender,
    row: rowOf(one, { digest, key: one.id, submissionDigest: digest, at: seen.at }),
    consignment: seen.text,
    routes,
    sealed: parts.map(({ text, digest }) => ({ text, digest })),
    ...settling(name, about),
    asked: one.body,
  };
}
