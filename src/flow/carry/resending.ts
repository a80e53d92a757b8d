/**
 * Resending by an operator. Waiting deliveries become due now. Failed ones start again after the operator has
 * repaired the cause. The message, its receipt and the evidence of the failure stay; the new attempts add
 * their evidence.
 */

import { advanceDelivery, type Delivery, isFinishedState } from '../../domain/carriage/delivery.ts';
import { makeDelivery } from '../../domain/carriage/new-delivery.ts';
import type { Channel } from '../../domain/party/channel.ts';
import { findRoute } from '../../domain/terms/routing.ts';
import { Refusal } from '../../domain/words/error.ts';
import type { Issuing, Naming, Posting } from '../../gateway-parts.ts';
import type { DeliveryChange, HeldDelivery } from '../../store/contracts/deliveries.ts';
import type { MessageView } from '../../store/contracts/messages.ts';
import {
  type Directory,
  findDesignation,
  readDirectory,
  requireDesignation,
} from '../directory/directory.ts';
import { readProvenMessage } from '../evidence/proven-messages.ts';

/** A message that is due now for one of its recipients, or evidence of it for its sender. */
interface ResentPiece {
  /** DID and slug of the focal point. */
  readonly to: string;
  readonly slug: string;
  readonly channels: readonly Channel[];
}

/**
 * Makes a message that waits or failed due now, for one recipient (DID or slug) or for all. For all, evidence
 * that waits for its sender becomes due too. A waiting delivery keeps its number of attempts. A failed
 * message goes to every endpoint now in use, those that failed and new ones, under the agreement version by
 * which it was accepted. Evidence that could not be sent to the sender in the end is not sent again: the
 * sender can read it at any time.
 * @throws Refusal, with nothing changed: `not-found`; `unknown-recipient`; `nothing-failed` if nothing waits
 *   or failed, because it was delivered or an officer has answered; `content-gone` if it was recalled or is
 *   no longer kept; `expired`; `designation-ended`, `not-covered` or `no-endpoint` if no endpoint is left. If
 *   several recipients are meant, a refusal for one does not stop the others
 */
export async function resendMessage(
  gateway: Posting,
  message: string,
  party?: string,
): Promise<readonly ResentPiece[]> {
  const view = await readProvenMessage(gateway, message);
  if (view === undefined) throw new Refusal('not-found', 'there is no such message at this gateway');
  const recipients = view.recipients.map((one) => one.to);
  const directory = await readDirectory(gateway, [view.message.sender, ...recipients]);
  const named = party === undefined ? undefined : findDesignation(directory, party)?.focal_point;
  const meant = party === undefined ? recipients : recipients.filter((did) => did === named);
  if (meant.length === 0)
    throw new Refusal('unknown-recipient', 'this focal point is not a recipient of the message');
  const again: DueDelivery[] = [];
  const refusals: Refusal[] = [];
  for (const did of meant) {
    try {
      again.push(...(await resendTo(gateway, directory, view, did)));
    } catch (fault) {
      if (!(fault instanceof Refusal)) throw fault;
      refusals.push(fault);
    }
  }
  const waiting = waitingOf(view, meant, party === undefined);
  const ways = [...again, ...waiting];
  // Evidence that waits for the sender must not hide that the message was refused for its recipients.
  if (refusals[0] !== undefined && ways.every(({ kind }) => kind === 'evidence')) throw refusals[0];
  if (ways.length === 0) throw nothingFailed(view, meant);
  await gateway.store.deliveries.makeDeliveriesDue(
    waiting.map((one) => one.id),
    gateway.now(),
  );
  const done = [...Map.groupBy(ways, ({ to }) => to)].map(([to, theirs]) => {
    const channels = [...new Set(theirs.map(({ channel }) => channel))];
    return { to, slug: requireDesignation(directory, to).slug, channels };
  });
  gateway.log.info('delivery.resent', { message, recipients: done.length });
  return done;
}

type DueDelivery = Pick<Delivery, 'id' | 'kind' | 'to' | 'channel'>;

/** Deliveries that wait or are under way, including revisions of notices. Reminders keep their time. */
const waitingOf = (
  { deliveries }: MessageView,
  meant: readonly string[],
  withEvidence: boolean,
): readonly DueDelivery[] =>
  deliveries.filter(
    ({ kind, to, dueAt }) =>
      dueAt !== null && (kind === 'message' ? meant.includes(to) : kind === 'evidence' && withEvidence),
  );

const TAKEN: readonly Delivery['state'][] = ['sent', 'delivered', 'opened', 'acknowledged', 'declined'];

function nothingFailed({ deliveries }: MessageView, meant: readonly string[]): Refusal {
  const isTaken = deliveries.some(
    ({ kind, to, state }) => kind === 'message' && meant.includes(to) && TAKEN.includes(state),
  );
  return new Refusal(
    'nothing-failed',
    isTaken
      ? 'it was delivered already, and no delivery of it waits'
      : 'no delivery of it waits here, and none failed',
  );
}

const hasEnded = ({ state }: Delivery): boolean => state === 'failed' || state === 'expired';

/** @returns the deliveries that are due now; empty if nothing failed */
async function resendTo(
  gateway: Issuing,
  directory: Directory,
  view: MessageView,
  did: string,
): Promise<readonly DueDelivery[]> {
  const first = view.deliveries.find((one) => one.kind === 'message' && one.to === did && hasEnded(one));
  if (first === undefined) return [];
  if ((await gateway.store.content.sealedMessage(view.message.id, did)) === undefined)
    throw new Refusal('content-gone', 'its content is no longer kept');
  let due: readonly Delivery[] = [];
  await gateway.store.deliveries.changeDelivery(first.id, async (held) => {
    const change = planResending(gateway, directory, held);
    due = [...(change.deliveries ?? []), ...(change.created ?? [])];
    return change;
  });
  return due;
}

/** Decided on the locked rows: an officer may have acknowledged meanwhile. */
function planResending(gateway: Naming, directory: Directory, held: HeldDelivery): DeliveryChange {
  const { message, recipient, delivery, siblings } = held;
  const at = gateway.now();
  if (recipient === undefined) throw new Error('a delivery to a recipient has no recipient');
  if (recipient.effectiveAcknowledgement !== undefined)
    throw new Refusal('nothing-failed', 'an officer of the focal point has answered already');
  if (message.expiresAt <= at) throw new Refusal('expired', 'the message has expired');
  const { endpoints } = findRoute(
    {
      name: message.type,
      handling: message.handling,
      agreedAt: message.acceptedAt,
      under: recipient.agreement,
    },
    {
      sender: requireDesignation(directory, message.sender),
      recipient: requireDesignation(directory, recipient.to),
    },
    directory,
    at,
  );
  const ways = [delivery, ...siblings];
  const deliveries = ways
    .filter((one) => one.state === 'failed' && endpoints.some((open) => open.id === one.endpoint))
    .map((one) => advanceDelivery(one, { kind: 'again' }, at).delivery);
  const fresh = ways.every((one) => isFinishedState(one.state))
    ? endpoints.filter((open) => !ways.some((one) => one.endpoint === open.id))
    : [];
  if (deliveries.length + fresh.length === 0)
    throw new Refusal('no-endpoint', 'none of the endpoints by which it failed is in use any more');
  const what = {
    kind: 'message',
    message: message.id,
    to: recipient.to,
    expiresAt: message.expiresAt,
  } as const;
  return { deliveries, created: fresh.map((endpoint) => makeDelivery(gateway.newId(), what, endpoint, at)) };
}
