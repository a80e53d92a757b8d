/** Routes between gateways: a signature over the raw bytes authenticates each call, by a key of the caller's designation. */
import { type Context, Hono } from 'hono';
import { z } from 'zod';
import { digest } from '../domain/message/consignment.ts';
import { JSON_BOUNDS } from '../domain/message/json-bounds.ts';
import { BODY_LIMIT_BY_ROUTE, type BodyLimit, checkBodyLength } from '../domain/message/receive-body.ts';
import type { GatewayDesignation } from '../domain/party/gateway-designation.ts';
import { parseBySchema } from '../domain/words/checked.ts';
import { Refusal } from '../domain/words/error.ts';
import type { HeldBody } from '../domain/words/held-body.ts';
import { takeEvidence } from '../flow/carry/evidence-back.ts';
import { notePeerLife } from '../flow/carry/sign-of-life.ts';
import { readDirectory, requirePeer } from '../flow/directory/directory.ts';
import { withSignedRejections } from '../flow/evidence/reject.ts';
import { readKeptRejections } from '../flow/intake/refusal-by-name.ts';
import { acceptRelay } from '../flow/intake/relayed.ts';
import { ASKED_AT_ONCE, readAskedStatements } from '../flow/statements/missing.ts';
import { takeWithdrawal } from '../flow/statements/withdrawing.ts';
import type { Gateway } from '../gateway.ts';
import type { Issuing, Judging, Storing } from '../gateway-parts.ts';
import { GATEWAY_HEADER, importCallVerifiers } from '../seal/gateway-statement.ts';
import { readWebhookHeaders, verifyWebhook } from '../seal/webhook-signature.ts';
import { checkContentType, holdBody, readHeldBody } from './body.ts';
import { knownCallerOf } from './limiting.ts';

/** The bodies of the calls. Their JWS are verified where they are read. */
const RELAY = {
  door: BODY_LIMIT_BY_ROUTE.relay,
  schema: z.strictObject({ consignment: z.unknown(), submission: z.unknown() }),
};
const TOLD = {
  door: BODY_LIMIT_BY_ROUTE.relayedStatement,
  schema: z.strictObject({ evidence: z.unknown() }),
};
const MISSING = {
  door: BODY_LIMIT_BY_ROUTE.relayedStatement,
  schema: z.strictObject({ digests: z.array(digest).min(1).max(ASKED_AT_ONCE) }),
};
const ENDED = {
  door: BODY_LIMIT_BY_ROUTE.relayedStatement,
  schema: z.strictObject({ withdrawal: z.unknown() }),
};

/**
 * Makes all checks that do not need the body.
 * @throws Refusal `wrong-content-type`, `signature-missing`, `timestamp-out-of-range`, `unknown-gateway`
 */
async function callerOf(gateway: Judging, request: Request, door: BodyLimit): Promise<GatewayDesignation> {
  checkContentType(request, ['application/json']);
  checkBodyLength(request, door);
  readWebhookHeaders(request.headers, gateway.now());
  const named = request.headers.get(GATEWAY_HEADER) ?? '';
  return requirePeer(await readDirectory(gateway, []), named, gateway.now());
}

/**
 * Takes a call that its gateway's key authenticates. Reads no body of a gateway that is not designated, and parses no body before
 * its signature is verified.
 * @throws Refusal as {@link callerOf} and `receive`, `signature-invalid`, `too-many-requests`, and what the work throws
 */
async function proven<T extends z.ZodType, Result>(
  gateway: Gateway,
  context: Context,
  { door, schema }: { readonly door: BodyLimit; readonly schema: T },
  work: (caller: GatewayDesignation, said: z.infer<T>) => Promise<Result>,
): Promise<Result> {
  const request = context.req.raw;
  const caller = await callerOf(gateway, request, door);
  return holdBody(gateway, request, door, async (body) => {
    const { headers } = request;
    await verifyWebhook(await importCallVerifiers(caller.keys.signing), headers, body, gateway.now());
    knownCallerOf(context).proven('gateway', caller.gateway);
    await notePeerLife(gateway, caller.gateway);
    return work(caller, await bodyOf(gateway, caller, body, schema));
  });
}

/** Parses the body of an authenticated call. A refusal of an unreadable body is signed, like any other refusal. */
const bodyOf = <T extends z.ZodType>(
  gateway: Issuing,
  caller: GatewayDesignation,
  body: HeldBody,
  schema: T,
): Promise<z.infer<T>> =>
  withSignedRejections(gateway, { event: 'RelayRejection', sender: caller.gateway }, async () =>
    parseBySchema(schema, await readHeldBody(body, JSON_BOUNDS.relay, 'consignment')),
  );

/** Takes a piece of evidence and counts the result. */
async function taken(gateway: Storing, take: () => ReturnType<typeof takeEvidence>) {
  try {
    const result = await take();
    gateway.metrics.told(result);
    return result;
  } catch (fault) {
    gateway.metrics.told(fault instanceof Refusal ? fault.code : 'fault');
    throw fault;
  }
}

export function relayRoutes(gateway: Gateway): Hono {
  return new Hono()
    .post('/relay', async (context) => {
      try {
        const accepted = await proven(gateway, context, RELAY, (caller, said) =>
          acceptRelay(gateway, caller, said),
        );
        gateway.metrics.submission('relayed', accepted.repeat ? 'repeat' : 'accepted');
        const { id, thread: thid, evidence } = accepted;
        const rejections = (await readKeptRejections(gateway, id)).map((jws): unknown => JSON.parse(jws));
        const byName = rejections.length === 0 ? {} : { rejections };
        return context.json(
          { id, thid, evidence: JSON.parse(evidence), ...byName },
          accepted.repeat ? 200 : 202,
        );
      } catch (fault) {
        gateway.metrics.submission('relayed', fault instanceof Refusal ? fault.code : 'fault');
        throw fault;
      }
    })
    .post('/relay/evidence', async (context) => {
      const result = await proven(gateway, context, TOLD, (caller, { evidence }) =>
        taken(gateway, () => takeEvidence(gateway, caller, evidence)),
      );
      return context.json({ result });
    })
    .post('/relay/statements', async (context) => {
      const statements = await proven(gateway, context, MISSING, (_caller, { digests }) =>
        readAskedStatements(gateway, digests),
      );
      return context.json({ statements });
    })
    .post('/relay/withdrawals', async (context) => {
      const kept = await proven(gateway, context, ENDED, (caller, { withdrawal }) =>
        takeWithdrawal(gateway, caller, withdrawal),
      );
      const result = kept.isNew ? 'kept' : 'repeat';
      return context.json({ result, evidence: JSON.parse(kept.evidence) }, kept.isNew ? 201 : 200);
    });
}
