/**
 * Focal points: their officers and keys, and the authority that designates them. Also the schemas of names in
 * statements.
 */
import { z } from 'zod';
import { signedName } from '../words/text.ts';
import { LANGUAGES } from '../words/vocabulary.ts';

/** A focal point's short name, unique on its gateway: lower case, digits and hyphens. */
export const slug = z
  .string()
  .regex(/^[a-z0-9](?:[a-z0-9-]{0,46}[a-z0-9])?$/, 'must be 1 to 48 of a-z, 0-9 and hyphen');

/** A `did:web` DID (W3C did:web method): percent-encoded port, segments separated by colons, and no path. */
export const did = z
  .string()
  .max(255, { abort: true })
  .regex(/^did:web:[a-z0-9.-]+(?:%3A\d{1,5})?(?::[A-Za-z0-9._-]+)*$/, 'must be a did:web DID');

/** A DID URL that names one key: DID plus `#` fragment. */
export const keyId = z
  .string()
  .max(320, { abort: true })
  .regex(/^did:web:[^#?/\s]+#[A-Za-z0-9._-]+$/, 'must be a DID URL with a fragment');

/** ISO 3166-1 alpha-2. */
export const country = z.string().regex(/^[A-Z]{2}$/, 'must be an ISO 3166-1 alpha-2 code');

/**
 * An instant in a statement: RFC 3339, UTC, of the years 2000 to 2099. No statement is older, and nobody signs one
 * for later.
 */
export const instant = z.iso
  .datetime()
  .max(32)
  .refine((text) => text >= '2000' && text < '2100', 'must be of the years 2000 to 2099');

/**
 * A day of the Gregorian calendar, `YYYY-MM-DD` (RFC 3339 full-date), within the lives and plans of people living
 * now.
 */
export const calendarDate = z.iso
  .date()
  .refine(
    (text) => text >= '1880' && text < '2100',
    'must be a date of the Gregorian calendar, of the years 1880 to 2099',
  );

/** The version of an agreement, counted from 1. */
export const statementVersion = z.int().min(1).max(100_000);

/** The name of an agreement, the same in all its versions: lower case, digits and hyphens. */
export const agreementId = z.string().regex(/^[a-z0-9-]{1,64}$/);

export const language = z.enum(LANGUAGES);

const base64url = z
  .string()
  .max(256, { abort: true })
  .regex(/^[A-Za-z0-9_-]+$/);

/**
 * A public key as it is published: OKP (Ed25519, X25519) or EC P-256, without private members (RFC 8037, RFC 7518
 * §6.2).
 */
export const publicJwk = z.discriminatedUnion('kty', [
  z.strictObject({ kty: z.literal('OKP'), crv: z.enum(['Ed25519', 'X25519']), x: base64url, kid: keyId }),
  z.strictObject({ kty: z.literal('EC'), crv: z.literal('P-256'), x: base64url, y: base64url, kid: keyId }),
]);
export type PublicJwk = z.infer<typeof publicJwk>;

/** A key that no longer signs, and the end of its publication. */
export const retiredKey = z.strictObject({ key: publicJwk, until: instant });
export type RetiredKey = z.infer<typeof retiredKey>;

/** Who holds the private half of a focal point's keys: its own system, or its home gateway. */
const CUSTODY = ['own', 'gateway'] as const;
export type Custody = (typeof CUSTODY)[number];

/** The id of an officer: stable within the focal point, opaque, safe in URLs and logs. */
export const officerId = z.string().regex(/^[a-z0-9-]{1,32}$/, 'must be 1 to 32 of a-z, 0-9 and hyphen');

export const officerSchema = z.strictObject({
  id: officerId,
  name: signedName(120),
  role: z.enum(['officer', 'deputy', 'supervisor']),
  lang: language,
});
export type Officer = z.infer<typeof officerSchema>;

/**
 * The statement of an authority about a focal point. Keys in `signing` sign; keys in `agreement` decrypt. The last
 * key of a list is the newest: it is the one that signs, or that others encrypt to.
 */
export const designationSchema = z.strictObject({
  kind: z.literal('designation'),
  authority: country,
  focal_point: did,
  slug,
  name: signedName(120),
  country,
  gateway: did,
  custody: z.enum(CUSTODY),
  officers: z.array(officerSchema).max(200),
  keys: z.strictObject({
    signing: z.array(publicJwk).min(1).max(8),
    agreement: z.array(publicJwk).min(1).max(8),
  }),
  /** Key rotation: the ids of keys that are out of force from an instant on. */
  retires: z.record(keyId, instant).optional(),
  /**
   * Content encryptions that this focal point can decrypt, best first. Everybody must support the default,
   * A256CBC-HS512.
   */
  enc: z
    .array(z.enum(['A256CBC-HS512', 'A256GCM']))
    .min(1)
    .default(['A256CBC-HS512']),
  from: instant,
  until: instant,
});
export type Designation = z.infer<typeof designationSchema>;

/** A verified statement with the SHA-256 of its signed payload. Evidence names statements by this digest. */
export type Digested<T> = T & { readonly digest: string };

/** Whether a statement is in force: `from` is inclusive, `until` is exclusive. */
export const isInForceAt = (statement: { from: string; until: string }, at: Date): boolean =>
  at.getTime() >= Date.parse(statement.from) && at.getTime() < Date.parse(statement.until);

/** The DID of the gateway at `url` (did:web: host, and port percent-encoded). */
export function didOfGateway(url: string): string {
  const { hostname, port } = new URL(url);
  return `did:web:${hostname}${port ? `%3A${port}` : ''}`;
}

/** The DID of the focal point `slug` homed at a gateway. */
export const didOfFocalPoint = (gateway: string, name: string): string => `${gateway}:fp:${name}`;

/** The officer with this id, if the designation names one. */
export const findOfficer = (statement: Designation, id: string): Officer | undefined =>
  statement.officers.find((one) => one.id === id);
