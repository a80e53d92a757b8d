/**
 * Verifies a case file with nothing but the file and the anchors that the reader trusts: no store, no
 * network, no clock. It reports what is proven, by whom and when, and what is not; or the place that does not
 * verify.
 */
import { type CaseFile, caseClosingSchema, partsOfCaseFile } from '../../domain/evidence/case-file.ts';
import type { GatewayDesignation } from '../../domain/party/gateway-designation.ts';
import { parseBySchema } from '../../domain/words/checked.ts';
import { type ProblemCode, Refusal } from '../../domain/words/error.ts';
import { present } from '../../domain/words/present.ts';
import type { Anchor } from '../../seal/authority.ts';
import { demoCountriesOf } from '../../seal/demo-anchors.ts';
import { digestOf } from '../../seal/digest.ts';
import type { Jws } from '../../seal/jws.ts';
import { digestOfPayload, peekStatement, verifyStatement } from '../../seal/statement.ts';
import { type Caveat, caveatsOf } from './caveats.ts';
import { checkLedgerKeys } from './evidence.ts';
import { type MessageReport, verifyCaseMessage } from './message.ts';
import { CaseMisfit, readCase, runAtPlace } from './reading.ts';
import { findVouchedKey, verifyGateways, verifyGrounds } from './statements.ts';
import { verifyTakenWithdrawals } from './withdrawals.ts';

export interface CaseReport {
  readonly verified: true;
  readonly thread: string;
  readonly message?: string;
  /** The gateway that wrote the file, and the country whose authority designated it. */
  readonly by: { readonly gateway: string; readonly name: string; readonly country: string };
  readonly made: string;
  readonly contents: boolean;
  readonly messages: readonly MessageReport[];
  /**
   * True if neither side can change any evidence in the file, or the times of acceptance, without detection:
   * each is in a ledger that another country's gateway cosigned. It says nothing about the members in a
   * message's `author_says`.
   */
  readonly unrewritable: boolean;
  readonly not_proven: readonly Caveat[];
  /** Countries of which a given anchor is a demo certificate, which proves nothing about that country. */
  readonly demo_anchors: readonly string[];
}

export interface CaseProblem {
  readonly verified: false;
  readonly place: string;
  readonly code: ProblemCode;
  readonly detail: string;
  readonly demo_anchors: readonly string[];
}

/** Verifies a file under the given anchors only. Never throws because of what is in the file. */
export async function verifyCase(
  bytes: Uint8Array,
  anchors: readonly Anchor[],
): Promise<CaseReport | CaseProblem> {
  try {
    return await runAtPlace('file', () => verifyFile(readCase(bytes), anchors));
  } catch (fault) {
    if (!(fault instanceof CaseMisfit)) throw fault;
    const { place, refusal } = fault;
    return makeCaseProblem(place, refusal, anchors);
  }
}

/** The result for a file that does not verify, under these anchors. */
export const makeCaseProblem = (
  place: string,
  { code, detail }: Pick<Refusal, 'code' | 'detail'>,
  anchors: readonly Anchor[],
): CaseProblem => ({ verified: false, place, code, detail, demo_anchors: demoCountriesOf(anchors) });

async function verifyFile(file: CaseFile, anchors: readonly Anchor[]): Promise<CaseReport> {
  const gateways = await verifyGateways(file, anchors);
  const author = await verifyClosing(file, gateways);
  await checkStatementsOnce(file);
  const grounds = await verifyGrounds(file, gateways, anchors);
  if (file.ledger !== undefined) await runAtPlace('head', () => checkLedgerKeys({ file, grounds, author }));
  const withdrawn = await verifyTakenWithdrawals({ file, grounds, author });
  const messages: MessageReport[] = [];
  for (const [n, message] of file.messages.entries())
    messages.push(await verifyCaseMessage({ file, grounds, author, withdrawn }, message, `messages[${n}]`));
  await grounds.checkUnused();
  checkMessageOrder(file, messages);
  // The time at which a withdrawal was taken decides which messages are valid, so its evidence needs the same
  // proof as theirs.
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
 * Verifies the closing signature, then each part against its signed digest, so that a change, a swap or a gap
 * is reported at its place.
 * @throws CaseMisfit
 */
async function verifyClosing(
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
        new Refusal('digest-mismatch', 'this part differs from the one that the closing signature covers'),
      );
  }
  if (closing.parts.length !== parts.length || closing.by !== file.by || closing.at !== file.made)
    throw new CaseMisfit(
      'closing',
      new Refusal('digest-mismatch', 'the closing signature covers another file'),
    );
  return statement;
}

/**
 * @throws CaseMisfit if a message or evidence is twice in it, a message is of another thread, or they are out
 *   of order
 */
function checkMessageOrder(file: CaseFile, messages: readonly MessageReport[]): void {
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
          'this message is of another thread, twice in the file, or not in the order of acceptance',
        ),
      );
    last = accepted;
  }
}

/** @throws CaseMisfit if a statement is in it twice: each is kept once, by its digest */
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
