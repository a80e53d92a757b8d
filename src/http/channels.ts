/** Routes that channels call: the arrival is verified, kept, and answered with 200; it is processed later. */
import { Hono } from 'hono';
import { CHANNELS } from '../domain/party/channel.ts';
import { Refusal } from '../domain/words/error.ts';
import { isFromPerson, keepArrivals } from '../flow/acknowledgement/kept-arrivals.ts';
import { dropExcess } from '../flow/acknowledgement/strangers.ts';
import type { Reaching } from '../gateway-parts.ts';
import { knownCallerOf } from './limiting.ts';

export function channelRoutes(gateway: Reaching): Hono {
  return new Hono().post('/channels/:channel', async (context) => {
    const channel = CHANNELS.find((one) => one === context.req.param('channel'));
    const adapter = channel && gateway.adapters.get(channel);
    // Only chat channels call here; partners' systems have their own routes.
    if (channel === undefined || channel === 'webhook' || adapter === undefined)
      throw new Refusal('not-found', 'there is no such channel here');
    const arrivals = await adapter.receive(context.req.raw);
    const refused = arrivals.find((one) => one.kind === 'refused');
    if (refused !== undefined) throw new Refusal(refused.code, refused.detail);
    knownCallerOf(context).trusted();
    await keepArrivals(gateway, channel, await dropExcess(gateway, channel, arrivals.filter(isFromPerson)));
    return context.body(null, 200);
  });
}
