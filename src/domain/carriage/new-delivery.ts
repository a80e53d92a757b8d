/** A new delivery: as it is before anything was tried. */
import type { Endpoint } from '../party/channel.ts';
import type { Delivery } from './delivery.ts';

/** What is delivered, to whom, and until when. */
type DeliveredThing = Pick<Delivery, 'kind' | 'message' | 'to' | 'expiresAt'> & {
  readonly evidence?: string;
};

/**
 * A new delivery to one endpoint.
 * @param id 128 bits, hex, that nothing else has
 */
export const makeDelivery = (
  id: string,
  what: DeliveredThing,
  endpoint: Endpoint,
  dueAt: Date,
): Delivery => ({
  ...what,
  id,
  endpoint: endpoint.id,
  channel: endpoint.channel,
  shows: endpoint.shows,
  state: 'queued',
  tries: 0,
  attempts: [],
  dueAt,
  revisable: false,
});
