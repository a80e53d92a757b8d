/** Between gateways: each call is proven over its raw bytes, by a key that the caller's authority has signed for. */
import { type Context, Hono } from 'hono';
import { z } from 'zod';
import { readBounded } from '../domain/bounded.ts';
import { Refusal } from '../domain/error.ts';
import type { GatewayDesignation } from '../domain/gateway-designation.ts';
import { JSON_BOUNDS } from '../domain/json-bounds.ts';
import { LIMITS } from '../domain/message.ts';
import { checked } from '../domain/protocol.ts';
import { takeEvidence } from '../flow/carry/evidence-back.ts';
import { directoryOf, peer } from '../flow/directory/directory.ts';
import { rejecting } from '../flow/evidence/reject.ts';
import { acceptRelay } from '../flow/intake/relayed.ts';
import { takeWithdrawal } from '../flow/statements/withdrawing.ts';
import type { Gateway } from '../gateway.ts';
import { callVerifiers, GATEWAY_HEADER } from '../seal/gateway-statement.ts';
import { parseStrictBytes } from '../seal/strict-json.ts';
import { readHeaders, verifyWebhook } from '../seal/webhook-signature.ts';
import { contentType } from './body.ts';
import { askingOf } from './limiting.ts';

/** A consignment of the largest size and the receipt for it. */
export const RELAY_BYTES = LIMITS.consignment + LIMITS.smallPost;

/** What is inside is judged where it is read: these are JWS. */
const relay = z.strictObject({ consignment: z.unknown(), submission: z.unknown() });
const told = z.strictObject({ evidence: z.unknown() });
const ended = z.strictObject({ withdrawal: z.unknown() });

interface Proven {
  readonly peer: GatewayDesignation;
  readonly bytes: Uint8Array;
}

/**
 * Proves the caller. Nothing of the body is read for a gateway that is not designated, or parsed before its signature
 * verifies.
 * @throws Refusal `wrong-content-type`, `signature-missing`, `timestamp-out-of-range`, `unknown-gateway`, `too-large`,
 *   `signature-invalid`, `malformed-json`, `too-many-requests`
 */
async function prove(gateway: Gateway, context: Context, limit: number): Promise<Proven> {
  const request = context.req.raw;
  if (contentType(request) !== 'application/json')
    throw new Refusal('wrong-content-type', 'content-type must be application/json');
  const tooLarge = () => new Refusal('too-large', `the body is larger than ${limit} bytes`);
  if (Number(request.headers.get('content-length') ?? 0) > limit) throw tooLarge();
  readHeaders(request.headers, gateway.now());
  const caller = peer(
    await directoryOf(gateway, []),
    request.headers.get(GATEWAY_HEADER) ?? '',
    gateway.now(),
  );
  const bytes = await readBounded(request.body, limit).catch(() => {
    throw new Refusal('malformed-json', 'the body broke off');
  });
  if (bytes === undefined) throw tooLarge();
  await verifyWebhook(await callVerifiers(caller.keys.signing), request.headers, bytes, gateway.now());
  askingOf(context).proven('gateway', caller.gateway);
  return { peer: caller, bytes };
}

/** The body of a proven call; one that cannot be read is refused with a signature, like anything else it says. */
const bodyOf = <T extends z.ZodType>(gateway: Gateway, { peer, bytes }: Proven, schema: T) =>
  rejecting(gateway, { event: 'RelayRejection', sender: peer.gateway }, async () =>
    checked(schema, parseStrictBytes(bytes, JSON_BOUNDS.relay)),
  );

export function relayRoutes(gateway: Gateway): Hono {
  return new Hono()
    .post('/relay', async (context) => {
      try {
        const proven = await prove(gateway, context, RELAY_BYTES);
        const accepted = await acceptRelay(gateway, proven.peer, await bodyOf(gateway, proven, relay));
        gateway.metrics.submission('relayed', accepted.repeat ? 'repeat' : 'accepted');
        const { id, thread: thid, evidence } = accepted;
        return context.json({ id, thid, evidence: JSON.parse(evidence) }, accepted.repeat ? 200 : 202);
      } catch (fault) {
        gateway.metrics.submission('relayed', fault instanceof Refusal ? fault.code : 'fault');
        throw fault;
      }
    })
    .post('/relay/evidence', async (context) => {
      const proven = await prove(gateway, context, LIMITS.smallPost * 2);
      const { evidence } = await bodyOf(gateway, proven, told);
      try {
        const result = await takeEvidence(gateway, proven.peer, evidence);
        gateway.metrics.told(result);
        return context.json({ result });
      } catch (fault) {
        gateway.metrics.told(fault instanceof Refusal ? fault.code : 'fault');
        throw fault;
      }
    })
    .post('/relay/withdrawals', async (context) => {
      const proven = await prove(gateway, context, LIMITS.smallPost * 2);
      const { withdrawal } = await bodyOf(gateway, proven, ended);
      const kept = await takeWithdrawal(gateway, proven.peer, withdrawal);
      const result = kept.isNew ? 'kept' : 'repeat';
      return context.json({ result, evidence: JSON.parse(kept.evidence) }, kept.isNew ? 201 : 200);
    });
}
