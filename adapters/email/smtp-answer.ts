/** Maps the answer of an SMTP server, or an error on the way to it, to an outcome. */
import type { Outcome } from '../../src/domain/carriage/adapter.ts';
import { present } from '../../src/domain/words/present.ts';

/** The members of nodemailer's errors. `response` is the server's text: only its codes are read, and it is never passed on. */
interface SmtpError {
  readonly code?: string;
  readonly originalCode?: string;
  readonly command?: string;
  readonly response?: string;
  readonly responseCode?: number;
}

/** Commands whose answer is about this mail or mailbox, and not about the gateway or the connection. */
const ABOUT_THE_MAIL = ['RCPT TO', 'DATA'];

/**
 * Enhanced codes (RFC 3463 §3.2) for a mailbox that does not exist. 5.1.7 and 5.1.8 are about the sender, and 5.1.2 may be a
 * failed lookup, so they do not switch an endpoint off.
 */
const MAILBOX_GONE = ['5.1.1', '5.1.3', '5.1.6', '5.1.10'];

/** Faults of the connection, by nodemailer's code. All may be temporary, so all are deferred. */
const FAULTS: Readonly<Record<string, string>> = {
  ECONNECTION: 'connection-lost',
  ESOCKET: 'connection-failed',
  ETIMEDOUT: 'timeout',
  EDNS: 'dns',
  ETLS: 'tls',
  EAUTH: 'smtp-auth',
  ENOAUTH: 'smtp-auth',
  EPROTOCOL: 'smtp-protocol',
};

/**
 * Maps an error of the transport. Permanent answers to RCPT or DATA are rejections. Earlier permanent answers (to the connection,
 * the login, the sender address) are for the operator to repair, so the delivery waits.
 */
export function outcomeOfSmtp(error: unknown): Outcome {
  const fault: SmtpError = typeof error === 'object' && error !== null ? error : {};
  const status = fault.responseCode ?? 0;
  if (status >= 500 && status < 600 && ABOUT_THE_MAIL.includes(fault.command ?? ''))
    return refused(fault, status);
  if (fault.code === 'EAUTH' || fault.code === 'ENOAUTH') return { kind: 'deferred', code: 'smtp-auth' };
  if (status >= 400 && status < 600) return { kind: 'deferred', code: `smtp-${status}` };
  if (fault.code === 'EMESSAGE' && fault.command === 'MAIL FROM')
    return { kind: 'rejected', code: 'too-large' };
  return { kind: 'deferred', code: faultCode(fault) };
}

function refused(fault: SmtpError, status: number): Outcome {
  const enhanced = /^\d{3}[ -](\d\.\d{1,3}\.\d{1,3})\b/.exec(fault.response ?? '')?.[1];
  const full = enhanced === '5.2.2' || (status === 552 && enhanced === undefined);
  if (full) return { kind: 'deferred', code: 'mailbox-full' };
  // RFC 5321 §4.2.1: 503 means commands in the wrong order, which is a fault of the session and not of the mail.
  if (status === 503) return { kind: 'deferred', code: 'smtp-503' };
  const gone = status === 550 && fault.command === 'RCPT TO' && MAILBOX_GONE.includes(enhanced ?? '');
  return { kind: 'rejected', code: `smtp-${status}`, ...present({ gone: gone || undefined }) };
}

function faultCode({ code = '', originalCode = '' }: SmtpError): string {
  if (originalCode === 'ECONNREFUSED') return 'connection-refused';
  if (/CERT|SIGNATURE|ALTNAME|ISSUER|^ERR_(?:TLS|SSL)/.test(originalCode)) return 'tls';
  return FAULTS[code] ?? 'smtp-fault';
}
