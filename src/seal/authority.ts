/**
 * Authorities. An authority is a country's directorate; its certificate is a trust anchor. It designates its own focal
 * points, and signs agreements together with the authority of the other country. Its key is used offline, from the
 * command line only.
 */
import { Buffer } from 'node:buffer';
import { X509Certificate } from 'node:crypto';
import { exportJWK, importX509 } from 'jose';
import {
  country as countryCode,
  type Designation,
  designationSchema,
  publicJwk,
} from '../domain/party/designation.ts';
import { checkRetiringKeys } from '../domain/party/in-force.ts';
import { type Agreement, agreementSchema } from '../domain/terms/agreement.ts';
import { parseBySchema } from '../domain/words/checked.ts';
import { Refusal } from '../domain/words/error.ts';
import { present } from '../domain/words/present.ts';
import {
  type AuthorityJwk,
  type AuthorityKind,
  generateAuthorityJwk,
  type PrivateAuthorityJwk,
  publicHalfOfAuthority,
  readRsaJwk,
  thumbprintOfAuthority,
} from './authority-key.ts';
import { importPublicKey, isAgreementKey, KEY_WRAP, type PrivateJwk, signingAlgOf } from './keys.ts';
import { peekStatement, type StatementType, type VerifiedStatement, verifyStatement } from './statement.ts';

/** A trusted authority. */
export interface Anchor {
  readonly country: string;
  readonly kid: string;
  readonly publicJwk: AuthorityJwk;
  /** PEM. */
  readonly certificate: string;
  readonly from: Date;
  readonly until: Date;
}

/** Years for which a self-signed authority certificate is valid. */
const YEARS = 10;

/** Certificates made by this program are under 1 KB; a government's may be larger. */
const MAX_PEM = 16 * 1024;

/**
 * The key id of an authority. It has no DID document to fetch, so its host cannot exist (RFC 6761 §6.4), and the
 * fragment is the key's own thumbprint.
 */
async function authorityKid(country: string, jwk: AuthorityJwk): Promise<string> {
  return `did:web:authority.invalid:${country.toLowerCase()}#${await thumbprintOfAuthority(jwk)}`;
}

/** The country and the key thumbprint in an authority's key id; undefined for any other key id. */
export function authorityOfKid(
  kid: string,
): { readonly country: string; readonly thumbprint: string } | undefined {
  const [, country, thumbprint] = /^did:web:authority\.invalid:([a-z]{2})#([A-Za-z0-9_-]+)$/.exec(kid) ?? [];
  return country && thumbprint ? { country: country.toUpperCase(), thumbprint } : undefined;
}

interface Made<Key> {
  readonly privateJwk: Key;
  readonly certificate: string;
}

/**
 * Makes an authority: a key, on P-256 by default, and a self-signed CA certificate (RFC 5280), valid for ten years
 * from `now`. Not for the Workers runtime.
 * @throws Refusal `invalid-body` if the country is not an ISO 3166-1 code
 */
export function makeAuthority(country: string, name: string, now: Date): Promise<Made<PrivateJwk>>;
export function makeAuthority(
  country: string,
  name: string,
  now: Date,
  kind: AuthorityKind,
): Promise<Made<PrivateAuthorityJwk>>;
export async function makeAuthority(
  country: string,
  name: string,
  now: Date,
  kind: AuthorityKind = 'p256',
): Promise<Made<PrivateAuthorityJwk>> {
  parseBySchema(countryCode, country, 'country');
  const made = await generateAuthorityJwk('did:web:authority.invalid#new', kind);
  const privateJwk = { ...made, kid: await authorityKid(country, publicHalfOfAuthority(made)) };
  const until = new Date(now);
  until.setUTCFullYear(until.getUTCFullYear() + YEARS);
  // Loaded here because only the command line makes certificates.
  const { signCaCertificate: selfSignedCa } = await import('./certificate.ts');
  const { kid: _, ...key } = made;
  return { privateJwk, certificate: await selfSignedCa(key, { country, name, from: now, until }) };
}

/**
 * Reads a trust anchor from its certificate: a CA on P-256, Ed25519 or RSA of 3072 bits or more, that names no other
 * country. The period of validity is checked at each use, not here.
 * @throws Refusal `statement-refused`
 */
export async function readAnchor(country: string, pem: string): Promise<Anchor> {
  parseBySchema(countryCode, country, 'country');
  const certificate = pem.length > MAX_PEM ? undefined : parseCertificate(pem);
  if (certificate === undefined)
    throw new Refusal('statement-refused', 'the authority’s certificate is not X.509 in PEM');
  if (!certificate.ca)
    throw new Refusal('statement-refused', 'the authority’s certificate is not a CA certificate');
  const named = countryNamed(certificate);
  if (named !== undefined && named !== country) {
    throw new Refusal('statement-refused', 'the authority’s certificate names another country');
  }
  const publicJwk = await certifiedKey(country, pem);
  const [from, until] = [new Date(certificate.validFrom), new Date(certificate.validTo)];
  if (!(from < until))
    throw new Refusal('statement-refused', 'the authority’s certificate ends before it begins');
  return { country, kid: publicJwk.kid, publicJwk, certificate: pem, from, until };
}

/**
 * Reads a trust anchor and takes the country from its certificate, for a caller that has only the file.
 * @throws Refusal `statement-refused`
 */
export async function readAnchorByCertificate(pem: string): Promise<Anchor> {
  const certificate = pem.length > MAX_PEM ? undefined : parseCertificate(pem);
  const named = certificate && countryCode.safeParse(countryNamed(certificate));
  if (!named?.success) throw new Refusal('statement-refused', 'the certificate names no country');
  return readAnchor(named.data, pem);
}

const countryNamed = ({ subject }: X509Certificate): string | undefined =>
  /(?:^| \+ )C=([^+\n]*?)(?:$| \+ )/m.exec(subject)?.[1];

function parseCertificate(pem: string): X509Certificate | undefined {
  try {
    return new X509Certificate(Buffer.from(pem));
  } catch {
    return undefined;
  }
}

async function certifiedKey(country: string, pem: string): Promise<AuthorityJwk> {
  for (const alg of ['ES256', 'EdDSA', 'PS256']) {
    const key = await importX509(pem, alg, { extractable: true }).catch(() => undefined);
    if (key === undefined) continue;
    const { kty, crv, x, y, n, e } = await exportJWK(key);
    const kid = 'did:web:authority.invalid#new';
    const jwk =
      kty === 'RSA'
        ? readRsaJwk({ kty, n, e, kid })
        : publicJwk.parse({ kty, crv, x, ...present({ y }), kid });
    return { ...jwk, kid: await authorityKid(country, jwk) };
  }
  throw new Refusal('statement-refused', 'the authority’s key is not on P-256 or Ed25519, and not RSA');
}

/**
 * Verifies a designation. It must be signed by the authority of its own country alone, with a certificate that is
 * valid now. Each key must be under the focal point's DID, fit its use, and be listed once. Whether the designation is
 * in force is checked at each use, not here.
 * @throws Refusal `statement-refused`, `signature-invalid`, `invalid-body`, and for its shape as {@link
 * verifyStatement}
 */
export async function verifyDesignation(
  jws: unknown,
  anchors: readonly Anchor[],
  now: Date,
): Promise<Designation> {
  const { statement, countries } = await verifySignedByAuthorities(jws, 'designation', { anchors, now });
  const one = parseBySchema(designationSchema, statement.payload);
  if (one.authority !== one.country || countries.length !== 1 || countries[0] !== one.country) {
    throw new Refusal(
      'statement-refused',
      'a designation must be signed by the authority of its own country alone',
    );
  }
  if (!(Date.parse(one.from) < Date.parse(one.until)))
    throw new Refusal('statement-refused', 'until must be later than from');
  if (!allDifferent(one.officers.map((officer) => officer.id))) {
    throw new Refusal('statement-refused', 'two officers have the same id');
  }
  checkRetiringKeys(one);
  await checkKeys(one);
  return one;
}

async function checkKeys(one: Designation): Promise<void> {
  const { signing, agreement: agreeing } = one.keys;
  const all = [...signing, ...agreeing];
  if (!all.every((key) => key.kid.startsWith(`${one.focal_point}#`))) {
    throw new Refusal('statement-refused', 'a key is not named under the focal point’s DID');
  }
  if (!allDifferent(all.map((key) => key.kid)) || !allDifferent(all.map((key) => `${key.crv} ${key.x}`))) {
    throw new Refusal('statement-refused', 'a key or its name is listed twice');
  }
  for (const key of signing) {
    const alg = signingAlgOf(key);
    if (alg === undefined)
      throw new Refusal('statement-refused', 'a signing key must be on Ed25519 or P-256');
    await importPublicKey(key, alg);
  }
  for (const key of agreeing) {
    if (!isAgreementKey(key))
      throw new Refusal('statement-refused', 'a key agreement key must be on X25519 or P-256');
    await importPublicKey(key, KEY_WRAP);
  }
}

/**
 * Verifies an agreement. The authority of every party must have signed it, and nobody else, with certificates that are
 * valid now. Whether the agreement is in force is checked at each use, not here.
 * @throws Refusal `statement-refused`, `signature-invalid`, `invalid-body`, and for its shape as {@link
 * verifyStatement}
 */
export async function verifyAgreement(
  jws: unknown,
  anchors: readonly Anchor[],
  now: Date,
): Promise<Agreement> {
  const { statement, countries } = await verifySignedByAuthorities(jws, 'agreement', { anchors, now });
  const one = parseBySchema(agreementSchema, statement.payload);
  if (countries.length !== one.parties.length || !one.parties.every((party) => countries.includes(party))) {
    throw new Refusal(
      'statement-refused',
      'an agreement is signed by the authority of every party and nobody else',
    );
  }
  if (!(Date.parse(one.from) < Date.parse(one.until)))
    throw new Refusal('statement-refused', 'until must be later than from');
  return one;
}

const allDifferent = (list: readonly string[]): boolean => new Set(list).size === list.length;

/** Whether the certificate of an authority is valid at an instant. */
export const isCertificateValidAt = ({ from, until }: Pick<Anchor, 'from' | 'until'>, at: Date): boolean =>
  from <= at && at < until;

/**
 * Verifies a statement that only trusted authorities signed, with certificates that are valid now; returns their
 * countries in the order of the signatures.
 */
export async function verifySignedByAuthorities(
  jws: unknown,
  type: StatementType,
  trust: { readonly anchors: readonly Anchor[]; readonly now: Date },
): Promise<{ statement: VerifiedStatement; countries: string[] }> {
  const signers = peekStatement(jws).kids.map((kid) => {
    // Anchors may contain a renewed certificate next to the earlier one, both for the same key.
    const known = trust.anchors.filter((one) => one.kid === kid);
    if (known.length === 0) throw new Refusal('statement-refused', 'a signer is not a trusted authority');
    const anchor = known.find((one) => isCertificateValidAt(one, trust.now));
    if (anchor === undefined)
      throw new Refusal('statement-refused', 'a signing authority’s certificate is not valid now');
    return anchor;
  });
  const statement = await verifyStatement(
    jws,
    type,
    async (kid) => signers.find((one) => one.kid === kid)?.publicJwk,
  );
  return { statement, countries: signers.map((one) => one.country) };
}

/**
 * Checks that the certificates of a statement's authorities were valid when the statement begins. Later readers judge
 * the statement as of that instant; they would refuse it, and every case that rests on it.
 * @throws Refusal `statement-refused`
 */
export function checkAuthoritiesAtBeginning(jws: unknown, anchors: readonly Anchor[], from: string): void {
  const at = new Date(from);
  const isValid = peekStatement(jws).kids.every((kid) =>
    anchors.some((one) => one.kid === kid && one.from <= at && at < one.until),
  );
  if (!isValid)
    throw new Refusal(
      'statement-refused',
      'it begins at a time at which the certificate of its authority is not valid: sign it with another from',
    );
}
