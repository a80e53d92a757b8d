/**
 * A monitored gateway: served as in production, in a separate process. On request it reports the longest block of its
 * event loop since the last request.
 */
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { readHome } from '../src/entry/home/home.ts';
import { serveGateway } from '../src/entry/server/serving.ts';
import { silentLog } from '../src/log.ts';

/** The figures in its answer. */
export interface LoopFigures {
  /** The longest block in milliseconds of real time; other load of the machine counts too. */
  readonly longest: number;
  /**
   * The most processor time of its thread between two turns of the loop, in milliseconds: the longest block on a
   * machine without other load.
   */
  readonly busiest: number;
}

const delay = monitorEventLoopDelay({ resolution: 1 });
const serving = await serveGateway(readHome(process.env['BENCH_HOME'] ?? '', process.env), silentLog);
delay.enable();

/** The processor time of this thread so far, in milliseconds. */
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
