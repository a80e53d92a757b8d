/**
 * Makes the verdict on a case file. The document for a script, the lines for a person and the exit code come from here
 * together, before anything is printed, so that no output can contradict another.
 */
import { Refusal } from '../domain/words/error.ts';
import type { Language } from '../domain/words/vocabulary.ts';
import { EXIT } from '../entry/exit.ts';
import { phrasesFromFiles } from '../entry/phrases-from-files.ts';
import { type CaseProblem, type CaseReport, makeCaseProblem, verifyCase } from '../flow/case/verify.ts';
import { type Anchor, readAnchorByCertificate } from '../seal/authority.ts';
import { linesOfCase } from './verify-lines.ts';

export interface CaseFileVerdict {
  /** What `--json` prints. */
  readonly verdict: CaseReport | CaseProblem;
  /** Lines for a person, in the language asked for. */
  readonly lines: readonly string[];
  /** 0 if the file verifies, 1 if it does not. */
  readonly exit: number;
}

/**
 * Judges a case file.
 * @param pems certificates of the authorities that the reader trusts; a text that is not a certificate verifies nothing
 * @throws faults of this program; there is no verdict then, in any output
 */
export async function judgeCaseFile(
  bytes: Uint8Array,
  pems: readonly string[],
  lang: Language,
): Promise<CaseFileVerdict> {
  const verdict = await judge(bytes, pems);
  const lines = linesOfCase(phrasesFromFiles(), lang, verdict);
  return { verdict, lines, exit: verdict.verified ? EXIT.ok.code : EXIT.fault.code };
}

async function judge(bytes: Uint8Array, pems: readonly string[]): Promise<CaseReport | CaseProblem> {
  const anchors: Anchor[] = [];
  for (const [n, pem] of pems.entries()) {
    try {
      anchors.push(await readAnchorByCertificate(pem));
    } catch (fault) {
      if (!(fault instanceof Refusal)) throw fault;
      return makeCaseProblem(`--anchor ${n + 1}`, fault, anchors);
    }
  }
  return verifyCase(bytes, anchors);
}
