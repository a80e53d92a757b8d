/** From a parcel to the mail that carries it, or the reason why none may be made. */
import type { Outcome } from '../../src/domain/adapter.ts';
import { shownFileName } from '../../src/domain/file-name.ts';
import type { Words } from '../../src/domain/words.ts';
import { envelop } from './envelope.ts';
import { attachmentNames, EVIDENCE, MESSAGE, PACKET } from './file-names.ts';
import { contentEntity, envelopedMail, type File, type Outside, signedEntity, signedMail } from './mime.ts';
import { type Recipient, recipientFor } from './recipient.ts';
import { type Signer, signDetached } from './signature.ts';
import { drillMark, type MailParcel, summaryText } from './summary-text.ts';

/** What making a mail needs besides the parcel. */
export interface Workshop {
  readonly signer: Signer;
  readonly from: string;
  readonly words: Words;
  readonly at: Date;
}

export interface Mail {
  readonly kind: 'mail';
  readonly to: string;
  readonly messageId: string;
  readonly raw: Buffer;
}

type Rejected = Extract<Outcome, { kind: 'rejected' }>;

/** One mailbox, nothing that could be read as a second one or as a header. */
const MAILBOX = /^[^\s<>()[\]\\,;:"@\p{Cc}]{1,64}@[^\s<>()[\]\\,;:"@\p{Cc}]{1,255}$/u;

/**
 * Makes the mail: signed, then encrypted to the endpoint's certificate. Without a certificate only what a notice may
 * say is mailed, signed and in the clear; anything more is rejected. A certificate that cannot be used never falls
 * back to clear mail.
 */
export async function makeMail(parcel: MailParcel, workshop: Workshop): Promise<Mail | Rejected> {
  const { address, certificate, oldCertificate } = parcel.endpoint;
  if (!MAILBOX.test(address)) return rejected('address-unusable');
  if (parcel.kind === 'message' && parcel.content.shows === 'sealed') return rejected('shows-not-supported');
  if (certificate === undefined) {
    return shows(parcel) === 'notice' ? clearMail(parcel, workshop) : rejected('no-certificate');
  }
  const usable = [certificate, ...(oldCertificate === undefined ? [] : [oldCertificate.pem])].flatMap(
    (pem) => recipientFor(pem, address, workshop.at) ?? [],
  );
  const [first, ...more] = usable;
  return first === undefined
    ? rejected('certificate-unusable')
    : encryptedMail(parcel, [first, ...more], workshop);
}

function shows(parcel: MailParcel): string {
  // A reminder or a note says no more than a notice, whatever else the endpoint may show.
  if (parcel.kind === 'reminder' || parcel.kind === 'note') return 'notice';
  return parcel.kind === 'message' ? parcel.content.shows : parcel.endpoint.shows;
}

const rejected = (code: string): Rejected => ({ kind: 'rejected', code });

async function encryptedMail(
  parcel: MailParcel,
  recipients: readonly [Recipient, ...Recipient[]],
  workshop: Workshop,
): Promise<Mail> {
  const content = await contentEntity(summaryText(parcel, workshop.words), files(parcel));
  const signature = await signDetached(content, workshop.signer, workshop.at);
  const enveloped = await envelop(await signedEntity(content, signature), recipients);
  const outside = outsideOf(parcel, workshop);
  return finished(outside, await envelopedMail(outside, enveloped));
}

async function clearMail(parcel: MailParcel, workshop: Workshop): Promise<Mail> {
  const content = await contentEntity(summaryText(parcel, workshop.words, 'signed-only'), []);
  const signature = await signDetached(content, workshop.signer, workshop.at);
  const outside = outsideOf(parcel, workshop);
  return finished(outside, await signedMail(outside, content, signature));
}

const finished = (outside: Outside, raw: Buffer): Mail => ({
  kind: 'mail',
  to: outside.to,
  messageId: outside.messageId,
  raw,
});

/** Fixed words, a short reference and the mark of a drill; the Message-ID comes from the delivery, so that a repeat is known as one. */
const outsideOf = (parcel: MailParcel, { from, words, at }: Workshop): Outside => ({
  from,
  to: parcel.endpoint.address,
  subject: subjectOf(parcel, words),
  messageId: `<${parcel.delivery}@${from.slice(from.lastIndexOf('@') + 1)}>`,
  date: at,
});

const subjectOf = (parcel: MailParcel, words: Words): string =>
  parcel.kind === 'note'
    ? 'Amanat'
    : ['Amanat', parcel.summary.reference, drillMark(parcel, words) ?? ''].join(' ').trim();

function files(parcel: MailParcel): File[] {
  if (parcel.kind === 'evidence') return [jose(EVIDENCE, parcel.jws)];
  if (parcel.kind === 'reminder' || parcel.kind === 'note' || parcel.content.shows !== 'packet') return [];
  const { attachments } = parcel.content.message;
  const names = attachmentNames(attachments.map(({ filename }) => shownFileName(filename)));
  const attached = attachments.map((one, n) => ({
    filename: names[n] ?? shownFileName(one.filename),
    mediaType: one.media_type,
    content: Buffer.from(one.data.base64, 'base64url'),
  }));
  const { letter } = parcel.content;
  // First, because it is what people open: the packet as a formal letter.
  const packet =
    letter === undefined ? [] : [{ filename: PACKET, mediaType: 'application/pdf', content: letter }];
  return [...packet, jose(MESSAGE, parcel.content.jws), ...attached];
}

const jose = (filename: string, jws: Readonly<Record<string, unknown>>): File => ({
  filename,
  mediaType: 'application/jose+json',
  content: Buffer.from(JSON.stringify(jws), 'utf8'),
});
