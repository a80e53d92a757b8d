/**
 * Two gateways witness each other over loopback HTTP. Whatever one operator does to its own database, or its gateway
 * says instead of the truth, the other side's witness reports it, and both operators hear of it.
 */
import { afterEach, beforeEach, expect, test } from 'vitest';
import { takeAlarm } from '../../src/flow/ledger/alarm.ts';
import { makeNoteSigner, noteKeysOf } from '../../src/flow/ledger/keys.ts';
import { extendLedger, readNewestCheckpoint, takeCosignature } from '../../src/flow/ledger/ledger.ts';
import { workOnLedgers } from '../../src/flow/ledger/round.ts';
import { witnessPeers } from '../../src/flow/ledger/witness.ts';
import { cosignCheckpoint } from '../../src/ledger/cosignature.ts';
import { readNote, writeNote } from '../../src/ledger/note.ts';
import { signNoteText, utf8BytesOf } from '../../src/ledger/note-key.ts';
import { signCheckpoint, verifySignedCheckpoint } from '../../src/ledger/signed-checkpoint.ts';
import { hashLeaf, rootOfLeaves } from '../../src/ledger/tree.ts';
import { generateSigningJwk, importSigningKey } from '../../src/seal/keys.ts';
import { catchRefusal } from '../support/people.ts';
import type { Rig } from '../support/rig.ts';
import { type GatewaySide, makeTwoGateways, type TwoGateways } from '../support/two-gateways.ts';
import {
  describeKnownLog,
  fetchBytes,
  fetchFrom,
  fetchLogEntries,
  issueMany,
  issueUpTo,
  listAlarms,
} from '../support/watched-logs.ts';

let both: TwoGateways;
/** The side that is edited or lies, and the one that watches. */
let kh: Rig;
let id: Rig;

beforeEach(async () => {
  both = await makeTwoGateways();
  kh = both.kh.house;
  id = both.id.house;
  await issueUpTo(kh, 5);
  await extendLedger(kh.gateway);
});
afterEach(() => both.close());

/** Indonesia looks at Cambodia's log a minute later. */
async function look(): Promise<void> {
  for (const house of [kh, id]) house.pass(60);
  expect(await witnessPeers(id.gateway)).toBe(1);
}

const cosigned = async () =>
  verifySignedCheckpoint(await fetchBytes(kh, '/ledger/checkpoint'), describeKnownLog(kh, [id]));

const witnessed = async (): Promise<readonly number[]> =>
  (await id.database.sql<{ size: number }[]>`select size::integer as size from witnessed order by size`).map(
    (row) => row.size,
  );

test('each checkpoint is verified from its entries, cosigned, kept, and served with the cosignature', async () => {
  expect((await cosigned()).cosignatures).toEqual([]);
  await look();
  expect(await cosigned()).toMatchObject({ checkpoint: { size: 5 }, cosignatures: [{}] });
  await issueMany(kh, 600);
  await extendLedger(kh.gateway);
  expect((await cosigned()).cosignatures).toEqual([]);
  await look();
  expect(await cosigned()).toMatchObject({ checkpoint: { size: 605 }, cosignatures: [{}] });
  await look();
  expect(await witnessed()).toEqual([5, 605]);
  expect([await listAlarms(id), await listAlarms(kh)]).toEqual([[], []]);
  const kept = await id.gateway.store.ledger.lastWitnessed(`${new URL(both.kh.url).host}/ledger`);
  expect(
    (await verifySignedCheckpoint(utf8BytesOf(kept?.note ?? ''), describeKnownLog(kh, [id]))).cosignatures,
  ).toHaveLength(1);
});

test('the rounds of both sides do all of it, and only one process looks at a log in a minute', async () => {
  const never = new AbortController().signal;
  for (const house of [kh, id]) {
    house.pass(60);
    await workOnLedgers(house.gateway, never);
  }
  expect((await cosigned()).cosignatures).toHaveLength(1);
  expect(await witnessPeers(id.gateway)).toBe(0);
});

test('a log that cannot be reached is no alarm, and missed entries are read later', async () => {
  await look();
  await both.kh.shut();
  await issueMany(kh, 3);
  await extendLedger(kh.gateway);
  await look();
  expect(await listAlarms(id)).toEqual([]);
  expect(id.lines.map((line) => line.event)).toContain('witness.unreachable');
  await both.kh.open();
  await look();
  expect(await witnessed()).toEqual([5, 8]);
});

test('a log too long for one look is continued in the next, and cosigned when it is read', async () => {
  await kh.database.sql`
    insert into evidence (id, event, sender, at, jws)
    select lpad(to_hex(n), 32, '0'), 'SubmissionRejection', 'did:web:gateway.test:fp:shelter', now(),
      '{"payload":"e30","signatures":[]}'
    from generate_series(1, 256 * 256 + 100) as n`;
  await extendLedger(kh.gateway);
  await look();
  expect(await witnessed()).toEqual([]);
  await look();
  expect(await witnessed()).toEqual([256 * 256 + 105]);
  expect(await listAlarms(id)).toEqual([]);
});

test('a lost cosignature is given again', async () => {
  both.kh.keep((request, serve) =>
    request.method === 'POST' ? new Response(null, { status: 503 }) : serve(request),
  );
  await look();
  expect((await cosigned()).cosignatures).toEqual([]);
  both.kh.keep(undefined);
  await look();
  expect((await cosigned()).cosignatures).toHaveLength(1);
});

test('a cosignature is accepted if its time is near now, its checkpoint is the log’s, and a designated gateway signed it', async () => {
  const { text } = readNote(await fetchBytes(kh, '/ledger/checkpoint'));
  const now = Math.floor(kh.gateway.now().getTime() / 1_000);
  const give = async (over: string, time: number, witness: Rig) => {
    const signature = await cosignCheckpoint(over, time, makeNoteSigner(witness.gateway, 'cosignature'));
    return takeCosignature(kh.gateway, utf8BytesOf(writeNote({ text: over, signatures: [signature] })));
  };
  const other = text.replace('\n5\n', '\n4\n');
  for (const [over, time, witness] of [
    [text, now - 400, id],
    [text, now + 400, id],
    [other, now, id],
    [text.replace('/ledger', '/other'), now, id],
    [text, now, kh],
  ] as const)
    expect(await catchRefusal(() => give(over, time, witness))).toBe('ledger-refused');
  expect((await cosigned()).cosignatures).toEqual([]);
  await give(text, now, id);
  await give(text, now + 1, id);
  expect((await cosigned()).cosignatures).toMatchObject([{ time: now + 1 }]);
});

test('an alarm is accepted from a designated gateway about this log, with a known code', async () => {
  const tell = async (text: string, by: Rig) => {
    const note = { text, signatures: [await signNoteText(text, makeNoteSigner(by.gateway, 'ed25519'))] };
    return takeAlarm(kh.gateway, utf8BytesOf(writeNote(note)));
  };
  const { origin } = describeKnownLog(kh);
  const told = `amanat-alarm/v1\n${origin}\nsplit-view\n5\n`;
  expect(await catchRefusal(() => tell(told, kh))).toBe('ledger-refused');
  expect(await catchRefusal(() => tell(told.replace(origin, 'x'), id))).toBe('ledger-refused');
  for (const text of [
    told.replace('split', 'spilt'),
    told.replace('\n5\n', '\n-5\n'),
    `${told}more\n`,
    'v1\n',
  ])
    expect(await catchRefusal(() => tell(text, id))).toBe('ledger-malformed');
  for (let n = 0; n < 2; n += 1) await tell(told, id);
  expect(await listAlarms(kh)).toEqual(['split-view']);
});

test('after a new evidence key the checkpoint has both signatures', async () => {
  const key = await importSigningKey(await generateSigningJwk(`${kh.gateway.did}#evidence-2`));
  const note = utf8BytesOf(await readNewestCheckpoint({ ...kh.gateway, key }));
  const { origin } = describeKnownLog(kh);
  for (const keys of [describeKnownLog(kh).keys, noteKeysOf(both.kh.url, [key.publicJwk], 'ed25519')])
    expect((await verifySignedCheckpoint(note, { origin, keys, witnesses: [] })).checkpoint.size).toBe(5);
});

/** What an operator may do to the rows of its own database. */
const EDITS: Readonly<Record<string, () => Promise<unknown>>> = {
  'evidence content': () => kh.database.sql`
    update evidence set jws = jsonb_set(jws::jsonb, '{payload}', to_jsonb('e30'::text))::text where seq = 2`,
  'the order of leaves': () =>
    kh.database.sql.begin(async (tx) => {
      await tx`update ledger_leaf set index = 99 where index = 0`;
      await tx`update ledger_leaf set index = 0 where index = 1`;
      await tx`update ledger_leaf set index = 1 where index = 99`;
    }),
  'evidence away': () => kh.database.sql`delete from evidence
    where seq = (select max(seq) from evidence where event = 'SubmissionRejection')`,
  'a leaf away': () => kh.database.sql`delete from ledger_leaf where index = 4`,
};

test.each(Object.keys(EDITS))('an operator edits %s: the other side’s witness reports it', async (name) => {
  await look();
  await EDITS[name]?.();
  await look();
  expect(await listAlarms(id)).toEqual(['entry-changed']);
  expect(id.lines.filter((line) => line.event === 'ledger.alarm')).toHaveLength(1);
  // The operator on the other side is told, once, and both see it without asking for more than /readyz.
  expect(await listAlarms(kh)).toEqual(['entry-changed']);
  await look();
  for (const house of [kh, id])
    expect(await (await fetchFrom(house, '/readyz')).json()).toMatchObject({ alarms: 1 });
});

test('an edit before the witness’s next look is noticed, too', async () => {
  await EDITS['evidence content']?.();
  await look();
  expect(await listAlarms(id)).toEqual(['history-rewritten']);
  expect(await witnessed()).toEqual([]);
  expect((await cosigned()).cosignatures).toEqual([]);
});

/** The whole log made anew over other rows, and signed: what an operator with the gateway's key can do. */
async function remake(edit: () => Promise<unknown>): Promise<void> {
  const { sql } = kh.database;
  await sql`truncate ledger_leaf, ledger_tile, ledger_checkpoint`;
  await edit();
  await extendLedger(kh.gateway);
}

test('a log that was made again with another history is not cosigned, whatever its size', async () => {
  await look();
  await remake(
    async () => kh.database.sql`
    delete from evidence where seq = (select min(seq) from evidence where event = 'SubmissionRejection')`,
  );
  await look();
  await issueMany(kh, 1);
  await extendLedger(kh.gateway);
  await look();
  await issueMany(kh, 1);
  await extendLedger(kh.gateway);
  await look();
  expect(await listAlarms(id)).toEqual(['log-shrunk', 'split-view', 'history-rewritten']);
  expect(await witnessed()).toEqual([5]);
  const [shown] = await id.database.sql<{ note: string }[]>`select note from alarm where code = 'split-view'`;
  // The other side's own signature under two roots for one size.
  expect(
    (await verifySignedCheckpoint(utf8BytesOf(shown?.note ?? ''), describeKnownLog(kh))).checkpoint.size,
  ).toBe(5);
});

/** Has Cambodia's door answer for the checkpoint with what it is given. */
function lie(side: GatewaySide, note: () => Promise<string>): void {
  side.keep(async (request, serve) =>
    new URL(request.url).pathname === '/ledger/checkpoint' ? new Response(await note()) : serve(request),
  );
}

async function signedAs(house: Rig, size: number, origin = describeKnownLog(house).origin): Promise<string> {
  const entries = await fetchLogEntries(kh, 5);
  const root = rootOfLeaves(entries.map(hashLeaf));
  const signer = makeNoteSigner(house.gateway, 'ed25519');
  return writeNote(await signCheckpoint({ origin, size, root, extensions: [] }, [signer]));
}

test.each([
  ['entries it does not have', 'entries-missing', () => signedAs(kh, 6)],
  ['far more of them than there can be', 'entries-missing', () => signedAs(kh, 2 ** 50)],
  ['another log', 'signature-wrong', () => signedAs(kh, 5, 'other.test/ledger')],
  ['what another key signed', 'signature-wrong', () => signedAs(id, 5)],
])('a gateway that tries to %s is reported', async (_name, code, note) => {
  await look();
  lie(both.kh, note);
  await look();
  expect(await listAlarms(id)).toEqual([code]);
  expect(await witnessed()).toEqual([5]);
});

test('an answer that is not a checkpoint is no alarm: a proxy may have answered', async () => {
  lie(both.kh, async () => '<html>Bad gateway</html>');
  await look();
  expect(await listAlarms(id)).toEqual([]);
  expect(id.lines.at(-1)).toMatchObject({
    event: 'witness.unreachable',
    fields: { code: 'ledger-malformed' },
  });
});

test('a restart of the watching side forgets nothing', async () => {
  await look();
  const again = { ...id.gateway };
  await remake(
    async () => kh.database.sql`
    delete from evidence where seq = (select min(seq) from evidence where event = 'SubmissionRejection')`,
  );
  await issueMany(kh, 4);
  await extendLedger(kh.gateway);
  for (const house of [kh, id]) house.pass(60);
  await witnessPeers(again);
  expect(await listAlarms(id)).toEqual(['history-rewritten']);
});
