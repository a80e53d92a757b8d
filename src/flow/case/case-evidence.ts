/** One piece of evidence in a case file: who signed it, what it is about, who gave the word, where it stands in the ledger. */
import type { CaseMessage } from '../../domain/evidence/case-file.ts';
import { type Evidence, evidence as evidenceSchema } from '../../domain/evidence/evidence.ts';
import { judgeEvidence } from '../../domain/evidence/judge.ts';
import { type Facts, refuseFinding } from '../../domain/evidence/judge-facts.ts';
import { checked } from '../../domain/message/protocol.ts';
import { Refusal } from '../../domain/words/error.ts';
import { present } from '../../domain/words/present.ts';
import { evidenceEntry } from '../../ledger/entry.ts';
import { type NoteKey, readNoteKey, utf8, writeNoteKey } from '../../ledger/note-key.ts';
import { readProof, verifyProof, writeProof } from '../../ledger/proof.ts';
import { peek, readStatement } from '../../seal/statement.ts';
import { ownSigned } from '../evidence/own-signed.ts';
import { noteKeys, originOf } from '../ledger/ledger-keys.ts';
import { isTaking, type RestsReport, refusedBy, restsIn } from './case-rests.ts';
import { vouched, type Within } from './case-statements.ts';

export interface EvidenceReport {
  readonly id: string;
  readonly event: Evidence['event'];
  readonly at: string;
  readonly by: { readonly gateway: string; readonly name: string; readonly country: string };
  readonly recipient?: string;
  readonly officer?: { readonly name: string; readonly role: string };
  readonly reason?: string;
  /** How the gateway knows the officer; `own-signature` is the focal point's own and was verified. */
  readonly attestation?: string;
  readonly contradicts?: string;
  /** The words whose contradiction it settles. */
  readonly settles?: readonly string[];
  /** By it a gateway took the message. */
  readonly takes: boolean;
  /** The first statement in the file on the gateway begins after this was signed. */
  readonly vouched_later: boolean;
  /** By which statements it was done; absent where it does not say. */
  readonly rests_on?: RestsReport;
  readonly ledger: LedgerReport | null;
}

export interface LedgerReport {
  readonly index: number;
  readonly size: number;
  /** Gateways designated by another country's authority that cosigned, and when. */
  readonly cosigned_by: readonly {
    readonly gateway: string;
    readonly country: string;
    readonly at: string;
  }[];
}

type Piece = CaseMessage['evidence'][number];

/** @throws Refusal */
export async function evidenceIn(
  within: Within,
  message: CaseMessage,
  piece: Piece,
): Promise<EvidenceReport> {
  const { grounds } = within;
  const unproven = peek(piece.jws);
  const claims = checked(evidenceSchema, unproven.payload);
  const { statement, key } = vouched(
    grounds.gateways,
    claims.by,
    unproven.kids[0] ?? '',
    new Date(claims.at),
  );
  const { digest } = await readStatement(piece.jws, 'evidence', async (kid) =>
    kid === key.kid ? key : undefined,
  );
  const facts = await factsIn(within, message, claims);
  refuseFinding(judgeEvidence(claims, { ...facts, own: await ownSigned(claims, facts) }));
  const restsOn = restsIn(claims, facts);
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
    takes: isTaking(message, claims),
    vouched_later: Date.parse(at) < Date.parse(statement.from),
    ...present({ rests_on: restsOn }),
    ledger: piece.proof === undefined ? null : await inLedger(within, evidenceEntry(id, digest), piece.proof),
  };
}

/** What the file gives to judge evidence by. @throws Misfit for an agreement that does not verify */
async function factsIn(
  { file, grounds, withdrawn }: Within,
  message: CaseMessage,
  claims: Evidence,
): Promise<Facts> {
  const acceptedAt = new Date(message.accepted_at);
  const { id, thread, sender, digest, recipients, urgency } = message;
  // The time to acknowledge is told by the version it was carried under; anything else rests on what it names.
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
      refused: refusedBy(file.by, message),
    },
    designations: grounds.designations,
    withdrawals: grounds.withdrawals.map((one) => ({ ...one, takenAt: withdrawn.get(one.digest)?.at })),
    agreements: agreements.filter((one) => one !== undefined),
    here: file.by,
    asOf: new Date(file.made),
  };
}

/** The keys of the ledger that the file names. @throws Refusal `ledger-refused` where it is not the author’s */
export function checkLedger({ file, grounds, author }: Omit<Within, 'withdrawn'>): readonly NoteKey[] {
  const own = grounds.gateways.filter((one) => one.gateway === author.gateway && one.url === author.url);
  const keys = own.flatMap((one) => noteKeys(one.url, one.keys.signing, 'ed25519'));
  const stated = file.ledger && writeNoteKey(readNoteKey(file.ledger.vkey));
  if (file.ledger?.origin !== originOf(author.url) || !keys.some((key) => writeNoteKey(key) === stated))
    throw new Refusal('ledger-refused', 'the ledger is not that of the gateway that wrote the file');
  return keys;
}

/** Where evidence stands in the author's ledger, and which other countries' gateways cosigned that. @throws Refusal */
export async function inLedger(
  within: Omit<Within, 'withdrawn'>,
  entry: Uint8Array,
  text: string,
): Promise<LedgerReport> {
  const { grounds, author } = within;
  const keys = checkLedger(within);
  const witnesses = grounds.gateways
    .filter((one) => one.gateway !== author.gateway && one.country !== author.country)
    .flatMap((gateway) =>
      noteKeys(gateway.url, gateway.keys.signing, 'cosignature').map((key) => ({ gateway, key })),
    );
  const proof = readProof(utf8(text));
  if (writeProof(proof) !== text)
    throw new Refusal('ledger-malformed', 'the proof is not in its one spelling');
  const log = { origin: originOf(author.url), keys, witnesses: witnesses.map(({ key }) => key) };
  const { checkpoint, cosignatures, strangers } = await verifyProof(proof, entry, log);
  const by = cosignatures.flatMap(({ keyId, name, time }) => {
    const found = witnesses.find(({ key }) => key.keyId === keyId && key.name === name)?.gateway;
    const at = new Date(time * 1_000).toISOString();
    return found === undefined ? [] : [{ gateway: found.gateway, country: found.country, at }];
  });
  return { index: proof.index, size: checkpoint.size, cosigned_by: strangers === 0 ? by : [] };
}
