/** A recipient's S/MIME certificate as a file: itself, then what leads from it to an authority that is trusted here. */
import { readRecipient } from '../../adapters/email/recipient.ts';
import { makeUsageFailure } from '../entry/failure.ts';
import { createMailTrust } from '../entry/home/mail-trust-files.ts';
import { CHAIN_REASONS, type ChainOutcome } from '../seal/chain.ts';
import { judgeMailbox, MAX_CHAIN_CERTIFICATES } from '../seal/mail-trust.ts';
import { splitPem } from '../seal/x509.ts';
import { readText } from './files.ts';

const LIMIT = 256 * 1024;

export interface MailboxOwner {
  readonly address: string;
  /** Whose authorities may vouch for it: the focal point's own country. */
  readonly country: string;
  /** The home folder. */
  readonly home: string;
  readonly now: Date;
}

/**
 * The certificate of a file, fit for this mailbox now and verified to an authority of the focal point's country or to
 * the gateway's own mail authority, with the CAs that lead there; undefined where no file was given. A list that is out
 * of date is no reason to stop what goes on, but one not to begin: there is no grace here.
 * @throws Failure `usage`
 */
export async function readRecipientCertificate(
  file: string | undefined,
  owner: MailboxOwner,
): Promise<string | undefined> {
  if (file === undefined) return undefined;
  const found = splitPem(await readText('--certificate', file, LIMIT), MAX_CHAIN_CERTIFICATES);
  const whole = found?.join('\n') ?? '';
  if (readRecipient(whole, owner.address, owner.now) === undefined) {
    throw makeUsageFailure(
      '--certificate: cannot be used for this address',
      'The first certificate in it must be PEM, valid now, for e-mail protection and encryption, and name this mailbox.',
    );
  }
  const outcome = judgeMailbox(whole, createMailTrust(owner.home)(owner.country), owner.now);
  if (outcome.kind !== 'trusted') throw notTrusted(outcome, owner.country);
  return whole;
}

function notTrusted(outcome: ChainOutcome, country: string): Error {
  if (outcome.kind !== 'refused')
    return makeUsageFailure(
      '--certificate: the revocation list of its issuer is out of date',
      `Fetch the new list from the issuer and put it into certs/${country}/mail/ of the home folder, as .crl.`,
    );
  return makeUsageFailure(
    `--certificate: ${CHAIN_REASONS[outcome.reason]}`,
    `Put the CA’s certificate into certs/${country}/mail/ of the home folder, and those between into the file, after the recipient’s.`,
  );
}
