/**
 * Verifies certificate chains, from a given certificate to a trusted one (RFC 5280 §6). In some places this is
 * stricter than the RFC, with the reason given there: for example, extensions that are not understood are refused.
 */
import { type ReadCrl, readCrl, revocationOf } from './crl.ts';
import { EXTENSION_OIDS, KEY_USAGE_BITS, parseCertificate, type ReadCertificate } from './x509.ts';
import { findSignatureFault, isStrongKey } from './x509-signature.ts';

/** Why a chain is refused: a code, and a sentence that explains it. */
export const CHAIN_REASONS = {
  malformed: 'a certificate cannot be read',
  'no-path':
    'it was not issued by an authority that is trusted here, or a certificate between them is missing',
  'bad-signature': 'a certificate’s signature does not verify with its issuer’s key',
  'weak-algorithm': 'a certificate is signed in a way that is not accepted: SHA-256 or longer is needed',
  'key-refused': 'a key is too weak: RSA of 2048 bits, P-256, P-384, P-521 or Ed25519 is needed',
  'not-yet-valid': 'a certificate is not valid yet',
  expired: 'a certificate has expired',
  'not-a-ca': 'a certificate that issued another is not one of a CA',
  'key-usage': 'a certificate’s key usage does not allow what it was used for',
  purpose: 'a certificate is not for this purpose',
  'path-too-long': 'a CA forbids as many CAs below it',
  'critical-extension': 'a certificate has a critical extension that is not understood here',
  'name-constraints': 'a CA constrains names, which is not understood here',
  revoked: 'a certificate was revoked',
  'revocation-unknown': 'there is no revocation list of an issuer, and one is required',
  'crl-refused':
    'a revocation list cannot be read or believed: its form, its signature, its dates or what it covers',
} as const;
export type ChainReason = keyof typeof CHAIN_REASONS;

export interface ChainQuestion {
  /** PEM, one certificate; so are `intermediates` and `anchors`. */
  readonly leaf: string;
  readonly intermediates: readonly string[];
  readonly anchors: readonly string[];
  /** Revocation lists, DER or PEM. */
  readonly crls: readonly Uint8Array[];
  /** Whether the chain is refused if an issuer has no list. A list that is present is always checked. */
  readonly missingCrl: 'refuse' | 'accept';
  readonly at: Date;
  readonly purpose: 'email' | 'authority';
}

/**
 * `path` runs from the leaf to the anchor, in PEM. `stale`: the chain is valid, but a revocation list should have been
 * renewed at `since`.
 */
export type ChainOutcome =
  | { readonly kind: 'trusted'; readonly anchor: string; readonly path: readonly string[] }
  | {
      readonly kind: 'stale';
      readonly anchor: string;
      readonly path: readonly string[];
      readonly since: Date;
    }
  | { readonly kind: 'refused'; readonly reason: ChainReason };

/**
 * Bounds of the search. Without them, a bundle of certificates with the same name could make an endless number of
 * paths.
 */
const MAX_INTERMEDIATES = 8;
const MAX_PATH = 8;
const MAX_PATHS = 32;
const MAX_STEPS = 256;

/** Critical extensions that are checked below, or that have no effect here, such as policies when none is required. */
const UNDERSTOOD: readonly string[] = [
  EXTENSION_OIDS.basicConstraints,
  EXTENSION_OIDS.keyUsage,
  EXTENSION_OIDS.extendedKeyUsage,
  EXTENSION_OIDS.subjectAltName,
  EXTENSION_OIDS.certificatePolicies,
];
const EMAIL_PROTECTION = '1.3.6.1.5.5.7.3.4';
const ANY_PURPOSE = '2.5.29.37.0';

type Path = readonly [ReadCertificate, ...ReadCertificate[]];

interface Read {
  readonly intermediates: readonly ReadCertificate[];
  readonly anchors: readonly ReadCertificate[];
  readonly crls: readonly ReadCrl[];
}

/** Verifies a certificate for a purpose at a time. Never throws, whatever the certificate contains. */
export function verifyChain(question: ChainQuestion): ChainOutcome {
  const leaf = parseCertificate(question.leaf);
  const read: Read = {
    intermediates: readAll(question.intermediates, parseCertificate),
    anchors: readAll(question.anchors, parseCertificate),
    crls: readAll(question.crls, readCrl),
  };
  const isWhole =
    read.intermediates.length === question.intermediates.length &&
    read.anchors.length === question.anchors.length;
  if (leaf === undefined || !isWhole || read.intermediates.length > MAX_INTERMEDIATES)
    return refused('malformed');
  // A list that cannot be read names no issuer, so no issuer’s list can be taken as present.
  if (read.crls.length < question.crls.length) return refused('crl-refused');
  let best: ChainOutcome = refused('no-path');
  for (const path of pathsFrom(leaf, read)) {
    const outcome = judge(path, read.crls, question);
    if (outcome.kind === 'trusted') return outcome;
    if (outcome.kind === 'stale' || best.kind === 'refused') best = outcome;
  }
  return best;
}

const refused = (reason: ChainReason): ChainOutcome => ({ kind: 'refused', reason });

const readAll = <In, Out>(list: readonly In[], read: (one: In) => Out | undefined): Out[] =>
  list.map(read).filter((one) => one !== undefined);

/** Finds every path to an anchor by names alone, shortest first. Whether a path is valid is checked later. */
function pathsFrom(leaf: ReadCertificate, { intermediates, anchors }: Read): Path[] {
  const found: Path[] = [];
  const open: Path[] = [[leaf]];
  for (let steps = 0; steps < MAX_STEPS && found.length < MAX_PATHS; steps += 1) {
    const path = open.shift();
    if (path === undefined) break;
    const issued = (one: ReadCertificate): boolean => one.subject === path.at(-1)?.issuer;
    found.push(...anchors.filter(issued).map((anchor): Path => [...path, anchor]));
    const further = path.length < MAX_PATH - 1 ? intermediates.filter((one) => !path.includes(one)) : [];
    open.push(...further.filter(issued).map((next): Path => [...path, next]));
  }
  return found;
}

function judge(path: Path, crls: readonly ReadCrl[], question: ChainQuestion): ChainOutcome {
  for (const [place, one] of path.entries()) {
    const issuer = path[place + 1];
    const reason =
      ownFault(one, question.at) ??
      (place === 0 ? leafFault(one, question.purpose) : issuerFault(path, place, question.purpose)) ??
      (issuer && findSignatureFault(one.signed, issuer.publicKey));
    if (reason !== undefined) return refused(reason);
  }
  return judgeRevocation(path, crls, question);
}

/** Checks every certificate, the anchor included: an expired anchor is no longer trusted. */
function ownFault(one: ReadCertificate, at: Date): ChainReason | undefined {
  if (at < one.from) return 'not-yet-valid';
  if (at > one.until) return 'expired';
  if (!isStrongKey(one.publicKey)) return 'key-refused';
  if (one.extensions.has(EXTENSION_OIDS.nameConstraints)) return 'name-constraints';
  const unknown = [...one.extensions].some(([id, { critical }]) => critical && !UNDERSTOOD.includes(id));
  return unknown ? 'critical-extension' : undefined;
}

/**
 * Checks the leaf for its purpose. An authority signs statements. The mail channel has further rules for keys and
 * mailboxes.
 */
function leafFault(
  { usage, purposes }: ReadCertificate,
  purpose: ChainQuestion['purpose'],
): ChainReason | undefined {
  if (!isFor(purposes, purpose)) return 'purpose';
  const maySign = usage === undefined || (usage & KEY_USAGE_BITS.digitalSignature) !== 0;
  return purpose === 'authority' && !maySign ? 'key-usage' : undefined;
}

/**
 * Checks an issuer (RFC 5280 §6.1.4 (k) to (n)). The purposes of a CA limit the certificates below it, as in all mail
 * programs.
 */
function issuerFault(path: Path, place: number, purpose: ChainQuestion['purpose']): ChainReason | undefined {
  const one = path[place];
  if (one?.ca === undefined) return 'not-a-ca';
  if (one.usage !== undefined && (one.usage & KEY_USAGE_BITS.keyCertSign) === 0) return 'key-usage';
  if (!isFor(one.purposes, purpose)) return 'purpose';
  // A CA's certificate for its own new key does not count as a further CA.
  const below = path.slice(1, place).filter((other) => other.subject !== other.issuer).length;
  return below > one.ca.pathLength ? 'path-too-long' : undefined;
}

function isFor(purposes: readonly string[] | undefined, purpose: ChainQuestion['purpose']): boolean {
  if (purposes === undefined || purposes.includes(ANY_PURPOSE)) return true;
  return purpose === 'email' && purposes.includes(EMAIL_PROTECTION);
}

/**
 * Checks revocation. The anchor itself is not looked up in lists: an operator who no longer trusts it removes it by
 * hand.
 */
function judgeRevocation(
  path: Path,
  crls: readonly ReadCrl[],
  { at, missingCrl }: ChainQuestion,
): ChainOutcome {
  const since: Date[] = [];
  for (const [place, issuer] of path.slice(1).entries()) {
    const one = path[place];
    if (one === undefined) continue;
    const found = revocationOf(one, issuer, crls, at);
    if (found.kind === 'revoked') return refused('revoked');
    if (found.kind === 'refused') return refused('crl-refused');
    if (found.kind === 'missing' && missingCrl === 'refuse') return refused('revocation-unknown');
    if (found.kind === 'stale') since.push(found.since);
  }
  const [oldest] = since.toSorted((a, b) => a.getTime() - b.getTime());
  const trust = { anchor: path.at(-1)?.pem ?? '', path: path.map((one) => one.pem) };
  return oldest === undefined ? { kind: 'trusted', ...trust } : { kind: 'stale', ...trust, since: oldest };
}
