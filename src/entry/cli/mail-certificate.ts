/** Issuing a mail certificate to an attaché: its key leaves once, as a PKCS#12 file under a password. */
import { rmSync } from 'node:fs';
import { issueMailCertificate, toPkcs12 } from '../certificates.ts';
import { readMailAuthority } from '../home.ts';
import type { EndpointFlags, Settled } from './endpoint-terms.ts';
import { usage } from './failure.ts';
import { checkFree, readText, writeNew } from './files.ts';
import { askPassword } from './flags.ts';
import { progress } from './output.ts';
import type { Terminal } from './terminal.ts';

/** Days an issued certificate is good for. */
const DAYS = 365;
/** The file may lie in a mailbox for years; its password is all that guards the key. */
const LEAST_PASSWORD = 12;

interface Recipient {
  readonly settled: Settled;
  readonly address: string;
  /** Keeps the endpoint with this certificate. */
  readonly keep: (certificate: string) => Promise<Record<string, unknown>>;
}

/** Issues from the home's mail authority, writes the file, and keeps the endpoint; all or nothing. */
export async function issueCertificate(
  terminal: Terminal,
  flags: EndpointFlags,
  { settled, address, keep }: Recipient,
): Promise<Record<string, unknown>> {
  const file = flags.issueCertificate ?? '';
  checkFree('--issue-certificate', file);
  const authority = readMailAuthority(terminal.home);
  const password = await passwordOf(terminal, flags.passwordFile);
  const name = settled.officer?.name ?? settled.desk.name;
  const request = { name, email: address, now: terminal.now(), days: DAYS, usage: 'both' } as const;
  const held = await progress(terminal, 'Making a key', () => issueMailCertificate(authority, request));
  writeNew('--issue-certificate', file, toPkcs12(held, [authority.certificate], password), true);
  try {
    return { ...(await keep(held.certificate)), certificate_file: file };
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
          `A password for the file, ${LEAST_PASSWORD} characters or more`,
          '--password-file',
        )
      : await readText('--password-file', file, 1_024);
  if (password.length < LEAST_PASSWORD)
    throw usage(`--password-file: needs ${LEAST_PASSWORD} characters or more`);
  return password;
}
