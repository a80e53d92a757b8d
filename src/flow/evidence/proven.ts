/**
 * Verifies kept evidence again. The database is not trusted with what anybody stated. What a message shows
 * follows from verified evidence, and never from columns that anybody with write access to the database can
 * change.
 */

import {
  acknowledgementIn,
  effectiveAcknowledgementOf,
} from '../../domain/evidence/effective-acknowledgement.ts';
import type { Evidence } from '../../domain/evidence/evidence.ts';
import type { PublicJwk } from '../../domain/party/designation.ts';
import { present } from '../../domain/words/present.ts';
import type { Verifying } from '../../gateway-parts.ts';
import { peekStatement, verifyStatement } from '../../seal/statement.ts';
import { isObject } from '../../seal/strict-json.ts';
import type { HeldDelivery } from '../../store/contracts/deliveries.ts';
import type { RecipientRow } from '../../store/contracts/message-rows.ts';
import { readGatewayVersions } from '../directory/directory.ts';
import { shownAcknowledgementOf } from './effective-acknowledgement.ts';
import { readAllClaims, readClaims } from './readable.ts';

/** A key of a gateway (DID) that signs evidence. */
interface Signing {
  readonly by: string;
  readonly key: PublicJwk;
}

const idOf = ({ by, key }: Signing): string => `${by} ${key.kid} ${key.x}`;

/**
 * Every key that may have signed evidence: this gateway's own, and those in each kept statement about another
 * gateway.
 */
export interface KnownSigners {
  readonly keys: readonly Signing[];
  /** Digests of these keys: evidence that was verified with one of them stays valid. */
  readonly ids: ReadonlySet<string>;
  /** Gateways about which a statement is kept. Evidence of others cannot be verified. */
  readonly known: ReadonlySet<string>;
}

export async function readSigners(gateway: Verifying): Promise<KnownSigners> {
  const versions = await readGatewayVersions(gateway);
  const own = [
    gateway.key.publicJwk,
    ...gateway.oldKeys.map(({ key }) => key),
    ...(gateway.keptKeys?.() ?? []),
  ];
  const keys = [
    ...own.map((key): Signing => ({ by: gateway.did, key })),
    ...versions.flatMap((one) => one.keys.signing.map((key): Signing => ({ by: one.gateway, key }))),
  ];
  return {
    keys,
    ids: new Set(keys.map(idOf)),
    known: new Set([gateway.did, ...versions.map((one) => one.gateway)]),
  };
}

/**
 * Whether evidence (JWS as text) has the valid signature of a known gateway. Evidence of an unknown gateway
 * passes.
 */
export async function isSignedByKnown(text: string, signers: KnownSigners): Promise<boolean> {
  try {
    const { payload } = peekStatement(JSON.parse(text));
    const by = isObject(payload) ? String(payload['by']) : '';
    return (by !== '' && !signers.known.has(by)) || (await findSigningKey(text, signers, by)) !== undefined;
  } catch {
    return false;
  }
}

/**
 * The key with which a gateway (DID) signed evidence (JWS as text); undefined if none of its known keys did.
 */
export async function findSigningKey(
  text: string,
  { keys }: KnownSigners,
  by: string,
): Promise<string | undefined> {
  let signing: Signing | undefined;
  try {
    await verifyStatement(JSON.parse(text), 'evidence', async (kid) => {
      signing = keys.find((one) => one.by === by && one.key.kid === kid);
      return signing?.key;
    });
    return signing && idOf(signing);
  } catch {
    return undefined;
  }
}

/**
 * Whether an acknowledgement (JWS as text) is signed by a known gateway, about this message and this focal
 * point.
 */
async function isAcknowledgementOf(
  signers: KnownSigners,
  text: string,
  message: string,
  to: string,
): Promise<boolean> {
  const said = readClaims({ jws: text });
  return (
    said?.consignment === message &&
    said.recipient === to &&
    (await findSigningKey(text, signers, said.by)) !== undefined
  );
}

async function filterProven<T>(
  list: readonly T[],
  holds: (one: T) => Promise<boolean>,
): Promise<readonly T[]> {
  const held = await Promise.all(list.map(holds));
  return list.filter((_, n) => held[n]);
}

/** A held delivery with its verified acknowledgements only. */
export async function proveHeld(signers: KnownSigners, held: HeldDelivery): Promise<HeldDelivery> {
  const { recipient, message, acknowledgements: words } = held;
  if (recipient === undefined) return held;
  const proven = await filterProven(words, (text) =>
    isAcknowledgementOf(signers, text, message.id, recipient.to),
  );
  return {
    ...held,
    acknowledgements: proven,
    recipient: applyProvenEvidence(recipient, readAllClaims(proven.map((jws) => ({ jws })))),
  };
}

/**
 * A recipient's row from its verified evidence: which acknowledgement is in effect, and whether others
 * contradict it.
 */
export function applyProvenEvidence(row: RecipientRow, proven: readonly Evidence[]): RecipientRow {
  const { effectiveAcknowledgement: _settled, contested: _contested, ...rest } = row;
  const { effective: acknowledgement, open } = effectiveAcknowledgementOf(
    proven.flatMap((one) => acknowledgementIn(one) ?? []),
  );
  return {
    ...rest,
    ...present({
      effectiveAcknowledgement: acknowledgement && shownAcknowledgementOf(acknowledgement),
      contested: open.length === 0 ? undefined : true,
    }),
  };
}
