/** Judging evidence where a gateway takes or gives it: the facts that the judge needs, out of the store. */
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

/** Whom a gateway refused by name, by its evidence of a message that it took for others. */
export const listRefused = (
  evidence: readonly Pick<EvidenceRow, 'event' | 'recipient'>[],
  recipients: readonly Pick<RecipientRow, 'to'>[],
): readonly string[] =>
  evidence.flatMap(({ event, recipient }) =>
    event === 'RelayRejection' && recipient !== undefined && recipients.every(({ to }) => to !== recipient)
      ? [recipient]
      : [],
  );

/** A kept message as the judge looks at it; with its evidence where somebody may have been refused by name. */
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

/** Every statement kept here about these parties that verifies. */
async function knownOf(gateway: Verifying, parties: readonly string[]): Promise<KnownStatements> {
  const [{ agreements }, ...histories] = await Promise.all([
    readDirectory(gateway, []),
    ...[...new Set(parties)].map((one) => readHistory(gateway, one)),
  ]);
  const withdrawals = histories.flatMap((one) => one.withdrawals);
  const taken = withdrawals.length === 0 ? undefined : await takenAt(gateway, parties);
  return {
    agreements,
    designations: histories.flatMap((one) => one.versions),
    withdrawals: withdrawals.map((one) => ({ ...one, takenAt: taken?.get(one.digest) })),
  };
}

/** When this gateway took the withdrawals of these parties, each by its digest, in its own signed word. */
async function takenAt(gateway: Verifying, parties: readonly string[]): Promise<ReadonlyMap<string, Date>> {
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

/** What evidence about a message is held against here and now. */
export async function gatherFacts(gateway: Verifying, message: JudgedMessage): Promise<EvidenceFacts> {
  const known = await knownOf(gateway, [message.sender, ...message.recipients.map((one) => one.to)]);
  return { ...known, message, here: gateway.did, asOf: gateway.now() };
}

/**
 * Judges evidence whose signature is verified; where the focal point signed itself, that signature too.
 * @throws Refusal with the code of what does not hold
 */
export async function checkEvidence(claims: Evidence, facts: EvidenceFacts): Promise<void> {
  throwEvidenceFault(judgeEvidence(claims, { ...facts, own: await verifyOwnSignature(claims, facts) }));
}
