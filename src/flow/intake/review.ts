/**
 * Non-punishment review. If two determinations of one person's status differ, it depends on which is right
 * whether the person may be punished for what trafficking made them do (UN Recommended Principles, principle
 * 7). If content shows this to a gateway, it informs the focal points that made the determinations.
 *
 * The notice is a message of the focal point like any other, signed with its custodial key, and says that a
 * gateway wrote it. Each focal point gets its own, with only those of the two determinations that it sent or
 * received. It learns that another one differs, and nothing else that was not sent to it.
 */

import { isRestricted } from '../../domain/message/handling.ts';
import {
  type DeterminationReview,
  hasDeterminations,
  keyOfDetermination,
  personsOfThread,
  type ToldDetermination,
} from '../../domain/message/persons.ts';
import type { Submission } from '../../domain/message/submission.ts';
import { Refusal } from '../../domain/words/error.ts';
import type { Posting, Storing } from '../../gateway-parts.ts';
import { digestOf } from '../../seal/digest.ts';
import { findDesignation, readDirectory } from '../directory/directory.ts';
import { mayReadFor, readTellings } from '../thread/content.ts';
import { acceptSubmission } from './assisted.ts';

/** Content that was just opened for a focal point, or that it sent. */
export interface LearntContent {
  readonly thread: string;
  readonly body: Readonly<Record<string, unknown>>;
}

/**
 * Checks what a focal point in custody now knows, and writes to the focal points whose determinations differ,
 * once for each pair. Never throws: the caller's work is done, and the thread shows the difference in any
 * case.
 */
export async function reviewDeterminations(
  gateway: Posting,
  focalPoint: string,
  { thread, body }: LearntContent,
): Promise<void> {
  if (!hasDeterminations(body)) return;
  try {
    if (!(await mayReadFor(gateway, focalPoint))) return;
    const reviews = personsOfThread(await readTellings(gateway, thread, focalPoint)).flatMap(
      (one) => one.reviews,
    );
    for (const review of reviews) {
      for (const to of findReceivers(review, focalPoint))
        await raise(gateway, { focalPoint: focalPoint, to, thread, review });
    }
  } catch (fault) {
    gateway.log.error('review.fault', { fault: fault instanceof Error ? fault.name : 'unknown' });
  }
}

const knows = ({ told }: ToldDetermination, focalPoint: string): boolean =>
  told.some((one) => one.from === focalPoint || one.to.includes(focalPoint));

/**
 * The focal points that a focal point informs: those that first made the two determinations. If it made both
 * itself, those that it sent them to. If it made neither, it leaves out focal points that know both: the one
 * that told them informs them.
 */
function findReceivers({ pair }: DeterminationReview, focalPoint: string): readonly string[] {
  const tellers = pair.flatMap(({ told: [first] }) => first?.from ?? []);
  const others = tellers.filter((one) => one !== focalPoint);
  const told = pair.flatMap((one) => one.told.flatMap(({ from, to }) => [from, ...to]));
  const focalPoints = [...new Set(others.length > 0 ? others : told)].filter((one) => one !== focalPoint);
  return focalPoints.filter((one) => tellers.includes(focalPoint) || !pair.every((part) => knows(part, one)));
}

interface Raised {
  readonly focalPoint: string;
  readonly to: string;
  readonly thread: string;
  readonly review: DeterminationReview;
}

async function raise(gateway: Posting, { focalPoint, to, thread, review }: Raised): Promise<void> {
  const { ref, pair } = review;
  const key = `review-${digestOf([thread, ref, ...pair.map(keyOfDetermination), to].join('\n'))}`;
  if ((await gateway.store.messages.findReceipt(focalPoint, key)) !== undefined) return;
  const shown = pair.filter((one) => knows(one, to));
  const reader = findDesignation(await readDirectory(gateway, [to]), to)?.officers[0];
  const submission: Submission = {
    to: [to],
    type: 'notice',
    urgency: 'urgent',
    handling: await handlingOf(gateway, shown, to),
    thid: thread,
    lang: reader?.lang ?? 'en',
    body: {
      kind: 'non-punishment-review',
      automatic: true,
      person: ref,
      determinations: shown.map(({ told: _told, ...one }) => one),
    },
  };
  try {
    const arrival = {
      kind: 'submission',
      focalPoint: focalPoint,
      key,
      digest: digestOf(key),
      submission,
    } as const;
    await acceptSubmission(gateway, arrival, 'gateway');
  } catch (fault) {
    if (!(fault instanceof Refusal)) throw fault;
    gateway.log.warn('review.refused', { code: fault.code });
  }
}

/**
 * The notice repeats the other determination. So it gets H2 if that came in a restricted message (H2 or H3),
 * else H1.
 */
async function handlingOf(
  gateway: Storing,
  shown: readonly ToldDetermination[],
  to: string,
): Promise<'H1' | 'H2'> {
  const others = shown.flatMap(({ told }) => told.slice(0, 1)).filter((one) => one.from !== to);
  const views = await Promise.all(others.map(({ message }) => gateway.store.messages.readMessage(message)));
  return views.some((view) => isRestricted(view?.message.handling ?? 'H2')) ? 'H2' : 'H1';
}
