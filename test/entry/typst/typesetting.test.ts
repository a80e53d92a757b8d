/** Typesetting in a separate process: a failure there is a named fault of that page, and the next page is set. */
import { readFileSync } from 'node:fs';
import { afterEach, describe, expect, test } from 'vitest';
import { TypesetFault } from '../../../src/domain/message/letter.ts';
import { findLetterFaults } from '../../../src/entry/typst/letters-check.ts';
import { createTypesettingProcess, type TypesettingProcess } from '../../../src/entry/typst/typesetting.ts';
import { createTypesetter } from '../../../src/entry/typst/typst.ts';
import { makeTestPage } from '../../../src/paper/test-page.ts';

const at = new Date('2026-11-30T08:00:00Z');
const program = new URL('../../support/bad-typesetter.ts', import.meta.url);
const page = (act: string) => ({ template: 'letter', data: { act }, at }) as const;
const text = (bytes: Uint8Array): string => new TextDecoder().decode(bytes);

let typesetting: TypesettingProcess;
afterEach(() => typesetting?.close());

const faultOf = async (act: string): Promise<readonly string[]> => {
  const fault = await typesetting.typeset(page(act)).catch((thrown: unknown) => thrown);
  expect(fault).toBeInstanceOf(TypesetFault);
  return (fault as TypesetFault).diagnostics;
};

test('the separate process gives the same bytes as this one, for all scripts, within its limits', async () => {
  typesetting = createTypesettingProcess();
  const sheet = makeTestPage(at, true);
  const [there, here] = await Promise.all([typesetting.typeset(sheet), createTypesetter()(sheet)]);
  expect(Buffer.from(there).equals(Buffer.from(here))).toBe(true);
  expect(await findLetterFaults(typesetting.typeset, { at, all: true })).toEqual([]);
});

test('has no secret of this process in its environment', async () => {
  typesetting = createTypesettingProcess({ program });
  process.env['AMANAT_MASTER_KEY'] = 'invented-secret';
  try {
    const pid = text(await typesetting.typeset(page('set')));
    expect(readFileSync(`/proc/${pid}/environ`, 'latin1')).not.toContain('invented-secret');
  } finally {
    delete process.env['AMANAT_MASTER_KEY'];
  }
});

describe('a page', () => {
  test.each([
    ['hang', 'too-long'],
    ['crash', 'process-ended'],
    ['exit', 'process-ended'],
    ['native-memory', 'too-much-memory'],
    ['heap', 'process-ended'],
    ['disconnect', 'process-ended'],
  ])(
    'that makes the process %s has the fault %s, and the next page gets a new process',
    async (act, word) => {
      typesetting = createTypesettingProcess({ program, seconds: 30, megabytes: 640 });
      const before = text(await typesetting.typeset(page('set')));
      expect(text(await typesetting.typeset(page('set')))).toBe(before);
      const [fault, next] = await Promise.all([faultOf(act), typesetting.typeset(page('set'))]);
      expect(fault).toEqual([word]);
      expect(text(next)).not.toBe(before);
    },
  );

  test('that cannot be set keeps its own diagnostics, and a missing file its code', async () => {
    typesetting = createTypesettingProcess({ program });
    expect(await faultOf('fault')).toEqual(['invented']);
    await expect(typesetting.typeset(page('code'))).rejects.toMatchObject({ code: 'ENOENT' });
  });

  test('cannot be set if the program is missing', async () => {
    typesetting = createTypesettingProcess({ program: new URL('file:///nowhere/at-all.ts') });
    expect(await faultOf('set')).toEqual(['process-ended']);
  });
});

test('an idle process ends, and a closed one sets nothing more', async () => {
  typesetting = createTypesettingProcess({ program, idleSeconds: 0.05 });
  const first = text(await typesetting.typeset(page('set')));
  await expect.poll(() => isThere(first)).toBe(false);
  const second = text(await typesetting.typeset(page('set')));
  expect(second).not.toBe(first);
  await typesetting.close();
  expect(isThere(second)).toBe(false);
  expect(await faultOf('set')).toEqual(['typesetter-closed']);
});

function isThere(pid: string): boolean {
  try {
    process.kill(Number(pid), 0);
    return true;
  } catch {
    return false;
  }
}
