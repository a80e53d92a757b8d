/**
 * What cannot be taken back. A recall purges what gateways hold; mail that was handed over and messages that a partner's
 * own system took are beyond them, and are named.
 */
import type { Delivery } from './delivery.ts';
import type { Unpurged } from './purging.ts';

/** A delivery and the rank of its endpoint. */
export type RankedDelivery = Delivery & { readonly rank: number };

/**
 * Whether content goes out of the gateway's reach by this way. A chat is shown a notice, and a link opens what is kept
 * here; another gateway purges for itself and says so.
 */
const keepsContent = ({ kind, channel, shows }: Delivery): boolean =>
  kind === 'message' && (channel === 'relay' || (channel !== 'telegram' && shows !== 'notice'));

/** When it was handed over by this way; of a relay whose answer was lost, when it may have been. */
const handedOver = ({ channel, attempts }: Delivery): string | undefined =>
  (attempts.find((one) => one.outcome === 'accepted') ?? (channel === 'relay' ? attempts.at(-1) : undefined))
    ?.at;

/** The copies that these deliveries put out of the gateway's reach, in the order in which they left. */
export const unpurgedBy = (deliveries: readonly RankedDelivery[]): readonly Unpurged[] =>
  deliveries
    .filter(keepsContent)
    .flatMap((one) => {
      const at = handedOver(one);
      return at === undefined ? [] : [{ to: one.to, channel: one.channel, rank: one.rank, at }];
    })
    .sort((a, b) => Date.parse(a.at) - Date.parse(b.at) || a.rank - b.rank);
