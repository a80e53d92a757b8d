/** What tests must not do, anywhere: judge the speed of the machine, use their own chance, or use what others use. */
import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { eachOf } from './support/each-of.ts';

const ROOT = join(import.meta.dirname, '..');
const files = globSync('test/**/*.ts', { cwd: ROOT }).filter((path) => !path.includes('fixtures'));

/** What is looked for, what to do instead, and where it stands by right. */
const MANNERS: readonly { readonly wrong: RegExp; readonly instead: string; readonly allowed?: RegExp }[] = [
  {
    wrong: /\bfc\.(?:assert|check)\(/,
    instead: 'assertProperty of test/support/property.ts',
    allowed: /support\/property\.ts$/,
  },
  {
    wrong: /\bMath\.random\(/,
    instead: 'seedOfRun of test/support/property.ts',
    allowed: /support\/property\.ts$/,
  },
  { wrong: /\bAbortSignal\.timeout\([\d_]*_000\)/, instead: 'never() of test/support/patience.ts' },
  { wrong: /^\s*\},\s+[\d_]+_000,?\s*\);$/m, instead: 'the limits of vitest.config.ts' },
  {
    wrong: /\bsetTimeout\([\d_]+, \(\) => \w+\.destroy\(/,
    instead: 'PATIENCE of test/support/patience.ts',
  },
  {
    wrong: /\bvi\.wait(?:For|Until)\((?![\s\S]{0,600}?\bWAIT\b)/,
    instead: 'WAIT of test/support/patience.ts',
  },
  { wrong: /\.listen\((?:\{ port: )?[1-9]\d+/, instead: 'port 0' },
  { wrong: /readdirSync\((?:tmpdir|homedir)\(\)/, instead: 'a folder of its own, by mkdtemp' },
];

test.each(MANNERS)('no $wrong, but $instead', ({ wrong, allowed }) => {
  const found = eachOf(files).filter(
    (path) =>
      path !== 'test/manners.test.ts' &&
      !allowed?.test(path) &&
      wrong.test(readFileSync(join(ROOT, path), 'utf8')),
  );
  expect(found).toEqual([]);
});
