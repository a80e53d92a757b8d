/** Keys as they counted at a time: what was signed or sealed under a key that has since retired can still be judged. */

import type { Designation, PublicJwk } from '../../domain/party/designation.ts';
import { designationInForceAt, gatewayVersionAt } from '../../domain/party/in-force.ts';
import type { Judging } from '../../gateway-parts.ts';
import { readGatewayHistory, readHistory } from './directory.ts';

/**
 * The designation of a focal point as it counted at a time; undefined where none was in force then. An evidence or a
 * message of that time is verified with its signing keys.
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
 * By which keys a message is verified that was accepted at a time: those of the sender's designation now, and those it
 * had then. A message waits longer than an overlap where its recipient cannot be reached.
 */
export async function readSigningKeysSince(
  gateway: Judging,
  now: Designation | undefined,
  did: string,
  at: Date,
): Promise<readonly PublicJwk[]> {
  const newer = now?.keys.signing ?? [];
  if (now !== undefined && Date.parse(now.from) <= at.getTime() && !hasLost(now, at)) return newer;
  const then = (await readDesignationAt(gateway, did, at))?.keys.signing ?? [];
  return [...newer, ...then.filter((one) => !newer.some(({ kid }) => kid === one.kid))];
}

/** Whether a key that counted at a time has retired since. */
const hasLost = ({ keys, retires = {} }: Designation, at: Date): boolean =>
  Object.entries(retires).some(
    ([kid, end]) =>
      at.getTime() < Date.parse(end) && ![...keys.signing, ...keys.agreement].some((one) => one.kid === kid),
  );

/**
 * By which keys a gateway's evidence is verified that it signed at a time: those of the statement that counted then, as
 * whoever verifies a case file judges it. It tries for days to tell us, and its key may have been replaced meanwhile.
 */
export async function readEvidenceKeysAt(
  gateway: Judging,
  did: string,
  at: Date,
): Promise<readonly PublicJwk[]> {
  return gatewayVersionAt(await readGatewayHistory(gateway, did), at)?.keys.signing ?? [];
}

/** Every key a focal point was ever sealed to. */
export async function readAllAgreementKeys(gateway: Judging, did: string): Promise<readonly PublicJwk[]> {
  const { versions } = await readHistory(gateway, did);
  return versions.flatMap((one) => one.keys.agreement);
}
