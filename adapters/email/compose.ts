/**
 * Composing a packet: everything between what is to be said and the bytes that are mailed. What goes in can be copied to
 * another thread, so that a large packet holds up nobody.
 */

import { envelop } from './envelope.ts';
import { contentEntity, envelopedMail, type File, type Outside, signedEntity } from './mime.ts';
import { recipientFor } from './recipient.ts';
import { loadSigner, type SignerOptions, signDetached } from './signature.ts';

/** One file of a packet, as its content is at hand. */
export interface Source {
  readonly filename: string;
  readonly mediaType: string;
  readonly content:
    | { readonly bytes: Uint8Array }
    | { readonly base64url: string }
    | { readonly json: Readonly<Record<string, unknown>> };
}

export interface Composition {
  readonly text: string;
  readonly files: readonly Source[];
  readonly outside: Outside;
  /** Certificates (PEM) of the mailbox, which were judged to be usable at that moment. */
  readonly certificates: readonly string[];
  readonly signer: SignerOptions;
}

/** Gives the whole mail. */
export type Compose = (composition: Composition) => Promise<Uint8Array>;

/** Signs, encrypts and wraps: the whole mail. */
export const composeMail: Compose = async ({ text, files, outside, certificates, signer }) => {
  const { from, to, date } = outside;
  const [first, ...more] = certificates.flatMap((pem) => recipientFor(pem, to, date) ?? []);
  if (first === undefined) throw new Error('a mail is composed for nobody');
  const content = await contentEntity(text, files.map(fileOf));
  const signature = await signDetached(content, loadSigner(signer, from), date);
  const enveloped = await envelop(await signedEntity(content, signature), [first, ...more]);
  return envelopedMail(outside, enveloped);
};

function fileOf({ content, ...named }: Source): File {
  if ('bytes' in content) return { ...named, content: content.bytes };
  if ('base64url' in content) return { ...named, content: Buffer.from(content.base64url, 'base64url') };
  return { ...named, content: Buffer.from(JSON.stringify(content.json), 'utf8') };
}
