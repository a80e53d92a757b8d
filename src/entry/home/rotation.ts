/**
 * Rotates keys in the gateway's custody. A focal point's new keys are made and kept here; they are in force once its authority
 * has signed a designation that lists them. Old and new keys overlap: the old ones still open and verify messages in transit,
 * until the retirement date in the designation.
 */

import {
  type Designation,
  type Digested,
  designationSchema,
  isInForceAt,
  type PublicJwk,
  type RetiredKey,
} from '../../domain/party/designation.ts';
import { parseBySchema } from '../../domain/words/checked.ts';
import { Refusal } from '../../domain/words/error.ts';
import type { Gateway } from '../../gateway.ts';
import { generateSigningJwk, type PrivateJwk } from '../../seal/keys.ts';
import { type DesignatingGateway, keysInForce, makeCustodialKeys } from '../enrolling/designating.ts';

const DAY = 86_400_000;

/** How many keys a designation may list for one use. */
const MOST_KEYS = 8;

/**
 * Makes the claims of a designation with new keys, for the authority to sign. The old keys retire after the overlap. The new keys
 * come last in the list, because the last key signs, and messages are sealed to it.
 * @throws Refusal `wrong-custody`, `designation-ended`, `invalid-body` where too many keys already overlap
 */
export async function draftRotation(
  registry: DesignatingGateway,
  designation: Designation,
  overlapDays: number,
): Promise<Designation> {
  const at = checkRotates(registry, designation);
  const { keys: old, retires: retiring = {} } = keysInForce(designation);
  if (old.signing.length >= MOST_KEYS)
    throw new Refusal('invalid-body', 'too many keys overlap; first end the old ones with --finish');
  const made = await makeCustodialKeys(registry, designation.focal_point, at);
  const end = new Date(at.getTime() + overlapDays * DAY).toISOString();
  const ends = [...old.signing, ...old.agreement].map(({ kid }) => [kid, earlier(retiring[kid], end)]);
  return parseBySchema(designationSchema, {
    ...unchanged(designation),
    from: at.toISOString(),
    keys: {
      signing: [...old.signing, ...made.signing],
      agreement: [...old.agreement, ...made.agreement],
    },
    retires: Object.fromEntries(ends),
  });
}

/**
 * Makes the claims of a designation with only the newest keys, for the authority to sign.
 * @throws Refusal `wrong-custody`, `designation-ended`, `already-exists` if there is no older key
 */
export function draftRotationEnd(
  registry: Pick<DesignatingGateway, 'now'>,
  designation: Designation,
): Designation {
  const at = checkRotates(registry, designation);
  const { signing, agreement } = designation.keys;
  if (signing.length === 1 && agreement.length === 1)
    throw new Refusal('already-exists', `${designation.slug} has no older key to end`);
  const keys = { signing: signing.slice(-1), agreement: agreement.slice(-1) };
  return parseBySchema(designationSchema, { ...unchanged(designation), from: at.toISOString(), keys });
}

function checkRotates({ now }: Pick<DesignatingGateway, 'now'>, focalPoint: Designation): Date {
  const at = now();
  if (focalPoint.custody !== 'gateway')
    throw new Refusal(
      'wrong-custody',
      `${focalPoint.slug} holds its own keys; draft a designation that lists its old and new keys`,
    );
  if (!isInForceAt(focalPoint, at))
    throw new Refusal('designation-ended', `the designation of ${focalPoint.slug} is not in force`);
  return at;
}

/** The claims that the next designation copies. Drops the digest, which the directory adds and nobody signs. */
function unchanged({
  retires: _retires,
  digest: _digest,
  ...focalPoint
}: Designation & Partial<Digested<object>>): Omit<Designation, 'retires'> {
  return focalPoint;
}

const earlier = (one: string | undefined, other: string): string =>
  one !== undefined && Date.parse(one) < Date.parse(other) ? one : other;

/** A new evidence key, and the list of old keys, which ends with the replaced one. */
interface GatewayRotation {
  readonly key: PrivateJwk;
  readonly old: readonly RetiredKey[];
}

/** Makes the next evidence key of a gateway. */
export async function rotateGatewayKey(
  gateway: Pick<Gateway, 'did' | 'key' | 'oldKeys' | 'now'>,
  overlapDays: number,
): Promise<GatewayRotation> {
  const at = gateway.now();
  const current = gateway.key.publicJwk;
  // An interrupted rotation may have listed the current key already.
  const before = gateway.oldKeys.filter(({ key }) => key.kid !== current.kid);
  const taken = [current, ...before.map(({ key }) => key)];
  const until = new Date(at.getTime() + overlapDays * DAY).toISOString();
  return {
    key: await generateSigningJwk(
      nextKid(gateway.did, at, taken),
      current.crv === 'P-256' ? 'P-256' : 'Ed25519',
    ),
    old: [...before, { key: current, until }],
  };
}

/** Ends the overlap: the old keys are no longer published, but stay in the list to verify what they signed. */
export const endKeyOverlap = (old: readonly RetiredKey[], now: Date): readonly RetiredKey[] =>
  old.map((one) => ({ ...one, until: earlier(one.until, now.toISOString()) }));

function nextKid(did: string, at: Date, taken: readonly PublicJwk[]): string {
  const first = `${did}#evidence-${at.toISOString().slice(0, 10)}`;
  const nth = taken.filter(({ kid }) => kid.startsWith(first)).length;
  return nth === 0 ? first : `${first}-${nth + 1}`;
}
