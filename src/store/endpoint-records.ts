/** Records of endpoints, as columns of their table. */
import type { Channel, Endpoint, Shows } from '../domain/party/channel.ts';
import { present } from '../domain/words/present.ts';
import { date, given } from './rows.ts';
import { type PendingConfirmationRecord, pendingConfirmationFrom } from './waiting-record.ts';

export interface EndpointRecord {
  readonly id: string;
  readonly focal_point: string;
  readonly channel: Channel;
  readonly address: string;
  readonly rank: number;
  readonly shows: Shows;
  readonly lang: string;
  readonly officer: string | null;
  readonly known_as: readonly string[] | null;
  readonly certificate: string | null;
  readonly old_certificate?: string | null;
  readonly old_certificate_until?: string | null;
  readonly enabled: boolean;
  readonly disabled_code?: string | null;
  readonly disabled_at?: string | null;
  readonly gone_times?: number;
  readonly gone_since?: string | null;
  readonly waiting?: PendingConfirmationRecord | null;
  /** The entry of the operator's log that made it so, and the MAC over the row (`grant-records.ts`). */
  readonly entry: string | null;
  readonly mac: string | null;
}

export const endpointFrom = (one: EndpointRecord): Endpoint => ({
  id: one.id,
  focalPoint: one.focal_point,
  channel: one.channel,
  address: one.address,
  rank: one.rank,
  shows: one.shows,
  lang: one.lang,
  ...given({ officer: one.officer, knownAs: one.known_as, certificate: one.certificate }),
  // The MAC covers the code: an endpoint that is out of use stays so, whatever else the row says.
  enabled: one.enabled && !one.disabled_code,
  ...given({ oldCertificate: oldCertificateOf(one), off: offOf(one), gone: goneOf(one) }),
  ...present({ waiting: one.waiting ? pendingConfirmationFrom(one.waiting) : undefined }),
});

const oldCertificateOf = ({ old_certificate: pem, old_certificate_until: until }: EndpointRecord) =>
  pem && until ? { pem, until: date(until) } : null;

const offOf = ({ disabled_code: code, disabled_at: since }: EndpointRecord) =>
  code ? { code, ...present({ since: since ? date(since) : undefined }) } : null;

const goneOf = ({ gone_times: times, gone_since: since }: EndpointRecord) =>
  times && since ? { times, since: date(since) } : null;
