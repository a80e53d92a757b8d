/**
 * Verifying a case file with nothing but the file and anchors the reader trusts: no store, no network, no clock. What
 * it finds is a report of what is proven, by whom and when, and of what is not; or the place that does not fit.
 */
import { type CaseFile, caseClosing, casePartsOf } from '../../domain/case-file.ts';
import { type ProblemCode, Refusal } from '../../domain/error.ts';
import type { GatewayDesignation } from '../../domain/gateway-designation.ts';
import { checked } from '../../domain/protocol.ts';
import type { Anchor } from '../../seal/authority.ts';
import { sha256 } from '../../seal/digest.ts';
import { peek, readStatement } from '../../seal/statement.ts';
import { type Caveat, caveatsOf } from './case-caveats.ts';
import { type MessageReport, messageIn } from './case-message.ts';
import { at, Misfit, readCase } from './case-reading.ts';
import { gatewaysIn, groundsIn, vouched } from './case-statements.ts';
import { withdrawalsTakenIn } from './case-withdrawals.ts';

export interface CaseReport {
  readonly verified: true;
  readonly thread: string;
  readonly message?: string;
  /** Who wrote the file, and the country whose authority vouches for its key. */
  readonly by: { readonly gateway: string; readonly name: string; readonly country: string };
  readonly made: string;
  readonly contents: boolean;
  readonly messages: readonly MessageReport[];
  /** Neither side can rewrite any evidence in it unseen: each is in a ledger that another country's gateway cosigned. */
  readonly unrewritable: boolean;
  readonly not_proven: readonly Caveat[];
}

export interface CaseProblem {
  readonly verified: false;
  readonly place: string;
  readonly code: ProblemCode;
  readonly detail: string;
}

/** Verifies a file under the anchors given, and no others. Never throws for what stands in the file. */
export async function verifyCase(
  bytes: Uint8Array,
  anchors: readonly Anchor[],
): Promise<CaseReport | CaseProblem> {
  try {
    return await at('file', () => judged(readCase(bytes), anchors));
  } catch (fault) {
    if (!(fault instanceof Misfit)) throw fault;
    const { place, refusal } = fault;
    return { verified: false, place, code: refusal.code, detail: refusal.detail };
  }
}

async function judged(file: CaseFile, anchors: readonly Anchor[]): Promise<CaseReport> {
  const gateways = await gatewaysIn(file, anchors);
  const author = await closedBy(file, gateways);
  const grounds = await groundsIn(file, gateways, anchors);
  const withdrawn = await withdrawalsTakenIn({ file, grounds, author });
  const messages: MessageReport[] = [];
  for (const [n, message] of file.messages.entries())
    messages.push(await messageIn({ file, grounds, author, withdrawn }, message, `messages[${n}]`));
  await grounds.checkUnused();
  checkWhole(file, messages);
  const evidence = messages.flatMap((one) => one.evidence);
  return {
    verified: true,
    thread: file.thread,
    ...(file.message === undefined ? {} : { message: file.message }),
    by: { gateway: author.gateway, name: author.name, country: author.country },
    made: file.made,
    contents: file.contents,
    messages,
    unrewritable: evidence.every((one) => (one.ledger?.cosigned_by.length ?? 0) > 0),
    not_proven: caveatsOf(file.contents, messages),
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
  const { statement, closing } = await at('closing', async () => {
    const [kid = ''] = peek(file.closing).kids;
    const { statement, key } = vouched(gateways, file.by, kid, new Date(file.made));
    const signed = await readStatement(file.closing, 'case', async (one) =>
      one === key.kid ? key : undefined,
    );
    return { statement, closing: checked(caseClosing, signed.payload) };
  });
  const parts = casePartsOf(file);
  for (const [n, { place, value }] of parts.entries()) {
    const [signedPlace, signedDigest] = closing.parts[n] ?? [];
    if (signedPlace !== place || signedDigest !== sha256(JSON.stringify(value)))
      throw new Misfit(place, new Refusal('digest-mismatch', 'not what the closing signature stands for'));
  }
  if (closing.parts.length !== parts.length || closing.by !== file.by || closing.at !== file.made)
    throw new Misfit('closing', new Refusal('digest-mismatch', 'it stands for another file than this'));
  return statement;
}

/** @throws Misfit where a message is twice in it or of another thread, or evidence is */
function checkWhole(file: CaseFile, messages: readonly MessageReport[]): void {
  const ids = new Set<string>();
  for (const [n, message] of messages.entries()) {
    const isMeant = file.messages[n]?.thread === file.thread && (file.message ?? message.id) === message.id;
    const own = [message.id, ...message.evidence.map((one) => one.id)];
    const before = ids.size;
    for (const id of own) ids.add(id);
    if (!isMeant || ids.size !== before + own.length)
      throw new Misfit(
        `messages[${n}]`,
        new Refusal('misaddressed', 'of another thread, or twice in the file'),
      );
  }
}
