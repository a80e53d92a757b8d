/** Reminders to a duty phone: its officers are reminded in one notice, and the message is delivered there once. */
import { afterEach, beforeEach, expect, test } from 'vitest';
import { makeOfficer, makeReportPost, postMessage } from '../support/story.ts';
import { linkAccount, makeTelegramHouse, type TelegramHouse } from '../support/telegram-house.ts';

const PHONE = 5550001;

let all: TelegramHouse;

beforeEach(async () => {
  all = await makeTelegramHouse();
  const officers = [makeOfficer(), { ...makeOfficer('id', 'o2'), role: 'deputy' as const }];
  all.house.pass(1);
  await all.house.designate({ slug: 'desk', name: 'Desk', country: 'ID', renews: all.designation, officers });
});
afterEach(() => all?.close());

async function link(who: string): Promise<void> {
  await linkAccount(all, PHONE, await all.code(who));
}

async function came(hours: number): Promise<readonly string[]> {
  const before = all.api.messagesIn(PHONE).length;
  all.house.pass(hours * 3_600);
  await all.house.drain();
  return all.api
    .messagesIn(PHONE)
    .slice(before)
    .map((one) => one.text ?? '');
}

test('overdue acts of an officer and of the deputy at the same phone come in one notice, each message once', async () => {
  for (const who of ['o1', 'o2']) await link(who);
  const first = await postMessage(all.shelter, makeReportPost(['desk']));
  await all.house.drain();
  all.house.pass(600);
  const second = await postMessage(all.shelter, makeReportPost(['desk']));
  await all.house.drain();
  const texts = await came(6);
  expect(texts).toHaveLength(1);
  for (const id of [first, second])
    expect(texts[0]?.split(`${id.slice(-8).toUpperCase()}: `), id).toHaveLength(2);
  const made = await all.house.database.sql<{ kind: string; count: number }[]>`
    select d.kind, count(*)::integer as count from delivery d join endpoint e on e.id = d.endpoint
    where e.address = ${String(PHONE)} group by d.kind order by d.kind`;
  expect(made.map((one) => ({ ...one }))).toMatchObject([
    { kind: 'message', count: 2 },
    { kind: 'reminder' },
  ]);
  const reminded = await all.house.database.sql<{ officer: string }[]>`
    select distinct e.officer from delivery d join endpoint e on e.id = d.endpoint
    where d.kind = 'reminder' and d.state = 'sent' order by e.officer`;
  expect(reminded.map((one) => one.officer)).toEqual(['o1', 'o2']);
});
