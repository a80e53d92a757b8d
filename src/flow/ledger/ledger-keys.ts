/**
 * Whose ledger is whose. A gateway's log is signed, and others' logs are cosigned, by its evidence key: who trusts its
 * country's authority knows that key already, and no second list of keys has to be kept.
 */
import type { GatewayDesignation } from '../../domain/party/gateway-designation.ts';
import { inForce, type PublicJwk } from '../../domain/party/party.ts';
import type { Gateway } from '../../gateway.ts';
import type { Judging } from '../../gateway-parts.ts';
import { type NoteKey, type NoteKeyType, type NoteSigner, noteKey } from '../../ledger/note-key.ts';
import { plainPublicKey, signPlainly, signsPlainly } from '../../seal/raw-signature.ts';
import { directoryOf } from '../directory/directory.ts';

/** The origin of a gateway's log, which is the name of its keys too: host and port of its address, and `/ledger`. */
export const originOf = (url: string): string => `${new URL(url).host}/ledger`;

/** Under which name a gateway cosigns. */
const witnessNameOf = (url: string): string => `${new URL(url).host}/witness`;

const nameOf: Readonly<Record<NoteKeyType, (url: string) => string>> = {
  ed25519: originOf,
  cosignature: witnessNameOf,
};

/** Whether this gateway keeps a ledger: one whose evidence key is on another curve cannot sign notes. */
export const keepsLedger = (gateway: Pick<Gateway, 'key'>): boolean => signsPlainly(gateway.key);

/** Signs in the gateway's name, its own log or as a witness. */
export const noteSigner = ({ key, url }: Pick<Gateway, 'key' | 'url'>, type: NoteKeyType): NoteSigner => ({
  key: noteKey(nameOf[type](url), type, plainPublicKey(key.publicJwk)),
  sign: (bytes) => signPlainly(key, bytes),
});

/** The same key of another gateway, one for each that its authority lists. */
export const noteKeys = (url: string, keys: readonly PublicJwk[], type: NoteKeyType): readonly NoteKey[] =>
  keys
    .filter((publicJwk) => signsPlainly({ publicJwk }))
    .map((jwk) => noteKey(nameOf[type](url), type, plainPublicKey(jwk)));

/** The gateways whose logs are watched, and who watch: all that are designated, in force. */
export async function peersOf(gateway: Judging): Promise<readonly GatewayDesignation[]> {
  const now = gateway.now();
  const { gateways, here } = await directoryOf(gateway, []);
  return gateways.filter((one) => one.gateway !== here && inForce(one, now));
}
