/**
 * Verifying a case file with nothing but the file and anchors the reader trusts: no store, no network, no clock. What
 * it finds is a report of what is proven, by whom and when, and of what is not; or the place that does not fit.
 */
import { type CaseFile, caseClosingSchema, partsOfCaseFile } from '../../domain/evidence/case-file.ts';
import { parseBySchema } from '../../domain/message/protocol.ts';
import type { GatewayDesignation } from '../../domain/party/gateway-designation.ts';
import { type ProblemCode, Refusal } from '../../domain/words/error.ts';
import { present } from '../../domain/words/present.ts';
import type { Anchor } from '../../seal/authority.ts';
import { demoCountriesOf } from '../../seal/demo-anchors.ts';
import { digestOf } from '../../seal/digest.ts';
import type { Jws } from '../../seal/jws.ts';
import { digestOfPayload, peekStatement, verifyStatement } from '../../seal/statement.ts';
import { type Caveat, caveatsOf } from './case-caveats.ts';
import { checkLedgerKeys } from './case-evidence.ts';
import { type MessageReport, verifyCaseMessage } from './case-message.ts';
import { CaseMisfit, readCase, runAtPlace } from './case-reading.ts';
import { findVouchedKey, verifyGateways, verifyGrounds } from './case-statements.ts';
import { verifyTakenWithdrawals } from './case-withdrawals.ts';

export interface CaseReport {
  readonly verified: true;
  readonly thread: string;
  readonly message?: string;
  /** Who wrote the file, and the country whose authority vouches for its key. */
  readonly by: { readonly gateway: string; readonly name: string; readonly country: string };
  readonly made: string;
  readonly contents: boolean;
  readonly messages: readonly MessageReport[];
  /**
   * Neither side can rewrite any evidence in it, nor the hours of acceptance, unseen: each is in a ledger that another
   * country’s gateway cosigned. Says nothing of what a message’s `author_says` names.
   */
  readonly unrewritable: boolean;
  readonly not_proven: readonly Caveat[];
  /** Countries for which one of the anchors given is a demo certificate, which proves nothing about that country. */
  readonly demo_anchors: readonly string[];
}

export interface CaseProblem {
  readonly verified: false;
  readonly place: string;
  readonly code: ProblemCode;
  readonly detail: string;
  readonly demo_anchors: readonly string[];
}

/** Verifies a file under the anchors given, and no others. Never throws for what stands in the file. */
export async function verifyCase(
  bytes: Uint8Array,
  anchors: readonly Anchor[],
): Promise<CaseReport | CaseProblem> {
  try {
    return await runAtPlace('file', () => judged(readCase(bytes), anchors));
  } catch (fault) {
    if (!(fault instanceof CaseMisfit)) throw fault;
    const { place, refusal } = fault;
    return makeCaseProblem(place, refusal, anchors);
  }
}

/** The verdict on what does not hold, under these anchors. */
export const makeCaseProblem = (
  place: string,
  { code, detail }: Pick<Refusal, 'code' | 'detail'>,
  anchors: readonly Anchor[],
): CaseProblem => ({ verified: false, place, code, detail, demo_anchors: demoCountriesOf(anchors) });

async function judged(file: CaseFile, anchors: readonly Anchor[]): Promise<CaseReport> {
  const gateways = await verifyGateways(file, anchors);
  const author = await closedBy(file, gateways);
  await checkStatementsOnce(file);
  const grounds = await verifyGrounds(file, gateways, anchors);
  if (file.ledger !== undefined) await runAtPlace('head', () => checkLedgerKeys({ file, grounds, author }));
  const withdrawn = await verifyTakenWithdrawals({ file, grounds, author });
  const messages: MessageReport[] = [];
  for (const [n, message] of file.messages.entries())
    messages.push(await verifyCaseMessage({ file, grounds, author, withdrawn }, message, `messages[${n}]`));
  await grounds.checkUnused();
  checkWhole(file, messages);
  // When a withdrawal was taken decides which messages hold: that word must stand as fast as theirs.
  const ledgers = [...messages.flatMap((one) => one.evidence), ...withdrawn.values()].map(
    (one) => one.ledger,
  );
  const isCosigned = ledgers.every((one) => (one?.cosigned_by.length ?? 0) > 0);
  const demo = demoCountriesOf(anchors);
  return {
    verified: true,
    thread: file.thread,
    ...present({ message: file.message }),
    by: { gateway: author.gateway, name: author.name, country: author.country },
    made: file.made,
    contents: file.contents,
    messages,
    unrewritable: isCosigned && messages.every((one) => !one.author_says.includes('accepted_at')),
    not_proven: caveatsOf(file, { messages, ledgers }, demo),
    demo_anchors: demo,
  };
}

/**
 * The closing signature, then each part against the digest that was signed: a change, a swap or a gap is found where
 * it is.
 * @throws Misfit
 */
async function closedBy(
  file: CaseFile,
  gateways: readonly GatewayDesignation[],
): Promise<GatewayDesignation> {
  const { statement, closing } = await runAtPlace('closing', async () => {
    const [kid = ''] = peekStatement(file.closing).kids;
    const { statement, key } = findVouchedKey(gateways, file.by, kid, new Date(file.made));
    const signed = await verifyStatement(file.closing, 'case', async (one) =>
      one === key.kid ? key : undefined,
    );
    return { statement, closing: parseBySchema(caseClosingSchema, signed.payload) };
  });
  const parts = partsOfCaseFile(file);
  for (const [n, { place, value }] of parts.entries()) {
    const [signedPlace, signedDigest] = closing.parts[n] ?? [];
    if (signedPlace !== place || signedDigest !== digestOf(JSON.stringify(value)))
      throw new CaseMisfit(
        place,
        new Refusal('digest-mismatch', 'not what the closing signature stands for'),
      );
  }
  if (closing.parts.length !== parts.length || closing.by !== file.by || closing.at !== file.made)
    throw new CaseMisfit('closing', new Refusal('digest-mismatch', 'it stands for another file than this'));
  return statement;
}

/** @throws Misfit where a message or evidence is twice in it, a message is of another thread, or they are out of order */
function checkWhole(file: CaseFile, messages: readonly MessageReport[]): void {
  const ids = new Set<string>();
  let last = Number.NEGATIVE_INFINITY;
  for (const [n, message] of messages.entries()) {
    const isMeant = file.messages[n]?.thread === file.thread && (file.message ?? message.id) === message.id;
    const own = [message.id, ...message.evidence.map((one) => `${one.by.gateway} ${one.id}`)];
    const before = ids.size;
    for (const id of own) ids.add(id);
    const accepted = Date.parse(message.accepted_at);
    if (!isMeant || ids.size !== before + own.length || accepted < last)
      throw new CaseMisfit(
        `messages[${n}]`,
        new Refusal(
          'misaddressed',
          'of another thread, twice in the file, or not in the order of acceptance',
        ),
      );
    last = accepted;
  }
}

/** @throws Misfit where a statement is in it twice: each is kept once, by what it says */
async function checkStatementsOnce(file: CaseFile): Promise<void> {
  for (const name of ['gateways', 'designations', 'withdrawals', 'agreements'] as const) {
    const seen = new Set<string>();
    for (const [n, jws] of file[name].entries())
      await runAtPlace(`${name}[${n}]`, () => {
        const digest = digestOfPayload(jws as unknown as Jws);
        if (seen.has(digest)) throw new Refusal('misaddressed', 'the statement is in the file twice');
        seen.add(digest);
      });
  }
}
