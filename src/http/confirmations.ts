/** Confirmations: a desk's own system says whether a further account or endpoint of the desk is right. */
import { Hono } from 'hono';
import { Refusal } from '../domain/words/error.ts';
import { rejecting } from '../flow/evidence/reject.ts';
import { answerBySystem } from '../flow/word/confirming.ts';
import type { Posting } from '../gateway-parts.ts';
import { partnerArrival } from './messages.ts';

export function confirmationRoutes(gateway: Posting): Hono {
  return new Hono().post('/focal-points/:slug/endpoints/:id/confirmation', async (context) => {
    const arrival = await partnerArrival(gateway, context);
    if (arrival.kind !== 'confirmation')
      throw new Refusal('invalid-body', 'this address takes confirmations');
    const { said, repeat } = await rejecting(gateway, { sender: arrival.focalPoint }, () =>
      answerBySystem(gateway, arrival),
    );
    const { endpoint, asked } = arrival;
    return context.json({ endpoint, asked, decision: said, repeat }, repeat ? 200 : 201);
  });
}
