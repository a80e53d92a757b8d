/** Faults on the command line are named, as text and as JSON, with the exit code for their kind. */
import { writeFileSync } from 'node:fs';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Bench, bench } from './child.ts';

let at: Bench;
beforeAll(() => {
  at = bench();
});
afterAll(() => at.close());

test('all missing flags are named, and there are no questions without a terminal', async () => {
  const [person, script] = await Promise.all([at.amanat(['init']), at.json(['init'])]);
  expect(person).toMatchObject({ code: 2, out: '' });
  expect(person.err).toContain('missing: --url');
  expect(script).toMatchObject({
    code: 2,
    document: { error: { code: 'usage', detail: 'missing: --url' } },
  });
});

test('help lists the exit codes; an unknown flag is a usage error', async () => {
  const [help, unknown] = await Promise.all([at.amanat(['--help']), at.json(['serve', '--no-such-flag'])]);
  expect(help.code).toBe(0);
  expect(help.out).toContain('Exit codes:');
  expect(unknown).toMatchObject({ code: 2, document: { error: { code: 'usage' } } });
});

test('a missing key or secret is named, with the command that makes one', async () => {
  const status = await at.amanat(['status', '0'.repeat(32), '--gateway', 'https://127.0.0.1:9']);
  expect(status).toMatchObject({ code: 2, out: '' });
  expect(status.err).toContain('missing: --key-file or AMANAT_KEY');
  expect(status.err).toContain('make one: amanat focal-point access-key --slug');
});

test('without a home folder the configuration is not complete', async () => {
  const listed = await at.json(['focal-point', 'list']);
  expect(listed).toMatchObject({
    code: 4,
    document: { error: { code: 'configuration', detail: expect.stringContaining('amanat init') } },
  });
});

test('a case is never sent in clear text over a network, and a bad body is not sent at all', async () => {
  const words = [
    'send',
    '--from',
    'a',
    '--to',
    'b',
    '--type',
    'text',
    '--handling',
    'H0',
    '--body',
    at.file('body.json'),
  ];
  writeFileSync(at.file('body.json'), '{"text":"a","text":"b"}');
  const env = { AMANAT_SECRET: `whsec_${Buffer.alloc(32, 7).toString('base64')}` };
  const [clear, twice] = await Promise.all([
    at.json([...words, '--gateway', 'http://gateway.example'], { env }),
    at.json([...words, '--gateway', 'https://127.0.0.1:9'], { env }),
  ]);
  expect(clear).toMatchObject({
    code: 2,
    document: { error: { detail: expect.stringContaining('must be https') } },
  });
  expect(twice).toMatchObject({
    code: 2,
    document: { error: { detail: expect.stringContaining('--body') } },
  });
});
