/**
 * Certificates of mailboxes: whether mail may be encrypted to one now. This depends on the issuers that are trusted
 * for mailboxes of a country, and on their revocation lists. It is checked when an endpoint is added, and again for
 * every mail.
 */
import { type ChainOutcome, verifyChain } from './chain.ts';
import { readCrl } from './crl.ts';
import { splitPem } from './x509.ts';

/** A revocation list, DER or PEM, and the name of the file it came from. */
interface RevocationList {
  readonly name: string;
  readonly bytes: Uint8Array;
}

/** The trusted issuers of mail certificates, separate from the authorities that designate. */
interface MailTrust {
  /** PEM. */
  readonly anchors: readonly string[];
  readonly lists: readonly RevocationList[];
}

/** The trusted issuers for the mailboxes of a country, as they are configured at this moment. */
export type MailTrustLookup = (country: string) => readonly MailTrust[];

/**
 * The questions that a gateway asks about mailboxes. An interface, so that runtimes without mail do not load the code
 * that reads certificates.
 */
export interface MailboxJudge {
  judge(country: string, pem: string, at: Date): ChainOutcome;
  /** When each revocation list that mail to a country depends on must be renewed, by file name. */
  listsDue(country: string): readonly { readonly name: string; readonly until: Date }[];
}

/** Makes a judge that uses the issuers trusted at the moment of each question. */
export const createMailboxJudge = (trusted: MailTrustLookup): MailboxJudge => ({
  judge: (country, pem, at) => judgeMailbox(pem, trusted(country), at),
  listsDue: (country) => listsDue(trusted(country).flatMap((one) => one.lists)),
});

/** The most certificates in a chain: the recipient's, and the CAs between it and its anchor. */
export const MAX_CHAIN_CERTIFICATES = 9;

/**
 * Judges a mailbox's certificate, given in PEM with the CAs between it and its anchor after it. Returns the best
 * outcome over all trusted sets of issuers; of several refusals the most specific, so `no-path` only if nothing else
 * was found. If a set has any revocation list, each CA of the chain needs one, because a missing list could hide a
 * revoked certificate.
 */
export function judgeMailbox(pem: string, trusted: readonly MailTrust[], at: Date): ChainOutcome {
  const [leaf, ...intermediates] = splitPem(pem, MAX_CHAIN_CERTIFICATES) ?? [];
  if (leaf === undefined) return { kind: 'refused', reason: 'malformed' };
  const outcomes = trusted.map(({ anchors, lists }) =>
    verifyChain({
      leaf,
      intermediates,
      anchors,
      crls: lists.map((one) => one.bytes),
      missingCrl: lists.length > 0 ? 'refuse' : 'accept',
      at,
      purpose: 'email',
    }),
  );
  return (
    outcomes.find((one) => one.kind === 'trusted') ??
    outcomes.find((one) => one.kind === 'stale') ??
    outcomes.find((one) => one.kind === 'refused' && one.reason !== 'no-path') ?? {
      kind: 'refused',
      reason: 'no-path',
    }
  );
}

/** When each list must be renewed, by its file name: the newest list of each issuer. Unreadable files are left out. */
function listsDue(
  lists: readonly RevocationList[],
): readonly { readonly name: string; readonly until: Date }[] {
  const read = lists.flatMap(({ name, bytes }) => {
    const list = readCrl(bytes);
    return list === undefined ? [] : [{ name, ...list }];
  });
  return [...Map.groupBy(read, (one) => one.issuer).values()].flatMap((versions) =>
    versions
      .toSorted((a, b) => b.from.getTime() - a.from.getTime())
      .slice(0, 1)
      .map(({ name, until }) => ({ name, until })),
  );
}
