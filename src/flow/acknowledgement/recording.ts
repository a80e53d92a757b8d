/** Records a named officer's acknowledgement on the delivery through which it came, whatever proved it. */

import { Refusal } from '../../domain/words/error.ts';
import { present } from '../../domain/words/present.ts';
import type { Posting } from '../../gateway-parts.ts';
import type { DeliveryChange, HeldDelivery } from '../../store/contracts/deliveries.ts';
import type { LinkUse } from '../../store/contracts/links.ts';
import { readDirectory } from '../directory/directory.ts';
import { returnDrill } from '../drill/drill.ts';
import { proveHeld, readSigners } from '../evidence/proven.ts';
import {
  type GivenAcknowledgement,
  type Issued,
  issueAcknowledgement,
  type RecordedAcknowledgement,
} from './issuing.ts';

/**
 * Records an officer's acknowledgement on the delivery through which it came.
 * @param prove reads the locked row first, and throws if the proof does not fit it
 * @param link the link by which it comes, used in the same transaction: both are written or neither is
 * @throws Refusal `not-found`, `recalled`, `unknown-officer`, `designation-ended`, `ground-required`,
 *   `already-settled`, `other-words`, `link-used`, and whatever `prove` throws
 */
export async function recordAcknowledgement(
  gateway: Posting,
  delivery: string,
  prove: (held: HeldDelivery) => GivenAcknowledgement,
  link?: LinkUse,
): Promise<RecordedAcknowledgement> {
  const before = await gateway.store.deliveries.readDelivery(delivery);
  if (before === undefined) throw new Refusal('not-found', 'no such delivery');
  const { id, sender } = before.message;
  const isRecalled = (await gateway.store.content.recallOf(id, sender)) !== undefined;
  const directory = await readDirectory(gateway, [before.message.sender, before.delivery.to]);
  let said: Issued | undefined;
  let taken = false;
  const signers = await readSigners(gateway);
  const decide = async (kept: HeldDelivery): Promise<DeliveryChange> => {
    const held = await proveHeld(signers, kept);
    const acknowledgement = prove(held);
    // Checked after the proof: only an officer of the recipient may learn of the recall.
    if (isRecalled) throw new Refusal('recalled', 'the sender has recalled this message');
    said = await issueAcknowledgement(gateway, directory, held, acknowledgement);
    checkLinkFree(held, acknowledgement, said);
    taken = acknowledgement.decision === 'accepted' && said.result !== 'contradiction';
    return link === undefined ? said.change : { ...said.change, acknowledgesByLink: true };
  };
  await gateway.store.deliveries.changeDelivery(delivery, decide, link);
  if (said === undefined) throw new Refusal('not-found', 'no such delivery');
  gateway.metrics.decision(said.result, said.how);
  if (taken) await returnDrill(gateway, before.message, before.delivery.to);
  const { result, evidence, acknowledgement: word, effectiveBefore: stood } = said;
  return {
    result,
    evidence,
    acknowledgement: word,
    message: before.message.id,
    ...present({ effectiveBefore: stood }),
  };
}

/**
 * A link takes one acknowledgement. The same one again is a repeat. Another one needs another link, unless it
 * settles.
 */
function checkLinkFree({ link }: HeldDelivery, { settles }: GivenAcknowledgement, { result }: Issued): void {
  if (link?.kind === 'open' && link.said === true && settles === undefined && result !== 'repeat')
    throw new Refusal('link-used', 'this link was used for another acknowledgement already');
}
