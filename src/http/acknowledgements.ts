/** Routes for acknowledgements: posted by a partner's system, or signed with the focal point's own key. */
import { Hono } from 'hono';
import type { Arrival } from '../domain/carriage/adapter.ts';
import { JSON_BOUNDS } from '../domain/message/json-bounds.ts';
import { BODY_LIMIT_BY_ROUTE } from '../domain/message/receive-body.ts';
import { Refusal } from '../domain/words/error.ts';
import { present } from '../domain/words/present.ts';
import type { RecordedAcknowledgement } from '../flow/acknowledgement/issuing.ts';
import { recordOwnSigned } from '../flow/acknowledgement/own-signed.ts';
import { recordAcknowledgement } from '../flow/acknowledgement/recording.ts';
import { withSignedRejections } from '../flow/evidence/reject.ts';
import type { Gateway } from '../gateway.ts';
import type { Posting } from '../gateway-parts.ts';
import { contentTypeOf, readBoundedJson } from './body.ts';
import { knownCallerOf } from './limiting.ts';
import { readPartnerArrival } from './messages.ts';

const JOSE = 'application/jose+json';

/** Takes an acknowledgement from a partner's system, whose webhook signature is verified. */
async function fromSystem(gateway: Posting, arrival: Arrival): Promise<RecordedAcknowledgement> {
  if (arrival.kind !== 'decision' || arrival.by.via !== 'system')
    throw new Refusal('invalid-body', 'this address accepts only acknowledgements');
  const { focalPoint, message, officer } = arrival.by;
  const { decision, ground, settles } = arrival;
  return withSignedRejections(gateway, { sender: focalPoint }, async () => {
    const delivery = await gateway.store.deliveries.findDelivery(message, focalPoint);
    if (delivery === undefined)
      throw new Refusal('not-found', 'no such message was sent to this focal point');
    return recordAcknowledgement(gateway, delivery, () => ({
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
      contentTypeOf(request) === JOSE
        ? await recordOwnSigned(
            gateway,
            context.req.param('slug'),
            await readBoundedJson(gateway, request, {
              types: [JOSE],
              door: BODY_LIMIT_BY_ROUTE.acknowledgement,
              bounds: JSON_BOUNDS.jws,
            }),
            (focalPoint) => knownCallerOf(context).proven('focal-point', focalPoint),
          )
        : await fromSystem(gateway, await readPartnerArrival(gateway, context));
    const status = answered.result === 'taken' || answered.result === 'settled' ? 201 : 200;
    return context.json(
      { message: answered.message, result: answered.result, evidence: JSON.parse(answered.evidence) },
      status,
    );
  });
}
