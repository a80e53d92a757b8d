/** Processor time in milliseconds: the cost of work, independent of the other load of the machine. */
import { readFileSync } from 'node:fs';

/** What this process has used. */
export function processorTime(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1_000;
}

/** Milliseconds of one tick of the clock in `/proc` (USER_HZ is 100 on Linux). */
const TICK = 10;

/**
 * The processor time of another process, from `/proc` (Linux): fields 14 and 15 of `stat`, counted after the name in
 * brackets.
 */
export function processorTimeOf(pid: number): number {
  const after = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ').at(-1) ?? '';
  const [user, system] = after.split(' ').slice(11, 13).map(Number);
  return ((user ?? Number.NaN) + (system ?? Number.NaN)) * TICK;
}
