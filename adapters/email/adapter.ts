/** The e-mail channel: sends S/MIME packets through an SMTP relay over TLS. It receives nothing yet. */
import type { Adapter, Outcome } from '../../src/domain/carriage/adapter.ts';
import { Refusal } from '../../src/domain/words/error.ts';
import type { Phrases } from '../../src/domain/words/phrases.ts';
import type { ComposeMail } from './compose.ts';
import { type MadeMail, makeMail } from './packet.ts';
import { isSignerInTime, loadSigner, type MailSignerOptions } from './signature.ts';
import { outcomeOfSmtp } from './smtp-answer.ts';
import { type MailTransport, openTransport, type SmtpOptions } from './transport.ts';

export interface EmailOptions {
  readonly smtp: SmtpOptions;
  /** The gateway's bare address, for From and for bounces. */
  readonly from: string;
  readonly signer: MailSignerOptions;
  readonly translate: Phrases;
  readonly now: () => Date;
  /** Chooses where a mail with files of so many bytes is composed; in the same thread if absent or undefined. */
  readonly composeFor?: (bytes: number) => ComposeMail | undefined;
  /** Time limit for one mail, with connecting (default: 60). */
  readonly timeoutSeconds?: number;
}

export interface EmailAdapter extends Adapter {
  /** Ends the pooled connections; a mail in progress fails and is deferred. */
  close(): Promise<void>;
}

/**
 * Builds the channel.
 * @throws Refusal `configuration` when the signing certificate cannot serve `from`
 */
export function createEmailAdapter(options: EmailOptions): EmailAdapter {
  const { from, translate, now, composeFor = () => undefined } = options;
  if (!/^[^\s<>,;:"@]+@[^\s<>,;:"@]+$/.test(from))
    throw new Refusal('configuration', 'AMANAT_MAIL_FROM must be one bare address');
  const signer = loadSigner(options.signer, from);
  const timeout = (options.timeoutSeconds ?? 60) * 1_000;
  const transport = openTransport(options.smtp, from, timeout);
  return {
    channel: 'email',

    // Signed replies and bounces are not read yet, so every call is refused unread.
    receive: async () => [{ kind: 'refused', code: 'not-found', detail: 'this channel receives nothing' }],

    async send(parcel, signal) {
      if (parcel.kind === 'revision' || parcel.kind === 'reply')
        return { kind: 'rejected', code: 'not-revisable' };
      const at = now();
      if (!isSignerInTime(signer, at)) return { kind: 'deferred', code: 'signer-expired' };
      const workshop = { signer, signerOptions: options.signer, composeFor, from, translate: translate, at };
      const mail = await makeMail(parcel, workshop);
      if (mail.kind === 'rejected') return mail;
      return hand(transport, mail, from, { outer: signal, timeout });
    },

    close: async () => transport.close({ force: true }),
  };
}

async function hand(
  transport: MailTransport,
  mail: MadeMail,
  from: string,
  limits: { readonly outer: AbortSignal; readonly timeout: number },
): Promise<Outcome> {
  const deadline = AbortSignal.timeout(limits.timeout);
  const { messageId, raw, to } = mail;
  try {
    await transport.sendMail({
      // A view of the same bytes.
      raw: Buffer.from(raw.buffer, raw.byteOffset, raw.byteLength),
      messageId,
      envelope: { from, to: [to], size: raw.byteLength },
      signal: AbortSignal.any([limits.outer, deadline]),
      disableFileAccess: true,
      disableUrlAccess: true,
    });
    return { kind: 'accepted', code: 'smtp-250', reach: 'sent', reference: messageId };
  } catch (error) {
    if (limits.outer.aborted) return { kind: 'deferred', code: 'aborted' };
    return deadline.aborted ? { kind: 'deferred', code: 'timeout' } : outcomeOfSmtp(error);
  }
}
