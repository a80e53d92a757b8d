/** The README's code runs as it stands, and its commands are real. */
import { readFileSync } from 'node:fs';
import { serve } from '@hono/node-server';
import { Webhook } from 'standardwebhooks';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { MESSAGE_NAMES } from '../src/domain/message/message.ts';
import { agreementSchema } from '../src/domain/terms/agreement.ts';
import { addHook } from './support/confirmed.ts';
import { makeRig, type Rig, type RigPartner } from './support/rig.ts';

const readme = readFileSync(new URL('../README.md', import.meta.url), 'utf8');
const officer = { id: 'o1', name: 'Wira Invented', role: 'officer', lang: 'id' } as const;

let house: Rig;
let shelter: RigPartner;

beforeAll(async () => {
  house = await makeRig();
  shelter = await house.partner({
    slug: 'shelter',
    name: 'Invented Shelter',
    country: 'KH',
    officers: [officer],
  });
  const post = await house.designate({
    slug: 'pos-putussibau',
    name: 'Invented Post',
    country: 'ID',
    officers: [officer],
  });
  const address = 'https://post.invalid/hook';
  await addHook(house.gateway, post.focal_point, { address, lang: 'id' });
});

afterAll(() => house?.close());

test('a partner’s developer posts a case with the code in the README', async () => {
  const code = /```js\n([\s\S]+?)```/.exec(readme)?.[1]?.replace(/^import .*$/m, '') ?? '';
  const server = serve({ fetch: house.app.fetch, port: 0 });
  try {
    await new Promise((resolve) => server.once('listening', resolve));
    const address = server.address();
    const gateway = `http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}`;
    const run = new Function(
      'Webhook',
      'gateway',
      'slug',
      'secret',
      `return (async () => { ${code}; return { message, thid, evidence, status_url } })()`,
    );
    const answer = await run(Webhook, gateway, shelter.designation.slug, shelter.secret);
    expect(answer).toMatchObject({
      message: expect.stringMatching(/^[0-9a-f]{32}$/),
      thid: expect.stringMatching(/^[0-9a-f]{32}$/),
      evidence: { payload: expect.any(String) },
      status_url: expect.stringContaining('/v1/messages/'),
    });
    expect((await shelter.status(answer.message)).status).toBe(200);
  } finally {
    server.close();
  }
});

test('every npm script that the documents name exists', () => {
  const { scripts } = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8'));
  const documents = ['README.md', 'CONTRIBUTING.md'].map((file) =>
    readFileSync(new URL(`../${file}`, import.meta.url), 'utf8'),
  );
  const named = documents.flatMap((text) =>
    [...text.matchAll(/npm (?:run )?([a-z]+)/g)].map((found) => found[1] ?? ''),
  );
  const builtIn = ['install', 'ci'];
  expect(
    [...new Set(named)].filter((name) => !builtIn.includes(name) && !(name in scripts) && name !== 'and'),
  ).toEqual([]);
});

test('the example agreement is valid', () => {
  const example = readFileSync(new URL('../docs/agreement.example.json', import.meta.url), 'utf8');
  expect(agreementSchema.parse(JSON.parse(example)).parties).toEqual(['ID', 'KH']);
  const domestic = readFileSync(new URL('../docs/agreement-domestic.example.json', import.meta.url), 'utf8');
  const said = [example, domestic].flatMap((text) =>
    agreementSchema.parse(JSON.parse(text)).rules.flatMap((one) => one.types),
  );
  expect(new Set(said)).toEqual(new Set(MESSAGE_NAMES));
});
