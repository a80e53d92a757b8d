/** The transport to the mail relay: pooled SMTP, never without TLS. */
import { Readable } from 'node:stream';
import { createTransport } from 'nodemailer';
import { present } from '../../src/domain/words/present.ts';
import { outcomeOfSmtp } from './smtp-answer.ts';

export interface SmtpOptions {
  readonly host: string;
  readonly port: number;
  /** TLS from the first byte (usually port 465). Otherwise STARTTLS is required. */
  readonly secure?: boolean;
  readonly auth?: { readonly user: string; readonly pass: string };
  /** The only CA (PEM) to trust for the server's certificate, instead of the platform's. */
  readonly tls?: { readonly ca: string };
  /** The name in EHLO (default: the domain of `from`). */
  readonly name?: string;
}

export type MailTransport = ReturnType<typeof openTransport>;

/** Makes the transport; it connects when the first mail is sent. `timeout` in milliseconds. */
export function openTransport(smtp: SmtpOptions, from: string, timeout: number) {
  const transport = createTransport({
    pool: true,
    host: smtp.host,
    port: smtp.port,
    secure: smtp.secure ?? false,
    requireTLS: true,
    tls: { minVersion: 'TLSv1.2', rejectUnauthorized: true, ...present({ ca: smtp.tls?.ca }) },
    ...present({ auth: smtp.auth }),
    name: smtp.name ?? from.slice(from.lastIndexOf('@') + 1),
    connectionTimeout: timeout,
    greetingTimeout: timeout,
    socketTimeout: timeout,
    disableFileAccess: true,
    disableUrlAccess: true,
    // Replaces a pooled connection that the relay closed while idle, once; the delivery makes all other retries.
    maxRequeues: 1,
  });
  transport.use('stream', ({ data, message }, done) => {
    const { raw } = data;
    if (raw instanceof Buffer) message.createReadStream = () => Readable.from(piecesOf(raw));
    done();
  });
  return transport;
}

/** Bytes in one piece: nodemailer looks at each byte, for dots at the beginning of a line. */
const PIECE = 64 * 1_024;

function* piecesOf(bytes: Buffer): Generator<Buffer> {
  for (let at = 0; at < bytes.length; at += PIECE) yield bytes.subarray(at, at + PIECE);
}

/**
 * Makes a handshake with the relay: connection, EHLO, STARTTLS and AUTH. Sends no mail. `timeoutMs` in milliseconds.
 * @returns undefined if the relay accepts the login, else our code for the reason
 */
export async function greetRelay(
  smtp: SmtpOptions,
  from: string,
  timeoutMs: number,
): Promise<string | undefined> {
  const transport = openTransport(smtp, from, timeoutMs);
  try {
    await transport.verify();
    return undefined;
  } catch (fault) {
    return outcomeOfSmtp(fault).code;
  } finally {
    transport.close({ force: true });
  }
}
