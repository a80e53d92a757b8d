/**
 * Copies that cannot be deleted. A recall deletes what gateways store. Mail that was sent and messages that a
 * partner's own system accepted are out of reach; the evidence names them, and also copies that may have gone if
 * nobody here knows.
 */

import type { UnpurgedCopy } from '../message/purging.ts';
import { isTaken, mayBeTaken } from './attempt.ts';
import type { Delivery } from './delivery.ts';

/** A delivery and the rank of its endpoint. */
export type RankedDelivery = Delivery & {
  readonly rank: number;
  /** A process is working on it and has not recorded the outcome. */
  readonly isUnderWay?: true;
};

/**
 * Whether content leaves the gateway's reach by this delivery. A chat gets a notice, whose link opens what is
 * stored here. Another gateway deletes for itself and signs that.
 */
const keepsContent = ({ kind, channel, shows }: Delivery): boolean =>
  kind === 'message' && (channel === 'relay' || (channel !== 'telegram' && shows !== 'notice'));

/** When this delivery left; else when it may have left, with `now` for one that is under way. */
function departureOf(one: RankedDelivery, now: Date): Pick<UnpurgedCopy, 'at' | 'unsure'> | undefined {
  const { attempts, isUnderWay } = one;
  const taken = attempts.find(isTaken);
  if (taken !== undefined) return { at: taken.at };
  const open = attempts.find(mayBeTaken)?.at ?? (isUnderWay === true ? now.toISOString() : undefined);
  return open === undefined ? undefined : { at: open, unsure: true };
}

/** The copies that these deliveries put out of reach, or may have put, in the order in which they left. */
export const unpurgedCopiesOf = (deliveries: readonly RankedDelivery[], now: Date): readonly UnpurgedCopy[] =>
  deliveries
    .filter(keepsContent)
    .flatMap((one) => {
      const { to, channel, rank } = one;
      const went = departureOf(one, now);
      return went === undefined || channel === 'none' ? [] : [{ to, channel, rank, ...went }];
    })
    .sort((a, b) => Date.parse(a.at) - Date.parse(b.at) || a.rank - b.rank);
