/**
 * Reads kept messages and threads with verified evidence only: a known gateway signed it, and it is about
 * exactly what its row says. Everything that is shown, counted or done in a case is read through here.
 */

import type { Evidence } from '../../domain/evidence/evidence.ts';
import { type BoundedMemory, createBoundedMemory } from '../../domain/words/bounded-memory.ts';
import { Refusal } from '../../domain/words/error.ts';
import type { Verifying } from '../../gateway-parts.ts';
import { digestOf } from '../../seal/digest.ts';
import type { EvidenceRow, RecipientRow } from '../../store/contracts/message-rows.ts';
import type { MessageView } from '../../store/contracts/messages.ts';
import type { ThreadMessage } from '../../store/contracts/threads.ts';
import { applyProvenEvidence, findSigningKey, type KnownSigners, readSigners } from './proven.ts';
import { readClaims } from './readable.ts';

/** What was read of a message. `unproven`: evidence that is kept about it and does not verify. */
export type ProvenRead<Read> = Read & { readonly unproven: readonly EvidenceRow[] };

/** Ids of pieces of evidence, as they were signed. */
export const idsOfEvidence = (rows: readonly EvidenceRow[]): readonly string[] =>
  rows.map((row) => row.signedId ?? row.id);

export interface ProvenThread {
  readonly thread: string;
  /** In the order of acceptance. */
  readonly messages: readonly ProvenRead<ThreadMessage>[];
}

/** A kept message with its verified evidence, and its recipients as that evidence describes them. */
export async function readProvenMessage(
  gateway: Verifying,
  message: string,
): Promise<ProvenRead<MessageView> | undefined> {
  const view = await gateway.store.messages.readMessage(message);
  return view && keepProven(await readSigners(gateway), view);
}

/** The same for every message of some threads. */
export async function readProvenThreads(
  gateway: Verifying,
  threads: readonly string[],
): Promise<readonly ProvenThread[]> {
  const [kept, signers] = await Promise.all([
    gateway.store.threads.keptThreads(threads),
    readSigners(gateway),
  ]);
  return Promise.all(
    kept.map(async ({ thread, messages }) => ({
      thread,
      messages: await Promise.all(messages.map((one) => keepProven(signers, one))),
    })),
  );
}

/**
 * A recipient's row as its verified evidence describes it. The evidence is read only if the row claims an
 * acknowledgement or that the message was opened.
 */
export async function readProvenRecipient(
  gateway: Verifying,
  row: RecipientRow | undefined,
): Promise<RecipientRow | undefined> {
  if (row?.effectiveAcknowledgement === undefined && row?.contested !== true && row?.openedAt === undefined)
    return row;
  const view = await readProvenMessage(gateway, row.message);
  const { effectiveAcknowledgement: _settled, contested: _contested, openedAt: _openedAt, ...rest } = row;
  return view?.recipients.find(({ to }) => to === row.to) ?? rest;
}

/**
 * The claims of evidence (JWS as text) that an endpoint is about to show.
 * @throws Refusal `signature-invalid` if no known gateway signed it, or it is about another message
 */
export async function readClaimsToTell(gateway: Verifying, message: string, jws: string): Promise<Evidence> {
  const claims = await verifiedClaimsOf(await readSigners(gateway), { jws });
  if (claims === undefined || !namesMessage(message, claims))
    throw new Refusal('signature-invalid', 'the kept evidence differs from what was signed');
  return claims;
}

async function keepProven<Read extends ThreadMessage>(
  signers: KnownSigners,
  view: Read,
): Promise<ProvenRead<Read>> {
  const claims = await Promise.all(view.evidence.map((row) => verifiedClaimsOf(signers, row)));
  const seen = new Set<string>();
  const isProven = view.evidence.map((row, n) => {
    const one = claims[n];
    if (one === undefined || !isAbout(view.message.id, row, one)) return false;
    // A second row with the same evidence adds nothing.
    const name = `${one.by} ${one.id}`;
    return !seen.has(name) && seen.add(name) !== undefined;
  });
  const said = claims.filter((one, n): one is Evidence => isProven[n] === true && one !== undefined);
  return {
    ...view,
    evidence: view.evidence.filter((_, n) => isProven[n]),
    unproven: view.evidence.filter((_, n) => !isProven[n]),
    recipients: view.recipients.map((one) =>
      recipientOf(
        one,
        said.filter(({ recipient }) => recipient === one.to),
      ),
    ),
  };
}

/**
 * A recipient's row from the evidence: the acknowledgement in effect, and when the content was first opened.
 */
function recipientOf(row: RecipientRow, said: readonly Evidence[]): RecipientRow {
  const { openedAt: _openedAt, ...rest } = applyProvenEvidence(row, said);
  const opened = said.filter(({ event }) => event === 'ContentHandover').map(({ at }) => Date.parse(at));
  return opened.length === 0 ? rest : { ...rest, openedAt: new Date(Math.min(...opened)) };
}

/** Refusals by another gateway need not name the message: it may not have been able to read it. */
const NAMELESS: readonly string[] = ['SubmissionRejection', 'RelayRejection', 'EvidenceRejected'];

/** The purge of a message that never arrived is kept with its recall. */
const namesMessage = (message: string, { consignment, event, purge }: Evidence): boolean =>
  consignment === message ||
  purge?.recall === message ||
  (consignment === undefined && NAMELESS.includes(event));

/**
 * Whether the signed claims agree with the row, and are about this message. Claims about a whole consignment
 * name no recipient; then the row tells for whom a relay was refused.
 */
const isAbout = (message: string, row: EvidenceRow, said: Evidence): boolean =>
  row.message === message &&
  said.event === row.event &&
  said.id === (row.signedId ?? row.id) &&
  (row.signer === undefined || said.by === row.signer) &&
  Date.parse(said.at) === row.at.getTime() &&
  namesMessage(message, said) &&
  (said.recipient === row.recipient || (said.recipient === undefined && NAMELESS.includes(said.event)));

/** The claims of verified evidence and the key that signed it, by the digest of the text. */
interface Verified {
  readonly key: string;
  readonly claims: Evidence;
}

const verified: BoundedMemory<Verified> = createBoundedMemory(20_000);

/**
 * The claims of signed evidence; undefined if no known gateway signed it. A verified signature stays valid,
 * so it is remembered without an end.
 */
async function verifiedClaimsOf(
  signers: KnownSigners,
  row: Pick<EvidenceRow, 'jws'>,
): Promise<Evidence | undefined> {
  const name = digestOf(row.jws);
  const known = verified.get(name);
  if (known !== undefined && signers.ids.has(known.key)) return known.claims;
  const claims = readClaims(row);
  if (claims === undefined) return undefined;
  const key = await findSigningKey(row.jws, signers, claims.by);
  if (key === undefined) return undefined;
  verified.keep(name, { key, claims });
  return claims;
}
