/**
 * A thief who can read and write every table, and officers' accounts: the thief can link none, and restores none that
 * had ended.
 */
import { afterEach, beforeEach, expect, test } from 'vitest';
import { type AllChannels, makeAllChannels } from '../support/all-channels.ts';
import { makeChatCode } from '../support/pins.ts';

const [OLD, NEW, THIEF] = [5550801, 5550802, 5550803];
const DAY = 86_400;

let all: AllChannels;
beforeEach(async () => {
  all = await makeAllChannels();
});
afterEach(() => all?.close());

const sql = () => all.house.database.sql;
const at = async (chat: number) =>
  (await all.house.gateway.store.endpoints.endpointsAt('telegram', String(chat)))[0];

/** Presses the button that undoes a link, and leaves what comes of it to the caller. */
async function pressUndo(chat: number, person: Awaited<ReturnType<AllChannels['telegram']>>): Promise<void> {
  for (const { message_id: message, reply_markup: markup } of all.api.messagesIn(chat))
    for (const { callback_data: data } of markup?.inline_keyboard.flat() ?? [])
      if (data?.startsWith('u:')) await person.tap(message, data);
}

test('no table shows a start code that waits to be processed', async () => {
  const draft = { channel: 'telegram', shows: 'notice', lang: 'id', officer: 'o1' } as const;
  const code = await makeChatCode(all.house, { ...draft, focalPoint: all.designation().focal_point });
  const officer = all.api.person({ id: NEW, first_name: 'Invented', language_code: 'id' });
  await officer.start(code);
  const [waiting] = await sql()<
    { row: string }[]
  >`select to_json(a)::text as row from arrival a where due_at is not null`;
  expect(waiting?.row).toContain(String(NEW));
  expect(waiting?.row).not.toContain(code);
  await all.house.drain();
  await officer.agree();
  await all.house.drain();
  expect(await at(NEW)).toMatchObject({ enabled: true });
  expect(await at(THIEF)).toBeUndefined();
});

test('a code that an older program stored unchanged links all the same', async () => {
  const draft = { channel: 'telegram', shows: 'notice', lang: 'id', officer: 'o1' } as const;
  const code = await makeChatCode(all.house, { ...draft, focalPoint: all.designation().focal_point });
  const { store, now } = all.house.gateway;
  const officer = all.api.person({ id: NEW, first_name: 'Invented', language_code: 'id' });
  await officer.start();
  await all.house.drain();
  const reply = { id: '4711', place: 4711, address: String(NEW), lang: 'id' };
  const kept = { id: '4711', place: 4711, account: String(NEW), payload: { kind: 'link', code, reply } };
  await store.arrivals.keepArrival('telegram', kept, now());
  await all.house.drain();
  await officer.agree();
  await all.house.drain();
  expect(await at(NEW)).toMatchObject({ enabled: true });
});

test('a wish to be unlinked that is put back after the account was linked again ends nothing', async () => {
  await all.telegram('o1', OLD);
  const officer = await all.telegram('o1', NEW);
  await pressUndo(NEW, officer);
  const [kept] = await sql()`select to_json(a) as row from arrival a where due_at is not null`;
  const row = JSON.stringify(kept?.['row']);
  await all.house.drain();
  expect(await at(OLD)).toMatchObject({ enabled: true });
  await all.telegram('o1', NEW);
  await sql()`delete from arrival where due_at is null`;
  await sql()`insert into arrival select * from json_populate_record(null::arrival, ${row}::text::json)`;
  await all.house.drain();
  expect(await at(NEW)).toMatchObject({ enabled: true });
  expect(await at(OLD)).toMatchObject({ enabled: false, off: { code: 'replaced' } });
});

test('undoing a link restores no account that ended before, whatever time the row says', async () => {
  await all.telegram('o1', OLD);
  const officer = await all.telegram('o1', NEW);
  all.house.pass(40 * DAY);
  await sql()`update endpoint set disabled_at = ${all.house.gateway.now()} where address = ${String(OLD)}`;
  await pressUndo(NEW, officer);
  await all.house.drain();
  expect(await at(NEW)).toMatchObject({ enabled: false, off: { code: 'unlinked' } });
  expect(await at(OLD)).toMatchObject({ enabled: false, off: { code: 'replaced' } });
});
