/** Writes rows of endpoints, each with the MAC over what it grants. */
import type { TransactionSql } from 'postgres';
import type { Endpoint } from '../domain/party/channel.ts';
import type { OpenedAccess } from '../domain/party/confirmation.ts';
import { askForConfirmation, tellFirstOfficer, tellOfFirstContent } from './endpoint-news.ts';
import type { EndpointRecord } from './endpoint-records.ts';
import type { Grants } from './grants.ts';
import { asJson } from './rows.ts';

/**
 * Writes a placed endpoint and tells its focal point: what waits for it, or what is in use without a question
 * because it is the first.
 * @param first what it opens first for its focal point (`firstOpenedBy`)
 */
export async function writePlacedEndpoint(
  tx: TransactionSql,
  grants: Grants,
  row: EndpointRecord,
  { first, now }: { readonly first: readonly OpenedAccess[]; readonly now: Date },
): Promise<void> {
  await writeEndpoint(tx, grants, row);
  if (row.waiting?.asked === row.entry) await askForConfirmation(tx, row);
  if (first.includes('content')) await tellOfFirstContent(tx, row, now);
  if (first.includes('account')) await tellFirstOfficer(tx, row, now);
}

/** The columns that an endpoint and a link code have in common. */
export const linkTermsOf = (one: Omit<Endpoint, 'address' | 'enabled'>) => ({
  focal_point: one.focalPoint,
  channel: one.channel,
  rank: one.rank,
  shows: one.shows,
  lang: one.lang,
  officer: one.officer ?? null,
  known_as: one.knownAs ?? null,
  certificate: one.certificate ?? null,
});

/** An endpoint's row under the entry of an act, without its MAC. */
export const recordOfEndpoint = (
  one: Endpoint,
  entry: string | null,
  life: ReturnType<typeof keptOffColumns> = IN_USE_COLUMNS,
): EndpointRecord => ({
  id: one.id,
  address: one.address,
  ...linkTermsOf(one),
  old_certificate: one.oldCertificate?.pem ?? null,
  old_certificate_until: one.oldCertificate?.until.toISOString() ?? null,
  enabled: one.enabled,
  ...life,
  entry,
  mac: null,
});

/** The columns about being off, for an endpoint in use. */
export const IN_USE_COLUMNS = {
  disabled_code: null,
  disabled_at: null,
  gone_times: 0,
  gone_since: null,
} as const;

/** The same columns, from an endpoint that was read before. */
export const offColumns = ({ off, gone }: Endpoint) => ({
  disabled_code: off?.code ?? null,
  disabled_at: off?.since?.toISOString() ?? null,
  gone_times: gone?.times ?? 0,
  gone_since: gone?.since.toISOString() ?? null,
});

/** The same columns, for an endpoint that stays off. */
export const keptOffColumns = (one: EndpointRecord | undefined) => ({
  disabled_code: one?.disabled_code ?? null,
  disabled_at: one?.disabled_at ?? null,
  gone_times: one?.gone_times ?? 0,
  gone_since: one?.gone_since ?? null,
});

/** Writes a whole row with its MAC. */
export async function writeEndpoint(tx: TransactionSql, grants: Grants, one: EndpointRecord): Promise<void> {
  const row = { ...one, mac: grants.seal('endpoint', one) };
  await tx`
    insert into endpoint as e (id, focal_point, channel, address, rank, shows, lang, officer, known_as, certificate,
      old_certificate, old_certificate_until, enabled, disabled_code, disabled_at, gone_times, gone_since, waiting, entry,
      mac)
    select id, focal_point, channel, address, rank, shows, lang, officer, known_as, certificate,
      old_certificate, old_certificate_until, enabled, disabled_code, disabled_at, gone_times, gone_since, waiting, entry,
      mac
    from json_populate_record(null::endpoint, ${asJson(tx, row)})
    on conflict (id) do update set focal_point = excluded.focal_point, channel = excluded.channel,
      address = excluded.address, rank = excluded.rank, shows = excluded.shows, lang = excluded.lang,
      officer = excluded.officer, known_as = excluded.known_as, certificate = excluded.certificate,
      old_certificate = excluded.old_certificate, old_certificate_until = excluded.old_certificate_until,
      enabled = excluded.enabled, disabled_code = excluded.disabled_code, disabled_at = excluded.disabled_at,
      gone_times = excluded.gone_times, gone_since = excluded.gone_since, waiting = excluded.waiting,
      entry = excluded.entry, mac = excluded.mac`;
}
