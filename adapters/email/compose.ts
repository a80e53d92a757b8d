/**
 * Composes a packet: from its text and files to the bytes of the mail. The input can be copied to another thread, so that a large
 * packet does not block the event loop.
 */

import { encryptToMailbox } from './envelope.ts';
import {
  type MailFile,
  makeContentEntity,
  makeEnvelopedMail,
  makeSignedEntity,
  type OuterHeader,
} from './mime.ts';
import { readRecipient } from './recipient.ts';
import { loadSigner, type MailSignerOptions, signDetached } from './signature.ts';

/** One file of a packet, with its content in the form that the caller has. */
export interface PacketSource {
  readonly filename: string;
  readonly mediaType: string;
  readonly content:
    | { readonly bytes: Uint8Array }
    | { readonly base64url: string }
    | { readonly json: Readonly<Record<string, unknown>> };
}

export interface MailComposition {
  readonly text: string;
  readonly files: readonly PacketSource[];
  readonly outside: OuterHeader;
  /** Certificates (PEM) of the mailbox, already checked as usable now. */
  readonly certificates: readonly string[];
  readonly signer: MailSignerOptions;
}

/** Composes the whole mail. */
export type ComposeMail = (composition: MailComposition) => Promise<Uint8Array>;

/** Composes the whole mail: signs it, encrypts it and adds the outer headers. */
export const composeMail: ComposeMail = async ({ text, files, outside, certificates, signer }) => {
  const { from, to, date } = outside;
  const [first, ...more] = certificates.flatMap((pem) => readRecipient(pem, to, date) ?? []);
  if (first === undefined) throw new Error('a mail needs the certificate of a recipient');
  const content = await makeContentEntity(text, files.map(fileOf));
  const signature = await signDetached(content, loadSigner(signer, from), date);
  const enveloped = await encryptToMailbox(await makeSignedEntity(content, signature), [first, ...more]);
  return makeEnvelopedMail(outside, enveloped);
};

function fileOf({ content, ...named }: PacketSource): MailFile {
  if ('bytes' in content) return { ...named, content: content.bytes };
  if ('base64url' in content) return { ...named, content: Buffer.from(content.base64url, 'base64url') };
  return { ...named, content: Buffer.from(JSON.stringify(content.json), 'utf8') };
}
