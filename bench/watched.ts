/**
 * A gateway under watch: served and carrying as in real use, in a process of its own that says on request how long its
 * loop stood still at most since the last time it was asked.
 */
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { readHome } from '../src/entry/home/home.ts';
import { serveGateway } from '../src/entry/server/serving.ts';
import { silentLog } from '../src/log.ts';

/** What it answers when it is asked. */
export interface LoopFigures {
  /** Milliseconds by the clock, whatever the machine did meanwhile. */
  readonly longest: number;
  /** Milliseconds of processor time of its thread between two turns of the loop: how long it stands on a quiet machine. */
  readonly busiest: number;
}

const delay = monitorEventLoopDelay({ resolution: 1 });
const serving = await serveGateway(readHome(process.env['BENCH_HOME'] ?? '', process.env), silentLog);
delay.enable();

/** Processor time of this thread so far, in milliseconds. */
const spent = (): number => {
  const { user, system } = process.threadCpuUsage();
  return (user + system) / 1_000;
};
let busiest = 0;
let last = spent();
setInterval(() => {
  const now = spent();
  busiest = Math.max(busiest, now - last);
  last = now;
}, 1).unref();
process.on('disconnect', () => process.exit());
process.on('message', async (word) => {
  if (word === 'stop') {
    await serving.close();
    process.disconnect();
    return;
  }
  const stood: LoopFigures = { longest: delay.max / 1e6, busiest };
  delay.reset();
  busiest = 0;
  process.send?.(stood);
});
process.send?.({ port: serving.address.port });
