/** Statements of authorities about gateways, and the keys with which gateways authenticate calls to each other. */
import { Buffer } from 'node:buffer';
import { didOfGateway, type PublicJwk } from '../domain/party/designation.ts';
import { type GatewayDesignation, gatewayDesignationSchema } from '../domain/party/gateway-designation.ts';
import { parseBySchema } from '../domain/words/checked.ts';
import { Refusal } from '../domain/words/error.ts';
import { type Anchor, verifySignedByAuthorities } from './authority.ts';
import { importPublicKey, type SigningKey, signingAlgOf } from './keys.ts';
import { signWebhook, type WebhookKey } from './webhook-signature.ts';

/**
 * Verifies the designation of a gateway. It must be signed by the authority of its country alone, with a certificate
 * that is valid now. Its DID must match its URL, its keys must be under that DID, and at least one must be on Ed25519.
 * Whether the designation is in force is checked at each use, not here.
 * @throws Refusal `statement-refused`, `signature-invalid`, `invalid-body`, and for its shape as {@link
 * verifyStatement}
 */
export async function verifyGateway(
  jws: unknown,
  anchors: readonly Anchor[],
  now: Date,
): Promise<GatewayDesignation> {
  const { statement, countries } = await verifySignedByAuthorities(jws, 'gateway', { anchors, now });
  const one = parseBySchema(gatewayDesignationSchema, statement.payload);
  if (one.authority !== one.country || countries.length !== 1 || countries[0] !== one.country) {
    throw new Refusal(
      'statement-refused',
      'a gateway must be designated by the authority of its own country alone',
    );
  }
  if (!(Date.parse(one.from) < Date.parse(one.until)))
    throw new Refusal('statement-refused', 'until must be later than from');
  if (didOfGateway(one.url) !== one.gateway)
    throw new Refusal('statement-refused', 'the gateway’s DID does not match its URL');
  await checkKeys(one);
  return one;
}

async function checkKeys({ gateway, keys: { signing } }: GatewayDesignation): Promise<void> {
  if (!signing.every((key) => key.kid.startsWith(`${gateway}#`)))
    throw new Refusal('statement-refused', 'a key is not named under the gateway’s DID');
  const kids = new Set(signing.map((key) => key.kid));
  const points = new Set(signing.map((key) => `${key.crv} ${key.x}`));
  if (kids.size !== signing.length || points.size !== signing.length)
    throw new Refusal('statement-refused', 'a key or its name is listed twice');
  for (const key of signing) {
    const alg = signingAlgOf(key);
    if (alg !== 'EdDSA' && alg !== 'ES256')
      throw new Refusal('statement-refused', 'a gateway’s key must be on Ed25519 or P-256');
    await importPublicKey(key, alg);
  }
  if (!signing.some((key) => key.crv === 'Ed25519'))
    throw new Refusal('statement-refused', 'a gateway needs a key on Ed25519 to sign its calls');
}

/**
 * Makes the gateway's own key the signer of its calls (Standard Webhooks `v1a`).
 * @throws Refusal `configuration` if the key is not on Ed25519
 */
export function makeCallSigner(key: SigningKey): WebhookKey {
  if (key.alg !== 'EdDSA')
    throw new Refusal('configuration', 'the gateway’s key is not on Ed25519, which relaying needs');
  return { version: 'v1a', key: key.privateKey };
}

/** Names the calling gateway by its DID, so that its keys can be found before the body is read. */
export const GATEWAY_HEADER = 'amanat-gateway';

/** Makes the headers that authenticate a JSON call from one gateway to another (docs/wire.md § Between gateways). */
export async function signGatewayCall(
  did: string,
  signer: WebhookKey,
  call: { readonly id: string; readonly at: Date; readonly body: Uint8Array },
  sign = signWebhook,
): Promise<Record<string, string>> {
  const { id, at, body } = call;
  const signed = await sign([signer], { id, timestamp: Math.floor(at.getTime() / 1_000), body });
  return { 'content-type': 'application/json', 'user-agent': 'Amanat', [GATEWAY_HEADER]: did, ...signed };
}

/** The keys that authenticate a gateway's calls: those of its published keys that are on Ed25519. */
export const importCallVerifiers = (keys: readonly PublicJwk[]): Promise<WebhookKey[]> =>
  Promise.all(
    keys
      .filter((jwk) => jwk.crv === 'Ed25519')
      .map(async (jwk) => ({
        version: 'v1a' as const,
        key: await importPublicKey(jwk, 'EdDSA'),
        raw: Buffer.from(jwk.x, 'base64url'),
      })),
  );
