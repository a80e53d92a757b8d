/** A recipient's S/MIME certificate as a file: itself, then what leads from it to an authority that is trusted here. */
import { recipientFor } from '../../../adapters/email/recipient.ts';
import { CHAIN_REASONS, type ChainOutcome, verifyChain } from '../../seal/chain.ts';
import { splitPem } from '../../seal/x509.ts';
import { type MailTrust, readMailTrust } from '../home.ts';
import { usage } from './failure.ts';
import { readText } from './files.ts';

/** The certificate and the CAs between it and its anchor. */
const MOST = 9;
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
 * the gateway's own mail authority; undefined where no file was given.
 * @throws Failure `usage`
 */
export async function readRecipientCertificate(
  file: string | undefined,
  owner: MailboxOwner,
): Promise<string | undefined> {
  if (file === undefined) return undefined;
  const [leaf, ...intermediates] = splitPem(await readText('--certificate', file, LIMIT), MOST) ?? [];
  if (leaf === undefined || recipientFor(leaf, owner.address, owner.now) === undefined) {
    throw usage(
      '--certificate: cannot be used for this address',
      'The first certificate in it must be PEM, valid now, for e-mail protection and encryption, and name this mailbox.',
    );
  }
  const outcomes = readMailTrust(owner.home, owner.country).map((trust) =>
    outcomeBy(trust, { leaf, intermediates, at: owner.now }),
  );
  if (!outcomes.some((one) => one.kind === 'trusted')) throw notTrusted(outcomes, owner.country);
  return leaf;
}

/** Where a country has revocation lists at all, each of its issuers needs one: a list left out would hide a name. */
const outcomeBy = (
  { anchors, crls }: MailTrust,
  shown: { readonly leaf: string; readonly intermediates: readonly string[]; readonly at: Date },
): ChainOutcome =>
  verifyChain({
    ...shown,
    anchors,
    crls,
    missingCrl: crls.length > 0 ? 'refuse' : 'accept',
    purpose: 'email',
  });

/** Says the most that is known: that nobody issued it is said only where nothing else went wrong. */
function notTrusted(outcomes: readonly ChainOutcome[], country: string): Error {
  if (outcomes.some((one) => one.kind === 'stale'))
    return usage(
      '--certificate: the revocation list of its issuer is out of date',
      `Fetch the new list from the issuer and put it into certs/${country}/mail/ of the home folder, as .crl.`,
    );
  const reasons = outcomes.flatMap((one) => (one.kind === 'refused' ? [one.reason] : []));
  const reason = reasons.find((one) => one !== 'no-path') ?? 'no-path';
  return usage(
    `--certificate: ${CHAIN_REASONS[reason]}`,
    `Put the CA’s certificate into certs/${country}/mail/ of the home folder, and those between into the file, after the recipient’s.`,
  );
}
