/**
 * Evidence as it is kept, proven again: the database is not trusted with what anybody said. What is shown of a message
 * follows from what verifies, and never from columns that whoever can write to the database can change.
 */
import { evidence as evidenceSchema, isWord } from '../../domain/evidence.ts';
import type { PublicJwk } from '../../domain/party.ts';
import { type SaidWord, saidIn, standingOf } from '../../domain/standing.ts';
import type { Gateway } from '../../gateway.ts';
import { peek, readStatement } from '../../seal/statement.ts';
import { isObject } from '../../seal/strict-json.ts';
import type { EvidenceRow, Held, MessageView, RecipientRow } from '../../store/records.ts';
import { gatewayVersions } from '../directory/directory.ts';
import { settledBy } from './standing.ts';

/** Every key that may have signed evidence: this gateway's own, and those in each statement kept about another. */
export interface Signers {
  readonly keys: readonly PublicJwk[];
  /** Gateways of which a statement is kept. Of others nothing can be said. */
  readonly known: ReadonlySet<string>;
}

export async function signersOf(gateway: Gateway): Promise<Signers> {
  const versions = await gatewayVersions(gateway);
  const own = [gateway.key.publicJwk, ...gateway.oldKeys.map(({ key }) => key)];
  return {
    keys: [...own, ...versions.flatMap((one) => one.keys.signing)],
    known: new Set([gateway.did, ...versions.map((one) => one.gateway)]),
  };
}

/** Whether evidence (JWS as text) bears the signature of a gateway that is known; of others nothing is said. */
export async function isSigned(text: string, signers: Signers): Promise<boolean> {
  try {
    const { payload } = peek(JSON.parse(text));
    return isObject(payload) && !signers.known.has(String(payload['by']))
      ? true
      : await hasSignature(text, signers);
  } catch {
    return false;
  }
}

async function hasSignature(text: string, { keys }: Signers): Promise<boolean> {
  try {
    await readStatement(JSON.parse(text), 'evidence', async (kid) => keys.find((key) => key.kid === kid));
    return true;
  } catch {
    return false;
  }
}

/** Whether a word (JWS as text) is signed by a gateway that is known, and about this message to this desk. */
async function isWordOf(signers: Signers, text: string, message: string, to: string): Promise<boolean> {
  if (!(await hasSignature(text, signers))) return false;
  const read = evidenceSchema.safeParse(peek(JSON.parse(text)).payload);
  return read.success && read.data.consignment === message && read.data.recipient === to;
}

async function kept<T>(list: readonly T[], holds: (one: T) => Promise<boolean>): Promise<readonly T[]> {
  const held = await Promise.all(list.map(holds));
  return list.filter((_, n) => held[n]);
}

/** What is held of a delivery, with those words only that are proven. */
export async function provenHeld(signers: Signers, held: Held): Promise<Held> {
  const { recipient, message, words } = held;
  if (recipient === undefined) return held;
  const proven = await kept(words, (text) => isWordOf(signers, text, message.id, recipient.to));
  return { ...held, words: proven, recipient: asSaid(recipient, proven) };
}

/** A message with those words only that are proven, and what follows from them of each recipient. */
export async function provenView(gateway: Gateway, view: MessageView): Promise<MessageView> {
  const isSaid = ({ event }: EvidenceRow): boolean => isWord(event);
  const claims = view.recipients.some((one) => one.settled !== undefined);
  if (!claims && !view.evidence.some(isSaid)) return view;
  const signers = await signersOf(gateway);
  const evidence = await kept(
    view.evidence,
    async (row) => !isSaid(row) || (await isWordOf(signers, row.jws, view.message.id, row.recipient ?? '')),
  );
  const wordsOf = (to: string): string[] =>
    evidence.filter((row) => isSaid(row) && row.recipient === to).map((row) => row.jws);
  return { ...view, evidence, recipients: view.recipients.map((one) => asSaid(one, wordsOf(one.to))) };
}

/** A recipient's row as its words have it: which one stands, and whether others say otherwise. */
function asSaid(row: RecipientRow, words: readonly string[]): RecipientRow {
  const { settled: _settled, contested: _contested, ...rest } = row;
  const said: SaidWord[] = words.flatMap(
    (text) => saidIn(evidenceSchema.parse(peek(JSON.parse(text)).payload)) ?? [],
  );
  const { word, open } = standingOf(said);
  return {
    ...rest,
    ...(word === undefined ? {} : { settled: settledBy(word) }),
    ...(open.length === 0 ? {} : { contested: true }),
  };
}
