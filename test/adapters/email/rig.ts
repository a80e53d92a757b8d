/** Certificates, words, a running mail server and an adapter on it; and a reader that opens what the server took. */
import {
  constants,
  createDecipheriv,
  createPrivateKey,
  generateKeyPairSync,
  privateDecrypt,
  X509Certificate,
} from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { BitString, fromBER, Integer, type OctetString, Utf8String } from 'asn1js';
import {
  AttributeTypeAndValue,
  Certificate,
  ContentInfo,
  EnvelopedData,
  Extension,
  ExtKeyUsage,
  GeneralName,
  GeneralNames,
  type IssuerAndSerialNumber,
  KeyTransRecipientInfo,
  PublicKeyInfo,
  SignedData,
} from 'pkijs';
import PostalMime, { type Email } from 'postal-mime';
import { createEmailAdapter, type EmailAdapter, type EmailOptions } from '../../../adapters/email/adapter.ts';
import type { Endpoint } from '../../../src/domain/party/channel.ts';
import type { Phrases } from '../../../src/domain/words/phrases.ts';
import { present } from '../../../src/domain/words/present.ts';
import { LANGUAGES } from '../../../src/domain/words/vocabulary.ts';
import {
  type CertifiedKey,
  issueMailCertificate,
  makeMailAuthority,
} from '../../../src/entry/home/certificates.ts';
import { createPhrases, type PhraseSources } from '../../../src/web/phrases.ts';
import { type MailServer, startMailServer } from '../../support/outside/mail-server.ts';
import { PATIENCE } from '../../support/patience.ts';

export const NOW = new Date();
export const FROM = 'amanat@gateway.id.example';
export const ATTACHE = 'attache@embassy.example';

export interface Certificates {
  readonly authority: CertifiedKey;
  readonly gateway: CertifiedKey;
  readonly rsa: CertifiedKey;
  readonly ec: CertifiedKey;
}

let made: Promise<Certificates> | undefined;

/** One set for the file: keys take their time. */
export const certificates = (): Promise<Certificates> => {
  made ??= makeCertificates();
  return made;
};

async function makeCertificates(): Promise<Certificates> {
  const authority = await makeMailAuthority('Amanat test authority', NOW);
  const issue = (email: string): Promise<CertifiedKey> =>
    issueMailCertificate(authority, { name: 'Amanat test', email, now: NOW, days: 30, usage: 'both' });
  const [gateway, rsa, ec] = await Promise.all([issue(FROM), issue(ATTACHE), issueEc(authority, {})]);
  return { authority, gateway, rsa, ec };
}

export interface EcRequest {
  /** `null`: names no mailbox. */
  readonly email?: string | null;
  readonly curve?: 'P-256' | 'P-384';
  /** First byte of the key usage; keyAgreement where left out. */
  readonly usage?: number;
  readonly purpose?: string;
  readonly from?: Date;
  readonly until?: Date;
}

/** An elliptic-curve mail certificate, which forge cannot make; also the way to a certificate with any one fault. */
export async function issueEc(authority: CertifiedKey, request: EcRequest): Promise<CertifiedKey> {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: request.curve ?? 'P-256' });
  const signing = createPrivateKey(authority.privateKey).toCryptoKey(
    { name: 'RSASSA-PKCS1-v1_5', hash: 'SHA-256' },
    false,
    ['sign'],
  );
  const certificate = new Certificate({ version: 2, serialNumber: new Integer({ value: 4711 }) });
  certificate.issuer = parsed(authority).subject;
  certificate.subject.typesAndValues.push(
    new AttributeTypeAndValue({ type: '2.5.4.3', value: new Utf8String({ value: 'Amanat test EC' }) }),
  );
  certificate.notBefore.value = request.from ?? new Date(NOW.getTime() - 3_600_000);
  certificate.notAfter.value = request.until ?? new Date(NOW.getTime() + 86_400_000);
  certificate.subjectPublicKeyInfo = PublicKeyInfo.fromBER(publicKey.export({ type: 'spki', format: 'der' }));
  certificate.extensions = extensionsOf(request);
  await certificate.sign(signing as CryptoKey, 'SHA-256');
  const pem = new X509Certificate(Buffer.from(certificate.toSchema(true).toBER(false))).toString();
  return { certificate: pem, privateKey: String(privateKey.export({ type: 'pkcs8', format: 'pem' })) };
}

function extensionsOf({
  email = ATTACHE,
  usage = 0x08,
  purpose = '1.3.6.1.5.5.7.3.4',
}: EcRequest): Extension[] {
  const extension = (extnID: string, value: { toBER(): ArrayBuffer }): Extension =>
    new Extension({ extnID, critical: false, extnValue: value.toBER() });
  const names = new GeneralNames({
    names: email === null ? [] : [new GeneralName({ type: 1, value: email })],
  });
  return [
    extension('2.5.29.15', new BitString({ valueHex: Uint8Array.of(usage), unusedBits: 0 })),
    extension('2.5.29.37', new ExtKeyUsage({ keyPurposes: [purpose] }).toSchema()),
    ...(email === null ? [] : [extension('2.5.29.17', names.toSchema())]),
  ];
}

const locales = resolve(import.meta.dirname, '../../../src/web/locales');

/** The source text of one language's phrases, of the areas mail needs. */
export const source = (area: string, lang: string): string => {
  const path = join(locales, `${area}.${lang}.ftl`);
  return existsSync(path) ? readFileSync(path, 'utf8') : '';
};

const texts = (lang: string): readonly string[] =>
  ['common', 'content', 'email'].map((area) => source(area, lang));

export const words: Phrases = createPhrases(
  Object.fromEntries(LANGUAGES.map((lang) => [lang, texts(lang)])) as unknown as PhraseSources,
);

export interface MailRig {
  readonly server: MailServer;
  readonly adapter: EmailAdapter;
  readonly known: Certificates;
  close(): Promise<void>;
}

/** A server and an adapter that trusts it. */
export async function startRig(overrides: Partial<EmailOptions> = {}): Promise<MailRig> {
  const [known, server] = await Promise.all([certificates(), startMailServer()]);
  const adapter = createEmailAdapter({
    smtp: { host: '127.0.0.1', port: server.port, tls: { ca: server.ca } },
    from: FROM,
    signer: { ...known.gateway, chain: [known.authority.certificate] },
    translate: words,
    now: () => NOW,
    timeoutSeconds: PATIENCE / 1_000,
    ...overrides,
  });
  const close = async (): Promise<void> => {
    await adapter.close();
    await server.close();
  };
  return { server, adapter, known, close };
}

/** Overrides that make a fixture's endpoint the attaché's mailbox. */
export const mailbox = (held: CertifiedKey | undefined, lang = 'en'): Partial<Endpoint> => ({
  id: 'endpoint-mail',
  channel: 'email',
  address: ATTACHE,
  lang,
  ...present({ certificate: held?.certificate }),
});

/** The header block of a mail, unfolded. */
export const headerBlock = (raw: Buffer): string =>
  (raw.toString('latin1').split('\r\n\r\n')[0] ?? '').replaceAll(/\r\n[ \t]+/g, ' ');

export interface Opened {
  /** The signed entity, as its signature covers it. */
  readonly content: Buffer;
  readonly email: Email;
  readonly text: string;
  /** What the signer's certificate says, after its signature was verified up to the authority. */
  readonly verified: boolean;
  file(name: string): Buffer;
}

/** Decrypts and verifies with code of the test's own, and parses what is inside with postal-mime. */
export async function openPacket(raw: Buffer, held: CertifiedKey, authority: CertifiedKey): Promise<Opened> {
  const outer = await PostalMime.parse(raw);
  const part = outer.attachments[0];
  if (part === undefined) throw new Error('the mail carries no packet');
  return openSigned(await decrypt(bytes(part.content), held), authority);
}

/** Verifies a multipart/signed entity or mail and parses it. */
export async function openSigned(signed: Buffer, authority: CertifiedKey): Promise<Opened> {
  const boundary = /boundary="?([^"\r\n;]+)"?/.exec(headerBlock(signed))?.[1] ?? '';
  const [, first = ''] = signed.toString('latin1').split(`--${boundary}\r\n`);
  const content = Buffer.from(first.slice(0, -2), 'latin1');
  const whole = await PostalMime.parse(signed, { attachmentEncoding: 'arraybuffer' });
  const signature = whole.attachments.find((one) => one.filename === 'smime.p7s');
  const email = await PostalMime.parse(content);
  return {
    content,
    email,
    text: email.text ?? '',
    verified: signature !== undefined && (await verifies(bytes(signature.content), content, authority)),
    file: (name) => {
      const found = email.attachments.find((one) => one.filename === name);
      if (found === undefined) throw new Error(`no attachment ${name}`);
      return bytes(found.content);
    },
  };
}

async function verifies(signature: Buffer, content: Buffer, authority: CertifiedKey): Promise<boolean> {
  const signed = new SignedData({ schema: contentInfo(signature).content });
  const data = new Uint8Array(content).buffer;
  const how = { signer: 0, data, trustedCerts: [parsed(authority)], checkChain: true, checkDate: NOW };
  // pkijs throws where a digest differs and answers where a signature does.
  return signed.verify(how).catch(() => false);
}

async function decrypt(der: Buffer, held: CertifiedKey): Promise<Buffer> {
  const enveloped = new EnvelopedData({ schema: contentInfo(der).content });
  const { serialNumber } = parsed(held);
  // As a mail program does: of several, the one for this certificate.
  const isMine = ({ value }: (typeof enveloped.recipientInfos)[number]): boolean =>
    value instanceof KeyTransRecipientInfo &&
    (value.rid as IssuerAndSerialNumber).serialNumber.isEqual(serialNumber);
  const info = (enveloped.recipientInfos.find(isMine) ?? enveloped.recipientInfos[0])?.value;
  const key = createPrivateKey(held.privateKey);
  if (!(info instanceof KeyTransRecipientInfo)) return agree(enveloped, held);
  const wrapped = Buffer.from(info.encryptedKey.valueBlock.valueHexView);
  const cek = privateDecrypt({ key, padding: constants.RSA_PKCS1_PADDING }, wrapped);
  const { contentEncryptionAlgorithm } = enveloped.encryptedContentInfo;
  const iv = contentEncryptionAlgorithm.algorithmParams as OctetString;
  const decipher = createDecipheriv('aes-256-cbc', cek, iv.valueBlock.valueHexView);
  const body = Buffer.from(enveloped.encryptedContentInfo.getEncryptedContent());
  return Buffer.concat([decipher.update(body), decipher.final()]);
}

async function agree(enveloped: EnvelopedData, held: CertifiedKey): Promise<Buffer> {
  const der = createPrivateKey(held.privateKey).export({ type: 'pkcs8', format: 'der' });
  const recipientPrivateKey = new Uint8Array(der).buffer;
  const opened = await enveloped.decrypt(0, { recipientCertificate: parsed(held), recipientPrivateKey });
  return Buffer.from(opened);
}

const parsed = ({ certificate }: CertifiedKey): Certificate =>
  Certificate.fromBER(new Uint8Array(new X509Certificate(certificate).raw));

/** asn1js's own limit is below a packet with 10 MB. */
const contentInfo = (der: Buffer): ContentInfo =>
  new ContentInfo({ schema: fromBER(new Uint8Array(der), { maxContentLength: 100_000_000 }).result });

const bytes = (content: ArrayBuffer | Uint8Array | string): Buffer =>
  typeof content === 'string' ? Buffer.from(content, 'base64') : Buffer.from(content as Uint8Array);
