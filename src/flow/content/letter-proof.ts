/**
 * The public proof behind a letter's code: this gateway accepted the message, and its acceptance is at a
 * place in the ledger. It tells nothing of the content and of the parties.
 */

import { Refusal } from '../../domain/words/error.ts';
import { present } from '../../domain/words/present.ts';
import type { Judging, Storing, Verifying } from '../../gateway-parts.ts';
import type { EvidenceRow } from '../../store/contracts/message-rows.ts';
import { readProvenMessage } from '../evidence/proven-messages.ts';
import { readClaims } from '../evidence/readable.ts';
import { hasLedger } from '../ledger/keys.ts';
import { proveLedgerPlace } from '../ledger/reading.ts';

export interface AcceptanceProof {
  readonly message: string;
  readonly acceptedAt: Date;
  /** Origin of the gateway. */
  readonly gateway: string;
  /** SHA-256 of the signed consignment, base64url. */
  readonly digest: string;
  /** Absent until the acceptance is in the ledger, and if the gateway keeps no ledger. */
  readonly ledger?: {
    readonly index: number;
    readonly size: number;
    /** Root of the tree, 32 bytes. */
    readonly root: Uint8Array;
  };
}

/**
 * Finds the proof of a message that anybody may see.
 * @throws Refusal `not-found`, the same for every message that was not accepted here; `ledger-refused` if the
 *   kept acceptance differs from the signed one
 */
export async function findAcceptanceProof(gateway: Verifying, message: string): Promise<AcceptanceProof> {
  const view = await readProvenMessage(gateway, message);
  const evidence = view?.evidence.find((row) => isAcceptance(gateway, row));
  if (evidence === undefined && view?.unproven.some((row) => isAcceptance(gateway, row)))
    throw new Refusal('ledger-refused', 'the stored acceptance differs from the one that was signed');
  if (view === undefined || evidence === undefined)
    throw new Refusal('not-found', 'there is no proof at this address');
  const ledger = hasLedger(gateway) ? await placeOf(gateway, evidence.id) : undefined;
  return {
    message,
    acceptedAt: view.message.acceptedAt,
    gateway: gateway.url,
    digest: view.message.digest,
    ...present({ ledger }),
  };
}

/** This gateway's own receipt, for a message that was submitted here or relayed to it. */
function isAcceptance({ did }: Judging, { event, jws }: EvidenceRow): boolean {
  if (event !== 'SubmissionAcceptance' && event !== 'RelayAcceptance') return false;
  const claims = readClaims({ jws });
  return claims === undefined || claims.by === did;
}

async function placeOf(gateway: Storing, evidence: string): Promise<AcceptanceProof['ledger'] | undefined> {
  const index = (await gateway.store.ledger.ledgerPlace(evidence))?.index;
  if (index === undefined) return undefined;
  const { size, root } = await proveLedgerPlace(gateway, index);
  return { index, size, root };
}
