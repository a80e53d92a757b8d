/**
 * Sending again by hand: what waits is due at once, and of what failed an operator who has mended the cause starts the tries
 * anew. The message, its receipt and the evidence of a failure are as they were; what comes of the new tries is added.
 */

import { advanceDelivery, type Delivery, isFinishedState } from '../../domain/carriage/delivery.ts';
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
import { makeDelivery } from '../evidence/tell.ts';

/** A message that is due now to one of its recipients, or evidence of it to its sender. */
export interface ResentPiece {
  /** DID and slug of the focal point. */
  readonly to: string;
  readonly slug: string;
  readonly channels: readonly Channel[];
}

/**
 * Makes a message that waits or failed due now: to one of its recipients (DID or slug), or to all of them; to all, evidence
 * that waits to be brought to its sender too. What waits keeps its tries. What failed goes by every way that is open now,
 * those that failed and those that are new since, under the version of the agreement that it was accepted under. What the
 * sender was not told in the end is not told again: it can be read at any time.
 * @throws Refusal, with nothing changed: `not-found`, `unknown-recipient`; `nothing-failed` where nothing waits or failed:
 *   it was delivered, or an officer has answered; `content-gone` where it was taken back or is no longer kept; `expired`; `designation-ended`, `not-covered`, `no-endpoint` where no
 *   way is open. Where several recipients are meant, one that is refused does not stop the others.
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
  if (meant.length === 0) throw new Refusal('unknown-recipient', 'it is no recipient of the message');
  const again: Way[] = [];
  const refusals: Refusal[] = [];
  for (const did of meant) {
    try {
      again.push(...(await sendAgainTo(gateway, directory, view, did)));
    } catch (fault) {
      if (!(fault instanceof Refusal)) throw fault;
      refusals.push(fault);
    }
  }
  const waiting = waitingOf(view, meant, party === undefined);
  const ways = [...again, ...waiting];
  // Evidence that waits for the sender is no answer to what was refused for its recipients.
  if (refusals[0] !== undefined && ways.every(({ kind }) => kind === 'evidence')) throw refusals[0];
  if (ways.length === 0) throw nothingToSend(view, meant);
  await gateway.store.deliveries.makeDeliveriesDue(
    waiting.map((one) => one.id),
    gateway.now(),
  );
  const done = [...Map.groupBy(ways, ({ to }) => to)].map(([to, theirs]) => {
    const channels = [...new Set(theirs.map(({ channel }) => channel))];
    return { to, slug: requireDesignation(directory, to).slug, channels };
  });
  gateway.log.info('delivery.again', { message, recipients: done.length });
  return done;
}

type Way = Pick<Delivery, 'id' | 'kind' | 'to' | 'channel'>;

/** What waits or is under way, revisions of what was shown too. Reminders keep their hour. */
const waitingOf = (
  { deliveries }: MessageView,
  meant: readonly string[],
  withEvidence: boolean,
): readonly Way[] =>
  deliveries.filter(
    ({ kind, to, dueAt }) =>
      dueAt !== null && (kind === 'message' ? meant.includes(to) : kind === 'evidence' && withEvidence),
  );

const TAKEN: readonly Delivery['state'][] = ['sent', 'delivered', 'opened', 'acknowledged', 'declined'];

function nothingToSend({ deliveries }: MessageView, meant: readonly string[]): Refusal {
  const isTaken = deliveries.some(
    ({ kind, to, state }) => kind === 'message' && meant.includes(to) && TAKEN.includes(state),
  );
  return new Refusal(
    'nothing-failed',
    isTaken
      ? 'it was delivered already, and nothing of it waits'
      : 'nothing of it waits here, and nothing failed',
  );
}

const hasEnded = ({ state }: Delivery): boolean => state === 'failed' || state === 'expired';

/** @returns the ways that it goes by; empty where nothing failed */
async function sendAgainTo(
  gateway: Issuing,
  directory: Directory,
  view: MessageView,
  did: string,
): Promise<readonly Way[]> {
  const first = view.deliveries.find((one) => one.kind === 'message' && one.to === did && hasEnded(one));
  if (first === undefined) return [];
  if ((await gateway.store.content.sealedMessage(view.message.id, did)) === undefined)
    throw new Refusal('content-gone', 'its content is no longer kept');
  let due: readonly Delivery[] = [];
  await gateway.store.deliveries.changeDelivery(first.id, async (held) => {
    const change = decideAgain(gateway, directory, held);
    due = [...(change.deliveries ?? []), ...(change.created ?? [])];
    return change;
  });
  return due;
}

/** Judged on the rows as they are held: an officer's word may have come meanwhile. */
function decideAgain(gateway: Naming, directory: Directory, held: HeldDelivery): DeliveryChange {
  const { message, recipient, delivery, siblings } = held;
  const at = gateway.now();
  if (recipient === undefined) throw new Error('a delivery to a recipient has no recipient');
  if (recipient.effectiveAcknowledgement !== undefined)
    throw new Refusal('nothing-failed', 'an officer of the desk has answered already');
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
    throw new Refusal('no-endpoint', 'no endpoint by which it failed is in use any more');
  const what = {
    kind: 'message',
    message: message.id,
    to: recipient.to,
    expiresAt: message.expiresAt,
  } as const;
  return { deliveries, created: fresh.map((endpoint) => makeDelivery(gateway, what, endpoint, at)) };
}
