/** Finds the message that was kept before under a submission key, or under what has to be unique. */
import type { Sql } from 'postgres';
import type { KeepResult, NewMessage, Receipt } from './contracts/messages.ts';
import type { SealedMessageRecord } from './grant-records.ts';
import type { Grants } from './grants.ts';
import { asJson } from './rows.ts';

/** Who submitted something, under which key. */
export interface Submitted {
  readonly sender: string;
  readonly key: string;
}

/** The receipt for each submission, if there is one. It uses the index for each, however large the table. */
export async function findReceipts(
  sql: Sql,
  grants: Grants,
  asked: readonly Submitted[],
): Promise<readonly (Receipt | undefined)[]> {
  const wanted = asked.map((one, n) => ({ n, ...one }));
  const rows = await sql<{ n: number; message: SealedMessageRecord; jws: string }[]>`
    select w.n, found.*
    from json_to_recordset(${asJson(sql, wanted)}) as w(n integer, sender text, key text)
    cross join lateral (
      select to_json(m) as message, e.jws from message m join evidence e on e.id = m.receipt
      where m.sender = w.sender and m.submission_key = w.key limit 1) as found`;
  const valid = await Promise.all(rows.map(({ message }) => grants.isValid('message', message)));
  const byPlace = new Map(rows.filter((_, n) => valid[n]).map((row) => [row.n, receiptFrom(row)]));
  return asked.map((_, n) => byPlace.get(n));
}

const receiptFrom = ({
  message,
  jws,
}: {
  readonly message: SealedMessageRecord;
  readonly jws: string;
}): Receipt => ({
  message: message.id,
  thread: message.thread,
  submissionDigest: message.submission_digest,
  jws,
});

interface Earlier {
  readonly n: number;
  readonly message: SealedMessageRecord;
  readonly jws: string;
  readonly taken: 'settles' | 'id' | 'key';
}

/**
 * For each entry that is not new: whether the same submission was kept before, or its id or key is used for
 * something else.
 */
export async function findEarlier(
  sql: Sql,
  grants: Grants,
  entries: readonly NewMessage[],
): Promise<ReadonlyMap<NewMessage, KeepResult>> {
  const wanted = entries.map(({ message, completes: settles = null }, n) => ({
    n,
    id: message.id,
    sender: message.sender,
    key: message.submissionKey,
    settles,
  }));
  const rows = await sql<Earlier[]>`
    with wanted as (
      select * from json_to_recordset(${asJson(sql, wanted)}) as w(n integer, id text, sender text, key text, settles text)
    ), taken as (
      select n, m.id, 3 as place, 'key' as taken from wanted w join message m on m.sender = w.sender and m.submission_key = w.key
      union all
      select n, m.id, 2, 'id' from wanted w join message m on m.id = w.id
      union all
      select n, m.id, 1, 'settles' from wanted w join message m on m.sender = w.sender and m.settles = w.settles
    )
    select t.n, t.taken, to_json(m) as message, e.jws
    from taken t join message m using (id) join evidence e on e.id = m.receipt
    order by t.n, t.place`;
  const found = new Map<NewMessage, KeepResult>();
  for (const { n, taken, ...row } of rows) {
    const entry = entries[n];
    if (entry === undefined) continue;
    const receipt = receiptFrom(row);
    // Ordered so that a message under the same key, if there is one, comes last and decides.
    const isRepeat =
      taken === 'key' &&
      receipt.submissionDigest === entry.message.submissionDigest &&
      (await grants.isValid('message', row.message));
    const kind = taken === 'settles' ? 'answered' : 'conflict';
    found.set(entry, isRepeat ? { kind: 'repeat', receipt } : { kind, message: receipt.message });
  }
  return found;
}
