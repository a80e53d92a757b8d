/**
 * A thousand changes of meaning in case files whose author lies and closes them again: none verifies as something that
 * did not happen. `AMANAT_SEED=<seed>` makes the same ones again.
 */
import { Buffer } from 'node:buffer';
import { expect, test } from 'vitest';
import type { CaseFile } from '../../src/domain/case-file.ts';
import { readCase, writeCase } from '../../src/flow/case/case-reading.ts';
import { type CaseReport, verifyCase } from '../../src/flow/case/case-verify.ts';
import { readNamedAnchor } from '../../src/seal/authority.ts';
import { type SigningKey, signingKey } from '../../src/seal/keys.ts';
import { ABOUT, PEMS, unpacked, VERDICTS } from '../support/at-707277f.ts';
import { seeded } from '../support/killable.ts';
import { type Lie, lied, liesAbout } from '../support/meanings.ts';
import { untrueIn } from '../support/untrue.ts';

const CASES = 1_000;

const honest = Object.keys(VERDICTS).filter((name) => !/^false|^receipt/.test(name));

const keyOf = async (file: CaseFile): Promise<SigningKey> => {
  const { values } = [ABOUT.kh, ABOUT.id].find(({ url }) => file.by.endsWith(new URL(url).port)) ?? ABOUT.kh;
  return signingKey(JSON.parse(values['AMANAT_GATEWAY_KEY'] ?? ''));
};

test('after 1,000 changes of meaning none verifies as something that did not happen', async () => {
  const seed = Number(process.env['AMANAT_SEED'] ?? Date.now() % 2 ** 31);
  process.stdout.write(`meaning: seed ${seed}\n`);
  const random = seeded(seed);
  const anchors = await Promise.all(PEMS.map(readNamedAnchor));
  const files = honest.map((name) => ({ name, file: readCase(unpacked(`${name}.amanat`)) }));
  const truths = new Map<string, CaseReport>();
  for (const { name, file } of files)
    truths.set(name, (await verifyCase(Buffer.from(writeCase(file)), anchors)) as CaseReport);
  const all = files.flatMap(({ name, file }) => liesAbout(file).map((lie) => ({ name, file, lie })));
  const pick = <T>(list: readonly T[]): T => list[Math.floor(random() * list.length)] as T;
  const untrue: string[] = [];
  let refused = 0;
  for (let n = 0; n < CASES; n += 1) {
    const { name, file, lie } = pick(all);
    const lies: readonly Lie[] = random() < 0.8 ? [lie] : [lie, pick(liesAbout(file))];
    const key = await keyOf(file);
    const made = await lied(file, lies, { did: file.by, key }).catch(() => undefined);
    if (made === undefined) continue;
    const verdict = await verifyCase(Buffer.from(`${JSON.stringify(made)}\n`), anchors);
    if (!verdict.verified) refused += 1;
    else
      for (const one of untrueIn(truths.get(name) as CaseReport, verdict))
        untrue.push(`${name}: ${lies.map(({ what }) => what).join(' + ')} => ${one}`);
  }
  process.stdout.write(`meaning: ${refused} of ${CASES} refused, of ${all.length} kinds of lie\n`);
  expect(untrue).toEqual([]);
  expect(refused).toBeGreaterThan(CASES / 2);
}, 180_000);
