/** Retention: once a day what was kept as long as its agreement says goes; what proves it stays. */
import { type ContentEnd, contentEnds } from '../../domain/retention.ts';
import type { Gateway } from '../../gateway.ts';
import { directoryOf } from '../directory/directory.ts';
import { purgeContent } from './purging.ts';

/** Threads read in one query. */
const PAGE = 200;

/** Content whose time is over at some instant, with the thread it is of. */
export interface Due extends ContentEnd {
  readonly thread: string;
}

/** What goes by `until`, thread by thread; nothing is changed. */
export async function* contentDue(gateway: Gateway, until: Date): AsyncGenerator<Due> {
  const { agreements } = await directoryOf(gateway, []);
  let after = '';
  for (;;) {
    const page = await gateway.store.keptContent(after, PAGE, until);
    for (const { thread, messages } of page)
      for (const end of contentEnds(messages, agreements)) if (end.at <= until) yield { ...end, thread };
    const last = page.at(-1);
    if (last === undefined || page.length < PAGE) return;
    after = last.thread;
  }
}

/**
 * Purges what is due, each with evidence of its own. Any number of processes may do so at once: each message goes once.
 * @returns what went by this call
 */
export async function retain(gateway: Gateway): Promise<readonly Due[]> {
  const gone: Due[] = [];
  for await (const due of contentDue(gateway, gateway.now()))
    if (await purgeContent(gateway, due.message, { cause: 'retention' })) gone.push(due);
  return gone;
}

/** The same by the clock: a fault waits for the next day. */
export async function retainDaily(gateway: Gateway): Promise<void> {
  try {
    await retain(gateway);
  } catch (fault) {
    gateway.log.error('retain.fault', { fault: fault instanceof Error ? fault.name : 'unknown' });
  }
}
