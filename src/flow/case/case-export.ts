/** Writing a case file: everything this gateway can show of a thread or a message, closed under its signature. */

import {
  type CaseFile,
  type CaseMessage,
  type OpenCaseFile,
  partsOfCaseFile,
} from '../../domain/evidence/case-file.ts';
import { evidenceSchema } from '../../domain/evidence/evidence.ts';
import { parseBySchema } from '../../domain/message/protocol.ts';
import type { AgreementName } from '../../domain/terms/agreement.ts';
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
import { hasLedger, originOfLedger } from '../ledger/ledger-keys.ts';
import { makeLedgerProof, verifierKeyOf } from '../ledger/ledger-reading.ts';
import { writeCase } from './case-reading.ts';
import { findVouchedKey } from './case-statements.ts';
import { verifyCase } from './case-verify.ts';

type Jws = Record<string, unknown>;

const parsed = (text: string): Jws => JSON.parse(text) as Jws;

/** What is to be shown: a message, or all of a thread. */
export interface CaseWanted {
  readonly id: string;
  /** Put the signed consignments in, with the sealed messages inside; their digests suffice. */
  readonly contents: boolean;
  /** Is told of evidence that another gateway signed and that does not hold: it is no part of the file. */
  readonly leftOut?: ((piece: LeftOutEvidence) => void) | undefined;
}

/** Evidence that is kept of a message and does not hold. */
export interface LeftOutEvidence {
  readonly message: string;
  readonly evidence: string;
  /** Of the error table. */
  readonly code: string;
}

/**
 * Makes the file and verifies it as its reader will, under the anchors of this gateway. One that nobody can verify yet,
 * because no authority vouches for this gateway, is given all the same.
 * @throws Refusal `not-found` where there is neither such a message nor such a thread; `content-gone` where contents are
 *   and no evidence in the file says so; `ledger-refused` where evidence is not what was put into the ledger; else the
 *   code by which the file does not verify, and the place
 */
export async function exportCase(gateway: Verifying, wanted: CaseWanted): Promise<CaseFile> {
  const file = await makeCase(gateway, wanted);
  const verdict = await verifyCase(utf8BytesOf(writeCase(file)), gateway.anchors);
  if (verdict.verified || (verdict.place === 'closing' && verdict.code === 'unknown-gateway')) return file;
  throw new Refusal(
    verdict.code,
    `the file would not verify, so it is not written: ${verdict.place}: ${verdict.detail}`,
  );
}

async function makeCase(gateway: Verifying, { id, contents, leftOut }: CaseWanted): Promise<CaseFile> {
  const views = await viewsOf(gateway, id);
  const [first] = views;
  if (first === undefined) throw new Refusal('not-found', 'there is no message and no thread of this id');
  const messages: CaseMessage[] = [];
  for (const view of views) messages.push(await shown(gateway, view, { contents, leftOut }));
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

async function viewsOf({ store }: Storing, id: string): Promise<readonly MessageView[]> {
  const one = await store.messages.readMessage(id);
  if (one !== undefined) return [one];
  const ids = await store.threads.messageIdsOf(id);
  const views = await Promise.all(ids.map((message) => store.messages.readMessage(message)));
  return views.filter((view) => view !== undefined);
}

async function shown(
  gateway: Verifying,
  view: MessageView,
  { contents, leftOut }: Pick<CaseWanted, 'contents' | 'leftOut'>,
): Promise<CaseMessage> {
  const { message } = view;
  const all = await Promise.all(view.evidence.map((row) => proven(gateway, row)));
  const codes = await brokenBy(gateway, view);
  const evidence = all.filter((_, n) => codes[n] === undefined);
  for (const [n, code] of codes.entries()) {
    if (code === undefined) continue;
    const piece = { message: message.id, evidence: view.evidence[n]?.id ?? '', code };
    gateway.log.warn('export.left-out', { ...piece });
    leftOut?.(piece);
  }
  const consignment = contents ? await gateway.store.content.consignment(message.id) : undefined;
  if (contents && consignment === undefined && !view.evidence.some((row) => row.event === 'ContentPurge'))
    throw new Refusal('content-gone', 'the contents are not kept any more; export without --contents');
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
 * Of each piece of evidence the code by which it does not hold, where another gateway signed it. What a gateway told us
 * before these rules were asked at the door, or refused of our own evidence, must not spoil the case. Our own evidence is
 * never left out: a file without it would say something else.
 */
async function brokenBy(gateway: Verifying, view: MessageView): Promise<readonly (string | undefined)[]> {
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

/** Evidence with its proof, where it is in the ledger already. */
async function proven(gateway: Verifying, row: EvidenceRow) {
  const jws = parsed(row.jws);
  const proof = await makeLedgerProof(gateway, row.id).catch((fault: unknown) => {
    if (fault instanceof Refusal && fault.code === 'not-found') return undefined;
    throw fault;
  });
  return { jws, ...present({ proof }) };
}

/** The statements that the messages rest on: every version of each, for it is the reader who judges which counted. */
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
    withdrawals_taken: await Promise.all(taken.map((row) => proven(gateway, row))),
    agreements: rows.agreements.map(parsed).filter(isNamed),
  };
}

/** Those that a message was carried under here, and those that others name in evidence about it. */
const agreementsOf = ({ recipients, evidence }: CaseMessage): readonly AgreementName[] => [
  ...recipients.map((one) => one.agreement),
  ...evidence.flatMap(({ jws }) => {
    const one = evidenceSchema.safeParse(peekStatement(jws).payload);
    return one.success ? (one.data.rests_on?.agreements ?? []) : [];
  }),
];

/** Puts the gateway's signature under all of a file: the digest of each part, in order. */
export async function signCase(
  { did, key }: Pick<Gateway, 'did' | 'key'>,
  open: OpenCaseFile,
): Promise<CaseFile> {
  const parts = partsOfCaseFile(open).map(({ place, value }) => [place, digestOf(JSON.stringify(value))]);
  const closing = await signStatement('case', { kind: 'case', by: did, at: open.made, parts }, [key]);
  return { ...open, closing: { ...closing } };
}
