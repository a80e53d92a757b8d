/** Retention: once a day what was kept as long as its agreement says goes; what proves it stays. */
import { type ContentEnd, contentEnds, leastKeepDays } from '../../domain/retention.ts';
import type { Gateway } from '../../gateway.ts';
import { directoryOf } from '../directory/directory.ts';
import { purgeContent } from './purging.ts';

/** Threads read in one query. */
const PAGE = 200;

const DAY = 86_400_000;

/** Content whose time is over at some instant, with the thread it is of. */
export interface Due extends ContentEnd {
  readonly thread: string;
}

/**
 * What goes by `until`, thread by thread; nothing is changed. No content is kept shorter than from when it was accepted,
 * so that threads with nothing old enough are not read.
 */
export async function* contentDue(gateway: Gateway, until: Date): AsyncGenerator<Due> {
  const { agreements } = await directoryOf(gateway, []);
  const acceptedBy = new Date(until.getTime() - leastKeepDays(agreements) * DAY);
  let after = '';
  for (;;) {
    const page = await gateway.store.keptContent({ after, acceptedBy }, PAGE, until);
    for (const { thread, messages } of page)
      for (const end of contentEnds(messages, agreements)) if (end.at <= until) yield { ...end, thread };
    const last = page.at(-1);
    if (last === undefined || page.length < PAGE) return;
    after = last.thread;
  }
}

/**
 * Purges what is due, each with evidence of its own, until `stop` is aborted. Any number of processes may do so at once:
 * each message goes once.
 * @returns what went by this call
 */
export async function retain(gateway: Gateway, stop?: AbortSignal): Promise<readonly Due[]> {
  const gone: Due[] = [];
  for await (const due of contentDue(gateway, gateway.now())) {
    if (stop?.aborted) break;
    if (await purgeContent(gateway, due.message, { cause: 'retention' })) gone.push(due);
  }
  return gone;
}

/** The same by the clock: a fault waits for the next day, and so does what was stopped. */
export async function retainDaily(gateway: Gateway, stop?: AbortSignal): Promise<void> {
  try {
    await retain(gateway, stop);
  } catch (fault) {
    gateway.log.error('retain.fault', { fault: fault instanceof Error ? fault.name : 'unknown' });
  }
}
