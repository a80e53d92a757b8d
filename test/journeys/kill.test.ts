/**
 * The gateway is killed at twenty random moments while messages, taps, links and acknowledgements go on, and started
 * again on the same home folder each time. Afterwards everything is checked from outside.
 */
import { chmodSync, existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { CAST } from '../../demo/cast.ts';
import { type HousePlan, listPhones } from '../../demo/company.ts';
import type { House } from '../../demo/houses.ts';
import { linkPhones } from '../../demo/linking.ts';
import { type DemoSetting, enrolledPartnerOf, makeDemoSetting } from '../../demo/setting.ts';
import { registerTelegram } from '../../src/entry/server/serving.ts';
import { createSeededRandom, type KillableGateway, startKillable } from '../support/killable.ts';
import type { PartnerStatus } from '../support/outside/partner.ts';
import { waitUntil } from '../support/outside/until.ts';
import { PATIENCE } from '../support/patience.ts';
import { seedOfRun } from '../support/property.ts';
import { type CarriedPost, startTraffic } from '../support/traffic.ts';

const SEED = seedOfRun(747_156_820);
const KILLS = 20;
/** Messages that must have got through at the least; most runs carry twice as many. */
const ENOUGH = 40;
/** Longest life after a start, and after it serves, in milliseconds: a start takes about a second by itself. */
const [FROM_START, FROM_SERVING] = [1_200, 900];

/** One gateway for both countries: what is tested is that one process may die, and every desk is near it. */
const BOTH: HousePlan = { slug: 'both', name: 'Gateway of both countries', countries: ['KH', 'ID'] };

let folder: string;
let setting: DemoSetting;
let house: House;
let gateway: KillableGateway | undefined;
const never = new AbortController().signal;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'amanat-kill-'));
  chmodSync(folder, 0o711);
  setting = await makeDemoSetting({ folder, houses: [BOTH] });
  const [only] = setting.houses;
  if (only === undefined) throw new Error('there is no house');
  house = only;
});

afterAll(async () => {
  await gateway?.kill();
  await setting?.close();
  // The database outlives the killed gateway by the moment it needs to write everything down.
  const lock = join(folder, BOTH.slug, 'data', 'postmaster.pid');
  await waitUntil('PostgreSQL to end', () => (existsSync(lock) ? undefined : true), never);
  rmSync(folder, { recursive: true, force: true });
});

/** Lets the gateway live for a random while and kills it; one in four dies before it serves. */
async function liveAndDie(random: () => number): Promise<void> {
  const started = startKillable(house.home.path);
  gateway = started;
  if (random() < 0.25) await sleep(random() * FROM_START);
  else await started.ready.then(() => sleep(random() * FROM_SERVING));
  await started.kill();
}

const nothing = { chapter: () => {}, tell: () => {}, turn: () => {}, addresses: () => {}, end: () => {} };

it(`loses nothing and acknowledges nothing twice (AMANAT_SEED=${SEED})`, async () => {
  const random = createSeededRandom(SEED);
  const first = startKillable(house.home.path);
  gateway = first;
  await first.ready;
  await registerTelegram(house.home.values, house.url);
  const scene = { setting, timeline: nothing, signal: never };
  await linkPhones(scene, listPhones(setting.company));
  const traffic = startTraffic(setting);
  await first.kill();
  for (let kills = 1; kills < KILLS; kills += 1) await liveAndDie(random);
  gateway = startKillable(house.home.path);
  await gateway.ready;
  await waitUntil(
    'enough traffic',
    async () => (traffic.carried.length >= ENOUGH ? true : undefined),
    never,
    PATIENCE,
  );
  await traffic.hush();
  const statuses = await Promise.all(traffic.carried.map(settled));
  await waitUntil(
    'every sender to be told',
    async () => (traffic.carried.every(isTold) ? true : undefined),
    never,
    PATIENCE,
  );
  await traffic.end();
  for (const [n, one] of traffic.carried.entries()) checkStatus(one, statuses[n]);
  await Promise.all(traffic.carried.map(repeatsToTheByte));
  checkWebhooks();
});

const settled = ({ from, receipt }: CarriedPost): Promise<PartnerStatus> =>
  waitUntil(
    'a message to be acknowledged by all',
    async () => {
      const status = await enrolledPartnerOf(setting, from).status(receipt.id);
      return status.state === 'acknowledged' ? status : undefined;
    },
    never,
    PATIENCE,
  );

/** The sender's own system holds each recipient's acknowledgement, once. */
function isTold({ from, to, receipt }: CarriedPost): boolean {
  const words = enrolledPartnerOf(setting, from).inbox.evidence.filter(
    (one) => one.consignment === receipt.id && one.event === 'ConsignmentAcceptance',
  );
  expect(words.length).toBeLessThanOrEqual(to.length);
  return new Set(words.map((one) => one.recipient)).size === to.length;
}

function checkStatus({ to, receipt }: CarriedPost, status: PartnerStatus | undefined): void {
  const evidence = (status?.evidence ?? []).map(
    (jws) =>
      JSON.parse(Buffer.from(String(jws['payload']), 'base64url').toString('utf8')) as {
        event: string;
        recipient?: string;
      },
  );
  expect(status?.recipients.map((one) => one.slug)).toEqual(to.map((role) => CAST[role].slug));
  expect(
    status?.recipients.every((one) => one.acknowledgement?.decision === 'accepted' && !one.contradiction),
  ).toBe(true);
  expect(status?.evidence[0]).toEqual(receipt.evidence);
  const events = evidence.map(({ event, recipient = '' }) => `${event} ${recipient}`);
  expect(events.toSorted()).toEqual([...new Set(events)].toSorted());
  expect(evidence.filter((one) => one.event === 'ConsignmentAcceptance')).toHaveLength(to.length);
  expect(evidence.filter((one) => one.event.endsWith('Failure'))).toEqual([]);
}

/** The same post again gets the receipt that was given first. */
async function repeatsToTheByte({ from, post, key, receipt }: CarriedPost): Promise<void> {
  const again = await enrolledPartnerOf(setting, from).post(post, key);
  expect(again.text).toBe(receipt.text);
}

/** A webhook that came again, because nobody could know that it had arrived, is the same to the byte. */
function checkWebhooks(): void {
  for (const [role, { inbox }] of setting.partners) {
    const bodies = new Map<string, string>();
    for (const { headers, body } of setting.receivers[role].received) {
      const id = headers['webhook-id'] ?? '';
      expect(body).toBe(bodies.get(id) ?? body);
      bodies.set(id, body);
    }
    expect(inbox.faults).toEqual([]);
  }
}
