/**
 * The attaché's mail program: decrypts a packet (CMS EnvelopedData, RFC 5652 §6), verifies the signature inside up to
 * the trusted authority (SignedData, §5; multipart/signed, RFC 1847), and reads the parts.
 */
import { constants, createDecipheriv, createPrivateKey, privateDecrypt, X509Certificate } from 'node:crypto';
import { fromBER, type OctetString } from 'asn1js';
import { Certificate, ContentInfo, EnvelopedData, KeyTransRecipientInfo, SignedData } from 'pkijs';
import PostalMime, { type Attachment } from 'postal-mime';

/** An opened packet. */
export interface OpenedMail {
  readonly text: string;
  readonly files: readonly { readonly name: string; readonly bytes: Buffer }[];
}

export interface MailKeys {
  /** PEM: the reader's own key, and the authority it trusts. */
  readonly privateKey: string;
  readonly authority: string;
}

/**
 * Opens a packet.
 * @throws Error if it is not a packet, is not for this key, or its signature does not verify up to the authority
 */
export async function openMail(raw: Uint8Array, keys: MailKeys): Promise<OpenedMail> {
  const outer = await PostalMime.parse(new Uint8Array(raw));
  const part = outer.attachments.find((one) => one.mimeType === 'application/pkcs7-mime');
  if (part === undefined) throw new Error('the mail is not encrypted');
  const signed = decrypt(bytes(part), keys.privateKey);
  const content = signedContent(signed);
  const whole = await PostalMime.parse(new Uint8Array(signed));
  const signature = whole.attachments.find((one) => one.mimeType === 'application/pkcs7-signature');
  if (signature === undefined || !(await verifies(bytes(signature), content, keys.authority))) {
    throw new Error('the signature does not verify');
  }
  const inner = await PostalMime.parse(new Uint8Array(content));
  return {
    text: inner.text ?? '',
    files: inner.attachments.map((one) => ({ name: one.filename ?? '', bytes: bytes(one) })),
  };
}

const bytes = ({ content }: Attachment): Buffer =>
  typeof content === 'string' ? Buffer.from(content, 'base64') : Buffer.from(new Uint8Array(content));

/** The limit of asn1js, raised so that it can parse a packet with 10 MB of attachments. */
const contentInfo = (der: Buffer): ContentInfo =>
  new ContentInfo({ schema: fromBER(new Uint8Array(der), { maxContentLength: 100_000_000 }).result });

/** RSA key transport and AES-256-CBC, as the gateway writes them; Node answers bad padding with a random key. */
function decrypt(der: Buffer, privateKey: string): Buffer {
  const { recipientInfos, encryptedContentInfo } = new EnvelopedData({ schema: contentInfo(der).content });
  const info = recipientInfos[0]?.value;
  if (!(info instanceof KeyTransRecipientInfo)) throw new Error('the packet is not encrypted to an RSA key');
  const wrapped = Buffer.from(info.encryptedKey.valueBlock.valueHexView);
  const key = privateDecrypt(
    { key: createPrivateKey(privateKey), padding: constants.RSA_PKCS1_PADDING },
    wrapped,
  );
  const iv = encryptedContentInfo.contentEncryptionAlgorithm.algorithmParams as OctetString;
  const decipher = createDecipheriv('aes-256-cbc', key, iv.valueBlock.valueHexView);
  const body = Buffer.from(encryptedContentInfo.getEncryptedContent());
  return Buffer.concat([decipher.update(body), decipher.final()]);
}

/** The first part of a multipart/signed, to the byte: the line break before the boundary belongs to the boundary. */
function signedContent(signed: Buffer): Buffer {
  const text = signed.toString('latin1');
  const head = text.slice(0, text.indexOf('\r\n\r\n')).replaceAll(/\r\n[ \t]+/g, ' ');
  const boundary = /^content-type: multipart\/signed;.*boundary="?([^"\r\n;]+)"?/im.exec(head)?.[1];
  const [, first] = boundary === undefined ? [] : text.split(`--${boundary}\r\n`);
  if (first === undefined) throw new Error('the packet is not signed');
  return Buffer.from(first.slice(0, -2), 'latin1');
}

async function verifies(signature: Buffer, content: Buffer, authority: string): Promise<boolean> {
  const signed = new SignedData({ schema: contentInfo(signature).content });
  const trusted = Certificate.fromBER(new Uint8Array(new X509Certificate(authority).raw));
  const how = { signer: 0, data: new Uint8Array(content).buffer, trustedCerts: [trusted], checkChain: true };
  // pkijs throws if a digest differs, and returns a result if a signature differs.
  return signed.verify(how).catch(() => false);
}
