import { describe, expect, it } from 'vitest';
import { publicJwk } from '../../src/domain/party/designation.ts';
import {
  generateAgreementJwk,
  generateSigningJwk,
  importOpeningKey,
  importPublicKey,
  importSigningKey,
  publicHalfOf,
  readPrivateJwk,
  thumbprintOf,
} from '../../src/seal/keys.ts';
import { catchRefusal } from '../support/people.ts';

const KID = 'did:web:gateway.test:fp:shelter#k1';

describe('keys', () => {
  it.each(['Ed25519', 'P-256'] as const)('signs on %s with the one algorithm that fits', async (crv) => {
    const key = await importSigningKey(await generateSigningJwk(KID, crv));
    expect(key).toMatchObject({ kid: KID, alg: crv === 'P-256' ? 'ES256' : 'EdDSA', publicJwk: { crv } });
    expect(key.privateKey.extractable).toBe(false);
  });

  it.each(['X25519', 'P-256'] as const)('agrees on %s', async (crv) => {
    const key = await importOpeningKey(await generateAgreementJwk(KID, crv));
    expect(key).toMatchObject({ kid: KID, publicJwk: { crv } });
    expect(key.privateKey.extractable).toBe(false);
  });

  it('publishes no private member', async () => {
    for (const jwk of [await generateSigningJwk(KID), await generateAgreementJwk(KID, 'P-256')]) {
      expect(publicJwk.parse(publicHalfOf(jwk))).toEqual(publicHalfOf(jwk));
      expect(JSON.stringify(publicHalfOf(jwk))).not.toContain(jwk.d);
    }
  });

  it('accepts no key for another use', async () => {
    expect(await catchRefusal(async () => importSigningKey(await generateAgreementJwk(KID)))).toBe(
      'configuration',
    );
    expect(await catchRefusal(async () => importOpeningKey(await generateSigningJwk(KID)))).toBe(
      'configuration',
    );
  });

  it('refuses private and public halves that do not match', async () => {
    const [one, other] = [await generateSigningJwk(KID), await generateSigningJwk(KID)];
    expect(await catchRefusal(() => importSigningKey({ ...one, d: other.d }))).toBe('configuration');
  });

  it('computes the thumbprint of RFC 8037 appendix A.3', async () => {
    const jwk = {
      kty: 'OKP',
      crv: 'Ed25519',
      x: '11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo',
      kid: KID,
    } as const;
    expect(await thumbprintOf(jwk)).toBe('kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k');
  });

  it('reads back a private key that it stored as text, and nothing else', async () => {
    const jwk = await generateSigningJwk(KID, 'P-256');
    expect(readPrivateJwk(JSON.stringify(jwk))).toEqual(jwk);
    for (const text of [
      '',
      '{}',
      'null',
      JSON.stringify(publicHalfOf(jwk)),
      JSON.stringify({ ...jwk, oth: 1 }),
    ]) {
      expect(await catchRefusal(() => readPrivateJwk(text))).toBe('configuration');
    }
  });

  it('refuses published points off their curve, and coordinates that are not canonical', async () => {
    const good = publicHalfOf(await generateSigningJwk(KID, 'P-256'));
    if (good.kty !== 'EC') throw new Error('P-256 is EC');
    for (const bad of [
      { ...good, y: good.x },
      { ...good, x: `${good.x}A` },
      { ...good, x: good.x.slice(0, 42) },
    ]) {
      expect(await catchRefusal(() => importPublicKey(bad, 'ES256'))).toBe('statement-refused');
    }
  });

  it('imports a published key once, and finds it by its content, not by its name', async () => {
    const [one, other] = [
      publicHalfOf(await generateSigningJwk(KID)),
      publicHalfOf(await generateSigningJwk(KID)),
    ];
    expect(await importPublicKey(one, 'EdDSA')).toBe(await importPublicKey({ ...one }, 'EdDSA'));
    expect(await importPublicKey(one, 'EdDSA')).not.toBe(await importPublicKey(other, 'EdDSA'));
  });
});
