import { Buffer } from 'node:buffer';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { importMasterKey, masterKeyIdOf, unwrapSecret, wrapSecret } from '../../src/seal/custody.ts';
import { catchRefusal } from '../support/people.ts';
import { assertProperty } from '../support/property.ts';

const text = (fill: number): string => Buffer.alloc(32, fill).toString('base64url');
const master = await importMasterKey(text(1));
const other = await importMasterKey(text(2));

describe('custody', () => {
  it('unwraps a secret only for the same kind and owner', async () => {
    const words = fc.string({ unit: 'grapheme' });
    await assertProperty(
      fc.asyncProperty(words, words, words, async (kind, id, secret) => {
        const wrapped = await wrapSecret(master, { owner: 'o', kind: kind, id: id }, secret);
        expect(await unwrapSecret(master, { owner: 'o', kind: kind, id: id }, wrapped)).toBe(secret);
        expect(
          await catchRefusal(() => unwrapSecret(master, { owner: 'o', kind: `${kind}x`, id: id }, wrapped)),
        ).toBe('decryption-failed');
        expect(
          await catchRefusal(() => unwrapSecret(master, { owner: 'o', kind: kind, id: `${id}x` }, wrapped)),
        ).toBe('decryption-failed');
      }),
      { numRuns: 50 },
    );
  });

  it('wraps differently each time, and reveals nothing of the secret', async () => {
    const [one, two] = [
      await wrapSecret(master, { owner: 'o', kind: 'k', id: 'i' }, 'the secret'),
      await wrapSecret(master, { owner: 'o', kind: 'k', id: 'i' }, 'the secret'),
    ];
    expect(one).not.toBe(two);
    expect(one).not.toContain(Buffer.from('the secret').toString('base64url'));
  });

  it('refuses a secret that another master key wrapped', async () => {
    expect(other.id).not.toBe(master.id);
    expect(
      await catchRefusal(async () =>
        unwrapSecret(
          other,
          { owner: 'o', kind: 'k', id: 'i' },
          await wrapSecret(master, { owner: 'o', kind: 'k', id: 'i' }, 's'),
        ),
      ),
    ).toBe('decryption-failed');
  });

  it('refuses any single flipped bit of the bytes', async () => {
    const wrapped = await wrapSecret(master, { owner: 'o', kind: 'k', id: 'i' }, 'the secret');
    const parts = wrapped.split('.');
    const place = fc.tuple(fc.nat({ max: parts.length - 1 }), fc.nat(), fc.nat({ max: 7 }));
    await assertProperty(
      fc.asyncProperty(place, async ([part, at, bit]) => {
        const bytes = Buffer.from(parts[part] ?? '', 'base64url');
        const where = at % bytes.length;
        bytes[where] = (bytes[where] ?? 0) ^ (1 << bit);
        const broken = parts.map((one, n) => (n === part ? bytes.toString('base64url') : one)).join('.');
        expect(
          await catchRefusal(() => unwrapSecret(master, { owner: 'o', kind: 'k', id: 'i' }, broken)),
        ).toBe('decryption-failed');
      }),
      { numRuns: 200 },
    );
  });

  it.each(['', 'a.b.c.d.e', 'x'.repeat(100_000)])(
    'refuses a text that is not a wrapped secret (%#)',
    async (wrapped) => {
      expect(
        await catchRefusal(() => unwrapSecret(master, { owner: 'o', kind: 'k', id: 'i' }, wrapped)),
      ).toBe('decryption-failed');
    },
  );

  it.each(['', text(1).slice(1), `${text(1)}=`, `${text(1)}AA`, text(1).replace(/.$/, 'F')])(
    'refuses a master key that is not 32 bytes in canonical base64url (%#)',
    async (key) => {
      expect(await catchRefusal(() => importMasterKey(key))).toBe('configuration');
    },
  );
});

it('while one master key replaces another, the other is found by its id, and each secret opens only as itself', async () => {
  const both = { ...other, other: async (id: string) => (id === master.id ? master : undefined) };
  const [old, fresh] = [
    await wrapSecret(master, { owner: 'o', kind: 'kind', id: 'id' }, 'old'),
    await wrapSecret(both, { owner: 'o', kind: 'kind', id: 'id' }, 'new'),
  ];
  expect(masterKeyIdOf(old)).toBe(master.id);
  expect(masterKeyIdOf(fresh)).toBe(other.id);
  expect(await unwrapSecret(both, { owner: 'o', kind: 'kind', id: 'id' }, old)).toBe('old');
  expect(await unwrapSecret(both, { owner: 'o', kind: 'kind', id: 'id' }, fresh)).toBe('new');
  expect(await catchRefusal(() => unwrapSecret(both, { owner: 'o', kind: 'kind', id: 'another' }, old))).toBe(
    'decryption-failed',
  );
  const third = await importMasterKey(text(3));
  const foreign = await wrapSecret(third, { owner: 'o', kind: 'kind', id: 'id' }, 'foreign');
  expect(await catchRefusal(() => unwrapSecret(both, { owner: 'o', kind: 'kind', id: 'id' }, foreign))).toBe(
    'decryption-failed',
  );
});
