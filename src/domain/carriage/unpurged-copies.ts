/**
 * What cannot be taken back. A recall purges what gateways hold; mail that was handed over and messages that a partner's
 * own system took are beyond them, and are named; so are copies that may have gone, where nobody here knows.
 */

import type { UnpurgedCopy } from '../message/purging.ts';
import { isTaken, mayBeTaken } from './attempt.ts';
import type { Delivery } from './delivery.ts';

/** A delivery and the rank of its endpoint. */
export type RankedDelivery = Delivery & {
  readonly rank: number;
  /** A process has it in hand, and has not written what came of it. */
  readonly isUnderWay?: true;
};

/**
 * Whether content goes out of the gateway's reach by this way. A chat is shown a notice, and a link opens what is kept
 * here; another gateway purges for itself and says so.
 */
const keepsContent = ({ kind, channel, shows }: Delivery): boolean =>
  kind === 'message' && (channel === 'relay' || (channel !== 'telegram' && shows !== 'notice'));

/** Of this way, when it was handed over; else when it may have been, `now` for what is under way. */
function left(one: RankedDelivery, now: Date): Pick<UnpurgedCopy, 'at' | 'unsure'> | undefined {
  const { attempts, isUnderWay } = one;
  const taken = attempts.find(isTaken);
  if (taken !== undefined) return { at: taken.at };
  const open = attempts.find(mayBeTaken)?.at ?? (isUnderWay === true ? now.toISOString() : undefined);
  return open === undefined ? undefined : { at: open, unsure: true };
}

/** The copies that these deliveries put out of the gateway's reach, or may have, in the order in which they left. */
export const unpurgedCopiesOf = (deliveries: readonly RankedDelivery[], now: Date): readonly UnpurgedCopy[] =>
  deliveries
    .filter(keepsContent)
    .flatMap((one) => {
      const { to, channel, rank } = one;
      const went = left(one, now);
      return went === undefined || channel === 'none' ? [] : [{ to, channel, rank, ...went }];
    })
    .sort((a, b) => Date.parse(a.at) - Date.parse(b.at) || a.rank - b.rank);
