/**
 * A gateway under watch: served and carrying as in real use, in a process of its own that says on request how long its
 * loop stood still at most since the last time it was asked, and how much memory it has.
 */
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { readHome } from '../src/entry/home.ts';
import { serveGateway } from '../src/entry/serving.ts';
import { silentLog } from '../src/log.ts';

/** What it answers when it is asked. */
export interface Stood {
  /** Milliseconds. */
  readonly longest: number;
  /** Bytes in memory. */
  readonly resident: number;
}

const delay = monitorEventLoopDelay({ resolution: 1 });
const serving = await serveGateway(readHome(process.env['BENCH_HOME'] ?? '', process.env), silentLog);
delay.enable();
process.on('disconnect', () => process.exit());
process.on('message', async (word) => {
  if (word === 'stop') {
    await serving.close();
    process.disconnect();
    return;
  }
  const stood: Stood = { longest: delay.max / 1e6, resident: process.memoryUsage.rss() };
  delay.reset();
  process.send?.(stood);
});
process.send?.({ port: serving.address.port });
