/** Signs a mail for the gateway: CMS SignedData, detached, SHA-256 (RFC 5652 §5, RFC 8551 §3.5.3). */
import { createHash, createPrivateKey, type KeyObject, X509Certificate } from 'node:crypto';
import { ObjectIdentifier, OctetString, UTCTime } from 'asn1js';
import {
  Attribute,
  type Certificate,
  ContentInfo,
  EncapsulatedContentInfo,
  IssuerAndSerialNumber,
  SignedAndUnsignedAttributes,
  SignedData,
  SignerInfo,
} from 'pkijs';
import { Refusal } from '../../src/domain/words/error.ts';
import { isForMailbox, parsePkijsCertificate } from './recipient.ts';

export interface MailSignerOptions {
  /** The certificate, PEM. */
  readonly certificate: string;
  /** The private key, PKCS#8 PEM, RSA or EC P-256. */
  readonly privateKey: string;
  /** Intermediate certificates, PEM, which the mail includes so that clients can build the path. */
  readonly chain?: readonly string[];
}

export interface MailSigner {
  readonly certificate: Certificate;
  readonly chain: readonly Certificate[];
  readonly key: CryptoKey;
}

/**
 * Reads the gateway's mail certificate and key. Refuses a certificate that does not name the From address, because mail programs
 * would warn the recipient of it.
 * @throws Refusal `configuration`
 */
export function loadSigner(options: MailSignerOptions, from: string): MailSigner {
  const loaded = read(options);
  if (loaded === undefined) {
    throw new Refusal(
      'configuration',
      'AMANAT_MAIL_CERTIFICATE and AMANAT_MAIL_KEY must be a matching certificate and key in PEM, RSA or P-256',
    );
  }
  if (!isForMailbox(loaded.certificate, from)) {
    throw new Refusal(
      'configuration',
      'the certificate in AMANAT_MAIL_CERTIFICATE does not name the address in AMANAT_MAIL_FROM',
    );
  }
  return loaded;
}

function read(options: MailSignerOptions): MailSigner | undefined {
  try {
    const privateKey = createPrivateKey(options.privateKey);
    if (!new X509Certificate(options.certificate).checkPrivateKey(privateKey)) return undefined;
    return {
      certificate: parsePkijsCertificate(options.certificate),
      chain: (options.chain ?? []).map(parsePkijsCertificate),
      key: signingKey(privateKey),
    };
  } catch {
    return undefined;
  }
}

/** A cast, because Node's and the browser's types of the same object differ in their lists of usages. */
const signingKey = (key: KeyObject): CryptoKey =>
  (key.asymmetricKeyType === 'ec'
    ? key.toCryptoKey({ name: 'ECDSA', namedCurve: 'P-256' }, false, ['sign'])
    : key.toCryptoKey({ name: 'RSASSA-PKCS1-v1_5', hash: 'SHA-256' }, false, ['sign'])) as CryptoKey;

/** Whether the signer's certificate is valid now. */
export const isSignerInTime = ({ certificate }: MailSigner, at: Date): boolean =>
  certificate.notBefore.value <= at && at < certificate.notAfter.value;

/**
 * Signs the exact bytes of a MIME entity.
 * @returns ContentInfo in DER, for `application/pkcs7-signature`
 */
export async function signDetached(content: Uint8Array, signer: MailSigner, at: Date): Promise<Uint8Array> {
  const info = new SignerInfo({
    version: 1,
    sid: new IssuerAndSerialNumber({
      issuer: signer.certificate.issuer,
      serialNumber: signer.certificate.serialNumber,
    }),
    signedAttrs: new SignedAndUnsignedAttributes({ type: 0, attributes: signedAttributes(content, at) }),
  });
  const signed = new SignedData({
    version: 1,
    encapContentInfo: new EncapsulatedContentInfo({ eContentType: ContentInfo.DATA }),
    signerInfos: [info],
    certificates: [signer.certificate, ...signer.chain],
  });
  await signed.sign(signer.key, 0, 'SHA-256');
  const whole = new ContentInfo({ contentType: ContentInfo.SIGNED_DATA, content: signed.toSchema(true) });
  return new Uint8Array(whole.toSchema().toBER(false));
}

/** Sorted as DER requires for a SET OF (by encoding, here by length), because pkijs does not sort and verifiers encode again. */
function signedAttributes(content: Uint8Array, at: Date): Attribute[] {
  const digest = createHash('sha256').update(content).digest();
  return [
    new Attribute({
      type: '1.2.840.113549.1.9.3',
      values: [new ObjectIdentifier({ value: ContentInfo.DATA })],
    }),
    new Attribute({ type: '1.2.840.113549.1.9.5', values: [new UTCTime({ valueDate: at })] }),
    new Attribute({
      type: '1.2.840.113549.1.9.4',
      values: [new OctetString({ valueHex: new Uint8Array(digest) })],
    }),
  ];
}
