/**
 * The keys of ledgers. A gateway signs its own log, and cosigns others' logs, with its evidence key. Anybody
 * who trusts its country's authority knows that key already, so no second list of keys is needed.
 */

import { isInForceAt, type PublicJwk } from '../../domain/party/designation.ts';
import type { GatewayDesignation } from '../../domain/party/gateway-designation.ts';
import type { Gateway } from '../../gateway.ts';
import type { Judging } from '../../gateway-parts.ts';
import { makeNoteKey, type NoteKey, type NoteKeyType, type NoteSigner } from '../../ledger/note-key.ts';
import { canSignRaw, rawPublicKeyOf, signRaw } from '../../seal/raw-signature.ts';
import { readDirectory } from '../directory/directory.ts';

/**
 * The origin of a gateway's log, which is also the name of its keys: host and port of its address, and
 * `/ledger`.
 */
export const originOfLedger = (url: string): string => `${new URL(url).host}/ledger`;

/** The name under which a gateway cosigns. */
const witnessNameOf = (url: string): string => `${new URL(url).host}/witness`;

const nameOf: Readonly<Record<NoteKeyType, (url: string) => string>> = {
  ed25519: originOfLedger,
  cosignature: witnessNameOf,
};

/** Whether this gateway keeps a ledger. A key on another curve than Ed25519 cannot sign notes. */
export const hasLedger = (gateway: Pick<Gateway, 'key'>): boolean => canSignRaw(gateway.key);

/** Makes a signer in the gateway's name, for its own log or as a witness. */
export const makeNoteSigner = (
  { key, url }: Pick<Gateway, 'key' | 'url'>,
  type: NoteKeyType,
): NoteSigner => ({
  key: makeNoteKey(nameOf[type](url), type, rawPublicKeyOf(key.publicJwk)),
  sign: (bytes) => signRaw(key, bytes),
});

/** The note keys of another gateway, one for each key that its authority lists. */
export const noteKeysOf = (url: string, keys: readonly PublicJwk[], type: NoteKeyType): readonly NoteKey[] =>
  keys
    .filter((publicJwk) => canSignRaw({ publicJwk }))
    .map((jwk) => makeNoteKey(nameOf[type](url), type, rawPublicKeyOf(jwk)));

/** The gateways that watch each other's logs: all that are designated, in force. */
export async function readPeers(gateway: Judging): Promise<readonly GatewayDesignation[]> {
  const now = gateway.now();
  const { gateways, here } = await readDirectory(gateway, []);
  return gateways.filter((one) => one.gateway !== here && isInForceAt(one, now));
}
