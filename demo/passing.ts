/** Makes time pass in a story: the clocks move forward while nothing is in progress. */
import { callUntilAnswered } from '../test/support/outside/calling.ts';
import { waitUntil } from '../test/support/outside/until.ts';
import type { House } from './houses.ts';
import { formatMinutes } from './timeline.ts';
import type { ServedScene } from './turns.ts';

/** Waits until the gateways have sent everything and have every answer. */
export async function waitUntilQuiet(playing: ServedScene): Promise<void> {
  let looks = 0;
  await waitUntil(
    'the gateways to have sent everything',
    async () => {
      looks = (await isQuiet(playing)) ? looks + 1 : 0;
      // Look twice: after the first look at one gateway, the other may have started new work.
      return looks === 2 ? true : undefined;
    },
    playing.signal,
  );
}

/**
 * Moves all clocks forward, also those of the gateways. Calls carry the time at which they were signed and are valid
 * only for minutes, so this waits until every call has its answer.
 */
export async function passTime(playing: ServedScene, minutes = 0): Promise<void> {
  if (minutes === 0) return;
  await waitUntilQuiet(playing);
  playing.setting.clock.pass(minutes * 60);
  const what = `moves every clock forward by ${formatMinutes(minutes)}`;
  playing.timeline.tell({ place: 'clock', who: 'The demo', what });
}

/** Whether no gateway has deliveries to send or is sending one, by its metrics for Prometheus. */
async function isQuiet({ served }: ServedScene): Promise<boolean> {
  const queued = await Promise.all(served.map(queuedAt));
  return queued.every((count) => count === 0);
}

/** A line of the metrics, for one channel. */
const QUEUED = /^amanat_deliveries\{[^}]*state="queued"[^}]*\} (\d+)/gm;

/** The number of deliveries that wait or are in progress. */
async function queuedAt({ url, home }: House): Promise<number> {
  const headers = { authorization: `Bearer ${home.values['AMANAT_METRICS_KEY'] ?? ''}` };
  const answer = await callUntilAnswered(async () => ({ url: `${url}/metrics`, init: { headers } }));
  if (answer.status !== 200) throw new Error(`the metrics answered ${answer.status}`);
  return [...answer.text.matchAll(QUEUED)].reduce((sum, [, count]) => sum + Number(count), 0);
}
