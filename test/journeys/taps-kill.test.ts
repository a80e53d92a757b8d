/**
 * Two processes work on an officer's taps, and one or the other is killed at random moments: taps are recorded in
 * their order, each once, and none is lost. AMANAT_SEED=<seed> kills at the same moments again.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { writeConfig } from '../../src/entry/home/home.ts';
import { writeHead } from '../../src/entry/telling/log-head.ts';
import { createSeededRandom, type KillableGateway, startKillable } from '../support/killable.ts';
import type { TelegramPerson } from '../support/outside/bot-api.ts';
import { seedOfRun } from '../support/property.ts';
import { reachDatabase } from '../support/server.ts';
import { fetchEvidence, makeReportPost, postMessage } from '../support/story.ts';
import { linkAccount, makeTelegramHouse, type TelegramHouse } from '../support/telegram-house.ts';

const SEED = seedOfRun(747_156_820);
const CHAT = 5550021;
const MESSAGES = 8;
const KILLS = 6;

let all: TelegramHouse;
let wira: TelegramPerson;
let home: string;
const running: KillableGateway[] = [];

beforeAll(async () => {
  all = await makeTelegramHouse();
  const { house } = all;
  wira = await linkAccount(all, CHAT, await all.code('o1'));
  home = mkdtempSync(join(tmpdir(), 'amanat-taps-'));
  const { url } = reachDatabase(house.database.server, house.database.name);
  writeConfig(home, { ...house.values, DATABASE_URL: url, AMANAT_LISTEN: '127.0.0.1:0' });
  writeHead(home, { place: 0 });
});
afterAll(async () => {
  await Promise.all(running.map((one) => one.kill()));
  await all?.close();
  if (home !== undefined) rmSync(home, { recursive: true, force: true });
});

/** A message, and the buttons under its notice once the officer has asked for the grounds. */
async function noticed() {
  const { house, api, shelter } = all;
  const id = await postMessage(shelter, makeReportPost(['desk']));
  await house.drain();
  const message = api.messagesIn(CHAT).at(-1);
  const data = message?.reply_markup?.inline_keyboard.flat().map((one) => one.callback_data ?? '') ?? [];
  const way = data.find((one) => one.startsWith('a:'))?.slice(2) ?? '';
  await wira.tap(message?.message_id ?? 0, `d:${way}`);
  await house.drain();
  return { id, notice: message?.message_id ?? 0, way };
}

const start = (): KillableGateway => {
  const { server, name } = all.house.database;
  const one = startKillable(home, { env: reachDatabase(server, name).env });
  running.push(one);
  return one;
};

interface Said {
  readonly id: string;
  readonly event: string;
  readonly at: string;
  readonly contradicts?: string;
}

const wordsOn = async (id: string): Promise<readonly Said[]> =>
  (await fetchEvidence(all.shelter, id)).filter((one) =>
    /^Consignment(Acceptance|Rejection)$/.test(one.event),
  ) as unknown as readonly Said[];

test(`taps are recorded in their order, each once (AMANAT_SEED=${SEED})`, async () => {
  const random = createSeededRandom(SEED);
  const notices: Awaited<ReturnType<typeof noticed>>[] = [];
  for (let n = 0; n < MESSAGES; n += 1) notices.push(await noticed());
  const workers = [start(), start()];
  await Promise.all(workers.map((one) => one.ready));
  const tapping = (async () => {
    for (const { notice, way } of notices) {
      await wira.tap(notice, `g:${way}:not-our-national`);
      await wira.tap(notice, `a:${way}`);
      await sleep(random() * 300);
    }
  })();
  for (let kills = 0; kills < KILLS; kills += 1) {
    await sleep(random() * 500);
    const n = kills % 2;
    await workers[n]?.kill();
    const next = start();
    workers[n] = next;
    if (random() < 0.7) await next.ready;
  }
  await tapping;
  const said = async () => Promise.all(notices.map(({ id }) => wordsOn(id)));
  await expect
    .poll(async () => (await said()).map((words) => words.length), { interval: 500 })
    .toEqual(notices.map(() => 2));
  for (const [first, second] of await said()) {
    expect([first?.event, second?.event]).toEqual(['ConsignmentRejection', 'ConsignmentAcceptance']);
    expect(second?.contradicts).toBe(first?.id);
    expect(Date.parse(first?.at ?? '')).toBeLessThanOrEqual(Date.parse(second?.at ?? ''));
  }
  const left = () => all.house.database.sql`select id from arrival where due_at is not null`;
  await expect.poll(async () => (await left()).length, { interval: 500 }).toBe(0);
});
