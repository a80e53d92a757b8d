/** Makes the mail of a parcel, or says why it must not be made. */
import type { Outcome } from '../../src/domain/carriage/adapter.ts';
import { safeFileNameOf } from '../../src/domain/words/file-name.ts';
import type { Phrases } from '../../src/domain/words/phrases.ts';
import { type ComposeMail, composeMail, type PacketSource } from './compose.ts';
import { EVIDENCE_FILE, MESSAGE_FILE, nameAttachments, PACKET_FILE } from './file-names.ts';
import { makeContentEntity, makeSignedMail, type OuterHeader } from './mime.ts';
import { readRecipient } from './recipient.ts';
import { type MailSigner, type MailSignerOptions, signDetached } from './signature.ts';
import { composeSummary, drillMarkOf, type MailParcel } from './summary-text.ts';

/** What making a mail needs in addition to the parcel. */
interface MailContext {
  readonly signer: MailSigner;
  /** The options from which the signer was loaded. */
  readonly signerOptions: MailSignerOptions;
  /** Chooses where a mail with files of so many bytes is composed; in the same thread if undefined. */
  readonly composeFor: (bytes: number) => ComposeMail | undefined;
  readonly from: string;
  readonly translate: Phrases;
  readonly at: Date;
}

export interface MadeMail {
  readonly kind: 'mail';
  readonly to: string;
  readonly messageId: string;
  readonly raw: Uint8Array;
}

type Rejected = Extract<Outcome, { kind: 'rejected' }>;

/** One mailbox; nothing that could be read as a second one or as a header. */
const MAILBOX = /^[^\s<>()[\]\\,;:"@\p{Cc}]{1,64}@[^\s<>()[\]\\,;:"@\p{Cc}]{1,255}$/u;

/**
 * Makes the mail: signed, then encrypted to the endpoint's certificate. Without a certificate only a notice is sent, signed and
 * in the clear; any other content is rejected. Where a certificate cannot be used, the mail is never sent in the clear instead.
 */
export async function makeMail(parcel: MailParcel, workshop: MailContext): Promise<MadeMail | Rejected> {
  const { address, certificate, oldCertificate } = parcel.endpoint;
  if (!MAILBOX.test(address)) return rejected('address-unusable');
  if (parcel.kind === 'message' && parcel.content.shows === 'sealed') return rejected('shows-not-supported');
  if (certificate === undefined) {
    return shows(parcel) === 'notice' ? clearMail(parcel, workshop) : rejected('no-certificate');
  }
  const usable = [certificate, ...(oldCertificate === undefined ? [] : [oldCertificate.pem])].flatMap(
    (pem) => (readRecipient(pem, address, workshop.at) === undefined ? [] : [pem]),
  );
  return usable.length === 0 ? rejected('certificate-unusable') : encryptedMail(parcel, usable, workshop);
}

function shows(parcel: MailParcel): string {
  // A reminder or a note contains no more than a notice, also at an endpoint that may show more.
  if (parcel.kind === 'reminder' || parcel.kind === 'note') return 'notice';
  return parcel.kind === 'message' ? parcel.content.shows : parcel.endpoint.shows;
}

const rejected = (code: string): Rejected => ({ kind: 'rejected', code });

async function encryptedMail(
  parcel: MailParcel,
  certificates: readonly string[],
  workshop: MailContext,
): Promise<MadeMail> {
  const outside = outsideOf(parcel, workshop);
  const files = filesOf(parcel);
  const compose = workshop.composeFor(files.reduce((sum, one) => sum + weightOf(one), 0)) ?? composeMail;
  const text = composeSummary(parcel, workshop.translate);
  return finished(
    outside,
    await compose({ text, files, outside, certificates, signer: workshop.signerOptions }),
  );
}

function weightOf({ content }: PacketSource): number {
  if ('bytes' in content) return content.bytes.length;
  // The size of a JWS is about the size of its payload.
  return 'base64url' in content ? content.base64url.length : String(content.json['payload'] ?? '').length;
}

async function clearMail(parcel: MailParcel, workshop: MailContext): Promise<MadeMail> {
  const content = await makeContentEntity(composeSummary(parcel, workshop.translate, 'signed-only'), []);
  const signature = await signDetached(content, workshop.signer, workshop.at);
  const outside = outsideOf(parcel, workshop);
  return finished(outside, await makeSignedMail(outside, content, signature));
}

const finished = (outside: OuterHeader, raw: Uint8Array): MadeMail => ({
  kind: 'mail',
  to: outside.to,
  messageId: outside.messageId,
  raw,
});

/** The outer headers: a fixed subject, a short reference and the mark of a drill. The Message-ID comes from the delivery, so that a mail program recognises a repeat. */
const outsideOf = (parcel: MailParcel, { from, translate, at }: MailContext): OuterHeader => ({
  from,
  to: parcel.endpoint.address,
  subject: subjectOf(parcel, translate),
  messageId: `<${parcel.delivery}@${from.slice(from.lastIndexOf('@') + 1)}>`,
  date: at,
});

const subjectOf = (parcel: MailParcel, translate: Phrases): string =>
  parcel.kind === 'note'
    ? 'Amanat'
    : ['Amanat', parcel.summary.reference, drillMarkOf(parcel, translate) ?? ''].join(' ').trim();

function filesOf(parcel: MailParcel): PacketSource[] {
  if (parcel.kind === 'evidence') return [jose(EVIDENCE_FILE, parcel.jws)];
  if (parcel.kind === 'reminder' || parcel.kind === 'note' || parcel.content.shows !== 'packet') return [];
  const { attachments } = parcel.content.message;
  const names = nameAttachments(attachments.map(({ filename }) => safeFileNameOf(filename)));
  const attached = attachments.map((one, n) => ({
    filename: names[n] ?? safeFileNameOf(one.filename),
    mediaType: one.media_type,
    content: { base64url: one.data.base64 },
  }));
  const { letter } = parcel.content;
  // The formal letter comes first, because people open the first file.
  const packet =
    letter === undefined
      ? []
      : [{ filename: PACKET_FILE, mediaType: 'application/pdf', content: { bytes: letter } }];
  return [...packet, jose(MESSAGE_FILE, parcel.content.jws), ...attached];
}

const jose = (filename: string, jws: Readonly<Record<string, unknown>>): PacketSource => ({
  filename,
  mediaType: 'application/jose+json',
  content: { json: jws },
});
