/** Records of deliveries, as columns of their table. */
import type { Attempt } from '../domain/carriage/attempt.ts';
import type { Delivery, DeliveryKind, DeliveryState, DeliveryStep } from '../domain/carriage/delivery.ts';
import type { RankedDelivery } from '../domain/carriage/unpurged-copies.ts';
import { type Channel, NO_ENDPOINT, type Shows } from '../domain/party/channel.ts';
import { present } from '../domain/words/present.ts';
import { date, dateOrNull, given } from './rows.ts';

export interface DeliveryRecord {
  readonly id: string;
  readonly kind: DeliveryKind;
  readonly message: string;
  readonly party: string;
  /** Null if it waits for an endpoint. */
  readonly endpoint: string | null;
  readonly channel: Channel;
  readonly shows: Shows;
  readonly evidence: string | null;
  readonly step: DeliveryStep | null;
  readonly state: DeliveryState;
  readonly tries: number;
  readonly attempts: readonly Attempt[];
  readonly due_at: string | null;
  readonly reference: string | null;
  readonly revisable: boolean;
  readonly expires_at: string;
  /** Read, never written: `changeDelivery` ends a claim when it writes the attempt's result. */
  readonly claimed_by?: string | null;
  readonly mac?: string | null;
}

export const deliveryFrom = (one: DeliveryRecord): Delivery => ({
  id: one.id,
  kind: one.kind,
  message: one.message,
  to: one.party,
  endpoint: one.endpoint ?? NO_ENDPOINT.id,
  channel: one.channel,
  shows: one.shows,
  ...given({ evidence: one.evidence, step: one.step }),
  state: one.state,
  tries: one.tries,
  attempts: one.attempts,
  dueAt: dateOrNull(one.due_at),
  ...given({ reference: one.reference }),
  revisable: one.revisable,
  expiresAt: date(one.expires_at),
});

/** With the rank of its endpoint, and whether a process works on it. */
export const rankedDeliveryFrom = (one: DeliveryRecord, rank: number): RankedDelivery => ({
  ...deliveryFrom(one),
  rank,
  ...present({ isUnderWay: typeof one.claimed_by === 'string' ? true : undefined }),
});

export const recordOfDelivery = (one: Delivery): DeliveryRecord => ({
  id: one.id,
  kind: one.kind,
  message: one.message,
  party: one.to,
  endpoint: one.endpoint === NO_ENDPOINT.id ? null : one.endpoint,
  channel: one.channel,
  shows: one.shows,
  evidence: one.evidence ?? null,
  step: one.step ?? null,
  state: one.state,
  tries: one.tries,
  attempts: one.attempts,
  due_at: one.dueAt?.toISOString() ?? null,
  reference: one.reference ?? null,
  revisable: one.revisable,
  expires_at: one.expiresAt.toISOString(),
});
