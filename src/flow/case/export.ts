/**
 * Writes a case file: everything that this gateway can show of a thread or a message, under its signature.
 */

import {
  type CaseFile,
  type CaseMessage,
  type OpenCaseFile,
  partsOfCaseFile,
} from '../../domain/evidence/case-file.ts';
import { evidenceSchema } from '../../domain/evidence/evidence.ts';
import type { AgreementName } from '../../domain/terms/agreement.ts';
import { parseBySchema } from '../../domain/words/checked.ts';
import { Refusal } from '../../domain/words/error.ts';
import { textOf } from '../../domain/words/long-text.ts';
import { present } from '../../domain/words/present.ts';
import type { Gateway } from '../../gateway.ts';
import type { Storing, Verifying } from '../../gateway-parts.ts';
import { utf8BytesOf } from '../../ledger/note-key.ts';
import { digestOf } from '../../seal/digest.ts';
import { peekStatement, signStatement } from '../../seal/statement.ts';
import { isObject } from '../../seal/strict-json.ts';
import type { EvidenceRow, MessageRow } from '../../store/contracts/message-rows.ts';
import type { MessageView } from '../../store/contracts/messages.ts';
import { readGatewayVersions } from '../directory/directory.ts';
import { checkEvidence, gatherFacts, judgedMessageOf } from '../evidence/judging.ts';
import { hasLedger, originOfLedger } from '../ledger/keys.ts';
import { makeLedgerProof, verifierKeyOf } from '../ledger/reading.ts';
import { writeCase } from './reading.ts';
import { findVouchedKey } from './statements.ts';
import { verifyCase } from './verify.ts';

type Jws = Record<string, unknown>;

const parsed = (text: string): Jws => JSON.parse(text) as Jws;

/** What to export: a message, or all of a thread. */
export interface CaseWanted {
  readonly id: string;
  /** Include the signed consignments with their sealed messages. Without them the file has digests only. */
  readonly contents: boolean;
  /** Is called for evidence of another gateway that is not valid and is therefore left out of the file. */
  readonly leftOut?: ((piece: LeftOutEvidence) => void) | undefined;
}

/** Evidence of a message that is kept but not valid. */
export interface LeftOutEvidence {
  readonly message: string;
  readonly evidence: string;
  /** A code of the error table. */
  readonly code: string;
}

/**
 * Makes the file and verifies it as its reader will, under the anchors of this gateway. A file that nobody
 * can verify yet, because no authority has designated this gateway, is returned too.
 * @throws Refusal `not-found` if there is neither such a message nor such a thread; `content-gone` if
 *   contents are missing and no evidence explains it; `ledger-refused` if evidence differs from its ledger
 *   entry; else the code and the place at which the file does not verify
 */
export async function exportCase(gateway: Verifying, wanted: CaseWanted): Promise<CaseFile> {
  const file = await makeCase(gateway, wanted);
  const verdict = await verifyCase(utf8BytesOf(writeCase(file)), gateway.anchors);
  if (verdict.verified || (verdict.place === 'closing' && verdict.code === 'unknown-gateway')) return file;
  throw new Refusal(
    verdict.code,
    `the file would not verify and was not written: ${verdict.place}: ${verdict.detail}`,
  );
}

async function makeCase(gateway: Verifying, { id, contents, leftOut }: CaseWanted): Promise<CaseFile> {
  const views = await readViews(gateway, id);
  const [first] = views;
  if (first === undefined) throw new Refusal('not-found', 'there is no message and no thread of this id');
  const messages: CaseMessage[] = [];
  for (const view of views) messages.push(await makeCaseMessage(gateway, view, { contents, leftOut }));
  const open: OpenCaseFile = {
    kind: 'amanat-case',
    version: 1,
    thread: first.message.thread,
    ...present({ message: first.message.id === id ? id : undefined }),
    by: gateway.did,
    made: gateway.now().toISOString(),
    contents,
    ...present({
      ledger: hasLedger(gateway)
        ? { origin: originOfLedger(gateway.url), vkey: verifierKeyOf(gateway).trimEnd() }
        : undefined,
    }),
    certificates: gateway.anchors.map(({ country, certificate }) => ({ country, pem: certificate })),
    ...(await statementsFor(gateway, messages)),
    messages,
  };
  return signCase(gateway, open);
}

async function readViews({ store }: Storing, id: string): Promise<readonly MessageView[]> {
  const one = await store.messages.readMessage(id);
  if (one !== undefined) return [one];
  const ids = await store.threads.messageIdsOf(id);
  const views = await Promise.all(ids.map((message) => store.messages.readMessage(message)));
  return views.filter((view) => view !== undefined);
}

async function makeCaseMessage(
  gateway: Verifying,
  view: MessageView,
  { contents, leftOut }: Pick<CaseWanted, 'contents' | 'leftOut'>,
): Promise<CaseMessage> {
  const { message } = view;
  const all = await Promise.all(view.evidence.map((row) => withProof(gateway, row)));
  const codes = await findInvalid(gateway, view);
  const evidence = all.filter((_, n) => codes[n] === undefined);
  for (const [n, code] of codes.entries()) {
    if (code === undefined) continue;
    const piece = { message: message.id, evidence: view.evidence[n]?.id ?? '', code };
    gateway.log.warn('export.evidence-left-out', { ...piece });
    leftOut?.(piece);
  }
  const consignment = contents ? await gateway.store.content.consignment(message.id) : undefined;
  if (contents && consignment === undefined && !view.evidence.some((row) => row.event === 'ContentPurge'))
    throw new Refusal('content-gone', 'the contents are no longer kept; export without --contents');
  return {
    ...headOf(message),
    recipients: view.recipients.map(({ to, digest, agreement: { id, version } }) => ({
      to,
      digest,
      agreement: { id, version },
    })),
    evidence,
    ...present({ consignment: consignment === undefined ? undefined : parsed(textOf(consignment)) }),
  };
}

/**
 * For each piece of evidence the code why it is not valid, or undefined. Another gateway's evidence may be
 * invalid if it came before these rules were checked on arrival, or if it refuses ours; it must not make the
 * whole case unverifiable. Our own evidence is never left out: without it the file would state something
 * else.
 */
async function findInvalid(gateway: Verifying, view: MessageView): Promise<readonly (string | undefined)[]> {
  const facts = await gatherFacts(gateway, judgedMessageOf(view.message, view.recipients, view.evidence));
  const gateways = await readGatewayVersions(gateway);
  return Promise.all(
    view.evidence.map(async ({ jws }) => {
      const { payload, kids } = peekStatement(parsed(jws));
      if (isObject(payload) && payload['by'] === gateway.did) return undefined;
      try {
        const claims = parseBySchema(evidenceSchema, payload);
        findVouchedKey(gateways, claims.by, kids[0] ?? '', new Date(claims.at));
        await checkEvidence(claims, facts);
        return undefined;
      } catch (fault) {
        if (!(fault instanceof Refusal)) throw fault;
        return fault.code;
      }
    }),
  );
}

const headOf = (message: MessageRow) => ({
  id: message.id,
  thread: message.thread,
  ...present({ parent: message.parent }),
  sender: message.sender,
  type: message.type,
  urgency: message.urgency,
  handling: message.handling,
  accepted_at: message.acceptedAt.toISOString(),
  expires_at: message.expiresAt.toISOString(),
  digest: message.digest,
});

/** Evidence with its inclusion proof, if it is in the ledger already. */
async function withProof(gateway: Verifying, row: EvidenceRow) {
  const jws = parsed(row.jws);
  const proof = await makeLedgerProof(gateway, row.id).catch((fault: unknown) => {
    if (fault instanceof Refusal && fault.code === 'not-found') return undefined;
    throw fault;
  });
  return { jws, ...present({ proof }) };
}

/**
 * The statements on which the messages rest. Every version is included: the reader judges which was in force.
 */
async function statementsFor(gateway: Verifying, messages: readonly CaseMessage[]) {
  const { store } = gateway;
  const parties = messages.flatMap((one) => [one.sender, ...one.recipients.map(({ to }) => to)]);
  const rows = await store.directory.readDirectory([...new Set(parties)]);
  const taken = await store.directory.withdrawalEvidence([...new Set(parties)]);
  const named = new Set(messages.flatMap(agreementsOf).map(({ id, version }) => `${id} ${version}`));
  const isNamed = (jws: Jws): boolean => {
    const { payload } = peekStatement(jws);
    return isObject(payload) && named.has(`${payload['id']} ${payload['version']}`);
  };
  return {
    gateways: rows.gateways.map(parsed),
    designations: rows.designations.map(parsed),
    withdrawals: rows.withdrawals.map(parsed),
    withdrawals_taken: await Promise.all(taken.map((row) => withProof(gateway, row))),
    agreements: rows.agreements.map(parsed).filter(isNamed),
  };
}

/** The agreements by which a message was carried here, and those that evidence about it names. */
const agreementsOf = ({ recipients, evidence }: CaseMessage): readonly AgreementName[] => [
  ...recipients.map((one) => one.agreement),
  ...evidence.flatMap(({ jws }) => {
    const one = evidenceSchema.safeParse(peekStatement(jws).payload);
    return one.success ? (one.data.rests_on?.agreements ?? []) : [];
  }),
];

/** Signs a file: the digest of each of its parts, in order. */
export async function signCase(
  { did, key }: Pick<Gateway, 'did' | 'key'>,
  open: OpenCaseFile,
): Promise<CaseFile> {
  const parts = partsOfCaseFile(open).map(({ place, value }) => [place, digestOf(JSON.stringify(value))]);
  const closing = await signStatement('case', { kind: 'case', by: did, at: open.made, parts }, [key]);
  return { ...open, closing: { ...closing } };
}
