/**
 * Messages and threads as they are kept, with that evidence only which is proven: signed by a gateway that is known, and about
 * just what its row says. What is shown, counted or acted on of a case is read through here.
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

/** What was read of a message; `lost` is evidence that is kept about it and is not proven. */
export type ProvenRead<Read> = Read & { readonly unproven: readonly EvidenceRow[] };

/** Ids of pieces of evidence, as they were signed. */
export const idsOfEvidence = (rows: readonly EvidenceRow[]): readonly string[] =>
  rows.map((row) => row.signedId ?? row.id);

export interface ProvenThread {
  readonly thread: string;
  /** In the order in which they were accepted. */
  readonly messages: readonly ProvenRead<ThreadMessage>[];
}

/** A message that is kept, with its evidence as far as it is proven, and its recipients as that evidence has them. */
export async function readProvenMessage(
  gateway: Verifying,
  message: string,
): Promise<ProvenRead<MessageView> | undefined> {
  const view = await gateway.store.messages.readMessage(message);
  return view && provenIn(await readSigners(gateway), view);
}

/** The same of every message of some threads. */
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
      messages: await Promise.all(messages.map((one) => provenIn(signers, one))),
    })),
  );
}

/** A recipient's row as what is proven of it has it. Read only where the row claims that something was said or opened. */
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
 * What evidence (JWS as text) about a message says that is to be told.
 * @throws Refusal `signature-invalid` where no known gateway signed it, or it is about another message
 */
export async function readClaimsToTell(gateway: Verifying, message: string, jws: string): Promise<Evidence> {
  const claims = await claimsBy(await readSigners(gateway), { jws });
  if (claims === undefined || !isOf(message, claims))
    throw new Refusal('signature-invalid', 'the evidence that is kept is not what was signed');
  return claims;
}

async function provenIn<Read extends ThreadMessage>(
  signers: KnownSigners,
  view: Read,
): Promise<ProvenRead<Read>> {
  const claims = await Promise.all(view.evidence.map((row) => claimsBy(signers, row)));
  const seen = new Set<string>();
  const isProven = view.evidence.map((row, n) => {
    const one = claims[n];
    if (one === undefined || !isAbout(view.message.id, row, one)) return false;
    // The same piece again says nothing more.
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

/** A recipient's row as the evidence has it: the word that stands, and when the content was first opened. */
function recipientOf(row: RecipientRow, said: readonly Evidence[]): RecipientRow {
  const { openedAt: _openedAt, ...rest } = applyProvenEvidence(row, said);
  const opened = said.filter(({ event }) => event === 'ContentHandover').map(({ at }) => Date.parse(at));
  return opened.length === 0 ? rest : { ...rest, openedAt: new Date(Math.min(...opened)) };
}

/** Events by which another gateway refuses what it may not have been able to read: these need not name the message. */
const NAMELESS: readonly string[] = ['SubmissionRejection', 'RelayRejection', 'EvidenceRejected'];

/** The purge of a message that never came is kept with its recall. */
const isOf = (message: string, { consignment, event, purge }: Evidence): boolean =>
  consignment === message ||
  purge?.recall === message ||
  (consignment === undefined && NAMELESS.includes(event));

/**
 * Whether what was signed is what the row says, of this message. What is about a whole consignment names no recipient: for whom
 * a relay was refused, the row knows.
 */
const isAbout = (message: string, row: EvidenceRow, said: Evidence): boolean =>
  row.message === message &&
  said.event === row.event &&
  said.id === (row.signedId ?? row.id) &&
  (row.signer === undefined || said.by === row.signer) &&
  Date.parse(said.at) === row.at.getTime() &&
  isOf(message, said) &&
  (said.recipient === row.recipient || (said.recipient === undefined && NAMELESS.includes(said.event)));

/** What was verified: by the digest of a signed text what it says, and the key that signed it. */
interface Verified {
  readonly key: string;
  readonly claims: Evidence;
}

const verified: BoundedMemory<Verified> = createBoundedMemory(20_000);

/** What signed evidence says; undefined where no known gateway's signature is on it. A value and its signature do not end. */
async function claimsBy(signers: KnownSigners, row: Pick<EvidenceRow, 'jws'>): Promise<Evidence | undefined> {
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
