/** What waits for a focal point, as its endpoint's row keeps it. */
import type { Endpoint, PendingConfirmation } from '../domain/party/channel.ts';
import { present } from '../domain/words/present.ts';

/** The columns of an endpoint by which somebody new might read. */
export interface ChangedColumns {
  readonly address?: string;
  readonly shows?: Endpoint['shows'];
  readonly known_as?: readonly string[] | null;
  readonly certificate?: string | null;
  readonly old_certificate?: string | null;
  readonly old_certificate_until?: string | null;
}

/** Times are ISO 8601. */
export interface PendingConfirmationRecord {
  readonly asked: string;
  readonly since: string;
  readonly until: string;
  readonly who: string;
  /**
   * Digest over what it is to grant, made when it was asked (`digestOfAskedGrants`). Without one, nothing
   * confirms it.
   */
  readonly grants?: string;
  readonly replaces?: true;
  readonly change?: ChangedColumns;
}

export function pendingConfirmationFrom({
  asked,
  since,
  until,
  who,
  replaces,
  change,
}: PendingConfirmationRecord): PendingConfirmation {
  return {
    asked,
    since: new Date(since),
    until: new Date(until),
    who,
    ...present({ replaces, change: change && changeFrom(change) }),
  };
}

function changeFrom(one: ChangedColumns): NonNullable<PendingConfirmation['change']> {
  const { address, shows, known_as: names, certificate } = one;
  const { old_certificate: pem, old_certificate_until: until } = one;
  return {
    ...present({
      address,
      shows,
      knownAs: names || undefined,
      certificate: certificate || undefined,
      oldCertificate: pem && until ? { pem, until: new Date(until) } : undefined,
    }),
  };
}
