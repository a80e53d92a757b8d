/**
 * Keys as they were in force at a time. They verify what was signed, and open what was sealed, under keys
 * that have retired since.
 */

import type { Designation, PublicJwk } from '../../domain/party/designation.ts';
import { designationInForceAt, gatewayVersionAt } from '../../domain/party/in-force.ts';
import type { Judging } from '../../gateway-parts.ts';
import { readGatewayHistory, readHistory } from './directory.ts';

/**
 * The designation of a focal point in force at a time; undefined if there was none. Evidence and messages of
 * that time are verified with its signing keys.
 */
export async function readDesignationAt(
  gateway: Judging,
  did: string,
  at: Date,
): Promise<Designation | undefined> {
  const { versions, withdrawals } = await readHistory(gateway, did);
  return designationInForceAt(versions, withdrawals, at);
}

/**
 * The keys that verify a message accepted at a time: those of the sender's current designation and those of
 * that time. A message may wait longer than the overlap of two keys if its recipient cannot be reached.
 */
export async function readSigningKeysSince(
  gateway: Judging,
  now: Designation | undefined,
  did: string,
  at: Date,
): Promise<readonly PublicJwk[]> {
  const newer = now?.keys.signing ?? [];
  if (now !== undefined && Date.parse(now.from) <= at.getTime() && !hasRetiredKey(now, at)) return newer;
  const then = (await readDesignationAt(gateway, did, at))?.keys.signing ?? [];
  return [...newer, ...then.filter((one) => !newer.some(({ kid }) => kid === one.kid))];
}

/** Whether a key that was in force at a time has retired since. */
const hasRetiredKey = ({ keys, retires = {} }: Designation, at: Date): boolean =>
  Object.entries(retires).some(
    ([kid, end]) =>
      at.getTime() < Date.parse(end) && ![...keys.signing, ...keys.agreement].some((one) => one.kid === kid),
  );

/**
 * The keys that verify a gateway's evidence signed at a time: those of the statement in force then, as a
 * reader of the case file will judge it. The other gateway tries for days to send it, and its key may have
 * been replaced meanwhile.
 */
export async function readEvidenceKeysAt(
  gateway: Judging,
  did: string,
  at: Date,
): Promise<readonly PublicJwk[]> {
  return gatewayVersionAt(await readGatewayHistory(gateway, did), at)?.keys.signing ?? [];
}

/** Every key to which messages for a focal point were ever sealed. */
export async function readAllAgreementKeys(gateway: Judging, did: string): Promise<readonly PublicJwk[]> {
  const { versions } = await readHistory(gateway, did);
  return versions.flatMap((one) => one.keys.agreement);
}
