/** Route for consignments of sealed messages. The signature in the body authenticates the caller. */
import { Hono } from 'hono';
import { JSON_BOUNDS } from '../domain/message/json-bounds.ts';
import { BODY_LIMIT_BY_ROUTE } from '../domain/message/receive-body.ts';
import { Refusal } from '../domain/words/error.ts';
import { acceptConsignment } from '../flow/intake/sealed.ts';
import type { Gateway } from '../gateway.ts';
import { checkContentType, holdBody, readHeldBody } from './body.ts';
import { knownCallerOf } from './limiting.ts';
import { answerReceipt } from './messages.ts';

/** DIDComm's media type for a signed message, plain JOSE, and JSON for clients that cannot set another type. */
const JWS_TYPES = ['application/didcomm-signed+json', 'application/jose+json', 'application/json'] as const;

export function consignmentRoutes(gateway: Gateway): Hono {
  return new Hono().post('/consignments', async (context) => {
    try {
      const request = context.req.raw;
      checkContentType(request, JWS_TYPES);
      const accepted = await holdBody(gateway, request, BODY_LIMIT_BY_ROUTE.consignment, async (body) =>
        acceptConsignment(gateway, await readHeldBody(body, JSON_BOUNDS.jws), (sender) =>
          knownCallerOf(context).proven('focal-point', sender),
        ),
      );
      gateway.metrics.submission('sealed', accepted.repeat ? 'repeat' : 'accepted');
      return answerReceipt(gateway, accepted);
    } catch (fault) {
      gateway.metrics.submission('sealed', fault instanceof Refusal ? fault.code : 'fault');
      throw fault;
    }
  });
}
