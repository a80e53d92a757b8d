/**
 * Verifies one piece of evidence in a case file: its signature, its message, its officer and its place in the
 * ledger.
 */
import type { CaseMessage } from '../../domain/evidence/case-file.ts';
import { type Evidence, evidenceSchema } from '../../domain/evidence/evidence.ts';
import { judgeEvidence } from '../../domain/evidence/judge.ts';
import { type EvidenceFacts, throwEvidenceFault } from '../../domain/evidence/judge-facts.ts';
import { parseBySchema } from '../../domain/words/checked.ts';
import { Refusal } from '../../domain/words/error.ts';
import { present } from '../../domain/words/present.ts';
import { entryOfEvidence } from '../../ledger/entry.ts';
import { type NoteKey, readNoteKey, utf8BytesOf, writeNoteKey } from '../../ledger/note-key.ts';
import { readProof, verifyProof, writeProof } from '../../ledger/proof.ts';
import { peekStatement, verifyStatement } from '../../seal/statement.ts';
import { verifyOwnSignature } from '../evidence/own-signed.ts';
import { noteKeysOf, originOfLedger } from '../ledger/keys.ts';
import { isTakingEvidence, listRefusedRecipients, type RestsReport, reportNamedStatements } from './rests.ts';
import { type CaseContext, findVouchedKey } from './statements.ts';

export interface EvidenceReport {
  readonly id: string;
  readonly event: Evidence['event'];
  readonly at: string;
  readonly by: { readonly gateway: string; readonly name: string; readonly country: string };
  readonly recipient?: string;
  readonly officer?: { readonly name: string; readonly role: string };
  readonly reason?: string;
  /** How the gateway knows the officer. `own-signature` is the focal point's own and was verified. */
  readonly attestation?: string;
  readonly contradicts?: string;
  /** Ids of the acknowledgements whose contradiction it settles. */
  readonly settles?: readonly string[];
  /** True if a gateway took the message by it. */
  readonly takes: boolean;
  /** True if the first statement in the file about the signing gateway begins after this was signed. */
  readonly vouched_later: boolean;
  /** The statements on which it rests; absent if it names none. */
  readonly rests_on?: RestsReport;
  readonly ledger: LedgerReport | null;
}

export interface LedgerReport {
  readonly index: number;
  readonly size: number;
  /** Gateways of other countries that cosigned, and when. */
  readonly cosigned_by: readonly {
    readonly gateway: string;
    readonly country: string;
    readonly at: string;
  }[];
}

type Piece = CaseMessage['evidence'][number];

/** @throws Refusal */
export async function verifyCaseEvidence(
  within: CaseContext,
  message: CaseMessage,
  piece: Piece,
): Promise<EvidenceReport> {
  const { grounds } = within;
  const unproven = peekStatement(piece.jws);
  const claims = parseBySchema(evidenceSchema, unproven.payload);
  const { statement, key } = findVouchedKey(
    grounds.gateways,
    claims.by,
    unproven.kids[0] ?? '',
    new Date(claims.at),
  );
  const { digest } = await verifyStatement(piece.jws, 'evidence', async (kid) =>
    kid === key.kid ? key : undefined,
  );
  const facts = await gatherCaseFacts(within, message, claims);
  throwEvidenceFault(judgeEvidence(claims, { ...facts, own: await verifyOwnSignature(claims, facts) }));
  const restsOn = reportNamedStatements(claims, facts);
  const { id, event, at, recipient, officer, reason, attestation, contradicts, settles } = claims;
  return {
    id,
    event,
    at,
    by: { gateway: claims.by, name: statement.name, country: statement.country },
    ...present({
      recipient,
      officer: officer === undefined ? undefined : { name: officer.name, role: officer.role },
      reason,
      attestation: attestation?.how,
      contradicts,
      settles,
    }),
    takes: isTakingEvidence(message, claims),
    vouched_later: Date.parse(at) < Date.parse(statement.from),
    ...present({ rests_on: restsOn }),
    ledger:
      piece.proof === undefined
        ? null
        : await verifyLedgerPlace(within, entryOfEvidence(id, digest), piece.proof),
  };
}

/** The facts in the file by which evidence is judged. @throws CaseMisfit if an agreement does not verify */
async function gatherCaseFacts(
  { file, grounds, withdrawn }: CaseContext,
  message: CaseMessage,
  claims: Evidence,
): Promise<EvidenceFacts> {
  const acceptedAt = new Date(message.accepted_at);
  const { id, thread, sender, digest, recipients, urgency } = message;
  // The deadline to acknowledge comes from the agreement version of the message. Other evidence rests on what
  // it names.
  const carried = claims.event === 'AcceptanceRejectionExpiry' ? recipients.map((one) => one.agreement) : [];
  const named = [...(claims.rests_on?.agreements ?? []), ...carried];
  const agreements = await Promise.all(named.map((one) => grounds.agreement(one, acceptedAt)));
  return {
    message: {
      id,
      thread,
      sender,
      digest,
      recipients,
      urgency,
      acceptedAt,
      refused: listRefusedRecipients(file.by, message),
    },
    designations: grounds.designations,
    withdrawals: grounds.withdrawals.map((one) => ({ ...one, takenAt: withdrawn.get(one.digest)?.at })),
    agreements: agreements.filter((one) => one !== undefined),
    here: file.by,
    asOf: new Date(file.made),
  };
}

/** The keys of the file's ledger. @throws Refusal `ledger-refused` if the ledger is not the author's */
export function checkLedgerKeys({
  file,
  grounds,
  author,
}: Omit<CaseContext, 'withdrawn'>): readonly NoteKey[] {
  const own = grounds.gateways.filter((one) => one.gateway === author.gateway && one.url === author.url);
  const keys = own.flatMap((one) => noteKeysOf(one.url, one.keys.signing, 'ed25519'));
  const stated = file.ledger && writeNoteKey(readNoteKey(file.ledger.vkey));
  if (file.ledger?.origin !== originOfLedger(author.url) || !keys.some((key) => writeNoteKey(key) === stated))
    throw new Refusal('ledger-refused', 'the ledger is not that of the gateway that wrote the file');
  return keys;
}

/**
 * Verifies the place of evidence in the author's ledger, and which gateways of other countries cosigned it.
 * @throws Refusal
 */
export async function verifyLedgerPlace(
  within: Omit<CaseContext, 'withdrawn'>,
  entry: Uint8Array,
  text: string,
): Promise<LedgerReport> {
  const { grounds, author } = within;
  const keys = checkLedgerKeys(within);
  const witnesses = grounds.gateways
    .filter((one) => one.gateway !== author.gateway && one.country !== author.country)
    .flatMap((gateway) =>
      noteKeysOf(gateway.url, gateway.keys.signing, 'cosignature').map((key) => ({ gateway, key })),
    );
  const proof = readProof(utf8BytesOf(text));
  if (writeProof(proof) !== text)
    throw new Refusal('ledger-malformed', 'the proof is not in its canonical form');
  const log = { origin: originOfLedger(author.url), keys, witnesses: witnesses.map(({ key }) => key) };
  const { checkpoint, cosignatures, strangers } = await verifyProof(proof, entry, log);
  const by = cosignatures.flatMap(({ keyId, name, time }) => {
    const found = witnesses.find(({ key }) => key.keyId === keyId && key.name === name)?.gateway;
    const at = new Date(time * 1_000).toISOString();
    return found === undefined ? [] : [{ gateway: found.gateway, country: found.country, at }];
  });
  return { index: proof.index, size: checkpoint.size, cosigned_by: strangers === 0 ? by : [] };
}
