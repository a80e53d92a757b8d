/** Time that passes in a story: nobody waits for it here, and nothing is under way meanwhile. */
import { inWords } from './timeline.ts';
import type { Playing } from './turns.ts';
import { until } from './until.ts';

/** Waits until the gateways have sent everything that is to be sent, and have an answer to all of it. */
export async function quiet(playing: Playing): Promise<void> {
  let looks = 0;
  await until(
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
export async function passes(playing: Playing, minutes = 0): Promise<void> {
  if (minutes === 0) return;
  await quiet(playing);
  playing.setting.clock.pass(minutes * 60);
  const what = `puts every clock on by ${inWords(minutes)}; nobody waits for it here`;
  playing.timeline.tell({ place: 'clock', who: 'The demo', what });
}

/** Whether no gateway has anything to send, or is just sending it. */
async function isQuiet({ served }: Playing): Promise<boolean> {
  const figures = await Promise.all(served.map(({ gateway }) => gateway.store.figures(gateway.now())));
  return figures.every(({ deliveries }) =>
    deliveries.every((one) => one.state !== 'queued' || one.count === 0),
  );
}
