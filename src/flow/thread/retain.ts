/** Retention: once a day, content past its agreement's retention period is deleted. Its evidence stays. */
import {
  type ContentRetention,
  contentEndsOf,
  leastKeepDaysOf,
  type OpenReason,
  openReasonOf,
} from '../../domain/terms/retention.ts';
import type { Posting, Verifying } from '../../gateway-parts.ts';
import type { ThreadContent } from '../../store/contracts/content.ts';
import { readDirectory } from '../directory/directory.ts';
import { readProvenThreads } from '../evidence/proven-messages.ts';
import { purgeContent } from '../keep/purging.ts';
import { readThreadStates } from './thread.ts';

/** Threads read in one query. */
const PAGE = 200;

const DAY = 86_400_000;

/** Content whose retention has ended by an instant, with its thread. */
export interface DueContent extends ContentRetention {
  readonly thread: string;
}

/** A thread whose content stays beyond its retention because the thread is open. */
export interface KeptOpen {
  readonly thread: string;
  readonly why: OpenReason;
  /** Content that would otherwise be deleted by then. */
  readonly content: readonly ContentRetention[];
}

/** Content to delete by an instant, and content that stays because its thread is open. */
export interface Retention {
  readonly due: readonly DueContent[];
  readonly open: readonly KeptOpen[];
}

/**
 * Lists what is to be deleted by `until`, a page of threads at a time. Changes nothing. The retention of
 * content begins no earlier than its acceptance, so threads without old content are not read. Whether a
 * thread is open is read only if content would go.
 */
export async function* listDueContent(gateway: Verifying, until: Date): AsyncGenerator<Retention> {
  const { agreements } = await readDirectory(gateway, []);
  const acceptedBy = new Date(until.getTime() - leastKeepDaysOf(agreements) * DAY);
  let after = '';
  for (;;) {
    const page = await gateway.store.content.keptContent({ after, acceptedBy }, PAGE, until);
    const ended = page
      .map(({ thread, messages }) => ({
        thread,
        messages,
        content: contentEndsOf(messages, agreements).filter((end) => end.at <= until),
      }))
      .filter((one) => one.content.length > 0);
    const reasons = await openReasons(gateway, ended, until);
    yield retentionOf(ended, reasons);
    const last = page.at(-1);
    if (last === undefined || page.length < PAGE) return;
    after = last.thread;
  }
}

type Ended = ThreadContent & Pick<KeptOpen, 'content'>;

/** Splits content past its retention by whether its thread is open. */
const retentionOf = (ended: readonly Ended[], reasons: ReadonlyMap<string, OpenReason>): Retention => ({
  due: ended
    .filter(({ thread }) => !reasons.has(thread))
    .flatMap(({ thread, content }) => content.map((end) => ({ ...end, thread }))),
  open: ended.flatMap(({ thread, content }) => {
    const why = reasons.get(thread);
    return why === undefined ? [] : [{ thread, why, content }];
  }),
});

/** Which of the threads are open at that instant, and why. */
async function openReasons(
  gateway: Verifying,
  threads: readonly ThreadContent[],
  at: Date,
): Promise<ReadonlyMap<string, OpenReason>> {
  const ids = threads.map((one) => one.thread);
  const found = await readThreadStates(gateway, await readProvenThreads(gateway, ids), undefined, at);
  return new Map(
    threads.flatMap(({ thread, messages }) => {
      const owed = found.find((one) => one.thread === thread)?.turn.open ?? [];
      const why = openReasonOf(messages, owed);
      return why === undefined ? [] : [[thread, why] as const];
    }),
  );
}

/**
 * Purges what is due, each with its own evidence, until `stop` is aborted. Any number of processes may do so
 * at once: each message is purged once.
 * @returns what this call purged
 */
export async function purgeDueContent(gateway: Posting, stop?: AbortSignal): Promise<readonly DueContent[]> {
  const gone: DueContent[] = [];
  for await (const { due } of listDueContent(gateway, gateway.now()))
    for (const one of due) {
      if (stop?.aborted) return gone;
      if (await purgeContent(gateway, one.message, { cause: 'retention' })) gone.push(one);
    }
  return gone;
}

/** The same by the clock. After a fault, or if it was stopped, the rest waits for the next day. */
export async function purgeDueContentDaily(gateway: Posting, stop?: AbortSignal): Promise<void> {
  try {
    await purgeDueContent(gateway, stop);
  } catch (fault) {
    gateway.log.error('retain.fault', { fault: fault instanceof Error ? fault.name : 'unknown' });
  }
}
