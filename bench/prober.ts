/** Calls `/healthz` of a gateway repeatedly, from a process that does nothing else, and reports the slowest answer. */

const url = `${process.env['BENCH_ORIGIN']}/healthz`;
const BETWEEN_MS = 5;

export interface ProbeResult {
  /** The slowest answer in milliseconds, and the number of answers, since the last report. */
  readonly slowest: number;
  readonly count: number;
}

let slowest = 0;
let count = 0;

process.on('disconnect', () => process.exit());
process.on('message', () => {
  const probed: ProbeResult = { slowest, count };
  slowest = 0;
  count = 0;
  process.send?.(probed);
});

for (;;) {
  const started = performance.now();
  await fetch(url).then((answer) => answer.text());
  slowest = Math.max(slowest, performance.now() - started);
  count += 1;
  await new Promise((resolve) => setTimeout(resolve, BETWEEN_MS));
}
