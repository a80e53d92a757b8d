/** Consignments: the sealed way in. The signature in the body is the caller's proof. */
import { Hono } from 'hono';
import { Refusal } from '../domain/error.ts';
import { JSON_BOUNDS } from '../domain/json-bounds.ts';
import { LIMITS } from '../domain/message.ts';
import { acceptConsignment } from '../flow/intake/sealed.ts';
import type { Gateway } from '../gateway.ts';
import { boundedJson } from './body.ts';
import { askingOf } from './limiting.ts';
import { receiptAnswer } from './messages.ts';

/** DIDComm's own media type for a signed message, plain JOSE, and JSON for clients that know no better. */
export const JWS_TYPES = [
  'application/didcomm-signed+json',
  'application/jose+json',
  'application/json',
] as const;

export function consignmentRoutes(gateway: Gateway): Hono {
  return new Hono().post('/consignments', async (context) => {
    try {
      const jws = await boundedJson(context.req.raw, JWS_TYPES, LIMITS.consignment, JSON_BOUNDS.jws);
      const accepted = await acceptConsignment(gateway, jws, (sender) =>
        askingOf(context).proven('focal-point', sender),
      );
      gateway.metrics.submission('sealed', accepted.repeat ? 'repeat' : 'accepted');
      return receiptAnswer(gateway, accepted);
    } catch (fault) {
      gateway.metrics.submission('sealed', fault instanceof Refusal ? fault.code : 'fault');
      throw fault;
    }
  });
}
