/** Routes of the public directory: designations with their keys, and the agreements in force. All of it is signed. */
import { Hono } from 'hono';
import { isInForceAt, type PublicJwk } from '../domain/party/designation.ts';
import { makeDidDocument, makeGatewayDocument } from '../domain/party/did-document.ts';
import { agreementsInForce } from '../domain/terms/agreement.ts';
import { Refusal } from '../domain/words/error.ts';
import { findHomedDesignation, readDirectory } from '../flow/directory/directory.ts';
import { CAPABILITIES_PATH, signCapabilities } from '../flow/directory/peer-reads.ts';
import type { Verifying } from '../gateway-parts.ts';
import type { Jws } from '../seal/jws.ts';

/** How long others may cache a DID document, in seconds. Short, because they would still use a withdrawn key. */
const DID_AGE = 300;

/** How long a signed capability document is served, in milliseconds. */
const CAPABILITIES_AGE = 3_600_000;

/** The current and former keys that sign evidence, the newest last, each with its end. */
const evidenceKeys = (gateway: Verifying): readonly { key: PublicJwk; until: string | null }[] => [
  ...gateway.oldKeys.filter(({ key }) => key.kid !== gateway.key.kid),
  { key: gateway.key.publicJwk, until: null },
];

/** Those keys that are published now. */
const publishedKeys = (gateway: Verifying): readonly PublicJwk[] =>
  evidenceKeys(gateway)
    .filter(({ until }) => until === null || gateway.now() < new Date(until))
    .map(({ key }) => key);

/** Makes the signed capability document. It is renewed after an hour; where signing failed, the next call tries again. */
function capabilitiesOf(gateway: Verifying): () => Promise<Jws> {
  let made: { readonly at: number; readonly jws: Promise<Jws> } | undefined;
  const make = (at: number) => {
    const jws = signCapabilities(gateway);
    const making = { at, jws };
    jws.catch(() => {
      if (made === making) made = undefined;
    });
    return making;
  };
  return () => {
    const now = gateway.now().getTime();
    if (made === undefined || Math.abs(now - made.at) >= CAPABILITIES_AGE) made = make(now);
    return made.jws;
  };
}

/** The directory as its route answers it. */
async function readForAnybody(gateway: Verifying) {
  const { designations, withdrawals, agreements, gateways } = await readDirectory(gateway);
  const now = gateway.now();
  const authorities = gateway.anchors.map(({ country, kid, certificate }) => ({
    country,
    kid,
    certificate,
  }));
  return {
    gateway: gateway.did,
    authorities,
    focal_points: designations
      .filter((one) => isInForceAt(one, now))
      .map((one) => ({
        did: one.focal_point,
        slug: one.slug,
        name: one.name,
        country: one.country,
        gateway: one.gateway,
        custody: one.custody,
        from: one.from,
        until: one.until,
        digest: one.digest,
      })),
    gateways: gateways
      .filter((one) => isInForceAt(one, now))
      .map(({ gateway: did, url, name, country, from, until }) => ({
        did,
        url,
        name,
        country,
        from,
        until,
      })),
    withdrawals: withdrawals.map(({ statement }) => JSON.parse(statement)),
    evidence_keys: evidenceKeys(gateway),
    agreements: agreementsInForce(agreements, now)
      .filter((one) => isInForceAt(one, now))
      .map(({ kind: _kind, ...one }) => one),
  };
}

export function directoryRoutes(gateway: Verifying): Hono {
  const capabilities = capabilitiesOf(gateway);
  return new Hono()
    .get('/v1/directory', async (context) => context.json(await readForAnybody(gateway)))
    .get('/fp/:slug/did.json', async (context) => {
      const slug = context.req.param('slug');
      const found = findHomedDesignation(await readDirectory(gateway, [slug]), slug);
      if (found === undefined || !isInForceAt(found, gateway.now()))
        throw new Refusal('not-found', 'there is no such focal point');
      context.header('cache-control', `public, max-age=${DID_AGE}`);
      return context.json(makeDidDocument(found, gateway.url));
    })
    .get(CAPABILITIES_PATH, async (context) => {
      context.header('cache-control', `public, max-age=${DID_AGE}`);
      return context.json(await capabilities());
    })
    .get('/.well-known/did.json', (context) => {
      context.header('cache-control', `public, max-age=${DID_AGE}`);
      return context.json(makeGatewayDocument(gateway.did, gateway.url, publishedKeys(gateway)));
    });
}
