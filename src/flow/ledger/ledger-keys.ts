/**
 * Whose ledger is whose. A gateway's log is signed, and others' logs are cosigned, by its evidence key: who trusts its
 * country's authority knows that key already, and no second list of keys has to be kept.
 */

import { isInForceAt, type PublicJwk } from '../../domain/party/designation.ts';
import type { GatewayDesignation } from '../../domain/party/gateway-designation.ts';
import type { Gateway } from '../../gateway.ts';
import type { Judging } from '../../gateway-parts.ts';
import { makeNoteKey, type NoteKey, type NoteKeyType, type NoteSigner } from '../../ledger/note-key.ts';
import { canSignRaw, rawPublicKeyOf, signRaw } from '../../seal/raw-signature.ts';
import { readDirectory } from '../directory/directory.ts';

/** The origin of a gateway's log, which is the name of its keys too: host and port of its address, and `/ledger`. */
export const originOfLedger = (url: string): string => `${new URL(url).host}/ledger`;

/** Under which name a gateway cosigns. */
const witnessNameOf = (url: string): string => `${new URL(url).host}/witness`;

const nameOf: Readonly<Record<NoteKeyType, (url: string) => string>> = {
  ed25519: originOfLedger,
  cosignature: witnessNameOf,
};

/** Whether this gateway keeps a ledger: one whose evidence key is on another curve cannot sign notes. */
export const hasLedger = (gateway: Pick<Gateway, 'key'>): boolean => canSignRaw(gateway.key);

/** Signs in the gateway's name, its own log or as a witness. */
export const makeNoteSigner = (
  { key, url }: Pick<Gateway, 'key' | 'url'>,
  type: NoteKeyType,
): NoteSigner => ({
  key: makeNoteKey(nameOf[type](url), type, rawPublicKeyOf(key.publicJwk)),
  sign: (bytes) => signRaw(key, bytes),
});

/** The same key of another gateway, one for each that its authority lists. */
export const noteKeysOf = (url: string, keys: readonly PublicJwk[], type: NoteKeyType): readonly NoteKey[] =>
  keys
    .filter((publicJwk) => canSignRaw({ publicJwk }))
    .map((jwk) => makeNoteKey(nameOf[type](url), type, rawPublicKeyOf(jwk)));

/** The gateways whose logs are watched, and who watch: all that are designated, in force. */
export async function readPeers(gateway: Judging): Promise<readonly GatewayDesignation[]> {
  const now = gateway.now();
  const { gateways, here } = await readDirectory(gateway, []);
  return gateways.filter((one) => one.gateway !== here && isInForceAt(one, now));
}
