/** A large JWS is read from where it is stored, and judged exactly like a small one. */

import { mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { JSON_BOUNDS } from '../../src/domain/message/json-bounds.ts';
import type { Bodies, HeldBody } from '../../src/domain/words/held-body.ts';
import { outlineOfJson } from '../../src/domain/words/json-outline.ts';
import { textOf } from '../../src/domain/words/long-text.ts';
import { createSpoolingBodies } from '../../src/entry/server/spool.ts';
import type { Jws } from '../../src/seal/jws.ts';
import { generateSigningJwk, importSigningKey, type SigningKey } from '../../src/seal/keys.ts';
import { LargeJws, readOutlineValue } from '../../src/seal/large-jws.ts';
import {
  peekConsignment,
  signStatement,
  textOfStatement,
  verifyStatement,
} from '../../src/seal/statement.ts';
import { catchRefusal } from '../support/people.ts';

const folder = mkdtempSync(join(tmpdir(), 'amanat-large-'));
const home = join(folder, 'tmp');
const bodies: Bodies = createSpoolingBodies(home);
const all: HeldBody[] = [];
afterAll(() => {
  for (const body of all) body.release();
  rmSync(folder, { recursive: true, force: true });
});

const keys: SigningKey[] = [
  await importSigningKey(await generateSigningJwk('did:web:a.test#one')),
  await importSigningKey(await generateSigningJwk('did:web:a.test#two', 'P-256')),
];
const jwks = keys.map((one) => one.publicJwk);

/** A text as it would be received. */
async function received(text: string, member?: string): Promise<unknown> {
  const holding = bodies.begin();
  await holding.add(Buffer.from(text));
  const body = await holding.end();
  all.push(body);
  const bounds = member === undefined ? JSON_BOUNDS.jws : JSON_BOUNDS.relay;
  return readOutlineValue(body, await outlineOfJson(body, bounds), bounds, member);
}

const read = (jws: unknown) =>
  verifyStatement(jws, 'consignment', async (kid) => jwks.find((one) => one.kid === kid));

const claims = { text: 'ខ'.repeat(400_000), more: [1, { a: 'x'.repeat(200_000) }] };
const signed = (payload: object = claims, by = keys): Promise<Jws> =>
  signStatement('consignment', payload, by);

describe('a large JWS', () => {
  it.each([
    ['Ed25519', [0]],
    ['P-256', [1]],
    ['both', [0, 1]],
  ])('gives the same as when it is read whole: %s', async (_name, which) => {
    const jws = await signed(
      claims,
      which.map((n) => keys[n]).filter((one) => one !== undefined),
    );
    const large = await received(JSON.stringify(jws));
    expect(large).toBeInstanceOf(LargeJws);
    const whole = await read(jws);
    expect(await read(large)).toEqual(whole);
    expect(whole.payload).toEqual(claims);
    expect(textOf(await textOfStatement(large))).toBe(JSON.stringify(jws));
    expect(await peekConsignment(large)).toEqual({ payload: claims, digest: whole.digest });
  });

  it('is found in a member, and beside other members', async () => {
    const jws = await signed();
    const relayed = (await received(
      JSON.stringify({ consignment: jws, submission: { payload: 'e30', signatures: [] } }, null, 2),
      'consignment',
    )) as { consignment: unknown; submission: unknown };
    expect((await read(relayed.consignment)).payload).toEqual(claims);
    expect(relayed.submission).toEqual({ payload: 'e30', signatures: [] });
  });

  const changed = async (change: (jws: Jws) => unknown): Promise<unknown> =>
    received(JSON.stringify(change(await signed())));
  const first = (jws: Jws, over: object) => ({
    ...jws,
    signatures: [{ ...jws.signatures[0], ...over }, ...jws.signatures.slice(1)],
  });
  const flipped = (text: string, at: number): string =>
    `${text.slice(0, at)}${text[at] === 'A' ? 'B' : 'A'}${text.slice(at + 1)}`;

  it.each<[string, string, (jws: Jws) => unknown]>([
    [
      'one character changed',
      'signature-invalid',
      (jws) => ({ ...jws, payload: flipped(jws.payload, 500_001) }),
    ],
    [
      'a signature changed',
      'signature-invalid',
      (jws) => first(jws, { signature: flipped(jws.signatures[0]?.signature ?? '', 3) }),
    ],
    ['a stranger’s key', 'unknown-sender', (jws) => first(jws, { header: { kid: 'did:web:b.test#one' } })],
    [
      'signatures exchanged',
      'signature-invalid',
      (jws) => ({
        ...jws,
        signatures: jws.signatures
          .toReversed()
          .map((one, n) => ({ ...one, header: jws.signatures[n]?.header })),
      }),
    ],
    ['a short signature', 'jose-malformed', (jws) => first(jws, { signature: 'AAAA' })],
    ['another member', 'jose-malformed', (jws) => ({ ...jws, extra: 1 })],
    ['another long text', 'too-large', (jws) => first(jws, { header: { kid: 'k'.repeat(200_000) } })],
    [
      'the long text elsewhere',
      'too-large',
      (jws) => ({ payload: 'e30', signatures: [{ ...jws.signatures[0], signature: jws.payload }] }),
    ],
    ['no signatures', 'jose-malformed', (jws) => ({ payload: jws.payload })],
  ])('is refused with %s: %s', async (_what, code, change) => {
    expect(await catchRefusal(async () => read(await changed(change)))).toBe(code);
  });

  it('is refused if its payload is not canonical base64url, not JSON, or too much', async () => {
    const sign = async (payload: string): Promise<unknown> => {
      const [key] = keys;
      if (key === undefined) throw new Error('no key');
      const { signatures } = await signed({}, [key]);
      const [one] = signatures;
      const bytes = Buffer.from(`${one?.protected}.${payload}`);
      const signature = Buffer.from(await crypto.subtle.sign('Ed25519', key.privateKey, bytes));
      return received(
        JSON.stringify({ payload, signatures: [{ ...one, signature: signature.toString('base64url') }] }),
      );
    };
    const encoded = (text: string): string => Buffer.from(text).toString('base64url');
    expect(await catchRefusal(async () => read(await sign(`${'AAAA'.repeat(100_000)}=`)))).toBe(
      'jose-malformed',
    );
    expect(await catchRefusal(async () => read(await sign(`${'AAAA'.repeat(100_000)}AB`)))).toBe(
      'jose-malformed',
    );
    expect(await catchRefusal(async () => read(await sign(encoded('x'.repeat(400_000)))))).toBe(
      'malformed-json',
    );
    expect(await catchRefusal(async () => read(await sign(encoded(`[${'[],'.repeat(200_000)}[]]`))))).toBe(
      'too-large',
    );
  });

  it('leaves no file behind, and its files cannot be read by others', () => {
    expect(readdirSync(home)).toEqual([]);
    expect(statSync(home).mode & 0o777).toBe(0o700);
  });
});

describe('a duplicate or truncated text', () => {
  it('is refused as in a small one', async () => {
    const { payload, signatures } = await signed();
    const text = `{"payload":"e30","payload":"${payload}","signatures":${JSON.stringify(signatures)}}`;
    expect(await catchRefusal(() => received(text))).toBe('malformed-json');
    expect(await catchRefusal(() => received(text.slice(0, -20)))).toBe('malformed-json');
  });
});
