/** The issued certificates fulfil the requirements of S/MIME, as Node parses them. */
import { createPrivateKey, createPublicKey, X509Certificate } from 'node:crypto';
import forge from 'node-forge';
import { describe, expect, it } from 'vitest';
import {
  answerMailRequest,
  issueMailCertificate,
  makeMailAuthority,
  packPkcs12,
} from '../../../src/entry/home/certificates.ts';
import { isStrongKey } from '../../../src/seal/x509-signature.ts';
import {
  makeForgedRequest,
  makeMailRequest,
  makeRsaPair,
  replaceExponent,
} from '../../support/mail-request.ts';

const now = new Date('2026-11-20T10:00:00Z');
const name = 'Kedutaan ភ្នំពេញ';

const issued = (async () => {
  const authority = await makeMailAuthority('Amanat test authority', now);
  const request = { name, email: 'attache@embassy.example', now, days: 30, usage: 'both' } as const;
  return { authority, held: await issueMailCertificate(authority, request) };
})();

describe('a mail certificate', () => {
  it('is signed by its authority, for one mailbox, for mail only, for its period', async () => {
    const { authority, held } = await issued;
    const certificate = new X509Certificate(held.certificate);
    const issuer = new X509Certificate(authority.certificate);
    expect(issuer.ca).toBe(true);
    expect(issuer.verify(issuer.publicKey)).toBe(true);
    expect(certificate.ca).toBe(false);
    expect(certificate.checkIssued(issuer) && certificate.verify(issuer.publicKey)).toBe(true);
    expect(certificate.checkEmail('attache@embassy.example')).toBe('attache@embassy.example');
    expect(certificate.checkEmail('other@embassy.example')).toBeUndefined();
    expect(certificate.keyUsage).toEqual(['1.3.6.1.5.5.7.3.4']);
    expect(certificate.publicKey.asymmetricKeyDetails?.modulusLength).toBe(3_072);
    expect(certificate.subject).toContain(name);
    expect(new Date(certificate.validFrom).getTime()).toBe(now.getTime() - 3_600_000);
    expect(new Date(certificate.validTo).getTime()).toBe(now.getTime() + 30 * 86_400_000);
    expect(certificate.checkPrivateKey(createPrivateKey(held.privateKey))).toBe(true);
  });

  it('is packed into a PKCS#12 file that opens only with its password', async () => {
    const { authority, held } = await issued;
    const packed = packPkcs12(held, [authority.certificate], 'correct horse');
    const asn1 = forge.asn1.fromDer(packed.toString('binary'));
    const certBag = forge.pki.oids['certBag'] ?? '';
    const bags = forge.pkcs12.pkcs12FromAsn1(asn1, 'correct horse').getBags({ bagType: certBag });
    expect(bags[certBag]).toHaveLength(2);
    expect(() => forge.pkcs12.pkcs12FromAsn1(asn1, 'wrong horse')).toThrow();
  });
});

describe('a certification request', () => {
  const pair = makeRsaPair(2_048);
  const answered = async (pem: string) =>
    answerMailRequest((await issued).authority, pem, {
      name,
      email: 'attache@embassy.example',
      now,
      days: 30,
      usage: 'both',
    });

  it('gets a certificate for its key, and for nothing else that it asks for', async () => {
    const certificate = new X509Certificate((await answered(makeMailRequest(pair))) ?? '');
    const issuer = new X509Certificate((await issued).authority.certificate);
    expect(certificate.checkIssued(issuer) && certificate.verify(issuer.publicKey)).toBe(true);
    expect(certificate.checkPrivateKey(createPrivateKey(forge.pki.privateKeyToPem(pair.privateKey)))).toBe(
      true,
    );
    expect(certificate.ca).toBe(false);
    expect(certificate.subject).toBe(`CN=${name}`);
    expect(certificate.checkEmail('attache@embassy.example')).toBe('attache@embassy.example');
    expect(certificate.checkEmail('other@embassy.example')).toBeUndefined();
  });

  it('proves nothing with the exponent 1: anybody can make its signature', async () => {
    const pem = makeForgedRequest(pair);
    expect(forge.pki.certificationRequestFromPem(pem).verify()).toBe(true);
    expect(await answered(pem)).toBeUndefined();
  });

  it.each([
    [1n, false],
    [65_536n, false],
    [2n ** 33n + 1n, false],
    [3n, true],
    [65_537n, true],
  ])('with the exponent %s: whether such a key may be used is %s', (exponent, may) => {
    const key = createPublicKey(forge.pki.publicKeyToPem(replaceExponent(pair, exponent)));
    expect(key.asymmetricKeyDetails?.publicExponent).toBe(exponent);
    expect(isStrongKey(key)).toBe(may);
  });

  it('is refused if its key is short, another key signed it, or it is not a request', async () => {
    const another = makeRsaPair(2_048).publicKey;
    expect(await answered(makeMailRequest(makeRsaPair(1_024)))).toBeUndefined();
    expect(await answered(makeMailRequest({ ...pair, publicKey: another }))).toBeUndefined();
    expect(await answered((await issued).authority.certificate)).toBeUndefined();
    expect(await answered('')).toBeUndefined();
  });
});
