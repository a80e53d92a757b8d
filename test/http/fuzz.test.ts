/** Any bytes to any route get an answer: never a fault, and nothing is kept. */
import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Designation } from '../../src/domain/party/designation.ts';
import { signStatement } from '../../src/seal/statement.ts';
import { addHook } from '../support/confirmed.ts';
import {
  designateOwnCustody,
  makeText,
  postSigned,
  sealConsignment,
  signConsignment,
} from '../support/own-custody.ts';
import type { KeyedPerson } from '../support/people.ts';
import { assertProperty } from '../support/property.ts';
import { GATEWAY_URL, makeRig, type Rig, type RigPartner } from '../support/rig.ts';

const officers = [{ id: 'o1', name: 'Invented Officer', role: 'officer', lang: 'en' }] as const;
const RUNS = { numRuns: 150 };

let house: Rig;
let shelter: RigPartner;
let focalPoint: Designation;
let police: { keys: KeyedPerson; designation: Designation };

beforeAll(async () => {
  house = await makeRig();
  const draft = { name: 'Invented', country: 'KH', officers };
  shelter = await house.partner({ ...draft, slug: 'shelter' });
  focalPoint = await house.designate({ ...draft, slug: 'desk', country: 'ID' });
  police = await designateOwnCustody(house, { slug: 'police', country: 'KH', officers });
  await addHook(house.gateway, focalPoint.focal_point);
});

afterAll(() => house?.close());

/** Refused by a code of the table, not by accident. */
async function expectAnswer(answer: Response | Promise<Response>): Promise<void> {
  const response = await answer;
  const text = await response.text();
  expect(response.status, text).toBeGreaterThanOrEqual(400);
  expect(response.status, text).toBeLessThan(500);
  expect(JSON.parse(text).type).toMatch(/^urn:amanat:problem:/);
}

const anyPath = fc.constantFrom(
  '/v1/consignments',
  '/v1/focal-points/police/acknowledgements',
  '/v1/focal-points/shelter/messages',
  '/channels/telegram',
);
const anyType = fc.constantFrom('application/jose+json', 'application/json', 'text/plain');

/** A value with one of its parts, at any depth, replaced by any JSON value or left out. */
const anyChangeOf = (whole: object): fc.Arbitrary<unknown> => {
  const paths = pathsOf(whole);
  return fc
    .tuple(fc.constantFrom(...paths), fc.option(fc.jsonValue(), { nil: undefined }))
    .map(([path, value]) => changedAt(structuredClone(whole), path, value));
};

function pathsOf(value: unknown, at: readonly string[] = []): (readonly string[])[] {
  if (typeof value !== 'object' || value === null) return [at];
  const inside = Object.entries(value).flatMap(([name, part]) => pathsOf(part, [...at, name]));
  return at.length === 0 ? inside : [at, ...inside];
}

function changedAt(whole: object, path: readonly string[], value: unknown): unknown {
  const parent = path.slice(0, -1).reduce<unknown>((part, name) => Reflect.get(part as object, name), whole);
  Object.assign(parent as object, { [path.at(-1) ?? '']: value });
  return whole;
}

test('any bytes at any route', async () => {
  const property = fc.asyncProperty(
    anyPath,
    anyType,
    fc.uint8Array({ maxLength: 500 }),
    async (path, type, bytes) => {
      const init = { method: 'POST', headers: { 'content-type': type }, body: Uint8Array.from(bytes) };
      await expectAnswer(house.app.request(`${GATEWAY_URL}${path}`, init));
    },
  );
  await assertProperty(property, RUNS);
});

test('any JSON at any route', async () => {
  const property = fc.asyncProperty(anyPath, fc.json(), (path, body) =>
    expectAnswer(postSigned(house, path, body)),
  );
  await assertProperty(property, RUNS);
});

test('any text in a path', async () => {
  const property = fc.asyncProperty(fc.string({ unit: 'binary', maxLength: 30 }), async (text) => {
    const part = encodeURIComponent(text.toWellFormed());
    const paths = [
      `/fp/${part}/did.json`,
      `/v1/messages/${part}`,
      `/v1/focal-points/${part}/messages`,
      `/r/${part}`,
    ];
    for (const path of paths) {
      const { status } = await house.app.request(`${GATEWAY_URL}${path}`);
      expect(status).toBeGreaterThanOrEqual(400);
      expect(status).toBeLessThan(500);
    }
  });
  await assertProperty(property, { ...RUNS, examples: [['\0'], ['..'], ['%'], ['\uFFFF']] });
});

test('any JSON from a known partner', async () => {
  const property = fc.asyncProperty(fc.json(), (body) => expectAnswer(shelter.post('messages', body)));
  await assertProperty(property, RUNS);
});

test('a valid post with any part changed is accepted or refused, never a fault', async () => {
  const good = {
    to: ['desk'],
    type: 'report',
    urgency: 'urgent',
    handling: 'H1',
    lang: 'id',
    body: {
      persons: [{ ref: 'p1', prs_FirstName: 'Invented', prs_Citizenship: ['ID'], needs: ['shelter'] }],
      where: { country: 'KH', name: 'Phnom Penh', latitude: 11.5, longitude: 104.9 },
      happened: 'Left.',
      consent: { con_Consent: true },
    },
    attachments: [{ filename: 'a.pdf', media_type: 'application/pdf', base64: 'QQ==' }],
  };
  const property = fc.asyncProperty(anyChangeOf(good), async (body) => {
    const { status } = await shelter.post('messages', body);
    expect(status).toBeLessThan(500);
  });
  await assertProperty(property, RUNS);
});

test('a valid consignment with any part changed and signed again is accepted or refused, never a fault', async () => {
  const { keys } = police;
  const good = await sealConsignment(
    keys,
    makeText(keys.did, [focalPoint.focal_point], house.gateway.now()),
    [focalPoint],
  );
  const property = fc.asyncProperty(anyChangeOf(good), async (claims) => {
    const jws = await signConsignment(keys, claims as object);
    const { status } = await postSigned(house, '/v1/consignments', jws);
    expect(status).toBeLessThan(500);
  });
  await assertProperty(property, RUNS);
});

test('any evidence that a focal point signs is refused, never a fault', async () => {
  const property = fc.asyncProperty(fc.dictionary(fc.string(), fc.jsonValue()), async (claims) => {
    const jws = await signStatement('evidence', claims, [police.keys.signing]);
    await expectAnswer(postSigned(house, '/v1/focal-points/police/acknowledgements', jws));
  });
  await assertProperty(property, RUNS);
});

test('and no fault was logged', () => {
  expect(house.lines.filter((line) => line.event.endsWith('fault'))).toEqual([]);
});
