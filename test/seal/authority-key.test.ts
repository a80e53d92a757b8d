/** Keys of authorities: of every kind, and only for statements of authorities. */
import { execFileSync } from 'node:child_process';
import { X509Certificate } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { exportJWK, FlattenedSign } from 'jose';
import { describe, expect, it } from 'vitest';
import {
  authorityOfKid,
  makeAuthority,
  readAnchor,
  readAnchorByCertificate,
  verifyAgreement,
  verifyDesignation,
} from '../../src/seal/authority.ts';
import {
  AUTHORITY_KINDS,
  importAuthorityKey,
  readAuthorityJwk,
  readRsaJwk,
} from '../../src/seal/authority-key.ts';
import type { Jws } from '../../src/seal/jws.ts';
import { addSignature, peekStatement, signStatement, verifyStatement } from '../../src/seal/statement.ts';
import { catchRefusal, makeDesignation, makePerson, SENDER_DID } from '../support/people.ts';
import { issueCertificate, TEST_KEYS } from '../support/x509.ts';

const now = new Date('2026-11-22T12:00:00Z');

async function authority(country: string, kind: (typeof AUTHORITY_KINDS)[number]) {
  const made = await makeAuthority(country, `Directorate of ${country}`, now, kind);
  const anchor = await readAnchor(country, made.certificate);
  return {
    ...made,
    anchor,
    key: await importAuthorityKey(readAuthorityJwk(JSON.stringify(made.privateJwk))),
  };
}

const rsa = await authority('KH', 'rsa3072');
const shelter = await makePerson(SENDER_DID);
const good = makeDesignation(shelter);

/** A statement by any key and algorithm, past our own checks. */
async function forged(typ: string, alg: string, kid: string, key: CryptoKey, payload: object): Promise<Jws> {
  const made = await new FlattenedSign(Buffer.from(JSON.stringify(payload)))
    .setProtectedHeader({ typ, alg, kid })
    .sign(key);
  return {
    payload: made.payload,
    signatures: [{ protected: made.protected ?? '', signature: made.signature }],
  };
}

describe.each(AUTHORITY_KINDS)('an authority on %s', (kind) => {
  it('can be anchored by its certificate, and designates', async () => {
    const one = kind === 'rsa3072' ? rsa : await authority('KH', kind);
    expect(one.anchor.kid).toBe(one.key.kid);
    expect(await readAnchorByCertificate(one.certificate)).toEqual(one.anchor);
    expect(authorityOfKid(one.key.kid)).toEqual({ country: 'KH', thumbprint: one.key.kid.split('#')[1] });
    const jws = await signStatement('designation', good, [one.key]);
    expect(await verifyDesignation(jws, [one.anchor], now)).toEqual(good);
    const damaged = {
      ...jws,
      payload: Buffer.from(JSON.stringify({ ...good, name: 'Else' })).toString('base64url'),
    };
    expect(await catchRefusal(() => verifyDesignation(damaged, [one.anchor], now))).toBe('signature-invalid');
  });

  it('has a certificate that OpenSSL accepts as a strict CA', async ({ skip }) => {
    const { certificate } = kind === 'rsa3072' ? rsa : await authority('KH', kind);
    const read = new X509Certificate(certificate);
    expect(read.ca && read.verify(read.publicKey)).toBe(true);
    try {
      execFileSync('openssl', ['version']);
    } catch {
      skip('no openssl on this machine');
    }
    const folder = mkdtempSync(join(tmpdir(), 'amanat-authority-'));
    try {
      const file = join(folder, 'ca.pem');
      writeFileSync(file, certificate);
      const at = String(now.getTime() / 1_000 + 60);
      const told = execFileSync('openssl', ['verify', '-x509_strict', '-attime', at, '-CAfile', file, file]);
      expect(told.toString()).toContain('ca.pem: OK');
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});

describe('RSA', () => {
  it('signs only designations and agreements', async () => {
    for (const type of ['evidence', 'consignment'] as const)
      expect(await catchRefusal(() => signStatement(type, good, [rsa.key]))).toBe('configuration');
    const evidence = await signStatement('evidence', { event: 'x' }, [shelter.signing]);
    expect(await catchRefusal(() => addSignature(evidence, rsa.key))).toBe('configuration');
  });

  it('is refused by its header on evidence and consignments, however they were made', async () => {
    const { privateKey, kid } = rsa.key;
    for (const [type, typ] of [
      ['evidence', 'amanat-evidence+jws'],
      ['consignment', 'application/didcomm-signed+json'],
    ] as const) {
      const jws = await forged(typ, 'PS256', kid, privateKey, { event: 'x' });
      expect(await catchRefusal(() => verifyStatement(jws, type, async () => rsa.anchor.publicJwk))).toBe(
        'jose-header-refused',
      );
    }
    const other = await forged('amanat-designation+jws', 'PS256', kid, privateKey, good);
    expect(peekStatement(other).kids).toEqual([kid]);
    expect(await verifyDesignation(other, [rsa.anchor], now)).toEqual(good);
  });

  it('is refused if the anchor of that name is on a curve; PKCS#1 v1.5 is refused everywhere', async () => {
    const ec = await authority('KH', 'p256');
    const jws = await forged('amanat-designation+jws', 'PS256', ec.key.kid, rsa.key.privateKey, good);
    expect(await catchRefusal(() => verifyDesignation(jws, [ec.anchor], now))).toBe('signature-invalid');
    const cut = { ...jws, signatures: jws.signatures.map((one) => ({ ...one, signature: 'AAAA' })) };
    expect(await catchRefusal(() => verifyDesignation(cut, [ec.anchor], now))).toBe('jose-malformed');
    const header = Buffer.from(
      JSON.stringify({ typ: 'amanat-designation+jws', alg: 'RS256', kid: rsa.key.kid }),
    ).toString('base64url');
    const old = { ...jws, signatures: jws.signatures.map((one) => ({ ...one, protected: header })) };
    expect(await catchRefusal(() => verifyDesignation(old, [rsa.anchor], now))).toBe('jose-header-refused');
  });

  it('anchors with at least 3072 bits', async () => {
    const party = (bits: number) => ({ name: 'Invented', ...TEST_KEYS.rsa(bits) });
    const [short, long] = [party(2_048), party(4_096)];
    const ca = { ca: null, usage: 0x84 } as const;
    expect(await catchRefusal(() => readAnchor('KH', issueCertificate(short, short, ca)))).toBe(
      'statement-refused',
    );
    expect((await readAnchor('KH', issueCertificate(long, long, ca))).publicJwk.kty).toBe('RSA');
    expect(await catchRefusal(() => readAnchorByCertificate(issueCertificate(long, long, ca)))).toBe(
      'statement-refused',
    );
    expect(await catchRefusal(() => readAnchorByCertificate('not PEM'))).toBe('statement-refused');
  });

  it('is refused with another exponent, with a short modulus, and without its private members', async () => {
    const { n, e } = await exportJWK(new X509Certificate(rsa.certificate).publicKey);
    const jwk = { kty: 'RSA', n, e, kid: rsa.key.kid };
    expect(readRsaJwk(jwk)).toEqual(rsa.anchor.publicJwk);
    for (const bad of [
      { ...jwk, e: 'Aw' },
      { ...jwk, n: 'AAAA' },
      { ...jwk, n: `A${n?.slice(1)}` },
      { ...jwk, x: 1 },
    ])
      expect(await catchRefusal(() => readRsaJwk(bad))).toBe('statement-refused');
    for (const bad of [jwk, { ...rsa.privateJwk, qi: undefined }, { ...rsa.privateJwk, e: 'Aw' }, 'text'])
      expect(await catchRefusal(() => readAuthorityJwk(JSON.stringify(bad)))).toBe('configuration');
  });
});

describe('while one authority replaces another', () => {
  it('statements of both are valid, each by its own key, until the old anchor is removed', async () => {
    const next = await authority('KH', 'ed25519');
    const both = [rsa.anchor, next.anchor];
    for (const one of [rsa, next]) {
      const jws = await signStatement('designation', good, [one.key]);
      expect(await verifyDesignation(jws, both, now)).toEqual(good);
    }
    const old = await signStatement('designation', good, [rsa.key]);
    expect(await catchRefusal(() => verifyDesignation(old, [next.anchor], now))).toBe('statement-refused');
  });

  it('an agreement may carry one RSA and one Ed25519 signature', async () => {
    const other = await authority('ID', 'ed25519');
    const claims = {
      kind: 'agreement',
      id: 'id-kh',
      version: 1,
      title: 'Invented agreement',
      parties: ['ID', 'KH'],
      rules: [{ from: ['KH'], to: ['ID'], types: ['report'] }],
      from: '2026-01-01T00:00:00Z',
      until: '2028-01-01T00:00:00Z',
    };
    const jws = await addSignature(await signStatement('agreement', claims, [rsa.key]), other.key);
    expect(await verifyAgreement(jws, [rsa.anchor, other.anchor], now)).toMatchObject({ id: 'id-kh' });
  });
});
