/**
 * An agreement as readable text: its signer reads everything that it says about time, and nothing that it does not
 * say.
 */
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import {
  linesOfAgreement,
  linesOfDesignation,
  linesOfEndpoint,
  linesOfGateway,
  linesOfWithdrawal,
} from '../../src/cli/statement-show.ts';
import type { Endpoint } from '../../src/domain/party/channel.ts';
import { designationSchema } from '../../src/domain/party/designation.ts';
import { gatewayDesignationSchema } from '../../src/domain/party/gateway-designation.ts';
import { withdrawalSchema } from '../../src/domain/party/in-force.ts';
import { agreementSchema } from '../../src/domain/terms/agreement.ts';
import { endpointStatementSchema } from '../../src/domain/terms/endpoint-statement.ts';
import { makeAuthority } from '../../src/seal/authority.ts';
import { fingerprintOfCertificate } from '../../src/seal/certificate-end.ts';
import { checkShownGrants, digestOfEndpointGrants } from '../../src/seal/endpoint-statement.ts';
import { eachOf } from '../support/each-of.ts';
import { makeKeyedPerson } from '../support/own-custody.ts';

const example = JSON.parse(
  readFileSync(new URL('../../docs/agreement.example.json', import.meta.url), 'utf8'),
) as Record<string, unknown>;
const linesOf = (claims: unknown): string[] =>
  linesOfAgreement(agreementSchema.parse(claims)).map((line) => line.replaceAll(/\s+/g, ' ').trim());

test('shows working time, reminders and figures if the agreement has them', () => {
  expect(linesOf(example)).toEqual(
    expect.arrayContaining([
      'time of ID Asia/Jakarta, weekdays 1 2 3 4 5, 08:00 to 16:00, closed on 2026-12-25, quiet from 21:00 to 06:00; did:web:gateway.example.go.id:fp:putussibau in Asia/Pontianak',
      'time of KH Asia/Phnom_Penh, round the clock',
      'permission given within 3 days',
      'reminders 6 at most, together within 15 minutes',
      'reminded at 50 %, 100 %, 125 % (next endpoint), 150 % (deputy), 200 % (supervisors) of the clock',
      'figures counts below 5 are left out',
    ]),
  );
});

test('shows none of them if the agreement does not have them', () => {
  const { permission, calendars, reminders, chase, suppress_under, ...silent } = example;
  expect([permission, calendars, reminders, chase, suppress_under]).not.toContain(undefined);
  const words = linesOf(silent).join('\n');
  expect(words).not.toMatch(/time of|permission given|reminders|reminded|figures/);
});

/** Every leaf of a statement, by its path, with the statement that says something else there. */
function* changes(value: unknown, path: readonly (string | number)[] = []): Generator<[string, unknown]> {
  if (typeof value !== 'object' || value === null) {
    yield [path.join('.'), typeof value === 'number' ? value + 1 : `${String(value)}x`];
    return;
  }
  for (const [name, one] of Object.entries(value))
    for (const [at, other] of changes(one, [...path, name]))
      yield [at, Array.isArray(value) ? value.with(Number(name), other) : { ...value, [name]: other }];
}

/** Leaves that say nothing to a person: which kind of statement it is, and what a thumbprint of the key stands for. */
const UNSAID = /^kind$|\.kty$|^country$/;

const DID = 'did:web:gateway.test';
const SPAN = { from: '2026-01-01T00:00:00Z', until: '2027-01-01T00:00:00Z' };

test('shows every member of the signed statement', async () => {
  const { signing, opening } = await makeKeyedPerson('desk');
  const sign = { ...signing.publicJwk };
  const open = { ...opening.publicJwk };
  const designation = designationSchema.parse({
    kind: 'designation',
    authority: 'ID',
    focal_point: `${DID}:fp:desk`,
    slug: 'desk',
    name: 'Desk',
    country: 'ID',
    gateway: DID,
    custody: 'own',
    keys: { signing: [sign], agreement: [open] },
    ...SPAN,
    officers: [{ id: 'o1', name: 'Wira Invented', role: 'officer', lang: 'id' }],
    retires: { [sign.kid]: SPAN.until, [`${DID}#old`]: SPAN.until },
    enc: ['A256GCM'],
  });
  const gateway = gatewayDesignationSchema.parse({
    kind: 'gateway',
    authority: 'ID',
    country: 'ID',
    gateway: DID,
    url: 'https://gateway.test',
    name: 'Gateway',
    keys: { signing: [sign] },
    ...SPAN,
  });
  const ended = withdrawalSchema.parse({
    kind: 'withdrawal',
    authority: 'ID',
    country: 'ID',
    focal_point: `${DID}:fp:desk`,
    slug: 'desk',
    reason: 'cessationOfOperation',
    from: SPAN.from,
    through: SPAN.until,
  });
  const agreed = agreementSchema.parse({
    ...example,
    clocks: { urgent: { acknowledge: 7_200, answer: 86_400 } },
    groups: { borders: [`${DID}:fp:desk`, `${DID}:fp:post`] },
    runnable_media_types: ['text/html'],
  });
  await sayEach(designation, linesOfDesignation);
  await sayEach(gateway, linesOfGateway);
  await sayEach(ended, async (one) => linesOfWithdrawal(one));
  await sayEach(agreed, async (one) => linesOfAgreement(one));
});

test('shows everything that the digest of a confirmed endpoint covers, and refuses any other value', async () => {
  const [one, other] = [certificateOf('One'), certificateOf('Other')];
  const waiting: Endpoint = {
    id: 'e'.repeat(32),
    focalPoint: `${DID}:fp:desk`,
    channel: 'email',
    address: 'wira@desk.example',
    shows: 'packet',
    officer: 'o1',
    knownAs: ['Wira Invented'],
    certificate: await one,
    rank: 1,
    lang: 'id',
    enabled: false,
  };
  const claims = endpointStatementSchema.parse({
    kind: 'endpoint',
    authority: 'ID',
    country: 'ID',
    gateway: DID,
    slug: 'desk',
    asked: 'a'.repeat(32),
    focal_point: waiting.focalPoint,
    endpoint: waiting.id,
    channel: 'email',
    officer: 'o1',
    known_as: ['Wira Invented'],
    shows: 'packet',
    address: waiting.address,
    certificate: await one,
    grants: digestOfEndpointGrants(waiting),
    ...SPAN,
  });
  const { certificate, ...rest } = claims;
  await sayEach(rest, async (said) => linesOfEndpoint({ ...said, certificate }));
  expect(linesOfEndpoint({ ...claims, certificate: await other })).not.toEqual(linesOfEndpoint(claims));
  expect(linesOfEndpoint(claims).join()).toContain(fingerprintOfCertificate((await one) ?? '') ?? 'none');
  expect(() => checkShownGrants(claims)).not.toThrow();
  const covered = ['endpoint', 'focal_point', 'channel', 'address', 'officer', 'known_as', 'shows'] as const;
  for (const name of eachOf(covered))
    expect(() => checkShownGrants({ ...claims, [name]: 'another' }), name).toThrow(
      'not what its digest stands for',
    );
  const swapped = { ...claims, certificate: await other };
  expect(() => checkShownGrants(swapped)).toThrow('not what its digest stands for');
});

const certificateOf = async (name: string) =>
  (await makeAuthority('ID', `Invented ${name}`, new Date(SPAN.from))).certificate;

async function sayEach<T>(claims: T, words: (claims: T) => Promise<string[]>): Promise<void> {
  const said = (await words(claims)).join('\n');
  const silent: string[] = [];
  for (const [path, changed] of changes(claims)) {
    const other = await words(changed as T).catch(() => ['no key']);
    if (other.join('\n') === said && !UNSAID.test(path)) silent.push(path);
  }
  expect(silent).toEqual([]);
}
