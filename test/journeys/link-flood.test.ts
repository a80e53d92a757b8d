/** Countless accounts send made-up start codes: the officer who has a true one is linked all the same. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { makeTelegramHouse, type TelegramHouse } from '../support/telegram-house.ts';

const [OFFICER, FIRST_STRANGER, STRANGERS] = [5550001, 6660000, 8];

let all: TelegramHouse;
beforeAll(async () => {
  const limits = { AMANAT_LIMITS: 'stranger=10/60,strangers=60/60,account=60/60' };
  // No quota comes back while the flood goes on, however long that takes.
  all = await makeTelegramHouse([], limits, { isClockStopped: true });
});
afterAll(() => all?.close());

const arrivals = async () => (await all.house.database.sql`select from arrival`).length;

/** More made-up codes, and answers to nothing, than all strangers together may bring. */
async function flood(): Promise<void> {
  for (let n = 0; n < STRANGERS; n += 1) {
    const one = all.api.person({ id: FIRST_STRANGER + n, first_name: 'Stranger', language_code: 'en' });
    for (let code = 0; code < 10; code += 1) expect(await one.start(`made-up-${code}`)).toBe(true);
  }
}

test('codes that an operator made, and the answers to their users, are kept beyond the budget', async () => {
  await flood();
  const before = await arrivals();
  expect(before).toBeLessThanOrEqual(60);
  const officer = all.api.person({ id: OFFICER, first_name: 'Wira', language_code: 'id' });
  await officer.start('made-up');
  expect(await arrivals()).toBe(before);
  await officer.start(await all.code());
  await all.house.drain();
  await officer.agree();
  await all.house.drain();
  expect((await all.house.gateway.store.endpoints.endpointsAt('telegram', String(OFFICER)))[0]).toMatchObject(
    {
      enabled: true,
      officer: 'o1',
    },
  );
});
