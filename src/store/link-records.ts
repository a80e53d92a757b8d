/** Records of links, as columns of their table. */
import type { LinkRow } from './contracts/links.ts';
import { date, given } from './rows.ts';

export interface LinkRecord {
  readonly hash: string;
  readonly purpose: LinkRow['purpose'] | 'confirm';
  /** Null for a link that confirms: it is about one endpoint and was sent to another. */
  readonly delivery: string | null;
  readonly about?: string | null;
  readonly asked?: string | null;
  readonly endpoint?: string | null;
  readonly officer: string | null;
  readonly expires_at: string;
  readonly used_at: string | null;
  readonly used_by: string | null;
  readonly said_at?: string | null;
  readonly entry: string | null;
  readonly mac: string | null;
}

/** A link of a delivery; undefined for any other. */
export const linkRowFrom = ({ purpose, delivery, ...one }: LinkRecord): LinkRow | undefined =>
  purpose === 'confirm' || delivery === null ? undefined : deliveryLinkFrom({ ...one, purpose, delivery });

const deliveryLinkFrom = (
  one: Omit<LinkRecord, 'purpose' | 'delivery'> & Pick<LinkRow, 'purpose' | 'delivery'>,
): LinkRow => ({
  hash: one.hash,
  purpose: one.purpose,
  delivery: one.delivery,
  ...given({ officer: one.officer }),
  expiresAt: date(one.expires_at),
});
