/**
 * Groups. Bulletins and good practice may be sent to all focal points of a country, or to a group that an
 * agreement names.
 */

import { LIMITS, type MessageName } from '../../domain/message/message.ts';
import { GROUP_NOTICES, groupSchema, type Submission } from '../../domain/message/submission.ts';
import { type Designation, isInForceAt } from '../../domain/party/designation.ts';
import { agreementsInForce } from '../../domain/terms/agreement.ts';
import { findRoute } from '../../domain/terms/routing.ts';
import { Refusal } from '../../domain/words/error.ts';
import type { Judging } from '../../gateway-parts.ts';
import { type Directory, findDesignation, readDirectory } from './directory.ts';

const isGroup = (to: string): boolean => groupSchema.safeParse(to).success;

/** The focal points of a group, whether or not an agreement covers them. */
function membersOf(directory: Directory, name: string, at: Date): readonly Designation[] {
  const [kind, value = ''] = name.split(':');
  if (kind === 'country') return directory.designations.filter((one) => one.country === value);
  const dids = agreementsInForce(directory.agreements, at)
    .filter((one) => isInForceAt(one, at))
    .flatMap((one) => one.groups?.[value] ?? []);
  return directory.designations.filter((one) => dids.includes(one.focal_point));
}

/**
 * The recipients of a submission. Each group in `to` is replaced by those of its members that an agreement
 * lets this message reach, without the sender. A member that cannot be reached does not stop the others.
 * @throws Refusal `misaddressed` if this message may not go to a group; `not-covered` if no member can be
 *   reached; `too-large` if there are more than a message may have
 */
export async function resolveRecipients(
  gateway: Judging,
  sender: string,
  name: MessageName,
  post: Pick<Submission, 'to' | 'body' | 'handling'>,
): Promise<readonly string[]> {
  const groups = post.to.filter(isGroup);
  if (groups.length === 0) return post.to;
  if (name !== 'notice' || !GROUP_NOTICES.some((kind) => kind === post.body['kind']))
    throw new Refusal('misaddressed', `only these notices go to a group: ${GROUP_NOTICES.join(', ')}`);
  const at = gateway.now();
  const directory = await readDirectory(gateway);
  const own = findDesignation(directory, sender);
  if (own === undefined) throw new Refusal('unknown-sender', 'the sender is not a designated focal point');
  const reached = groups
    .flatMap((one) => membersOf(directory, one, at))
    .filter(
      (one) =>
        one.focal_point !== own.focal_point &&
        canReach(directory, { sender: own, member: one }, { name, ...post }, at),
    )
    .map((one) => one.focal_point);
  if (reached.length === 0)
    throw new Refusal('not-covered', 'no agreement in force reaches any focal point of the group');
  const named = post.to
    .filter((one) => !isGroup(one))
    .map((one) => findDesignation(directory, one)?.focal_point ?? one);
  const all = [...new Set([...named, ...reached])];
  if (all.length > LIMITS.recipients)
    throw new Refusal('too-large', `the group has more than ${LIMITS.recipients} focal points; name fewer`);
  return all;
}

function canReach(
  directory: Directory,
  { sender, member }: { readonly sender: Designation; readonly member: Designation },
  what: { name: MessageName; handling: Submission['handling'] },
  at: Date,
): boolean {
  const recipient = findDesignation(directory, member.focal_point);
  if (recipient === undefined) return false;
  try {
    return findRoute(what, { sender, recipient }, directory, at).endpoints.length > 0;
  } catch (fault) {
    if (fault instanceof Refusal) return false;
    throw fault;
  }
}
