/**
 * A thousand changes of meaning in case files whose author lies and closes them again: none verifies as something that
 * did not happen. `AMANAT_SEED=<seed>` makes the same ones again.
 */
import { Buffer } from 'node:buffer';
import { expect, test } from 'vitest';
import type { CaseFile } from '../../src/domain/evidence/case-file.ts';
import { exportCase } from '../../src/flow/case/case-export.ts';
import { readCase, writeCase } from '../../src/flow/case/case-reading.ts';
import { type CaseReport, verifyCase } from '../../src/flow/case/case-verify.ts';
import { extendLedger } from '../../src/flow/ledger/ledger.ts';
import { witnessPeers } from '../../src/flow/ledger/witness.ts';
import { type Anchor, readNamedAnchor } from '../../src/seal/authority.ts';
import { type SigningKey, signingKey } from '../../src/seal/keys.ts';
import { across, designated } from '../support/across.ts';
import { ABOUT, PEMS, unpacked, VERDICTS } from '../support/at-707277f.ts';
import { seeded } from '../support/killable.ts';
import { type Liar, type Lie, lied, liesAbout } from '../support/meanings.ts';
import { seedOfRun } from '../support/property.ts';
import { posted, report } from '../support/story.ts';
import { untrueIn } from '../support/untrue.ts';

const CASES = 1_000;
const LIVE_CASES = 200;

const honest = Object.keys(VERDICTS).filter((name) => !/^false|^receipt/.test(name));

const keyOf = async (file: CaseFile): Promise<SigningKey> => {
  const { values } = [ABOUT.kh, ABOUT.id].find(({ url }) => file.by.endsWith(new URL(url).port)) ?? ABOUT.kh;
  return signingKey(JSON.parse(values['AMANAT_GATEWAY_KEY'] ?? ''));
};

interface Told {
  readonly name: string;
  readonly file: CaseFile;
  readonly liar: Liar;
}

/** Lies about these files, so many of them, and checks what verify makes of each. @returns how many it refused */
async function tryLies(told: readonly Told[], anchors: readonly Anchor[], cases: number): Promise<number> {
  const seed = seedOfRun(747_156_820);
  const random = seeded(seed);
  const truths = new Map<string, CaseReport>();
  for (const { name, file } of told) {
    const verdict = await verifyCase(Buffer.from(writeCase(file)), anchors);
    expect(verdict, name).toMatchObject({ verified: true });
    truths.set(name, verdict as CaseReport);
  }
  const all = told.flatMap((one) => liesAbout(one.file).map((lie) => ({ ...one, lie })));
  const pick = <T>(list: readonly T[]): T => list[Math.floor(random() * list.length)] as T;
  const untrue: string[] = [];
  let refused = 0;
  for (let n = 0; n < cases; n += 1) {
    const { name, file, liar, lie } = pick(all);
    const lies: readonly Lie[] = random() < 0.8 ? [lie] : [lie, pick(liesAbout(file))];
    const made = await lied(file, lies, liar).catch(() => undefined);
    if (made === undefined) continue;
    const verdict = await verifyCase(Buffer.from(`${JSON.stringify(made)}\n`), anchors);
    if (!verdict.verified) refused += 1;
    else
      for (const one of untrueIn(truths.get(name) as CaseReport, verdict))
        untrue.push(`${name}: ${lies.map(({ what }) => what).join(' + ')} => ${one}`);
  }
  process.stdout.write(`meaning: seed ${seed}, ${refused} of ${cases} refused, ${all.length} kinds of lie\n`);
  expect(untrue).toEqual([]);
  return refused;
}

test('after 1,000 changes of meaning none verifies as something that did not happen', async () => {
  const anchors = await Promise.all(PEMS.map(readNamedAnchor));
  const told = await Promise.all(
    honest.map(async (name) => {
      const file = readCase(unpacked(`${name}.amanat`));
      return { name, file, liar: { did: file.by, key: await keyOf(file) } };
    }),
  );
  expect(await tryLies(told, anchors, CASES)).toBeGreaterThan(CASES / 2);
});

test('nor in files that are written now', async () => {
  const both = await across();
  const { kh, id } = both;
  await designated(kh, 'KH', kh.house.gateway.now());
  await designated(id, 'ID', id.house.gateway.now());
  const message = await posted(both.shelter, report(['desk']));
  await both.settle();
  await both.desk.post('acknowledgements', { message, decision: 'declined', ground: 'other', officer: 'o1' });
  await both.settle();
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
