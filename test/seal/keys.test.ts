import { describe, expect, it } from 'vitest';
import { publicJwk } from '../../src/domain/party/party.ts';
import {
  generateAgreementJwk,
  generateSigningJwk,
  importPublic,
  openingKey,
  publicPart,
  readPrivateJwk,
  signingKey,
  thumbprint,
} from '../../src/seal/keys.ts';
import { refusalOf } from '../support/people.ts';

const KID = 'did:web:gateway.test:fp:shelter#k1';

describe('keys', () => {
  it.each(['Ed25519', 'P-256'] as const)('signs on %s with the one algorithm that fits', async (crv) => {
    const key = await signingKey(await generateSigningJwk(KID, crv));
    expect(key).toMatchObject({ kid: KID, alg: crv === 'P-256' ? 'ES256' : 'EdDSA', publicJwk: { crv } });
    expect(key.privateKey.extractable).toBe(false);
  });

  it.each(['X25519', 'P-256'] as const)('agrees on %s', async (crv) => {
    const key = await openingKey(await generateAgreementJwk(KID, crv));
    expect(key).toMatchObject({ kid: KID, publicJwk: { crv } });
    expect(key.privateKey.extractable).toBe(false);
  });

  it('publishes nothing private', async () => {
    for (const jwk of [await generateSigningJwk(KID), await generateAgreementJwk(KID, 'P-256')]) {
      expect(publicJwk.parse(publicPart(jwk))).toEqual(publicPart(jwk));
      expect(JSON.stringify(publicPart(jwk))).not.toContain(jwk.d);
    }
  });

  it('takes no key for another use', async () => {
    expect(await refusalOf(async () => signingKey(await generateAgreementJwk(KID)))).toBe('configuration');
    expect(await refusalOf(async () => openingKey(await generateSigningJwk(KID)))).toBe('configuration');
  });

  it('refuses halves that do not belong together', async () => {
    const [one, other] = [await generateSigningJwk(KID), await generateSigningJwk(KID)];
    expect(await refusalOf(() => signingKey({ ...one, d: other.d }))).toBe('configuration');
  });

  it('computes the thumbprint of RFC 8037 appendix A.3', async () => {
    const jwk = {
      kty: 'OKP',
      crv: 'Ed25519',
      x: '11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo',
      kid: KID,
    } as const;
    expect(await thumbprint(jwk)).toBe('kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k');
  });

  it('reads back a private key it kept as text, and nothing else', async () => {
    const jwk = await generateSigningJwk(KID, 'P-256');
    expect(readPrivateJwk(JSON.stringify(jwk))).toEqual(jwk);
    for (const text of [
      '',
      '{}',
      'null',
      JSON.stringify(publicPart(jwk)),
      JSON.stringify({ ...jwk, oth: 1 }),
    ]) {
      expect(await refusalOf(() => readPrivateJwk(text))).toBe('configuration');
    }
  });

  it('refuses published points off their curve and other spellings of good ones', async () => {
    const good = publicPart(await generateSigningJwk(KID, 'P-256'));
    if (good.kty !== 'EC') throw new Error('P-256 is EC');
    for (const bad of [
      { ...good, y: good.x },
      { ...good, x: `${good.x}A` },
      { ...good, x: good.x.slice(0, 42) },
    ]) {
      expect(await refusalOf(() => importPublic(bad, 'ES256'))).toBe('statement-refused');
    }
  });

  it('imports a published key once, and keeps it by what it is, not by its name', async () => {
    const [one, other] = [
      publicPart(await generateSigningJwk(KID)),
      publicPart(await generateSigningJwk(KID)),
    ];
    expect(await importPublic(one, 'EdDSA')).toBe(await importPublic({ ...one }, 'EdDSA'));
    expect(await importPublic(one, 'EdDSA')).not.toBe(await importPublic(other, 'EdDSA'));
  });
});
