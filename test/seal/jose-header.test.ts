import { Buffer } from 'node:buffer';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { present } from '../../src/domain/words/present.ts';
import { decodeCanonical, readHeader } from '../../src/seal/jose-header.ts';
import { readJwe } from '../../src/seal/jwe.ts';
import { readJws } from '../../src/seal/jws.ts';
import { sealMessage, signMessage } from '../../src/seal/sealed-message.ts';
import { catchRefusal, makePerson, makeTextMessage, RECIPIENT_DID, SENDER_DID } from '../support/people.ts';
import { assertProperty } from '../support/property.ts';

const encode = (value: unknown): string =>
  Buffer.from(typeof value === 'string' ? value : JSON.stringify(value)).toString('base64url');

describe('canonical base64url', () => {
  it('has one spelling for the same bytes', () => {
    assertProperty(
      fc.property(fc.uint8Array({ maxLength: 64 }), (bytes) => {
        const text = Buffer.from(bytes).toString('base64url');
        expect(Uint8Array.from(decodeCanonical(text, 'it', 64))).toEqual(bytes);
      }),
    );
  });

  it.each(['AA==', 'AA=', 'A', 'AB', 'A A', 'AA\n', 'A+A_', 'AA/_', 'AÄAA', 'AAAA.'])(
    'refuses %j',
    async (text) => {
      expect(await catchRefusal(() => decodeCanonical(text, 'it', 64))).toBe('jose-malformed');
    },
  );

  it('refuses what is too large before decoding it', async () => {
    expect(await catchRefusal(() => decodeCanonical('A'.repeat(100), 'it', 64))).toBe('too-large');
  });
});

describe('the protected header', () => {
  it.each([
    ['"text"', 'jose-malformed'],
    ['[1]', 'jose-malformed'],
    ['{"alg":"EdDSA","alg":"none"}', 'jose-malformed'],
    ['{', 'jose-malformed'],
    ['', 'jose-malformed'],
    [`{"kid":"${'k'.repeat(5_000)}"}`, 'too-large'],
  ])('refuses %#', async (text, code) => {
    expect(await catchRefusal(() => readHeader(encode(text)))).toBe(code);
  });
});

describe('a JWS header', () => {
  const base = { alg: 'EdDSA', typ: 'JOSE' };
  const jws = (header: object, unprotected?: object, extra: object = {}): unknown => ({
    payload: encode('{}'),
    signatures: [
      {
        protected: encode(header),
        ...present({ header: unprotected }),
        signature: encode('s'.repeat(64)),
        ...extra,
      },
    ],
  });

  it('is accepted if it keeps to the list', () => {
    expect(readJws(jws(base, { kid: 'k' }), 10).signatures[0]?.kid).toBe('k');
    expect(readJws(jws({ ...base, kid: 'k' }), 10).signatures[0]?.kid).toBe('k');
  });

  const hostile: [string, unknown, string][] = [
    ['alg none', jws({ ...base, alg: 'none' }), 'jose-header-refused'],
    ['alg HS256', jws({ ...base, alg: 'HS256' }), 'jose-header-refused'],
    ['alg RS256', jws({ ...base, alg: 'RS256' }), 'jose-header-refused'],
    ['alg ES256K', jws({ ...base, alg: 'ES256K' }), 'jose-header-refused'],
    ['no alg', jws({ typ: 'JOSE' }), 'jose-header-refused'],
    ['alg unprotected', jws({}, { alg: 'EdDSA' }), 'jose-header-refused'],
    ['kid in both halves', jws({ ...base, kid: 'k' }, { kid: 'k' }), 'jose-header-refused'],
    ['an unknown unprotected parameter', jws(base, { kid: 'k', note: 1 }), 'jose-header-refused'],
    ['kid of another kind', jws(base, { kid: 7 }), 'jose-malformed'],
    ['an endless kid', jws(base, { kid: 'k'.repeat(400) }), 'jose-malformed'],
    ['another member in a signature', jws(base, { kid: 'k' }, { note: 1 }), 'jose-malformed'],
    ['a short signature', jws(base, { kid: 'k' }, { signature: 'AAAA' }), 'jose-malformed'],
    ['no signatures', { payload: '', signatures: [] }, 'jose-malformed'],
    ['a flattened JWS', { payload: '', protected: encode(base), signature: '' }, 'jose-malformed'],
    ['a compact JWS', `${encode(base)}..`, 'jose-malformed'],
    ['nothing', undefined, 'jose-malformed'],
    ['a payload too large', { ...(jws(base) as object), payload: encode('x'.repeat(20)) }, 'too-large'],
    ...['b64', 'crit', 'jku', 'jwk', 'x5u', 'x5c', 'x5t', 'zip', 'note'].map(
      (name): [string, unknown, string] => [
        name,
        jws({ ...base, [name]: name === 'crit' ? ['b64'] : false }),
        'jose-header-refused',
      ],
    ),
  ];
  it.each(hostile)('is refused: %s', async (_name, value, code) => {
    expect(await catchRefusal(() => readJws(value, 10))).toBe(code);
  });
});

describe('a JWE header', async () => {
  const [sender, recipient] = [await makePerson(SENDER_DID), await makePerson(RECIPIENT_DID)];
  const sealed = await sealMessage(
    await signMessage(makeTextMessage(), sender.signing),
    [recipient.opening.publicJwk],
    'A256GCM',
  );
  const header = JSON.parse(Buffer.from(sealed.protected, 'base64url').toString()) as Record<string, unknown>;
  const epk = header['epk'] as object;
  const withHeader = (over: object): unknown => ({ ...sealed, protected: encode({ ...header, ...over }) });
  const entry = sealed.recipients[0];

  it('is accepted if it keeps to the list', () => {
    expect(readJwe(sealed).kids).toEqual([recipient.opening.kid]);
  });

  const hostile: [string, unknown, string][] = [
    ['alg dir', withHeader({ alg: 'dir' }), 'jose-header-refused'],
    ['alg RSA1_5', withHeader({ alg: 'RSA1_5' }), 'jose-header-refused'],
    [
      'alg PBES2',
      withHeader({ alg: 'PBES2-HS256+A128KW', p2c: 1e9, p2s: 'AAAAAAAAAAAA' }),
      'jose-header-refused',
    ],
    ['alg ECDH-1PU', withHeader({ alg: 'ECDH-1PU+A256KW' }), 'jose-header-refused'],
    ['enc XC20P', withHeader({ enc: 'XC20P' }), 'jose-header-refused'],
    ['enc A128GCM', withHeader({ enc: 'A128GCM' }), 'jose-header-refused'],
    ['epk with a private half', withHeader({ epk: { ...epk, d: encode('d') } }), 'jose-header-refused'],
    ['epk on another curve', withHeader({ epk: { ...epk, crv: 'P-384', kty: 'EC' } }), 'jose-header-refused'],
    ['no epk', withHeader({ epk: undefined }), 'jose-header-refused'],
    ['a short epk', withHeader({ epk: { ...epk, x: 'AAAA' } }), 'jose-malformed'],
    ['a shared unprotected header', { ...sealed, unprotected: { zip: 'DEF' } }, 'jose-malformed'],
    ['additional data', { ...sealed, aad: 'AAAA' }, 'jose-malformed'],
    ['no recipients', { ...sealed, recipients: [] }, 'jose-malformed'],
    [
      'nine recipients',
      {
        ...sealed,
        recipients: Array.from({ length: 9 }, (_, n) => ({ ...entry, header: { kid: `k${n}` } })),
      },
      'jose-malformed',
    ],
    ['a recipient twice', { ...sealed, recipients: [entry, entry] }, 'jose-malformed'],
    [
      'alg for one recipient',
      { ...sealed, recipients: [{ ...entry, header: { kid: 'k', alg: 'dir' } }] },
      'jose-header-refused',
    ],
    ['a short key', { ...sealed, recipients: [{ ...entry, encrypted_key: 'AAAA' }] }, 'jose-malformed'],
    ['a short tag', { ...sealed, tag: 'AAAA' }, 'jose-malformed'],
    ['the vector of another cipher', { ...sealed, iv: encode('0123456789abcdef') }, 'jose-malformed'],
    ['a padded ciphertext', { ...sealed, ciphertext: `${sealed.ciphertext}=` }, 'jose-malformed'],
    ['a compact JWE', 'a.b.c.d.e', 'jose-malformed'],
    ...['zip', 'crit', 'b64', 'jku', 'jwk', 'x5u', 'x5c', 'p2s', 'p2c', 'skid', 'apu', 'note'].map(
      (name): [string, unknown, string] => [name, withHeader({ [name]: 'DEF' }), 'jose-header-refused'],
    ),
  ];
  it.each(hostile)('is refused: %s', async (_name, value, code) => {
    expect(await catchRefusal(() => readJwe(value))).toBe(code);
  });
});
