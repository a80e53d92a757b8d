/** One piece of evidence in a case file: who signed it, what it is about, who gave the word, where it stands in the ledger. */

import type { CaseMessage } from '../../domain/case-file.ts';
import { Refusal } from '../../domain/error.ts';
import { type Evidence, evidence as evidenceSchema } from '../../domain/evidence.ts';
import { JSON_BOUNDS } from '../../domain/json-bounds.ts';
import { type Designation, officerOf } from '../../domain/party.ts';
import { checked } from '../../domain/protocol.ts';
import { settlesTheSame } from '../../domain/standing.ts';
import { evidenceEntry } from '../../ledger/entry.ts';
import { readNoteKey, utf8, writeNoteKey } from '../../ledger/note-key.ts';
import { readProof, verifyProof, writeProof } from '../../ledger/proof.ts';
import { peek, readStatement } from '../../seal/statement.ts';
import { parseStrict } from '../../seal/strict-json.ts';
import { noteKeys, originOf } from '../ledger/ledger-keys.ts';
import { type RestsReport, restsIn } from './case-rests.ts';
import { designationThen, vouched, type Within } from './case-statements.ts';

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

/** The message that evidence is about, with its parties as they were designated. */
export interface About {
  readonly message: CaseMessage;
  readonly sender: Designation;
  readonly recipients: readonly Designation[];
}

type Piece = CaseMessage['evidence'][number];

/** @throws Refusal */
export async function evidenceIn(within: Within, about: About, piece: Piece): Promise<EvidenceReport> {
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
  checkAbout(within, about, claims);
  await checkWord(within, about, claims);
  const restsOn = await restsIn(within, about.message, claims);
  const { id, event, at, recipient, officer, reason, attestation, contradicts, settles } = claims;
  return {
    id,
    event,
    at,
    by: { gateway: claims.by, name: statement.name, country: statement.country },
    ...(recipient === undefined ? {} : { recipient }),
    ...(officer === undefined ? {} : { officer: { name: officer.name, role: officer.role } }),
    ...(reason === undefined ? {} : { reason }),
    ...(attestation === undefined ? {} : { attestation: attestation.how }),
    ...(contradicts === undefined ? {} : { contradicts }),
    ...(settles === undefined ? {} : { settles }),
    takes: takes(about, claims),
    vouched_later: Date.parse(at) < Date.parse(statement.from),
    ...(restsOn === undefined ? {} : { rests_on: restsOn }),
    ledger: piece.proof === undefined ? null : await inLedger(within, evidenceEntry(id, digest), piece.proof),
  };
}

const takes = ({ message, sender }: About, { event, by, at, digest, recipient }: Evidence): boolean =>
  digest === message.digest &&
  recipient === undefined &&
  ((event === 'SubmissionAcceptance' && by === sender.gateway && at === message.accepted_at) ||
    event === 'RelayAcceptance');

/** The evidence is about this message, and by a gateway that had to do with it. */
function checkAbout({ grounds }: Within, { message, sender, recipients }: About, claims: Evidence): void {
  // That nothing was held of what was taken back stands with the recall: its message is not in the author's books.
  const isOfRecall = claims.event === 'ContentPurge' && claims.purge?.recall === message.id;
  if (
    (claims.consignment !== message.id && !isOfRecall) ||
    (claims.thid ?? message.thread) !== message.thread
  )
    throw new Refusal('misaddressed', 'it is about another message');
  const isOfRelay = claims.event.startsWith('Relay');
  const isByPeer = isOfRelay && grounds.gateways.some((one) => one.gateway === claims.sender);
  if (claims.sender !== message.sender && !isByPeer)
    throw new Refusal('misaddressed', 'it is about another sender');
  const named = message.recipients.find((one) => one.to === claims.recipient);
  if (claims.recipient !== undefined && named === undefined)
    throw new Refusal('misaddressed', 'it is about a recipient that the message is not for');
  const digests = [named?.digest, named === undefined || isOfRelay ? message.digest : undefined];
  if (claims.digest !== undefined && !digests.includes(claims.digest))
    throw new Refusal('digest-mismatch', 'it is about other contents');
  const homes = [sender, ...recipients].map((one) => one.gateway);
  if (!homes.includes(claims.by))
    throw new Refusal('misaddressed', 'its gateway is home to neither sender nor recipient');
}

const isWord = ({ event }: Evidence): boolean =>
  event === 'ConsignmentAcceptance' ||
  event === 'ConsignmentRejection' ||
  event.startsWith('ContentHandover');

/**
 * An officer's word: given at the recipient's own home, by somebody its authority named; where the focal point signed
 * it, under its own key.
 */
async function checkWord({ grounds }: Within, about: About, claims: Evidence): Promise<void> {
  if (!isWord(claims)) return;
  const desk = about.recipients.find((one) => one.focal_point === claims.recipient);
  if (desk === undefined || desk.gateway !== claims.by)
    throw new Refusal('misaddressed', 'an officer’s word is signed at the home of the recipient');
  const { officer, attestation } = claims;
  if (officer === undefined) return;
  // A word about what was accepted in time may come when the designation has ended: then it is judged as of acceptance.
  const then = standingOr(desk, () =>
    designationThen(grounds, desk.focal_point, new Date(claims.at), claims.rests_on),
  );
  if (![then, desk].some((one) => officerOf(one, officer.id)?.name === officer.name))
    throw new Refusal('unknown-officer', 'the officer is not named in the designation');
  if (attestation?.how !== 'own-signature') return;
  const own = parseStrict(attestation.statement ?? '', JSON_BOUNDS.jws);
  const keys = [...then.keys.signing, ...desk.keys.signing];
  const signed = await readStatement(own, 'evidence', async (kid) => keys.find((one) => one.kid === kid));
  const word = checked(evidenceSchema, signed.payload);
  const same = (['event', 'consignment', 'recipient', 'digest', 'reason'] as const).every(
    (name) => word[name] === claims[name],
  );
  if (
    !same ||
    !settlesTheSame(word, claims) ||
    word.by !== desk.focal_point ||
    word.officer?.id !== officer.id
  )
    throw new Refusal('misaddressed', 'the focal point’s own signature is under another word');
}

function standingOr(desk: Designation, find: () => Designation): Designation {
  try {
    return find();
  } catch (fault) {
    if (fault instanceof Refusal) return desk;
    throw fault;
  }
}

/** Where evidence stands in the author's ledger, and which other countries' gateways cosigned that. @throws Refusal */
export async function inLedger(
  { file, grounds, author }: Omit<Within, 'withdrawn'>,
  entry: Uint8Array,
  text: string,
): Promise<LedgerReport> {
  const origin = originOf(author.url);
  const own = grounds.gateways.filter((one) => one.gateway === author.gateway && one.url === author.url);
  const keys = own.flatMap((one) => noteKeys(one.url, one.keys.signing, 'ed25519'));
  const stated = file.ledger && writeNoteKey(readNoteKey(file.ledger.vkey));
  if (file.ledger?.origin !== origin || !keys.some((key) => writeNoteKey(key) === stated))
    throw new Refusal('ledger-refused', 'the ledger is not that of the gateway that wrote the file');
  const witnesses = grounds.gateways
    .filter((one) => one.gateway !== author.gateway && one.country !== author.country)
    .flatMap((gateway) =>
      noteKeys(gateway.url, gateway.keys.signing, 'cosignature').map((key) => ({ gateway, key })),
    );
  const proof = readProof(utf8(text));
  if (writeProof(proof) !== text)
    throw new Refusal('ledger-malformed', 'the proof is not in its one spelling');
  const log = { origin, keys, witnesses: witnesses.map(({ key }) => key) };
  const { checkpoint, cosignatures, strangers } = await verifyProof(proof, entry, log);
  const by = cosignatures.flatMap(({ keyId, name, time }) => {
    const found = witnesses.find(({ key }) => key.keyId === keyId && key.name === name)?.gateway;
    const at = new Date(time * 1_000).toISOString();
    return found === undefined ? [] : [{ gateway: found.gateway, country: found.country, at }];
  });
  return { index: proof.index, size: checkpoint.size, cosigned_by: strangers === 0 ? by : [] };
}
