/**
 * Mailboxes' certificates: whether one may be written to now, by those who may vouch for mailboxes of a country and by
 * the lists of what they have revoked. Asked when an endpoint is added, and again for every mail.
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

/** The questions a gateway asks about mailboxes; reading certificates stays behind it, out of runtimes without mail. */
export interface MailboxJudge {
  judge(country: string, pem: string, at: Date): ChainOutcome;
  /** When the lists that mail to a country rests on are due anew, by file name. */
  listsDue(country: string): readonly { readonly name: string; readonly until: Date }[];
}

/** A judge that uses the issuers trusted at the moment of each question. */
export const createMailboxJudge = (trusted: MailTrustLookup): MailboxJudge => ({
  judge: (country, pem, at) => judgeMailbox(pem, trusted(country), at),
  listsDue: (country) => listsDue(trusted(country).flatMap((one) => one.lists)),
});

/** A recipient's certificate and the CAs between it and its anchor. */
export const MAX_CHAIN_CERTIFICATES = 9;

/**
 * Judges a mailbox's certificate, PEM with the CAs between it and its anchor after it. The best that any of those who
 * are trusted makes of it counts; of refusals the one that says the most: that nobody issued it is said only where
 * nothing else went wrong. Where somebody has lists at all, each of its issuers needs one: a list left out would hide a
 * name.
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

/** When a list is due, by its file name: the newest list of each issuer. Unreadable files are left out. */
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
