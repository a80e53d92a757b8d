/** Adopts the grants that an operator has confirmed, and makes MACs again under another master key. */
import type { Sql, TransactionSql } from 'postgres';
import { subjectOfSecret } from '../domain/evidence/operator-act.ts';
import { shownIdOfAccessKey } from '../domain/party/access-key.ts';
import { present } from '../domain/words/present.ts';
import type { ConfirmationRequester } from './contracts/endpoints.ts';
import type { LogEntryMaker, OperatorActTerms } from './contracts/operator-log.ts';
import type {
  ListedGrantKind,
  SecretKind,
  SecretRow,
  SecretStore,
  UnverifiedGrant,
} from './contracts/secrets.ts';
import type { EndpointRecord } from './endpoint-records.ts';
import { writeEndpoint, writePlacedEndpoint } from './endpoint-writing.ts';
import type { GrantRowOf, SecretRecord } from './grant-records.ts';
import type { Grants } from './grants.ts';
import type { GrantKind } from './guard.ts';
import { appendLogEntry, lockOperatorLog } from './operator-log.ts';
import {
  isMadeByProgram,
  type KeptGrantRow,
  readSealedRows,
  SEAL_ORDER,
  writeMacs,
} from './sealed-tables.ts';
import { operatorActTermsOf, recordOfPlaced } from './waiting.ts';

const PAGE = 500;

const SHOWN: readonly ListedGrantKind[] = ['endpoint', 'link-code', 'access-key', 'secret', 'roster'];

type Described = Pick<UnverifiedGrant, 'subject' | 'owner' | 'grants'>;

/** What an operator sees of a row. */
const DESCRIBE: { readonly [Kind in ListedGrantKind]: (row: GrantRowOf<Kind>) => Described } = {
  endpoint: ({ id, focal_point: owner, channel, address, officer, shows, enabled }) => ({
    subject: id,
    owner,
    grants: { channel, address, officer: officer ?? '', shows, state: enabled ? 'on' : 'off' },
  }),
  'link-code': ({ endpoint_id: subject, focal_point: owner, channel, officer, expires_at: until }) => ({
    subject,
    owner,
    grants: { channel, officer: officer ?? '', until },
  }),
  'access-key': ({ hash, focal_point: owner, name, ended_at: ended }) => ({
    subject: shownIdOfAccessKey(hash),
    owner,
    grants: { name, state: ended === null ? 'on' : 'revoked' },
  }),
  secret: ({ owner, kind, id, until }) => ({
    subject: subjectOfSecret({ owner, kind, id }),
    owner,
    grants: { kind, until: until === null ? '' : new Date(until).toISOString() },
  }),
  roster: ({ focal_point: owner, roster }) => ({
    subject: owner,
    owner,
    grants: { roster: JSON.stringify(roster) },
  }),
};

const describe = <Kind extends ListedGrantKind>(kind: Kind, row: GrantRowOf<Kind>): Described =>
  DESCRIBE[kind](row);

const isSame = (one: Described, other: Described): boolean =>
  JSON.stringify([one.subject, one.owner, one.grants]) ===
  JSON.stringify([other.subject, other.owner, other.grants]);

/** Every row that an operator looks at, one kind after the other. */
async function* shownRows(
  sql: Sql | TransactionSql,
): AsyncGenerator<{ readonly kind: ListedGrantKind; readonly kept: KeptGrantRow<ListedGrantKind> }> {
  for (const kind of SHOWN)
    for await (const page of readSealedRows(sql, kind, PAGE)) for (const kept of page) yield { kind, kept };
}

async function whyUnsound(
  grants: Grants,
  kind: ListedGrantKind,
  { row, mac }: KeptGrantRow<ListedGrantKind>,
): Promise<UnverifiedGrant['why'] | undefined> {
  if (await grants.isValidQuietly(kind, row)) return undefined;
  if (mac === null) return 'unsigned';
  if (!(await grants.isSealed(kind, row))) return 'changed';
  return isUsedCode(kind, row) ? undefined : 'ended';
}

/** A used start code grants nothing more; its row is kept as used. */
const isUsedCode = (kind: ListedGrantKind, row: GrantRowOf<ListedGrantKind>): boolean =>
  kind === 'link-code' && (row as GrantRowOf<'link-code'>).used_for !== null;

export const createAdoptionStore = (
  sql: Sql,
  grants: Grants,
): Pick<SecretStore, 'unverifiedGrants' | 'unsealedWork' | 'adoptGrants' | 'resealGrants'> => ({
  async unverifiedGrants() {
    await grants.readLogOn(sql);
    const unsound: UnverifiedGrant[] = [];
    for await (const { kind, kept } of shownRows(sql)) {
      const why = await whyUnsound(grants, kind, kept);
      if (why !== undefined) unsound.push({ kind, why, ...describe(kind, kept.row) });
    }
    return unsound;
  },

  async unsealedWork(isFirst) {
    const [found] = await sql<{ count: number }[]>`
      select ((select count(*) from message where mac is null) + (select count(*) from recipient where mac is null)
        + case when ${isFirst} then (select count(*) from link where mac is null)
          + (select count(*) from delivery where mac is null)
          + (select count(*) from arrival where mac is null and due_at is not null) else 0 end)::integer as count`;
    return found?.count ?? 0;
  },

  async adoptGrants(listed, { act, rewrap, asking, isFirst }) {
    const count = await sql.begin(async (tx) => {
      await lockOperatorLog(tx);
      await grants.readLogOn(tx);
      const adopted = await adoptListedRows(tx, grants, { listed, act, rewrap, asking });
      // In the same transaction: if it were interrupted in between, these rows would never get a MAC.
      const made = isFirst ? SEAL_ORDER.filter(isMadeByProgram) : MADE_LATER;
      for (const kind of made) await sealMade(tx, grants, kind);
      return adopted;
    });
    await grants.readLogOn(sql);
    return count;
  },

  async resealGrants(batch) {
    await grants.readLogOn(sql);
    const all = { resealed: 0, unsound: 0 };
    for (const kind of SEAL_ORDER)
      for await (const page of readSealedRows(sql, kind, batch)) {
        const older = page.filter(({ mac }) => mac === null || !grants.guard().isNewest(mac));
        const sealed = await Promise.all(older.map(({ row }) => grants.isSealed(kind, row)));
        const sealings = older.filter((_, n) => sealed[n]).map((kept) => ({ kept, row: kept.row }));
        all.resealed += await writeMacs(sql, grants, kind, sealings);
        all.unsound += older.length - sealings.length;
      }
    return all;
  },
});

interface Listed extends Pick<Adopting<ListedGrantKind>, 'act' | 'rewrap' | 'asking'> {
  readonly listed: readonly UnverifiedGrant[];
}

/** @returns how many were adopted */
async function adoptListedRows(
  tx: TransactionSql,
  grants: Grants,
  { listed, ...how }: Listed,
): Promise<number> {
  let adopted = 0;
  for await (const { kind, kept } of shownRows(tx)) {
    const isListed = listed.some((one) => one.kind === kind && isSame(one, describe(kind, kept.row)));
    // Listed only because the home folder had lost the log's head: the row is valid.
    if (isListed && (await grants.isValidQuietly(kind, kept.row))) continue;
    if (isListed) adopted += await adopt(tx, grants, { kind, kept, ...how });
  }
  return adopted;
}

interface Adopting<Kind extends ListedGrantKind> {
  readonly kind: Kind;
  readonly kept: KeptGrantRow<Kind>;
  readonly act: (subject: string) => LogEntryMaker;
  readonly rewrap: (row: SecretRow) => Promise<string | undefined>;
  readonly asking?: ConfirmationRequester | undefined;
}

/**
 * Adopts one row under an entry of its own. A secret of an endpoint ends with it, so it is put under the
 * endpoint's entry.
 */
async function adopt<Kind extends ListedGrantKind>(
  tx: TransactionSql,
  grants: Grants,
  { kind, kept, act, rewrap, asking }: Adopting<Kind>,
): Promise<number> {
  if (kind === 'endpoint') return adoptEndpoint(tx, grants, kept.row as EndpointRecord, { act, asking });
  const row = kind === 'secret' ? await rewrapUnowned(tx, kept.row as SecretRecord, rewrap) : kept.row;
  if (row === undefined) return 0;
  const { subject } = describe(kind, kept.row);
  const entry = kept.source ?? (await appendLogEntry(tx, grants, act(`${kind}/${subject}`)));
  return writeMacs(tx, grants, kind, [{ kept, row: { ...(row as GrantRowOf<Kind>), entry } }]);
}

/** An endpoint that may be newer than MACs is not taken as confirmed: it waits for its focal point. */
async function adoptEndpoint(
  tx: TransactionSql,
  grants: Grants,
  row: EndpointRecord,
  { act, asking }: Pick<Adopting<'endpoint'>, 'act' | 'asking'>,
): Promise<number> {
  const terms = operatorActTermsOf(row);
  const waits = asking !== undefined && terms.opens !== undefined && terms.opens.length > 0;
  const placed: OperatorActTerms = waits ? { ...terms, opens: [], waits: 'endpoint' } : terms;
  const entry = await appendLogEntry(tx, grants, act(`endpoint/${row.id}`), placed);
  const after = { ...row, waiting: null };
  if (asking === undefined) await writeEndpoint(tx, grants, { ...row, entry });
  else {
    const made = recordOfPlaced(placed, undefined, after, { ...asking, entry });
    await writePlacedEndpoint(tx, grants, made, { first: [], now: asking.now });
  }
  return 1;
}

/** Wraps a secret from before its owner was part of the wrapping; undefined if it cannot be opened. */
async function rewrapUnowned(
  tx: TransactionSql,
  row: SecretRecord,
  rewrap: (row: SecretRow) => Promise<string | undefined>,
): Promise<SecretRecord | undefined> {
  const { owner, kind, id, wrapped, until } = row;
  const given = {
    owner,
    kind: kind as SecretKind,
    id,
    wrapped,
    ...present({ until: until === null ? undefined : new Date(until) }),
  };
  const again = await rewrap(given);
  if (again === undefined) return undefined;
  await tx`update secret set wrapped = ${again} where owner = ${owner} and kind = ${kind} and id = ${id}`;
  return { ...row, wrapped: again };
}

/**
 * Kinds whose rows may lack a MAC in a home that was adopted before. Links, arrivals and deliveries got
 * theirs in the first adoption: one without a MAC was written by somebody else since, and a list does not
 * show what it would do.
 */
const MADE_LATER = ['message', 'recipient'] as const;

/**
 * Makes the MACs of rows that the program made: each follows the grant from which it was made, or goes where
 * its message went.
 */
async function sealMade(sql: TransactionSql, grants: Grants, kind: GrantKind): Promise<void> {
  for await (const page of readSealedRows(sql, kind, PAGE)) {
    const sealings = page
      .filter(({ mac, source }) => mac === null && (kind !== 'link' || source !== null))
      .map((kept) => ({ kept, row: kind === 'link' ? { ...kept.row, entry: kept.source } : kept.row }));
    await writeMacs(sql, grants, kind, sealings as Parameters<typeof writeMacs>[3]);
  }
}
