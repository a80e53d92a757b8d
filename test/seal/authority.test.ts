import { execFileSync } from 'node:child_process';
import { X509Certificate } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { Designation } from '../../src/domain/party/designation.ts';
import { keyId } from '../../src/domain/party/designation.ts';
import type { Agreement } from '../../src/domain/terms/agreement.ts';
import { makeAuthority, readAnchor, verifyAgreement, verifyDesignation } from '../../src/seal/authority.ts';
import { signCaCertificate } from '../../src/seal/certificate.ts';
import { generateSigningJwk, importSigningKey } from '../../src/seal/keys.ts';
import { addSignature, signStatement } from '../../src/seal/statement.ts';
import { catchRefusal, makeDesignation, makePerson, SENDER_DID } from '../support/people.ts';

const now = new Date('2026-11-22T12:00:00Z');
const later = new Date('2037-01-01T00:00:00Z');

async function authority(country: string) {
  const made = await makeAuthority(country, `Directorate of ${country}`, now);
  return {
    ...made,
    key: await importSigningKey(made.privateJwk),
    anchor: await readAnchor(country, made.certificate),
  };
}
const [kh, id, th] = [await authority('KH'), await authority('ID'), await authority('TH')];
const anchors = [kh.anchor, id.anchor];

describe('an authority', () => {
  it('is anchored by a certificate with its name, its country and its period', () => {
    expect(kh.anchor.kid).toBe(kh.privateJwk.kid);
    expect(keyId.parse(kh.anchor.kid)).toMatch(/^did:web:authority\.invalid:kh#/);
    expect(kh.anchor.from).toEqual(now);
    expect(kh.anchor.until).toEqual(new Date('2036-11-22T12:00:00Z'));
    const certificate = new X509Certificate(kh.certificate);
    expect(certificate.subject).toBe('C=KH\nCN=Directorate of KH');
    expect(certificate.ca).toBe(true);
    expect(certificate.verify(certificate.publicKey)).toBe(true);
    expect(kh.certificate).not.toContain(kh.privateJwk.d);
  });

  it('has a certificate that OpenSSL accepts as a strict CA', ({ skip }) => {
    try {
      execFileSync('openssl', ['version']);
    } catch {
      skip('no openssl on this machine');
    }
    const folder = mkdtempSync(join(tmpdir(), 'amanat-authority-'));
    try {
      const file = join(folder, 'ca.pem');
      writeFileSync(file, kh.certificate);
      const at = String(now.getTime() / 1_000 + 60);
      const told = execFileSync('openssl', ['verify', '-x509_strict', '-attime', at, '-CAfile', file, file]);
      expect(told.toString()).toContain('ca.pem: OK');
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  it('cannot get another country through its name', async () => {
    const made = await makeAuthority('KH', 'x + C=ID\nC=ID', now);
    expect((await readAnchor('KH', made.certificate)).country).toBe('KH');
    expect(await catchRefusal(() => readAnchor('ID', made.certificate))).toBe('statement-refused');
  });

  it('is refused as an anchor if the file is not a CA certificate on an allowed curve', async () => {
    expect(await catchRefusal(() => readAnchor('KH', 'not PEM'))).toBe('statement-refused');
    expect(await catchRefusal(() => readAnchor('KH', kh.certificate.replace('M', 'N')))).toBe(
      'statement-refused',
    );
    expect(await catchRefusal(() => readAnchor('KH', 'x'.repeat(20_000)))).toBe('statement-refused');
    const { kid: _, ...key } = await generateSigningJwk('did:web:authority.invalid#new', 'P-256');
    const never = await signCaCertificate(key, { country: 'KH', name: 'x', from: later, until: now });
    expect(await catchRefusal(() => readAnchor('KH', never))).toBe('statement-refused');
    expect(await catchRefusal(() => makeAuthority('Kampuchea', 'x', now))).toBe('invalid-body');
  });
});

describe('a designation', async () => {
  const shelter = await makePerson(SENDER_DID);
  const good = makeDesignation(shelter);
  const sign = (payload: object, keys = [kh.key]) => signStatement('designation', payload, keys);
  const { signing, agreement } = good.keys;
  const [signKey, openKey] = [shelter.signing.publicJwk, shelter.opening.publicJwk];

  it('is valid if the authority of its own country signed it', async () => {
    expect(await verifyDesignation(await sign(good), anchors, now)).toEqual(good);
  });

  const refused: [string, Partial<Designation>, string][] = [
    ['for another country', { country: 'ID' }, 'statement-refused'],
    ['in the name of another authority', { country: 'ID', authority: 'ID' }, 'statement-refused'],
    [
      'a key under another DID',
      { keys: { signing, agreement: [{ ...openKey, kid: 'did:web:other.test#k' }] } },
      'statement-refused',
    ],
    [
      'a key under a longer DID',
      { keys: { signing, agreement: [{ ...openKey, kid: `${SENDER_DID}2#k` }] } },
      'statement-refused',
    ],
    [
      'one name for two keys',
      { keys: { signing, agreement: [{ ...openKey, kid: signKey.kid }] } },
      'statement-refused',
    ],
    [
      'one key under two names',
      { keys: { signing: [...signing, { ...signKey, kid: `${SENDER_DID}#b` }], agreement } },
      'statement-refused',
    ],
    [
      'a signing key that cannot sign',
      { keys: { signing: agreement, agreement: signing } },
      'statement-refused',
    ],
    [
      'an agreement key that cannot agree',
      { keys: { signing, agreement: [{ ...signKey, kid: `${SENDER_DID}#b`, x: openKey.x }] } },
      'statement-refused',
    ],
    [
      'a key that is no point',
      { keys: { signing: [{ ...signKey, x: 'AAAA' }], agreement } },
      'statement-refused',
    ],
    ['an end before its beginning', { until: good.from }, 'statement-refused'],
    ['two officers with one id', { officers: [...good.officers, ...good.officers] }, 'statement-refused'],
    [
      'a member that is not in the schema',
      { kind: 'agreement' } as unknown as Partial<Designation>,
      'invalid-body',
    ],
  ];
  it.each(refused)('is refused: %s', async (_name, over, code) => {
    expect(
      await catchRefusal(async () => verifyDesignation(await sign({ ...good, ...over }), anchors, now)),
    ).toBe(code);
  });

  it('is refused with anybody else’s signature', async () => {
    for (const keys of [[id.key], [th.key], [shelter.signing], [kh.key, id.key]]) {
      expect(await catchRefusal(async () => verifyDesignation(await sign(good, keys), anchors, now))).toBe(
        'statement-refused',
      );
    }
    const impostor = await importSigningKey({ ...(await generateSigningJwk(kh.key.kid, 'P-256')) });
    expect(
      await catchRefusal(async () => verifyDesignation(await sign(good, [impostor]), anchors, now)),
    ).toBe('signature-invalid');
  });

  it('is refused before the authority’s certificate begins and after it ends', async () => {
    const jws = await sign(good);
    for (const at of [later, new Date(now.getTime() - 1_000)]) {
      expect(await catchRefusal(() => verifyDesignation(jws, anchors, at))).toBe('statement-refused');
    }
  });

  it('is valid with a renewed certificate of the same key, in any order', async () => {
    const term = {
      country: 'KH',
      name: 'Directorate of KH',
      from: later,
      until: new Date('2047-01-01T00:00:00Z'),
    };
    const { kid: _, ...key } = kh.privateJwk;
    const renewed = await readAnchor('KH', await signCaCertificate(key, term));
    const jws = await sign(good);
    for (const both of [
      [kh.anchor, renewed],
      [renewed, kh.anchor],
    ])
      for (const at of [now, later]) expect(await verifyDesignation(jws, both, at)).toEqual(good);
  });
});

describe('an agreement', () => {
  const good: Agreement = {
    kind: 'agreement',
    id: 'id-kh',
    version: 1,
    title: 'Invented agreement',
    parties: ['ID', 'KH'],
    rules: [{ from: ['KH'], to: ['ID'], types: ['report'], handling: ['H0'], channels: ['webhook'] }],
    clocks: {},
    keep_days: 90,
    revocation_grace_hours: 72,
    from: '2026-01-01T00:00:00Z',
    until: '2028-01-01T00:00:00Z',
  };

  it('is valid if both authorities signed, in either order', async () => {
    for (const [first, second] of [
      [kh.key, id.key],
      [id.key, kh.key],
    ] as const) {
      const jws = await addSignature(await signStatement('agreement', good, [first]), second);
      expect(await verifyAgreement(jws, anchors, now)).toEqual(good);
    }
  });

  it('is valid for one country’s own traffic if its authority signed', async () => {
    const own = { ...good, parties: ['KH'] };
    expect(await verifyAgreement(await signStatement('agreement', own, [kh.key]), anchors, now)).toEqual(own);
  });

  it('is refused without each party’s signature, and with an additional one', async () => {
    const trusted = [...anchors, th.anchor];
    for (const keys of [[kh.key], [id.key], [kh.key, th.key], [kh.key, id.key, th.key]]) {
      const jws = await signStatement('agreement', good, keys);
      expect(await catchRefusal(() => verifyAgreement(jws, trusted, now))).toBe('statement-refused');
    }
    const untrusted = await signStatement('agreement', good, [kh.key, id.key]);
    expect(await catchRefusal(() => verifyAgreement(untrusted, [kh.anchor], now))).toBe('statement-refused');
  });

  it('is refused if one authority signs twice in place of the other', async () => {
    const second = await authority('KH');
    const jws = await signStatement('agreement', good, [kh.key, second.key]);
    expect(await catchRefusal(() => verifyAgreement(jws, [...anchors, second.anchor], now))).toBe(
      'statement-refused',
    );
  });

  it('is refused if an authority’s certificate has ended, or the agreement ends before it begins', async () => {
    const jws = await signStatement('agreement', good, [kh.key, id.key]);
    expect(await catchRefusal(() => verifyAgreement(jws, anchors, later))).toBe('statement-refused');
    const backwards = await signStatement('agreement', { ...good, until: good.from }, [kh.key, id.key]);
    expect(await catchRefusal(() => verifyAgreement(backwards, anchors, now))).toBe('statement-refused');
  });
});
