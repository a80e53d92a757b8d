/**
 * The register: numbers without gaps, one for each message and focal point, however many are requested at
 * once.
 */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { makeTestDatabase, type TestDatabase } from '../support/database.ts';
import { DESK, keptEndpoints, NOW, newMessage, SENDER } from './fixtures.ts';

let db: TestDatabase;
let messages: readonly string[];

beforeAll(async () => {
  db = await makeTestDatabase();
  const endpoints = await keptEndpoints(db.store, {});
  const made = Array.from({ length: 12 }, () => newMessage(endpoints));
  for (const one of made) await db.store.messages.keepMessage(one);
  messages = made.map((one) => one.message.id);
});
afterAll(() => db.close());

const ask = (message: string, focalPoint = SENDER, year = 2026) =>
  db.store.letters.letterNumber({ message, office: focalPoint, year }, NOW);

test('many at once, each requested three times, get the numbers 1 to 12, one for each message', async () => {
  const given = await Promise.all([...messages, ...messages, ...messages].map((one) => ask(one)));
  const numbers = new Map(messages.map((id, n) => [id, given[n]?.number]));
  expect([...numbers.values()].toSorted((a, b) => Number(a) - Number(b))).toEqual(
    messages.map((_, n) => n + 1),
  );
  given.forEach((one, n) => {
    expect(one).toEqual({ year: 2026, number: numbers.get(messages[n % messages.length] ?? '') });
  });
});

test('requested again in another year, it keeps its first number', async () => {
  const [first = ''] = messages;
  expect(await ask(first, SENDER, 2027)).toEqual(await ask(first));
});

test('another office and another year begin at 1', async () => {
  const [first = '', second = '', third = ''] = messages;
  expect(await ask(first, DESK)).toEqual({ year: 2026, number: 1 });
  expect(await ask(second, DESK, 2027)).toEqual({ year: 2027, number: 1 });
  expect(await ask(third, DESK)).toEqual({ year: 2026, number: 2 });
});

test('a number that cannot be given leaves no gap', async () => {
  const [, second = '', , fourth = ''] = messages;
  await expect(ask('f'.repeat(32), DESK)).rejects.toThrow();
  expect(await ask(fourth, DESK)).toEqual({ year: 2026, number: 3 });
  expect(await ask(second, DESK)).toEqual({ year: 2027, number: 1 });
});
