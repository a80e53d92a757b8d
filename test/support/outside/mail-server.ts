/**
 * A real SMTP server on loopback that requires STARTTLS and keeps what it receives: the attaché's mailbox in demo and
 * tests.
 */
import { SMTPServer, type SMTPServerDataStream, type SMTPServerSession } from 'smtp-server';
import { makeLoopbackCertificate } from './loopback-certificate.ts';

export interface ReceivedMail {
  readonly envelope: { readonly from: string; readonly to: readonly string[] };
  /** The bytes as received, after dot unstuffing (RFC 5321 §4.5.2). */
  readonly raw: Buffer;
}

export type MailStage = 'MAIL' | 'RCPT' | 'DATA';

/** A fault at a stage: an answer, a broken connection, or no answer at all. */
export type MailFault = { readonly code: number; readonly text: string } | 'close' | 'hang';

/** Decides the fault at each stage; undefined for none. */
export type MailFaults = (stage: MailStage, envelope: ReceivedMail['envelope']) => MailFault | undefined;

export interface MailServer {
  readonly port: number;
  /** PEM; a client that trusts it can reach this server. */
  readonly ca: string;
  readonly received: readonly ReceivedMail[];
  onMail(listener: (mail: ReceivedMail) => void): void;
  setFault(faults: MailFaults | undefined): void;
  close(): Promise<void>;
}

const MAX_MAIL = 96 * 1024 * 1024;
const MAX_KEPT = 1_000;

/** Starts the server on a free port of 127.0.0.1, with a certificate made for it. */
export async function startMailServer(options: { readonly faults?: MailFaults } = {}): Promise<MailServer> {
  const { certificate, privateKey } = await makeLoopbackCertificate(new Date());
  const received: ReceivedMail[] = [];
  const listeners: ((mail: ReceivedMail) => void)[] = [];
  let faults = options.faults;
  const keep = (mail: ReceivedMail): void => {
    received.push(mail);
    if (received.length > MAX_KEPT) received.shift();
    for (const listener of listeners) listener(mail);
  };
  const server = buildServer({ cert: certificate, key: privateKey }, keep, (stage, envelope) =>
    faults?.(stage, envelope),
  );
  const port = await listening(server);
  return {
    port,
    ca: certificate,
    received,
    onMail: (listener) => void listeners.push(listener),
    setFault: (next) => {
      faults = next;
    },
    close: () => new Promise((resolve) => server.close(resolve)),
  };
}

function buildServer(
  tls: { readonly cert: string; readonly key: string },
  keep: (mail: ReceivedMail) => void,
  faults: MailFaults,
): SMTPServer {
  const server = new SMTPServer({
    ...tls,
    name: 'localhost',
    size: MAX_MAIL,
    authOptional: true,
    disabledCommands: ['AUTH'],
    disableReverseLookup: true,
    logger: false,
    closeTimeout: 100,
    onMailFrom: (_address, session, done) => {
      if (!session.secure) return done(answer(530, '5.7.0 Must issue a STARTTLS command first'));
      meet('MAIL', session, done);
    },
    onRcptTo: (_address, session, done) => meet('RCPT', session, done),
    // A stream fails if the client leaves in the middle of a mail: nobody waits for an answer.
    onData: (stream, session, done) => void take(stream, session, done).catch(() => {}),
  });

  /** Makes a fault happen, or continues. */
  function meet(stage: MailStage, session: SMTPServerSession, done: (error?: Error | null) => void): void {
    const fault = faults(stage, envelopeOf(session));
    if (fault === undefined) done();
    else if (fault === 'close') drop(session.id);
    else if (fault !== 'hang') done(answer(fault.code, fault.text));
  }

  const drop = (id: string): void => {
    for (const connection of server.connections) if (connection.session.id === id) connection.close();
  };

  async function take(
    stream: SMTPServerDataStream,
    session: SMTPServerSession,
    done: (error?: Error | null) => void,
  ) {
    const parts: Buffer[] = [];
    let size = 0;
    for await (const part of stream as AsyncIterable<Buffer>) {
      size += part.length;
      // After its limit the server keeps counting and leaves the refusal to this code: read on, keep nothing.
      if (size <= MAX_MAIL) parts.push(part);
    }
    if (size > MAX_MAIL) return done(answer(552, '5.3.4 Message too big'));
    meet('DATA', session, (error) => {
      if (!error) keep({ envelope: envelopeOf(session), raw: Buffer.concat(parts) });
      done(error);
    });
  }

  // A client that leaves in the middle is no fault of this server.
  server.on('error', () => {});
  return server;
}

function listening(server: SMTPServer): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    const listener = server.listen(0, '127.0.0.1', () => {
      const address = listener.address();
      resolve(typeof address === 'object' && address !== null ? address.port : 0);
    });
  });
}

const envelopeOf = ({ envelope }: SMTPServerSession): ReceivedMail['envelope'] => ({
  from: envelope.mailFrom ? envelope.mailFrom.address : '',
  to: envelope.rcptTo.map((one) => one.address),
});

const answer = (responseCode: number, text: string): Error =>
  Object.assign(new Error(text), { responseCode });
