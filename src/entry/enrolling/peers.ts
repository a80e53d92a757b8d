/** Peers: the signed designations of other gateways, which an operator imports. */

import { didOfGateway, type PublicJwk } from '../../domain/party/designation.ts';
import { type GatewayDesignation, gatewayDesignationSchema } from '../../domain/party/gateway-designation.ts';
import { checkStatementNames } from '../../domain/terms/statement-names.ts';
import { parseBySchema } from '../../domain/words/checked.ts';
import { Refusal } from '../../domain/words/error.ts';
import { canonicalNameOf } from '../../domain/words/text.ts';
import { readGatewayHistory } from '../../flow/directory/directory.ts';
import { makeKeyReuseCheck } from '../../flow/directory/key-reuse.ts';
import { makeOperatorAct } from '../../flow/operator/operator-act.ts';
import type { Gateway } from '../../gateway.ts';
import { checkAuthoritiesAtBeginning } from '../../seal/authority.ts';
import { digestOf } from '../../seal/digest.ts';
import { verifyGateway } from '../../seal/gateway-statement.ts';
import type { Jws } from '../../seal/jws.ts';
import { digestOfPayload } from '../../seal/statement.ts';

/** The description of a gateway that is to be designated. */
export interface GatewayDraft {
  readonly url: string;
  readonly name: string;
  readonly country: string;
  /** Its signing keys, as its DID document publishes them. */
  readonly signing: readonly PublicJwk[];
  readonly days?: number;
}

const DAY = 86_400_000;

/**
 * Makes the claims about a gateway, for an authority to sign.
 * @throws Refusal `invalid-body`
 */
export const claimsOfGateway = (draft: GatewayDraft, at: Date): GatewayDesignation =>
  parseBySchema(gatewayDesignationSchema, {
    kind: 'gateway',
    authority: draft.country,
    country: draft.country,
    gateway: didOfGateway(draft.url),
    url: draft.url,
    name: canonicalNameOf(draft.name),
    keys: { signing: [...draft.signing] },
    from: at.toISOString(),
    until: new Date(at.getTime() + (draft.days ?? 365) * DAY).toISOString(),
  });

/**
 * Keeps the designation of another gateway and adds its endpoint. The designation of this gateway gets no endpoint; exports
 * include it to show who signed the evidence (`amanat export`).
 * @throws Refusal `statement-refused`, `signature-invalid`, `invalid-body`, `key-reused`, `already-exists` where a newer
 *   one is kept
 */
export async function keepGateway(
  opened: Pick<
    Gateway,
    'did' | 'key' | 'oldKeys' | 'anchors' | 'store' | 'guard' | 'log' | 'now' | 'newId' | 'operator'
  >,
  statement: unknown,
): Promise<GatewayDesignation> {
  const one = await verifyGateway(statement, opened.anchors, opened.now());
  checkAuthoritiesAtBeginning(statement, opened.anchors, one.from);
  checkStatementNames(one);
  const isOwn = one.gateway === opened.did;
  if (isOwn && !one.keys.signing.some((key) => key.kid === opened.key.kid))
    throw new Refusal(
      'statement-refused',
      'this designation of the gateway itself does not list the key that it signs with',
    );
  await checkFollows(opened, one);
  await opened.store.directory.keepGateway(
    {
      did: one.gateway,
      country: one.country,
      from: new Date(one.from),
      statement: JSON.stringify(statement),
    },
    makeKeyReuseCheck(opened, { did: one.gateway, keys: one.keys.signing }),
    makeOperatorAct(opened, {
      act: 'gateway.imported',
      subject: one.gateway,
      digest: digestOfPayload(statement as Jws),
    }),
  );
  if (isOwn) return one;
  // One endpoint for each gateway: a newer statement with another address replaces it.
  const id = Buffer.from(digestOf(`relay\n${one.gateway}`), 'base64url')
    .toString('hex')
    .slice(0, 32);
  const way = {
    id,
    focalPoint: one.gateway,
    channel: 'relay',
    address: one.url,
    rank: 1,
    shows: 'sealed',
    lang: 'en',
    enabled: true,
  } as const;
  const asking = { who: opened.operator, now: opened.now() };
  await opened.store.endpoints.keepEndpoint(
    way,
    makeOperatorAct(opened, { act: 'endpoint.set', subject: id }),
    asking,
  );
  return one;
}

/**
 * Refuses a designation by another authority, which could take the gateway over. Also refuses an older statement, which
 * would change which one was in force in the past.
 */
async function checkFollows(
  opened: Pick<Gateway, 'anchors' | 'store' | 'log' | 'guard'>,
  one: GatewayDesignation,
): Promise<void> {
  const versions = await readGatewayHistory(opened, one.gateway);
  if (versions.some((each) => each.country !== one.country))
    throw new Refusal('statement-refused', 'another country’s authority has designated this gateway');
  if (versions.some((each) => Date.parse(each.from) > Date.parse(one.from)))
    throw new Refusal('already-exists', 'a newer designation of this gateway is already kept');
}
