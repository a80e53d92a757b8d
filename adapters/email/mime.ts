/** The mail as MIME: the parts for the reader, the signature around them, and the outer headers, which relays see. */
import MimeNode from 'nodemailer/lib/mime-node';
import { present } from '../../src/domain/words/present.ts';

/** One file in the packet. */
export interface MailFile {
  readonly filename: string;
  readonly mediaType: string;
  readonly content: Uint8Array;
}

/** The outer headers, which everybody can read in transit. */
export interface OuterHeader {
  readonly from: string;
  readonly to: string;
  readonly subject: string;
  readonly messageId: string;
  readonly date: Date;
}

const LOCKED = { disableFileAccess: true, disableUrlAccess: true };

/** Types that a mail client may display, run or unpack by itself. They are sent as plain bytes, so that the reader must save them. */
const ACTIVE = /^(?:text\/(?!plain$)|message\/|multipart\/)|html|svg|xml|javascript|pkcs7|pgp/;

/**
 * The entity that is signed: first the text, then the files. Everything is base64, and so 7 bit with CRLF, which gives no relay or
 * mailbox a reason to change a byte (RFC 8551 §3.1).
 */
export async function makeContentEntity(text: string, files: readonly MailFile[]): Promise<Buffer> {
  const mixed = entity('multipart/mixed');
  const body = mixed.createChild('text/plain; charset=utf-8');
  body.setHeader('Content-Transfer-Encoding', 'base64');
  body.setContent(Buffer.from(text.replaceAll('\n', '\r\n'), 'utf8'));
  for (const file of files) {
    const type = ACTIVE.test(file.mediaType) ? 'application/octet-stream' : file.mediaType;
    const part = mixed.createChild(type, { filename: file.filename });
    part.setHeader('Content-Transfer-Encoding', 'base64');
    part.setHeader('Content-Disposition', 'attachment');
    part.setContent(Buffer.from(file.content));
  }
  return mixed.build();
}

/** The multipart/signed entity around exactly these bytes (RFC 1847, RFC 8551 §3.5.3). */
export async function makeSignedEntity(content: Buffer, signature: Uint8Array): Promise<Buffer> {
  return signedParts(entity(SIGNED), content, signature).build();
}

/** A whole mail that is signed and not encrypted. */
export async function makeSignedMail(
  outside: OuterHeader,
  content: Buffer,
  signature: Uint8Array,
): Promise<Buffer> {
  return signedParts(mail(outside, SIGNED), content, signature).build();
}

/** A whole mail that contains one EnvelopedData (RFC 8551 §3.3). */
export async function makeEnvelopedMail(outside: OuterHeader, enveloped: Uint8Array): Promise<Buffer> {
  const root = mail(outside, 'application/pkcs7-mime; smime-type=enveloped-data', 'smime.p7m');
  root.setContent(Buffer.from(enveloped));
  return root.build();
}

const SIGNED = 'multipart/signed; protocol="application/pkcs7-signature"; micalg=sha-256';

function signedParts(root: MimeNode, content: Buffer, signature: Uint8Array): MimeNode {
  root.createChild().setRaw(content);
  root
    .createChild('application/pkcs7-signature', { filename: 'smime.p7s' })
    .setContent(Buffer.from(signature));
  return root;
}

/** Makes an entity as a child node, because nodemailer would give a root node a Date and a Message-ID. */
const entity = (type: string): MimeNode => new MimeNode('multipart/mixed', LOCKED).createChild(type, LOCKED);

function mail(outside: OuterHeader, type: string, filename?: string): MimeNode {
  const root = new MimeNode(type, { ...LOCKED, ...present({ filename }) });
  return root.setHeader({
    From: outside.from,
    To: outside.to,
    Subject: outside.subject,
    'Message-ID': outside.messageId,
    Date: outside.date,
    // RFC 3834: asks for no out-of-office answers.
    'Auto-Submitted': 'auto-generated',
  });
}
