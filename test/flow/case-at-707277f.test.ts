/**
 * Case files written at commit 707277f keep their verdicts, except those that stated what had not happened.
 */
import { describe, expect, test } from 'vitest';
import { judgeCaseFile } from '../../src/cli/case-verdict.ts';
import { LANGUAGES } from '../../src/domain/words/vocabulary.ts';
import { type CaseReport, verifyCase } from '../../src/flow/case/verify.ts';
import { readAnchorByCertificate } from '../../src/seal/authority.ts';
import { KEPT_PEMS, KEPT_VERDICTS, unpackKept } from '../support/at-707277f.ts';

const FALSE: Readonly<Record<string, { readonly place: string; readonly code: string }>> = {
  'false-accepted-at': { place: 'messages[0]', code: 'statement-refused' },
  'false-recipients': { place: 'messages[0]', code: 'statement-refused' },
  'false-role-supervisor': { place: 'messages[0].evidence[3]', code: 'unknown-officer' },
  'false-role-minister': { place: 'messages[0].evidence[3]', code: 'invalid-body' },
  'false-expires-at': { place: 'messages[0].consignment', code: 'digest-mismatch' },
  'false-parent': { place: 'messages[0].consignment', code: 'digest-mismatch' },
};
const TRUE = Object.keys(KEPT_VERDICTS).filter((name) => !(name in FALSE));

const verdictNow = async (name: string) => {
  const anchors = await Promise.all(KEPT_PEMS.map(readAnchorByCertificate));
  return verifyCase(unpackKept(`${name}.amanat`), anchors);
};

test('the files exist', () => {
  expect(TRUE.length).toBeGreaterThan(8);
  expect(Object.values(KEPT_VERDICTS).every((one) => one['verified'] === true)).toBe(true);
});

describe.each(TRUE)('%s', (name) => {
  test('verifies as before, and still names what is not proven', async () => {
    const { not_proven: before, unrewritable, ...then } = KEPT_VERDICTS[name] as unknown as CaseReport;
    const now = (await verdictNow(name)) as CaseReport;
    expect(now).toMatchObject(then);
    expect(now.not_proven).toEqual(expect.arrayContaining([...before]));
    // Without the receipt the time of acceptance is only its author’s claim, whatever was cosigned.
    expect(now.unrewritable).toBe(unrewritable && name !== 'receipt-not-kept');
    expect(now.not_proven.includes('accepted-unsigned')).toBe(name === 'receipt-not-kept');
  });
});

test.each(Object.keys(FALSE))('%s verified, and nothing else', async (name) => {
  expect(await verdictNow(name)).toMatchObject({ verified: false, ...FALSE[name] });
});

test('text and JSON give one verdict and one exit code, in every language', async () => {
  for (const name of Object.keys(KEPT_VERDICTS))
    for (const lang of LANGUAGES) {
      const { verdict, lines, exit } = await judgeCaseFile(unpackKept(`${name}.amanat`), KEPT_PEMS, lang);
      expect([exit, verdict.verified], name).toEqual(name in FALSE ? [1, false] : [0, true]);
      expect(lines.length).toBeGreaterThan(3);
    }
});
