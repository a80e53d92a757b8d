/** Time that passes in a story: nobody waits for it here, and nothing is under way meanwhile. */
import { callUntilAnswered } from '../test/support/outside/calling.ts';
import { waitUntil } from '../test/support/outside/until.ts';
import type { House } from './houses.ts';
import { formatMinutes } from './timeline.ts';
import type { ServedScene } from './turns.ts';

/** Waits until the gateways have sent everything that is to be sent, and have an answer to all of it. */
export async function waitUntilQuiet(playing: ServedScene): Promise<void> {
  let looks = 0;
  await waitUntil(
    'the gateways to have sent everything',
    async () => {
      looks = (await isQuiet(playing)) ? looks + 1 : 0;
      // A second look: what one gateway ended before the first may have begun at the other after it.
      return looks === 2 ? true : undefined;
    },
    playing.signal,
  );
}

/**
 * Puts everybody's clock on, the gateways' too. Calls carry the time at which they were signed and count for minutes
 * only, so nothing is put on before every call has its answer.
 */
export async function passTime(playing: ServedScene, minutes = 0): Promise<void> {
  if (minutes === 0) return;
  await waitUntilQuiet(playing);
  playing.setting.clock.pass(minutes * 60);
  const what = `puts every clock on by ${formatMinutes(minutes)}; nobody waits for it here`;
  playing.timeline.tell({ place: 'clock', who: 'The demo', what });
}

/** Whether no gateway has anything to send, or is just sending it, as its numbers for Prometheus say. */
async function isQuiet({ served }: ServedScene): Promise<boolean> {
  const queued = await Promise.all(served.map(queuedAt));
  return queued.every((count) => count === 0);
}

/** A line of the numbers, of one channel. */
const QUEUED = /^amanat_deliveries\{[^}]*state="queued"[^}]*\} (\d+)/gm;

/** How many deliveries wait, or are under way. */
async function queuedAt({ url, home }: House): Promise<number> {
  const headers = { authorization: `Bearer ${home.values['AMANAT_METRICS_KEY'] ?? ''}` };
  const answer = await callUntilAnswered(async () => ({ url: `${url}/metrics`, init: { headers } }));
  if (answer.status !== 200) throw new Error(`the numbers answered ${answer.status}`);
  return [...answer.text.matchAll(QUEUED)].reduce((sum, [, count]) => sum + Number(count), 0);
}
