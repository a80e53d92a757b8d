/** Codes that link an endpoint, found by the digest of a token that is not stored. */
import type { Sql, TransactionSql } from 'postgres';
import { GATEWAY_OPERATOR } from '../domain/evidence/operator-act.ts';
import { isStillRunning } from '../domain/message/clock-skew.ts';
import type { Endpoint } from '../domain/party/channel.ts';
import { START_CODE_MS } from '../domain/party/pin.ts';
import { present } from '../domain/words/present.ts';
import type { LinkCodeRow, LinkStore } from './contracts/links.ts';
import type { LogEntryMaker } from './contracts/operator-log.ts';
import { type EndpointRecord, endpointFrom } from './endpoint-records.ts';
import { linkTermsOf, recordOfEndpoint, writePlacedEndpoint } from './endpoint-writing.ts';
import type { LinkCodeRecord } from './grant-records.ts';
import type { Grants } from './grants.ts';
import { appendLogEntry, lockOperatorLog, runRecorded } from './operator-log.ts';
import { asTexts } from './rows.ts';
import { isStartPageUsed, type StartPageOwner } from './start-pages.ts';
import { firstOpenedBy, placeEndpoint, recordOfPlaced } from './waiting.ts';

type LinkCodes = Pick<
  LinkStore,
  'keepLinkCode' | 'isLinkCode' | 'askLinkCode' | 'askedLinkCode' | 'takeLinkCode'
>;

export const createLinkCodeStore = (sql: Sql, grants: Grants): LinkCodes => ({
  async keepLinkCode(code, act) {
    await runRecorded(sql, grants, act, async (tx, entry) => {
      const { focalPoint } = code.endpoint;
      const row = codeRecord(code, await entry({ desk: focalPoint, opens: [] }));
      await tx`
        insert into link_code (hash, endpoint_id, focal_point, channel, rank, shows, lang, officer, known_as, certificate,
          expires_at, beside, invited_by, entry, mac)
        values (${row.hash}, ${row.endpoint_id}, ${row.focal_point}, ${row.channel}, ${row.rank}, ${row.shows}, ${row.lang},
          ${row.officer}, ${asTexts(tx, row.known_as)}, ${row.certificate}, ${row.expires_at}, ${row.beside}, ${row.invited_by ?? null},
          ${row.entry},
          ${grants.seal('link-code', row)})`;
    });
  },

  async isLinkCode(hash, now) {
    const [[row]] = await Promise.all([
      sql<{ code: LinkCodeRecord }[]>`
        select to_json(c) as code from link_code c
        where hash = ${hash} and used_for is null`,
      grants.readLogOn(sql),
    ]);
    return (
      row !== undefined &&
      isStillRunning(Date.parse(row.code.expires_at), START_CODE_MS, now) &&
      (await grants.isValid('link-code', row.code)) &&
      (await isStartPageUsed(sql, grants, invitationOf(row.code)))
    );
  },

  askLinkCode: (hash, address, now) => askCode(sql, grants, { hash, address, now }),

  askedLinkCode: (endpoint, address) => askedCode(sql, grants, endpoint, address),

  async takeLinkCode(hash, address, now, act) {
    const made = await sql.begin((tx) => takeCode(tx, grants, { hash, address, now }, act));
    await grants.readLogOn(sql);
    return made;
  },
});

const codeRecord = (
  { hash, endpoint: one, expiresAt, beside, invitedBy }: LinkCodeRow,
  entry: string,
): LinkCodeRecord => ({
  hash,
  endpoint_id: one.id,
  ...linkTermsOf(one),
  expires_at: expiresAt.toISOString(),
  beside: beside === true,
  invited_by: invitedBy ?? null,
  asked_by: null,
  used_for: null,
  entry,
  mac: null,
});

const codeFrom = (one: LinkCodeRecord): LinkCodeRow => {
  const {
    address: _address,
    enabled: _enabled,
    ...endpoint
  } = endpointFrom({ ...one, id: one.endpoint_id, address: '', enabled: false });
  const expiresAt = new Date(one.expires_at);
  return { hash: one.hash, endpoint, expiresAt, ...present({ beside: one.beside ? true : undefined }) };
};

const invitationOf = (one: LinkCodeRecord): StartPageOwner => ({
  endpoint: one.endpoint_id,
  focalPoint: one.focal_point,
  officer: one.officer ?? '',
});

/** The account that brought a code is part of what the code grants. */
const askCode = (
  sql: Sql,
  grants: Grants,
  { hash, address, now }: CodeUse,
): Promise<LinkCodeRow | undefined> =>
  sql.begin(async (tx) => {
    const [row] = await tx<{ code: LinkCodeRecord }[]>`
      select to_json(c) as code from link_code c
      where hash = ${hash} and used_for is null for update`;
    await grants.readLogOn(tx);
    if (row === undefined || !isStillRunning(Date.parse(row.code.expires_at), START_CODE_MS, now))
      return undefined;
    if (!(await grants.isValid('link-code', row.code))) return undefined;
    if (!(await isStartPageUsed(tx, grants, invitationOf(row.code)))) return undefined;
    const mac = grants.seal('link-code', { ...row.code, asked_by: address });
    await tx`update link_code set asked_by = ${address}, mac = ${mac} where hash = ${hash}`;
    return codeFrom(row.code);
  });

async function askedCode(
  sql: Sql,
  grants: Grants,
  endpoint: string,
  address: string,
): Promise<LinkCodeRow | undefined> {
  const [[row]] = await Promise.all([
    sql<{ code: LinkCodeRecord }[]>`
      select to_json(c) as code from link_code c where endpoint_id = ${endpoint} and asked_by = ${address}`,
    grants.readLogOn(sql),
  ]);
  return row !== undefined && (await isGoodCode(grants, row.code)) ? codeFrom(row.code) : undefined;
}

/** A used code may be read again by the account for which it was used, although its own entry has ended. */
const isGoodCode = (grants: Grants, code: LinkCodeRecord): Promise<boolean> =>
  code.used_for === null ? grants.isValid('link-code', code) : grants.isSealed('link-code', code);

interface CodeUse {
  readonly hash: string;
  readonly address: string;
  readonly now: Date;
}

async function takeCode(
  tx: TransactionSql,
  grants: Grants,
  { hash, address, now }: CodeUse,
  act: (endpoint: string) => LogEntryMaker,
): Promise<Endpoint | undefined> {
  await lockOperatorLog(tx);
  await grants.readLogOn(tx);
  const [row] = await tx<{ code: LinkCodeRecord }[]>`
    select to_json(c) as code from link_code c where hash = ${hash} for no key update`;
  if (row === undefined || !(await isGoodCode(grants, row.code))) return undefined;
  const { code } = row;
  if (code.used_for !== null) {
    const [same] = await tx<{ endpoint: EndpointRecord }[]>`
      select to_json(e) as endpoint from endpoint e where id = ${code.used_for} and address = ${address}`;
    return same && (await grants.isValid('endpoint', same.endpoint))
      ? endpointFrom(same.endpoint)
      : undefined;
  }
  if (!isStillRunning(Date.parse(code.expires_at), START_CODE_MS, now)) return undefined;
  if (!(await isStartPageUsed(tx, grants, invitationOf(code)))) return undefined;
  const [before] = await tx<{ endpoint: EndpointRecord }[]>`
    select to_json(e) as endpoint from endpoint e where focal_point = ${code.focal_point} and channel = ${code.channel}
      and address = ${address} and officer is not distinct from ${code.officer} for update`;
  const id = before?.endpoint.id ?? code.endpoint_id;
  const after = recordOfEndpoint({ ...codeFrom(code).endpoint, id, address, enabled: true }, null);
  const terms = await placeEndpoint(tx, grants, before?.endpoint, after);
  const first = firstOpenedBy(grants, terms);
  const isNew = id === code.endpoint_id;
  // The invitation ends when it is used, even if the account had an endpoint already, so that restoring the
  // old row grants nothing.
  const apart = { desk: code.focal_point, opens: [] };
  const used = await appendLogEntry(tx, grants, act(code.endpoint_id), isNew ? terms : apart);
  const entry = isNew ? used : await appendLogEntry(tx, grants, act(id), terms);
  const asked = { who: code.invited_by ?? GATEWAY_OPERATOR, now, entry, replaces: !code.beside };
  const made = recordOfPlaced(terms, before?.endpoint, after, asked);
  await writePlacedEndpoint(tx, grants, made, { first, now });
  const mac = grants.seal('link-code', { ...code, used_for: id });
  await tx`update link_code set used_for = ${id}, mac = ${mac} where hash = ${hash}`;
  return endpointFrom(made);
}
