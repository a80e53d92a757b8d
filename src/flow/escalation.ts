import type { Posting, Storing } from '../gateway-parts.ts';
import type { Job } from './carry/dispatch.ts';
import { type EscalationPlan, planEscalations } from './escalation/plan.ts';
import { prepareStep } from './escalation/step.ts';
import { readThreadState } from './thread/thread.ts';

/** Seconds after which a claim ends. */
const LEASE = 60;

/** Seconds until a thread is tried again after a fault. */
const AGAIN = 300;

/** Claims up to `limit` due threads. One job works on all of them, and never rejects. */
export async function claimEscalations(gateway: Posting, limit: number): Promise<readonly Job[]> {
  const now = gateway.now();
  const until = new Date(now.getTime() + LEASE * 1_000);
  const threads = await gateway.store.threads.claimEscalations(now, until, limit);
  return threads.length === 0 ? [] : [() => workOnThreads(gateway, threads, until)];
}

/**
 * First plans all threads, then takes all due steps at once: reminders for the same person are then due in
 * the same instant and go into one notice.
 */
async function workOnThreads(gateway: Posting, threads: readonly string[], until: Date): Promise<void> {
  const looks = await Promise.all(threads.map((thread) => look(gateway, thread)));
  await Promise.all(looks.map((one) => takeDueSteps(gateway, one, until)));
}

interface Look {
  readonly thread: string;
  /** Steps that are due, each ready to be taken. */
  readonly due: readonly Job[];
  readonly next: Date | undefined;
}

async function look(gateway: Posting, thread: string): Promise<Look> {
  try {
    const now = gateway.now();
    const standing = await readThreadState(gateway, thread, undefined, now);
    const plans = standing === undefined ? [] : await planEscalations(gateway, standing, now);
    const steps = plans.flatMap((plan) => plan.due.map((step) => prepareStep(gateway, plan, step)));
    return { thread, due: await Promise.all(steps), next: nextOf(plans) };
  } catch (fault) {
    failed(gateway, thread, fault);
    return { thread, due: [], next: new Date(gateway.now().getTime() + AGAIN * 1_000) };
  }
}

/** Takes the due steps of one thread, and notes when it is due next. */
async function takeDueSteps(gateway: Storing, { thread, due, next }: Look, until: Date): Promise<void> {
  try {
    await Promise.all(due.map((take) => take()));
    await gateway.store.threads.finishEscalation(thread, until, next);
  } catch (fault) {
    // The lease ends and the thread comes again. Steps that were taken show in deliveries and evidence.
    failed(gateway, thread, fault);
  }
}

const nextOf = (plans: readonly EscalationPlan[]): Date | undefined =>
  plans.flatMap(({ next }) => next?.at ?? []).sort((one, other) => one.getTime() - other.getTime())[0];

const failed = (gateway: Storing, thread: string, fault: unknown): void =>
  gateway.log.error('escalation.fault', { thread, fault: fault instanceof Error ? fault.name : 'unknown' });
