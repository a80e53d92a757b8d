/** Combines reminders for the same person that come close together into one notice. */
import { present } from '../words/present.ts';

/** When an endpoint was last reminded (`told`), and when it will be next (`waiting`). */
export interface ReminderTimes {
  readonly told?: Date;
  readonly waiting?: Date;
}

/** The reminder times of an account that several officers share: the last and the next of all of them. */
export function mergeReminderTimes(all: readonly ReminderTimes[]): ReminderTimes {
  const told = all.flatMap((one) => one.told?.getTime() ?? []);
  const waiting = all.flatMap((one) => one.waiting?.getTime() ?? []);
  return {
    ...present({
      told: told.length > 0 ? new Date(Math.max(...told)) : undefined,
      waiting: waiting.length > 0 ? new Date(Math.min(...waiting)) : undefined,
    }),
  };
}

/**
 * When to send a reminder that is due now: at once if the endpoint was not reminded within the agreed time, else
 * with the next waiting reminder, else at the end of that time.
 */
export function reminderTime({ told, waiting }: ReminderTimes, minutes: number, now: Date): Date {
  if (waiting !== undefined && waiting > now) return waiting;
  const free = told === undefined ? now : new Date(told.getTime() + minutes * 60_000);
  return free > now ? free : now;
}

/** The most reminders in one notice: a chat message takes 4,096 characters. */
const AT_ONCE = 10;

/** Groups reminders into notices by their key, in their order. A reminder without a key gets its own notice. */
export function groupReminders<T>(
  all: readonly T[],
  keyOf: (one: T) => string | undefined,
): readonly (readonly [T, ...T[]])[] {
  const notices: [T, ...T[]][] = [];
  const open = new Map<string, [T, ...T[]]>();
  for (const one of all) {
    const key = keyOf(one);
    const last = key === undefined ? undefined : open.get(key);
    if (last !== undefined && last.length < AT_ONCE) last.push(one);
    else {
      const fresh: [T, ...T[]] = [one];
      notices.push(fresh);
      if (key !== undefined) open.set(key, fresh);
    }
  }
  return notices;
}
