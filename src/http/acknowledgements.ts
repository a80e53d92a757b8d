/** Acknowledgements: a named officer's word through a partner's system, or signed with the focal point's own key. */
import { Hono } from 'hono';
import type { Arrival } from '../domain/carriage/adapter.ts';
import { JSON_BOUNDS } from '../domain/message/json-bounds.ts';
import { DOORS } from '../domain/message/receiving.ts';
import { Refusal } from '../domain/words/error.ts';
import { present } from '../domain/words/present.ts';
import { rejecting } from '../flow/evidence/reject.ts';
import { type Answered, answer } from '../flow/word/answer.ts';
import { answerSigned } from '../flow/word/own-word.ts';
import type { Gateway } from '../gateway.ts';
import type { Posting } from '../gateway-parts.ts';
import { boundedJson, contentType } from './body.ts';
import { askingOf } from './limiting.ts';
import { partnerArrival } from './messages.ts';

const JOSE = 'application/jose+json';

/** A word from a partner's system, proven by its webhook signature. */
async function fromSystem(gateway: Posting, arrival: Arrival): Promise<Answered> {
  if (arrival.kind !== 'decision' || arrival.by.via !== 'system')
    throw new Refusal('invalid-body', 'this address takes acknowledgements');
  const { focalPoint, message, officer } = arrival.by;
  const { decision, ground, settles } = arrival;
  return rejecting(gateway, { sender: focalPoint }, async () => {
    const delivery = await gateway.store.deliveries.deliveryTo(message, focalPoint);
    if (delivery === undefined)
      throw new Refusal('not-found', 'no such message was sent to this focal point');
    return answer(gateway, delivery, () => ({
      decision,
      officer,
      attestation: { how: 'partner-system' },
      ...present({ ground, settles }),
    }));
  });
}

export function acknowledgementRoutes(gateway: Gateway): Hono {
  return new Hono().post('/focal-points/:slug/acknowledgements', async (context) => {
    const request = context.req.raw;
    const answered =
      contentType(request) === JOSE
        ? await answerSigned(
            gateway,
            context.req.param('slug'),
            await boundedJson(gateway, request, {
              types: [JOSE],
              door: DOORS.acknowledgement,
              bounds: JSON_BOUNDS.jws,
            }),
            (desk) => askingOf(context).proven('focal-point', desk),
          )
        : await fromSystem(gateway, await partnerArrival(gateway, context));
    const status = answered.result === 'taken' || answered.result === 'settled' ? 201 : 200;
    return context.json(
      { message: answered.message, result: answered.result, evidence: JSON.parse(answered.evidence) },
      status,
    );
  });
}
