/** Route for confirmations: a focal point's own system confirms or refuses a further account or endpoint of the focal point. */
import { Hono } from 'hono';
import { Refusal } from '../domain/words/error.ts';
import { confirmBySystem } from '../flow/endpoint/confirming.ts';
import { withSignedRejections } from '../flow/evidence/reject.ts';
import type { Posting } from '../gateway-parts.ts';
import { readPartnerArrival } from './messages.ts';

export function confirmationRoutes(gateway: Posting): Hono {
  return new Hono().post('/focal-points/:slug/endpoints/:id/confirmation', async (context) => {
    const arrival = await readPartnerArrival(gateway, context);
    if (arrival.kind !== 'confirmation')
      throw new Refusal('invalid-body', 'this address accepts only confirmations');
    const { said, repeat } = await withSignedRejections(gateway, { sender: arrival.focalPoint }, () =>
      confirmBySystem(gateway, arrival),
    );
    const { endpoint, asked } = arrival;
    return context.json({ endpoint, asked, decision: said, repeat }, repeat ? 200 : 201);
  });
}
