/**
 * Encrypts to the recipient: CMS EnvelopedData, AES-256-CBC (RFC 5652 §6, RFC 8551 §2.7). AuthEnvelopedData with AES-256-GCM
 * would be a better cipher, but no mainstream client opens it. Instead the content is signed, and it is text and files and never
 * HTML, without which CBC's malleability leaks nothing (EFAIL).
 */
import { constants, type KeyObject, publicEncrypt, webcrypto } from 'node:crypto';
import { Null, OctetString } from 'asn1js';
import {
  AlgorithmIdentifier,
  ContentInfo,
  EncryptedContentInfo,
  EnvelopedData,
  IssuerAndSerialNumber,
  KeyTransRecipientInfo,
  RecipientInfo,
} from 'pkijs';
import type { MailRecipient } from './recipient.ts';

const AES_256_CBC = '2.16.840.1.101.3.4.1.42';
const RSA_ENCRYPTION = '1.2.840.113549.1.1.1';

/**
 * Encrypts a MIME entity to one mailbox, to certificates that {@link readRecipient} accepted: to several during an overlap, so
 * that the old and the new key open it.
 * @returns ContentInfo in DER, for `application/pkcs7-mime; smime-type=enveloped-data`
 */
export async function encryptToMailbox(
  content: Uint8Array,
  recipients: readonly [MailRecipient, ...MailRecipient[]],
): Promise<Uint8Array> {
  const isAllRsa = recipients.every((one) => one.publicKey.asymmetricKeyType === 'rsa');
  const enveloped = isAllRsa
    ? await byKeyTransport(content, recipients)
    : await byKeyAgreement(content, recipients);
  const whole = new ContentInfo({ contentType: ContentInfo.ENVELOPED_DATA, content: enveloped.toSchema() });
  return new Uint8Array(whole.toSchema().toBER(false));
}

/**
 * RSA: RSAES-PKCS1-v1_5 (RFC 3370 §4.2.1), which Outlook, Thunderbird and `openssl cms` use by default, so that every program and
 * smart card opens it; not all of them read OAEP (RFC 3560). Its weakness needs a decryption oracle, and a person's mail program
 * is none. Written by hand here, because pkijs writes only OAEP.
 */
async function byKeyTransport(
  content: Uint8Array,
  recipients: readonly MailRecipient[],
): Promise<EnvelopedData> {
  const raw = webcrypto.getRandomValues(new Uint8Array(32));
  const iv = webcrypto.getRandomValues(new Uint8Array(16));
  const key = await webcrypto.subtle.importKey('raw', raw, 'AES-CBC', false, ['encrypt']);
  const encrypted = await webcrypto.subtle.encrypt({ name: 'AES-CBC', iv }, key, new Uint8Array(content));
  const infoFor = (recipient: MailRecipient) =>
    new KeyTransRecipientInfo({
      version: 0,
      rid: issuerAndSerial(recipient),
      keyEncryptionAlgorithm: new AlgorithmIdentifier({
        algorithmId: RSA_ENCRYPTION,
        algorithmParams: new Null(),
      }),
      encryptedKey: new OctetString({ valueHex: wrap(raw, recipient.publicKey) }),
    });
  return new EnvelopedData({
    version: 0,
    recipientInfos: recipients.map((one) => new RecipientInfo({ variant: 1, value: infoFor(one) })),
    encryptedContentInfo: new EncryptedContentInfo({
      // One primitive OCTET STRING: it is DER, and every client reads it.
      disableSplit: true,
      contentType: ContentInfo.DATA,
      contentEncryptionAlgorithm: new AlgorithmIdentifier({
        algorithmId: AES_256_CBC,
        algorithmParams: new OctetString({ valueHex: iv }),
      }),
      encryptedContent: new OctetString({ valueHex: encrypted }),
    }),
  });
}

const wrap = (key: Uint8Array, publicKey: KeyObject): Uint8Array<ArrayBuffer> =>
  new Uint8Array(publicEncrypt({ key: publicKey, padding: constants.RSA_PKCS1_PADDING }, key));

/**
 * Elliptic curves: ephemeral-static ECDH with the SHA-256 KDF and AES-256 key wrap (RFC 5753 §3.1, §7.2). An RSA certificate in
 * an overlap with one of these gets its key by OAEP, because pkijs writes no other RSA scheme beside them.
 */
async function byKeyAgreement(
  content: Uint8Array,
  recipients: readonly MailRecipient[],
): Promise<EnvelopedData> {
  const enveloped = new EnvelopedData();
  enveloped.policy.disableSplit = true;
  for (const { certificate } of recipients)
    enveloped.addRecipientByCertificate(certificate, { kdfAlgorithm: 'SHA-256', kekEncryptionLength: 256 });
  const algorithm = { name: 'AES-CBC', length: 256 };
  await enveloped.encrypt(algorithm, new Uint8Array(content).buffer);
  return enveloped;
}

const issuerAndSerial = ({ certificate }: MailRecipient): IssuerAndSerialNumber =>
  new IssuerAndSerialNumber({ issuer: certificate.issuer, serialNumber: certificate.serialNumber });
