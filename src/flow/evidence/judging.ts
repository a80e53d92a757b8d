/** Judges evidence when a gateway takes or issues it: reads the facts that the judge needs from the store. */
import type { Evidence } from '../../domain/evidence/evidence.ts';
import { judgeEvidence } from '../../domain/evidence/judge.ts';
import {
  type EvidenceFacts,
  type JudgedMessage,
  type KnownStatements,
  throwEvidenceFault,
} from '../../domain/evidence/judge-facts.ts';
import type { Verifying } from '../../gateway-parts.ts';
import type { EvidenceRow, MessageRow, RecipientRow } from '../../store/contracts/message-rows.ts';
import { readDirectory, readHistory } from '../directory/directory.ts';
import { verifyOwnSignature } from './own-signed.ts';
import { findSigningKey, readSigners } from './proven.ts';
import { readClaims } from './readable.ts';

/** The recipients that a gateway refused by name, in its evidence of a message that it took for others. */
export const listRefused = (
  evidence: readonly Pick<EvidenceRow, 'event' | 'recipient'>[],
  recipients: readonly Pick<RecipientRow, 'to'>[],
): readonly string[] =>
  evidence.flatMap(({ event, recipient }) =>
    event === 'RelayRejection' && recipient !== undefined && recipients.every(({ to }) => to !== recipient)
      ? [recipient]
      : [],
  );

/** A kept message as the judge needs it. Pass its evidence if a recipient may have been refused by name. */
export const judgedMessageOf = (
  message: Pick<MessageRow, 'id' | 'thread' | 'sender' | 'digest' | 'acceptedAt' | 'addressees' | 'urgency'>,
  recipients: readonly Pick<RecipientRow, 'to' | 'digest' | 'agreement' | 'acknowledgeBy'>[],
  evidence: readonly EvidenceRow[] = [],
): JudgedMessage => ({
  refused: listRefused(evidence, recipients),
  id: message.id,
  thread: message.thread,
  sender: message.sender,
  digest: message.digest,
  acceptedAt: message.acceptedAt,
  addressees: message.addressees,
  urgency: message.urgency,
  recipients,
});

/** All kept statements about these parties that verify. */
async function readStatementsOf(gateway: Verifying, parties: readonly string[]): Promise<KnownStatements> {
  const [{ agreements }, ...histories] = await Promise.all([
    readDirectory(gateway, []),
    ...[...new Set(parties)].map((one) => readHistory(gateway, one)),
  ]);
  const withdrawals = histories.flatMap((one) => one.withdrawals);
  const taken = withdrawals.length === 0 ? undefined : await readTakenTimes(gateway, parties);
  return {
    agreements,
    designations: histories.flatMap((one) => one.versions),
    withdrawals: withdrawals.map((one) => ({ ...one, takenAt: taken?.get(one.digest) })),
  };
}

/**
 * When this gateway took the withdrawals of these parties, by each one's digest. The times come from its own
 * signed evidence.
 */
async function readTakenTimes(
  gateway: Verifying,
  parties: readonly string[],
): Promise<ReadonlyMap<string, Date>> {
  const [rows, signers] = await Promise.all([
    gateway.store.directory.withdrawalEvidence([...new Set(parties)]),
    readSigners(gateway),
  ]);
  const taken = new Map<string, Date>();
  for (const { jws } of rows) {
    const said = readClaims({ jws });
    if (said?.digest === undefined || (await findSigningKey(jws, signers, gateway.did)) === undefined)
      continue;
    taken.set(said.digest, new Date(said.at));
  }
  return taken;
}

/** The facts by which evidence about a message is judged here and now. */
export async function gatherFacts(gateway: Verifying, message: JudgedMessage): Promise<EvidenceFacts> {
  const known = await readStatementsOf(gateway, [message.sender, ...message.recipients.map((one) => one.to)]);
  return { ...known, message, here: gateway.did, asOf: gateway.now() };
}

/**
 * Judges evidence whose signature is verified. If the focal point signed a part itself, verifies that
 * signature too.
 * @throws Refusal with the code of the first rule that it breaks
 */
export async function checkEvidence(claims: Evidence, facts: EvidenceFacts): Promise<void> {
  throwEvidenceFault(judgeEvidence(claims, { ...facts, own: await verifyOwnSignature(claims, facts) }));
}
