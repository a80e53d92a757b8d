/** Case files as an outsider judges them, and as a lying gateway would write them. */
import { Buffer } from 'node:buffer';
import { expect } from 'vitest';
import type { CaseFile } from '../../src/domain/evidence/case-file.ts';
import { type Evidence, evidenceSchema } from '../../src/domain/evidence/evidence.ts';
import { signCase } from '../../src/flow/case/export.ts';
import { writeCase } from '../../src/flow/case/reading.ts';
import { type CaseProblem, type CaseReport, verifyCase } from '../../src/flow/case/verify.ts';
import type { Gateway } from '../../src/gateway.ts';
import type { Anchor } from '../../src/seal/authority.ts';
import { peekStatement } from '../../src/seal/statement.ts';

/** The claims of the evidence of the first message, in order. */
export const claimsOfCase = (file: CaseFile): readonly Evidence[] =>
  (file.messages[0]?.evidence ?? []).map(({ jws }) => evidenceSchema.parse(peekStatement(jws).payload));

/** Changes the file, and closes it again with a gateway's signature. */
export function changeAndSign(
  gateway: Gateway,
  file: CaseFile,
  change: (copy: CaseFile) => void,
): Promise<CaseFile> {
  const copy = structuredClone(file);
  change(copy);
  const { closing: _, ...open } = copy;
  return signCase(gateway, open);
}

const judged = (file: CaseFile, anchors: readonly Anchor[]) =>
  verifyCase(Buffer.from(writeCase(file)), anchors);

/** The report on a file that verifies. */
export async function verifyGood(file: CaseFile, anchors: readonly Anchor[]): Promise<CaseReport> {
  const verdict = await judged(file, anchors);
  expect(verdict, JSON.stringify(verdict).slice(0, 300)).toMatchObject({ verified: true });
  return verdict as CaseReport;
}

/** Where and why a file does not verify. */
export async function verifyBad(file: CaseFile, anchors: readonly Anchor[]): Promise<CaseProblem> {
  const verdict = await judged(file, anchors);
  expect(verdict.verified).toBe(false);
  return verdict as CaseProblem;
}
