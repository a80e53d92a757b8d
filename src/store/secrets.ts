/** Wrapped secrets, kept under the entry of their own act, or of the grant with which they are made. */
import type { Sql, TransactionSql } from 'postgres';
import { present } from '../domain/words/present.ts';
import { batchReads } from './batch.ts';
import type { LogEntryMaker } from './contracts/operator-log.ts';
import type { SecretKind, SecretOrigin, SecretRow, SecretStore } from './contracts/secrets.ts';
import type { EndpointRecord } from './endpoint-records.ts';
import type { SecretRecord } from './grant-records.ts';
import type { Grants } from './grants.ts';
import { lockOperatorLog, runRecorded } from './operator-log.ts';
import { asJson } from './rows.ts';
import { readMatchingLog } from './verified-endpoints.ts';

export function secrets(sql: Sql, grants: Grants): Pick<SecretStore, 'keepSecret' | 'secretsInUse'> {
  const secretsOf = batchReads((asked: readonly Owned[]) => secretsOfAll(sql, grants, asked));
  return {
    keepSecret: (row, act) => keepSecret(sql, grants, row, act),

    async secretsInUse(owner, kind, now) {
      const found = await secretsOf({ owner, kind });
      return found.filter(({ until }) => until === undefined || until > now);
    },
  };
}

interface Owned {
  readonly owner: string;
  readonly kind: SecretKind;
}

/** The secrets of each owner, newest first, including those whose time is over. */
async function secretsOfAll(
  sql: Sql,
  grants: Grants,
  asked: readonly Owned[],
): Promise<readonly (readonly SecretRow[])[]> {
  const nameOf = ({ owner, kind }: Owned): string => `${kind} ${owner}`;
  const wanted = [...new Map(asked.map((one) => [nameOf(one), one])).values()];
  const found = await readMatchingLog<{ readonly secret: SecretRecord }>(
    sql,
    grants,
    () => sql`
      select to_json(s) as secret
      from json_to_recordset(${asJson(sql, wanted)}) as wanted(owner text, kind text) join secret s using (owner, kind)
      order by s.seq desc`,
    ({ secret }) => grants.isValidQuietly('secret', secret),
  );
  const valid = await Promise.all(found.map(({ secret }) => grants.isValid('secret', secret)));
  const rows = found.filter((_, n) => valid[n]).map(({ secret }) => secretFrom(secret));
  const byOwner = Map.groupBy(rows, nameOf);
  return asked.map((one) => byOwner.get(nameOf(one)) ?? []);
}

const secretFrom = ({ owner, kind, id, wrapped, until }: SecretRecord): SecretRow => ({
  owner,
  kind: kind as SecretKind,
  id,
  wrapped,
  ...present({ until: until === null ? undefined : new Date(until) }),
});

/** A secret that is made with another one, or with its endpoint, names the entry of that one. */
async function keepSecret(
  sql: Sql,
  grants: Grants,
  row: SecretRow,
  by: LogEntryMaker | SecretOrigin,
): Promise<string> {
  if (typeof by === 'function')
    return runRecorded(sql, grants, by, async (tx, entry) => writeSecret(tx, grants, row, await entry()));
  return sql.begin(async (tx) => {
    await lockOperatorLog(tx);
    await grants.readLogOn(tx);
    const entry = await entryOf(tx, grants, row.owner, by);
    if (entry === undefined) throw new Error('a secret is to be made with a grant that is not valid');
    return writeSecret(tx, grants, row, entry);
  });
}

/** The entry of the endpoint or secret with which another is made; undefined if that row is tampered. */
async function entryOf(
  tx: TransactionSql,
  grants: Grants,
  owner: string,
  { endpoint, secret }: SecretOrigin,
): Promise<string | undefined> {
  const [at] = await tx<{ endpoint: EndpointRecord }[]>`
    select to_json(e) as endpoint from endpoint e where id = ${endpoint ?? ''}`;
  if (at !== undefined)
    return (await grants.isValid('endpoint', at.endpoint)) ? (at.endpoint.entry ?? undefined) : undefined;
  const [other] = await tx<{ secret: SecretRecord }[]>`
    select to_json(s) as secret from secret s where id = ${secret ?? ''} and owner = ${owner} limit 1`;
  const isValid = other !== undefined && (await grants.isValid('secret', other.secret));
  return isValid ? (other.secret.entry ?? undefined) : undefined;
}

async function writeSecret(
  tx: TransactionSql,
  grants: Grants,
  { owner, kind, id, wrapped, until: ending }: SecretRow,
  entry: string,
): Promise<string> {
  const until = ending ?? null;
  const mac = grants.seal('secret', { owner, kind, id, wrapped, until, entry, mac: null });
  await tx`
    insert into secret (owner, kind, id, wrapped, until, entry, mac)
    values (${owner}, ${kind}, ${id}, ${wrapped}, ${until}, ${entry}, ${mac})
    on conflict (owner, kind, id) do update
      set wrapped = excluded.wrapped, until = excluded.until, entry = excluded.entry, mac = excluded.mac`;
  return entry;
}
