/**
 * Issues a mail certificate to an officer. For a certification request the key stays with the officer; else the key is made
 * here and written once, in a PKCS#12 file with a password.
 */
import { rmSync } from 'node:fs';
import { makeUsageFailure } from '../entry/failure.ts';
import {
  answerMailRequest,
  issueMailCertificate,
  type MailCertificateRequest,
  packPkcs12,
} from '../entry/home/certificates.ts';
import { readMailAuthority } from '../entry/home/home.ts';
import { checkFileFree, writeNewFile } from '../entry/new-file.ts';
import type { DecidedEndpoint, EndpointFlags } from './endpoint-terms.ts';
import { readText } from './files.ts';
import { askPassword } from './flags.ts';
import { showProgress } from './output.ts';
import type { Terminal } from './terminal.ts';

/** Days an issued certificate is valid. */
const DAYS = 365;
/** The least length of a password: the file may stay in a mailbox for years, and only the password protects its key. */
const LEAST_PASSWORD = 12;

interface Recipient {
  readonly decided: DecidedEndpoint;
  readonly address: string;
  /** Stores the endpoint with this certificate. */
  readonly keep: (certificate: string) => Promise<Record<string, unknown>>;
}

/** Issues a certificate from the home's mail authority, writes the file and stores the endpoint; all or nothing. */
export async function issueEndpointCertificate(
  terminal: Terminal,
  flags: EndpointFlags,
  { decided: settled, address, keep }: Recipient,
): Promise<Record<string, unknown>> {
  const file = flags.issueCertificate ?? '';
  checkFileFree('--issue-certificate', file);
  const authority = readMailAuthority(terminal.home);
  const password = await passwordOf(terminal, flags.passwordFile);
  const request = requestFor(terminal, settled, address);
  const held = await showProgress(terminal, 'Making a key', () => issueMailCertificate(authority, request));
  writeNewFile('--issue-certificate', file, packPkcs12(held, [authority.certificate], password), true);
  return keptOrUndone(file, () => keep(held.certificate));
}

/** Issues a certificate for a certification request from the home's mail authority and stores the endpoint; all or nothing. */
export async function answerCertificateRequest(
  terminal: Terminal,
  flags: EndpointFlags,
  { decided: settled, address, keep }: Recipient,
): Promise<Record<string, unknown>> {
  const { certificateOut: out } = flags;
  if (out === undefined) throw makeUsageFailure('missing: --certificate-out');
  checkFileFree('--certificate-out', out);
  const authority = readMailAuthority(terminal.home);
  const asked = await readText('--sign-request', flags.signRequest ?? '', 16_384);
  const certificate = answerMailRequest(authority, asked, requestFor(terminal, settled, address));
  if (certificate === undefined)
    throw makeUsageFailure(
      '--sign-request: no certificate can be issued for this file',
      'It must be a certification request (PKCS#10) in PEM, with an RSA key of 2048 to 8192 bits, signed by that key.',
    );
  writeNewFile('--certificate-out', out, certificate + authority.certificate, false);
  return keptOrUndone(out, () => keep(certificate));
}

const requestFor = (
  terminal: Terminal,
  { officer, designation }: DecidedEndpoint,
  email: string,
): MailCertificateRequest => ({
  name: officer?.name ?? designation.name,
  email,
  now: terminal.now(),
  days: DAYS,
  usage: 'both',
});

/** Stores the endpoint; where that fails, deletes the file that was written for it. */
async function keptOrUndone(
  file: string,
  keep: () => Promise<Record<string, unknown>>,
): Promise<Record<string, unknown>> {
  try {
    return { ...(await keep()), certificate_file: file };
  } catch (fault) {
    rmSync(file, { force: true });
    throw fault;
  }
}

async function passwordOf(terminal: Terminal, file: string | undefined): Promise<string> {
  const password =
    file === undefined
      ? await askPassword(
          terminal,
          `Password for the file, at least ${LEAST_PASSWORD} characters`,
          '--password-file',
        )
      : await readText('--password-file', file, 1_024);
  if (password.length < LEAST_PASSWORD)
    throw makeUsageFailure(`--password-file: needs at least ${LEAST_PASSWORD} characters`);
  return password;
}
