/**
 * A designation has three steps, which may happen on three machines. The gateway drafts it, because it makes and keeps the
 * keys of focal points in its custody. The authority signs it. The gateway keeps it if it verifies.
 */

import { subjectOfSecret } from '../../domain/evidence/operator-act.ts';
import {
  type Designation,
  designationSchema,
  didOfFocalPoint,
  isInForceAt,
  type Officer,
  type PublicJwk,
} from '../../domain/party/designation.ts';
import { checkStatementNames } from '../../domain/terms/statement-names.ts';
import { parseBySchema } from '../../domain/words/checked.ts';
import { Refusal } from '../../domain/words/error.ts';
import { present } from '../../domain/words/present.ts';
import { canonicalNameOf } from '../../domain/words/text.ts';
import { makeKeyReuseCheck } from '../../flow/directory/key-reuse.ts';
import { makeOperatorAct } from '../../flow/operator/operator-act.ts';
import { checkDesignationFollows } from '../../flow/statements/withdrawing.ts';
import type { Gateway } from '../../gateway.ts';
import { checkAuthoritiesAtBeginning, verifyDesignation } from '../../seal/authority.ts';
import { wrapSecret } from '../../seal/custody.ts';
import type { Jws } from '../../seal/jws.ts';
import { generateAgreementJwk, generateSigningJwk, type PrivateJwk, publicHalfOf } from '../../seal/keys.ts';
import { digestOfPayload } from '../../seal/statement.ts';
import type { LogEntryMaker } from '../../store/contracts/operator-log.ts';
import type { SecretOrigin } from '../../store/contracts/secrets.ts';
import {
  askAboutRenames,
  checkRenamesExplained,
  findRenames,
  NO_RENAMED_PERSONS,
  noteRenames,
  type RenamedPersons,
} from './renaming.ts';

/** The parts of a gateway that designating needs. */
export type DesignatingGateway = Pick<
  Gateway,
  'did' | 'key' | 'oldKeys' | 'anchors' | 'master' | 'store' | 'guard' | 'now' | 'log' | 'newId' | 'operator'
>;

/** The description of a focal point that is to be designated. */
export interface FocalPointDraft {
  readonly slug: string;
  readonly name: string;
  readonly country: string;
  readonly officers: readonly Officer[];
  /** Public keys of a focal point that holds its own keys; if absent, the gateway makes and keeps them. */
  readonly own?: { readonly signing: readonly PublicJwk[]; readonly agreement: readonly PublicJwk[] };
  /** The designation that this one replaces: keys in the gateway's custody stay, because messages to them are in transit. */
  readonly renews?: Designation;
  readonly enc?: Designation['enc'];
  readonly days?: number;
}

const DAY = 86_400_000;

/**
 * Makes the claims for a focal point that holds its own keys, for an authority to sign. Works without a gateway.
 * @param gateway the DID of its home gateway
 * @throws Refusal `invalid-body`
 */
export const claimsOfOwnKeys = (gateway: string, draft: FocalPointDraft, at: Date): Designation =>
  claimsOf(gateway, draft, at, { custody: 'own', keys: draft.own });

/**
 * Makes the claims for a focal point, for an authority to sign. In the gateway's custody, this also makes and keeps its
 * keys before the signature; without the signature nobody can use them.
 * @throws Refusal `invalid-body`
 */
export async function draftDesignation(
  registry: DesignatingGateway,
  draft: FocalPointDraft,
): Promise<Designation> {
  const at = registry.now();
  if (draft.own !== undefined) return claimsOfOwnKeys(registry.did, draft, at);
  const did = didOfFocalPoint(registry.did, draft.slug);
  const kept = draft.renews?.custody === 'gateway' ? keysInForce(draft.renews) : undefined;
  const held = kept ?? { keys: await makeCustodialKeys(registry, did, at) };
  return claimsOf(registry.did, draft, at, { custody: 'gateway', ...held });
}

/** The keys of the designation in force, and the retirement dates of those that have one. */
export function keysInForce({ keys, retires = {} }: Designation): Pick<Designation, 'keys' | 'retires'> {
  const listed = [...keys.signing, ...keys.agreement].map(({ kid }) => kid);
  const left = Object.entries(retires).filter(([kid]) => listed.includes(kid));
  return { keys, ...present({ retires: left.length === 0 ? undefined : Object.fromEntries(left) }) };
}

function claimsOf(gateway: string, draft: FocalPointDraft, at: Date, held: object): Designation {
  const claims = parseBySchema(designationSchema, {
    kind: 'designation',
    authority: draft.country,
    focal_point: didOfFocalPoint(gateway, draft.slug),
    slug: draft.slug,
    name: canonicalNameOf(draft.name),
    country: draft.country,
    gateway,
    officers: [...draft.officers],
    ...held,
    ...present({ enc: draft.enc }),
    from: at.toISOString(),
    until: new Date(at.getTime() + (draft.days ?? 365) * DAY).toISOString(),
  });
  checkStatementNames(claims);
  return claims;
}

/** Makes and keeps a new pair of keys in the gateway's custody; nobody can use them until a designation lists them. */
export async function makeCustodialKeys(
  registry: DesignatingGateway,
  did: string,
  at: Date,
): Promise<Designation['keys']> {
  const held = await registry.store.secrets.secretsInUse(did, 'custody-key', at);
  const ids = held.map((row) => row.id);
  const signing = await generateSigningJwk(newKid(did, 'sign', at, ids));
  const agreement = await generateAgreementJwk(newKid(did, 'open', at, ids));
  const subject = subjectOfSecret({ owner: did, kind: 'custody-key', id: signing.kid });
  const act = makeOperatorAct(registry, { act: 'custody-key.made', subject });
  await keepCustodyKey(registry, did, signing, act);
  await keepCustodyKey(registry, did, agreement, { secret: signing.kid });
  return { signing: [publicHalfOf(signing)], agreement: [publicHalfOf(agreement)] };
}

/** A key id names the use and the day. A number makes the ids of one day different, so that a key never replaces another. */
function newKid(did: string, use: 'sign' | 'open', at: Date, taken: readonly string[]): string {
  const first = `${did}#${use}-${at.toISOString().slice(0, 10)}`;
  const nth = taken.filter((id) => id.startsWith(first)).length;
  return nth === 0 ? first : `${first}-${nth + 1}`;
}

async function keepCustodyKey(
  registry: DesignatingGateway,
  owner: string,
  jwk: PrivateJwk,
  by: LogEntryMaker | SecretOrigin,
): Promise<void> {
  const name = { owner, kind: 'custody-key', id: jwk.kid } as const;
  const wrapped = await wrapSecret(registry.master, name, JSON.stringify(jwk));
  await registry.store.secrets.keepSecret({ ...name, wrapped }, by);
}

/**
 * Keeps a signed designation, which replaces an earlier one of the same focal point from now on.
 * @throws Refusal `statement-refused`, also as `checkFollows`; `signature-invalid`; `invalid-body`, also as
 *   `checkStatementNames`; `key-reused` where another party has one of its keys; `designation-ended` where it is not in force
 *   now, because it would end the one in force; `officer-renamed` where an id has a new name and `persons` does not say
 *   whether it is the same person
 */
export async function keepDesignation(
  registry: DesignatingGateway,
  statement: unknown,
  persons: RenamedPersons = NO_RENAMED_PERSONS,
): Promise<Designation> {
  const at = registry.now();
  const one = await verifyDesignation(statement, registry.anchors, at);
  checkAuthoritiesAtBeginning(statement, registry.anchors, one.from);
  if (!isInForceAt(one, at)) throw new Refusal('designation-ended', 'the designation is not in force now');
  checkStatementNames(one);
  await checkDesignationFollows(registry, one);
  if (one.gateway === registry.did && one.custody === 'gateway') await checkHeld(registry, one, at);
  const renamed = await findRenames(registry, one);
  checkRenamesExplained(renamed, persons);
  await noteRenames(registry, one, renamed);
  await registry.store.directory.keepDesignation(
    {
      did: one.focal_point,
      slug: one.slug,
      country: one.country,
      from: new Date(one.from),
      statement: JSON.stringify(statement),
    },
    makeKeyReuseCheck(registry, { did: one.focal_point, keys: [...one.keys.signing, ...one.keys.agreement] }),
    makeOperatorAct(registry, {
      act: 'designation.imported',
      subject: one.focal_point,
      digest: digestOfPayload(statement as Jws),
    }),
  );
  await askAboutRenames(registry, one, renamed, persons);
  return one;
}

/** Refuses keys that nobody holds: the focal point could neither sign nor open. */
async function checkHeld(registry: DesignatingGateway, one: Designation, at: Date): Promise<void> {
  const rows = await registry.store.secrets.secretsInUse(one.focal_point, 'custody-key', at);
  const held = rows.map((row) => row.id);
  if (![...one.keys.signing, ...one.keys.agreement].every((key) => held.includes(key.kid)))
    throw new Refusal(
      'statement-refused',
      'it says that this gateway holds keys that the gateway does not have',
    );
}
