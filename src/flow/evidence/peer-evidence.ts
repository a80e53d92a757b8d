/** Reads another gateway's evidence and verifies it before it takes any effect. */

import { isNewerEvidence } from '../../domain/evidence/capabilities.ts';
import { type Evidence, evidenceSchema } from '../../domain/evidence/evidence.ts';
import { checkNotAhead, isAheadOfClock } from '../../domain/message/clock-skew.ts';
import { instant, type PublicJwk } from '../../domain/party/designation.ts';
import type { GatewayDesignation } from '../../domain/party/gateway-designation.ts';
import { isSameVersion } from '../../domain/terms/agreement.ts';
import { parseBySchema } from '../../domain/words/checked.ts';
import { Refusal } from '../../domain/words/error.ts';
import { present } from '../../domain/words/present.ts';
import type { Gateway } from '../../gateway.ts';
import type { Issuing, Judging, Storing } from '../../gateway-parts.ts';
import type { Jws } from '../../seal/jws.ts';
import { digestOfPayload, peekStatement, verifyStatement } from '../../seal/statement.ts';
import { isObject } from '../../seal/strict-json.ts';
import type { EvidenceRow, RecipientRow } from '../../store/contracts/message-rows.ts';
import type { AsideRow } from '../../store/contracts/messages.ts';
import { readEvidenceKeysAt } from '../directory/past-keys.ts';

/**
 * Reads evidence signed by a gateway. The key must be one that its authority listed at the time of signing,
 * and that time must not be in the future. Evidence of a newer version is kept aside, and refused until a
 * program runs here that can read it.
 * @throws Refusal `unknown-sender`, `signature-invalid`, `invalid-body`, `misaddressed`, `clock-skew`,
 *   `newer-version`, and for its shape as `verifyStatement`
 */
export async function readPeerEvidence(
  gateway: Judging,
  one: GatewayDesignation,
  jws: unknown,
): Promise<Evidence> {
  const { payload } = await verifyStatement(jws, 'evidence', (kid) => keyOf(gateway, one, jws, kid));
  if (isNewerEvidence(payload) && isObject(payload) && payload['by'] === one.gateway) {
    const digest = digestOfPayload(jws as Jws);
    return keepEvidenceAside(gateway, { gateway: one.gateway, digest, jws: JSON.stringify(jws) });
  }
  const claims = parseBySchema(evidenceSchema, payload);
  if (claims.by !== one.gateway)
    throw new Refusal('misaddressed', 'by must be the gateway whose key signed the evidence');
  checkNotAhead(claims.at, gateway.now());
  return claims;
}

/**
 * The key that the authority listed at the evidence's time. If it names no time, or one in the future, it is
 * verified with the current keys, and refused for the time afterwards.
 */
async function keyOf(
  gateway: Judging,
  one: GatewayDesignation,
  jws: unknown,
  kid: string,
): Promise<PublicJwk | undefined> {
  const { payload } = peekStatement(jws);
  const at = instant.safeParse(isObject(payload) ? payload['at'] : undefined);
  const isPast = at.success && !isAheadOfClock(at.data, gateway.now());
  const keys = isPast ? await readEvidenceKeysAt(gateway, one.gateway, new Date(at.data)) : one.keys.signing;
  return keys.find((key) => key.kid === kid);
}

/**
 * Logs that another gateway carries a message under another version of the agreement than this one. Its
 * evidence is kept: its signature proves the difference.
 */
export function noteOtherAgreement(
  { log }: Pick<Gateway, 'log'>,
  { rests_on: restsOn, id }: Evidence,
  { to, agreement: ours }: Pick<RecipientRow, 'to' | 'agreement'>,
): void {
  const theirs = restsOn?.agreements.find((one) => one.to === to);
  if (theirs !== undefined && !isSameVersion(theirs, ours))
    log.warn('agreement.differs', { evidence: id, agreement: ours.id, version: ours.version });
}

/** Where another gateway's evidence is kept. */
interface PeerEvidencePlace {
  /** This very evidence is kept already. */
  readonly isKept: boolean;
  /**
   * The key of its row: its own id if that is free. If it is used by evidence of this or a third gateway, a
   * new id.
   */
  readonly key: string;
}

/**
 * Finds the place of evidence, which is identified by its signer and its id.
 * @throws Refusal `id-conflict` if its signer used the id for something else before
 */
export async function findEvidencePlace(
  gateway: Issuing,
  claims: Evidence,
  jws: unknown,
): Promise<PeerEvidencePlace> {
  const kept = await gateway.store.messages.findEvidence(claims.id);
  const digestOf = (one: unknown): string => digestOfPayload(one as Parameters<typeof digestOfPayload>[0]);
  const bySigner = kept
    .map((row): unknown => JSON.parse(row.jws))
    .filter((one) => isBy(one, claims.by))
    .map(digestOf);
  const key = kept.length === 0 ? claims.id : gateway.newId();
  if (bySigner.length === 0) return { isKept: false, key };
  if (bySigner.includes(digestOf(jws))) return { isKept: true, key };
  throw new Refusal('id-conflict', 'the id was used for other evidence before');
}

const isBy = (jws: unknown, signer: string): boolean => {
  const { payload } = peekStatement(jws);
  return isObject(payload) && payload['by'] === signer;
};

/** The row that keeps another gateway's evidence exactly as it was signed. */
export const rowOfSigned = (
  key: string,
  claims: Evidence,
  jws: unknown,
  about: Pick<EvidenceRow, 'sender' | 'delivery' | 'message'> & { readonly recipient?: string | undefined },
): EvidenceRow => ({
  id: key,
  signer: claims.by,
  signedId: claims.id,
  event: claims.event,
  ...present({ message: about.message }),
  sender: about.sender,
  ...present({ recipient: about.recipient, delivery: about.delivery }),
  at: new Date(claims.at),
  jws: JSON.stringify(jws),
});

/**
 * Keeps a piece of a newer version than this program reads aside, as it was signed.
 * @throws Refusal `newer-version`, always: the answer is not final, and the sender must try again
 */
async function keepEvidenceAside(gateway: Storing, row: AsideRow): Promise<never> {
  const isKept = await gateway.store.messages.keepAside(row, gateway.now());
  gateway.log.warn('evidence.newer', { gateway: row.gateway, kept: isKept });
  throw new Refusal(
    'newer-version',
    isKept
      ? 'the evidence has members or events that this gateway does not know yet; it is kept until the gateway does'
      : 'the evidence has members or events that this gateway does not know yet, and too much such evidence waits already',
  );
}
