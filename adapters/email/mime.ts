/** The mail as MIME: the parts a person reads, the signature around them, the bare outside that relays see. */
import MimeNode from 'nodemailer/lib/mime-node';
import { present } from '../../src/domain/words/present.ts';

/** One file in the packet. */
export interface MailFile {
  readonly filename: string;
  readonly mediaType: string;
  readonly content: Uint8Array;
}

/** The outer header block: all that may be read on the way. */
export interface OuterHeader {
  readonly from: string;
  readonly to: string;
  readonly subject: string;
  readonly messageId: string;
  readonly date: Date;
}

const LOCKED = { disableFileAccess: true, disableUrlAccess: true };

/** Types that a mail client may show by itself, run, or take apart: these go as plain bytes, to be saved and looked at. */
const ACTIVE = /^(?:text\/(?!plain$)|message\/|multipart\/)|html|svg|xml|javascript|pkcs7|pgp/;

/**
 * The entity that gets signed: text first, then files. All of it is base64, so that it is 7 bit with CRLF and no
 * relay or mailbox has a reason to change a byte (RFC 8551 §3.1).
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

/** A whole mail whose inside is one EnvelopedData (RFC 8551 §3.3). */
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

/** An entity without mail headers: only a root would be given a Date and a Message-ID. */
const entity = (type: string): MimeNode => new MimeNode('multipart/mixed', LOCKED).createChild(type, LOCKED);

function mail(outside: OuterHeader, type: string, filename?: string): MimeNode {
  const root = new MimeNode(type, { ...LOCKED, ...present({ filename }) });
  return root.setHeader({
    From: outside.from,
    To: outside.to,
    Subject: outside.subject,
    'Message-ID': outside.messageId,
    Date: outside.date,
    // RFC 3834: no out-of-office answers to a machine.
    'Auto-Submitted': 'auto-generated',
  });
}
