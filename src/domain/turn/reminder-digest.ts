/** One notice instead of many: reminders for the same person that come close together are told at once. */
import { present } from '../words/present.ts';

/** When an endpoint was reminded last, and when it will be. */
export interface ReminderTimes {
  readonly told?: Date;
  readonly waiting?: Date;
}

/** The rhythm of an account that several officers use: reminded last, and next, whoever of them was meant. */
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
 * When a reminder that falls due now is told at an endpoint: at once where nobody was reminded there within the agreed
 * time; else with the others that wait there; else when that time is over.
 */
export function reminderTime({ told, waiting }: ReminderTimes, minutes: number, now: Date): Date {
  if (waiting !== undefined && waiting > now) return waiting;
  const free = told === undefined ? now : new Date(told.getTime() + minutes * 60_000);
  return free > now ? free : now;
}

/** The most that one notice lists: a chat message takes 4,096 characters. */
const AT_ONCE = 10;

/** Puts together what goes into one notice, by the key of each, in the order they come; what has no key stays alone. */
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
