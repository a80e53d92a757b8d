/**
 * A thousand changes of meaning in case files whose author lies and signs them again: none verifies as
 * something that did not happen. `AMANAT_SEED=<seed>` makes the same ones again.
 */
import { Buffer } from 'node:buffer';
import { expect, test } from 'vitest';
import type { CaseFile } from '../../src/domain/evidence/case-file.ts';
import { exportCase } from '../../src/flow/case/export.ts';
import { readCase, writeCase } from '../../src/flow/case/reading.ts';
import { type CaseReport, verifyCase } from '../../src/flow/case/verify.ts';
import { extendLedger } from '../../src/flow/ledger/ledger.ts';
import { witnessPeers } from '../../src/flow/ledger/witness.ts';
import { type Anchor, readAnchorByCertificate } from '../../src/seal/authority.ts';
import { importSigningKey, type SigningKey } from '../../src/seal/keys.ts';
import { designateSide, makeAcrossBorder } from '../support/across.ts';
import { KEPT_PEMS, KEPT_SETUP, KEPT_VERDICTS, unpackKept } from '../support/at-707277f.ts';
import { createSeededRandom } from '../support/killable.ts';
import { type CaseLiar, type CaseLie, listLies, tellLies } from '../support/meanings.ts';
import { seedOfRun } from '../support/property.ts';
import { makeReportPost, postMessage } from '../support/story.ts';
import { listUntrue } from '../support/untrue.ts';

const CASES = 1_000;
const LIVE_CASES = 200;

const honest = Object.keys(KEPT_VERDICTS).filter((name) => !/^false|^receipt/.test(name));

const keyOf = async (file: CaseFile): Promise<SigningKey> => {
  const { values } =
    [KEPT_SETUP.kh, KEPT_SETUP.id].find(({ url }) => file.by.endsWith(new URL(url).port)) ?? KEPT_SETUP.kh;
  return importSigningKey(JSON.parse(values['AMANAT_GATEWAY_KEY'] ?? ''));
};

interface Told {
  readonly name: string;
  readonly file: CaseFile;
  readonly liar: CaseLiar;
}

/** Makes this many lies about these files, and checks the verdict on each. @returns how many were refused */
async function tryLies(told: readonly Told[], anchors: readonly Anchor[], cases: number): Promise<number> {
  const seed = seedOfRun(747_156_820);
  const random = createSeededRandom(seed);
  const truths = new Map<string, CaseReport>();
  for (const { name, file } of told) {
    const verdict = await verifyCase(Buffer.from(writeCase(file)), anchors);
    expect(verdict, name).toMatchObject({ verified: true });
    truths.set(name, verdict as CaseReport);
  }
  const all = told.flatMap((one) => listLies(one.file).map((lie) => ({ ...one, lie })));
  const pick = <T>(list: readonly T[]): T => list[Math.floor(random() * list.length)] as T;
  const untrue: string[] = [];
  let refused = 0;
  for (let n = 0; n < cases; n += 1) {
    const { name, file, liar, lie } = pick(all);
    const lies: readonly CaseLie[] = random() < 0.8 ? [lie] : [lie, pick(listLies(file))];
    const made = await tellLies(file, lies, liar).catch(() => undefined);
    if (made === undefined) continue;
    const verdict = await verifyCase(Buffer.from(`${JSON.stringify(made)}\n`), anchors);
    if (!verdict.verified) refused += 1;
    else
      for (const one of listUntrue(truths.get(name) as CaseReport, verdict))
        untrue.push(`${name}: ${lies.map(({ what }) => what).join(' + ')} => ${one}`);
  }
  process.stdout.write(`meaning: seed ${seed}, ${refused} of ${cases} refused, ${all.length} kinds of lie\n`);
  expect(untrue).toEqual([]);
  return refused;
}

test('after 1,000 changes of meaning no file verifies as something that did not happen', async () => {
  const anchors = await Promise.all(KEPT_PEMS.map(readAnchorByCertificate));
  const told = await Promise.all(
    honest.map(async (name) => {
      const file = readCase(unpackKept(`${name}.amanat`));
      return { name, file, liar: { did: file.by, key: await keyOf(file) } };
    }),
  );
  expect(await tryLies(told, anchors, CASES)).toBeGreaterThan(CASES / 2);
});

test('nor do files that are written now', async () => {
  const both = await makeAcrossBorder();
  const { kh, id } = both;
  await designateSide(kh, 'KH', kh.house.gateway.now());
  await designateSide(id, 'ID', id.house.gateway.now());
  const message = await postMessage(both.shelter, makeReportPost(['desk']));
  await both.waitUntilIdle();
  await both.focalPoint.post('acknowledgements', {
    message,
    decision: 'declined',
    ground: 'other',
    officer: 'o1',
  });
  await both.waitUntilIdle();
  for (const { house } of [kh, id]) await extendLedger(house.gateway);
  for (const { house } of [kh, id]) house.pass(60);
  for (const { house } of [kh, id]) await witnessPeers(house.gateway);
  const told = [];
  for (const { house } of [kh, id])
    for (const contents of [false, true])
      told.push({
        name: `${house.gateway.did} ${contents}`,
        file: await exportCase(house.gateway, { id: message, contents }),
        liar: { did: house.gateway.did, key: house.gateway.key },
      });
  const anchors = kh.house.gateway.anchors;
  expect(await tryLies(told, anchors, LIVE_CASES)).toBeGreaterThan(LIVE_CASES / 2);
  await both.close();
});
