/**
 * Designations in their three steps, which may happen on three machines: the gateway drafts, because it makes and keeps
 * the keys of desks in its custody; the authority signs; the gateway keeps what verifies.
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

/** The parts of a gateway that designating touches. */
export type DesignatingGateway = Pick<
  Gateway,
  'did' | 'key' | 'oldKeys' | 'anchors' | 'master' | 'store' | 'guard' | 'now' | 'log' | 'newId' | 'operator'
>;

/** What is decided about a focal point. */
export interface FocalPointDraft {
  readonly slug: string;
  readonly name: string;
  readonly country: string;
  readonly officers: readonly Officer[];
  /** Public keys of a focal point in its own custody; absent, the gateway makes and keeps them. */
  readonly own?: { readonly signing: readonly PublicJwk[]; readonly agreement: readonly PublicJwk[] };
  /** The designation this one follows: keys in the gateway's custody stay, for messages are under way to them. */
  readonly renews?: Designation;
  readonly enc?: Designation['enc'];
  readonly days?: number;
}

const DAY = 86_400_000;

/**
 * What an authority is asked to sign about a focal point that brings its own keys. Needs no gateway to be near.
 * @param gateway the DID of its home gateway
 * @throws Refusal `invalid-body`
 */
export const claimsOfOwnKeys = (gateway: string, draft: FocalPointDraft, at: Date): Designation =>
  claimsOf(gateway, draft, at, { custody: 'own', keys: draft.own });

/**
 * What an authority is asked to sign about a focal point. In the gateway's custody its keys are made and kept here,
 * before anybody signs: without the signature they are of no use to anybody.
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

/** The keys of a designation as it counts now, and when those of them retire that do. */
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

/** Makes and keeps a new pair of keys in the gateway's custody; of no use until a designation lists them. */
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

/** Key ids say the use and the day, so that rotation reads well; a second one of a day must not replace the first. */
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
 * Keeps a signed designation that counts from now on; it replaces an earlier one of the same focal point.
 * @throws Refusal `statement-refused`, also as `checkFollows`; `signature-invalid`; `invalid-body`, also as
 *   `checkStatementNames`; `key-reused` where a key of it is another's; `designation-ended` where it is not in force now,
 *   because it would put one that is out of force; `officer-renamed` where an id has another name than before and `persons`
 *   does not say whose it is
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

/** Keys nobody holds would make a desk that can neither sign nor open. */
async function checkHeld(registry: DesignatingGateway, one: Designation, at: Date): Promise<void> {
  const rows = await registry.store.secrets.secretsInUse(one.focal_point, 'custody-key', at);
  const held = rows.map((row) => row.id);
  if (![...one.keys.signing, ...one.keys.agreement].every((key) => held.includes(key.kid)))
    throw new Refusal('statement-refused', 'it names keys in this gateway’s custody that were not made here');
}
