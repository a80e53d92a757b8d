/** A recipient's S/MIME certificate as a file: the certificate, then the chain to an authority that is trusted here. */
import { readRecipient } from '../../adapters/email/recipient.ts';
import { makeUsageFailure } from '../entry/failure.ts';
import { createMailTrust } from '../entry/home/mail-trust-files.ts';
import { CHAIN_REASONS, type ChainOutcome } from '../seal/chain.ts';
import { judgeMailbox, MAX_CHAIN_CERTIFICATES } from '../seal/mail-trust.ts';
import { splitPem } from '../seal/x509.ts';
import { readText } from './files.ts';

const LIMIT = 256 * 1024;

interface MailboxOwner {
  readonly address: string;
  /** The country whose authorities may issue it: the focal point's own. */
  readonly country: string;
  /** The home folder. */
  readonly home: string;
  readonly now: Date;
}

/**
 * Reads the certificate of a file with its chain; undefined if no file was given. It must fit this mailbox now and verify
 * to an authority of the focal point's country or to the gateway's own mail authority. An outdated revocation list is refused:
 * the grace period covers certificates already in use, but not new ones.
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
      'Its first certificate must be PEM, valid now, allow e-mail protection and encryption, and name this mailbox.',
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
      `Get the new list from the issuer and put it into certs/${country}/mail/ of the home folder, as .crl.`,
    );
  return makeUsageFailure(
    `--certificate: ${CHAIN_REASONS[outcome.reason]}`,
    `Put the CA’s certificate into certs/${country}/mail/ of the home folder. Put the intermediate certificates into the file, after the recipient’s.`,
  );
}
