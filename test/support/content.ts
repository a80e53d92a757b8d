/** What a gateway's database contains of a message's content: the rows themselves, whatever the gateway reports. */
import type { MessageRow } from '../../src/store/contracts/message-rows.ts';
import type { Rig } from './rig.ts';

/** `table party` for each row of ciphertext; no other table may contain the recipients' ciphertext in any form. */
export async function listKeptContent(
  { database: { sql } }: Rig,
  message: string,
): Promise<readonly string[]> {
  const rows = await sql<{ name: string }[]>`
    select 'sealed_message ' || party as name from sealed_message where message = ${message}
    union all select 'consignment' from consignment where message = ${message} order by 1`;
  return rows.map((row) => row.name);
}

/** The row of a message that a gateway has. */
export async function readMessageRow({ gateway }: Rig, id: string): Promise<MessageRow> {
  const view = await gateway.store.messages.readMessage(id);
  if (view === undefined) throw new Error('the message is not kept here');
  return view.message;
}
