/**
 * `npm run bench`: the throughput of the gateway compared with a bare handler, in interleaved rounds on loopback. This
 * process makes the load and receives the deliveries. The gateway and the baseline are separate processes over one
 * PostgreSQL server with durable commits. `--profile DIR` writes a CPU profile of the gateway; `--json` prints the
 * figures for programs.
 */
import { parseArgs } from 'node:util';
import { type ChildProcessHandle, startChild } from './child.ts';
import { openLoad, type SignedPost } from './load.ts';
import { makePlainPosts, makeSealedPosts } from './posts.ts';
import { type BenchRound, compareRounds, formatFigures } from './report.ts';
import { type BenchFocalPoints, makeBenchSetting } from './setting.ts';
import { startSink, type WebhookSink } from './sink.ts';

/** Messages of each kind of work in a round, and the number of measured rounds; one round before them warms up. */
const COUNT = 500;
const ROUNDS = 7;
const PATIENCE_SECONDS = 30;

interface Bench {
  readonly focalPoints: BenchFocalPoints;
  readonly gateway: ChildProcessHandle;
  readonly bare: ChildProcessHandle;
  readonly sink: WebhookSink;
}

/** Does one kind of work on `COUNT` messages. @returns seconds */
type Run = (bench: Bench) => Promise<number>;

/** Accepts posts that were made before the clock started. Each answer means one durable commit. */
async function accept(child: ChildProcessHandle, posts: Promise<readonly SignedPost[]>): Promise<number> {
  const made = await posts;
  const load = openLoad(child.origin);
  return load.send(made).finally(() => load.close());
}

/** The time from the start of the loop until all waiting messages are posted and their evidence is written. */
const deliver: Run = async ({ gateway, sink }) => {
  const came = sink.expect(COUNT, PATIENCE_SECONDS);
  const started = performance.now();
  await gateway.tell('start-loop');
  await came;
  await gateway.tell('stop-loop');
  return (performance.now() - started) / 1_000;
};

const BASELINE = 'bare handler: one signature, one row';

/** The kinds of work in the order of a round: each delivers what was accepted just before. */
const WORKS: ReadonlyMap<string, Run> = new Map<string, Run>([
  [BASELINE, ({ bare, focalPoints: parties }) => accept(bare, makePlainPosts(parties, COUNT, '/messages'))],
  [
    'accepted, assisted: verified, sealed, receipt signed',
    ({ gateway, focalPoints: parties }) => accept(gateway, makePlainPosts(parties, COUNT)),
  ],
  ['delivered, packet: opened, posted, evidence signed', deliver],
  [
    'accepted, sealed: verified, receipt signed',
    ({ gateway, focalPoints: parties }) => accept(gateway, makeSealedPosts(parties, COUNT)),
  ],
  ['delivered, sealed: posted, evidence signed', deliver],
]);

/** Does every kind of work once. @returns messages per second */
async function round(bench: Bench): Promise<BenchRound> {
  const rates = new Map<string, number>();
  for (const [work, run] of WORKS) rates.set(work, COUNT / (await run(bench)));
  return rates;
}

async function measure(profile: string | undefined, progress: (text: string) => void) {
  const sink = await startSink();
  const setting = await makeBenchSetting(sink.url);
  const { home, database, focalPoints: parties } = setting;
  const children: ChildProcessHandle[] = [];
  const start = async (
    file: string,
    env: Record<string, string>,
    into?: string,
  ): Promise<ChildProcessHandle> => {
    const child = await startChild(file, { env, profile: into });
    children.push(child);
    return child;
  };
  try {
    const gateway = await start(
      'gateway.ts',
      { BENCH_HOME: home, AMANAT_LIMITS: 'focal-point=1000000/60' },
      profile,
    );
    const bare = await start('bare.ts', {
      BENCH_DATABASE: database.bare,
      BENCH_SECRET: parties.shelter.secret,
    });
    const bench: Bench = { focalPoints: parties, gateway, bare, sink };
    const rounds: BenchRound[] = [];
    for (let n = 0; n <= ROUNDS; n += 1) {
      progress(n === 0 ? 'warming up' : `round ${n} of ${ROUNDS}`);
      const one = await round(bench);
      if (n > 0) rounds.push(one);
    }
    const delivered = await setting.delivered();
    const expected = 2 * COUNT * (ROUNDS + 1);
    if (delivered !== expected)
      throw new Error(`${delivered} of ${expected} deliveries have evidence of delivery`);
    return compareRounds(rounds, BASELINE);
  } finally {
    await Promise.allSettled(children.map((child) => child.tell('stop')));
    await setting.close();
    await sink.close();
  }
}

const { values } = parseArgs({ options: { profile: { type: 'string' }, json: { type: 'boolean' } } });
const list = await measure(values.profile, (text) => process.stderr.write(`${text}\n`));
process.stdout.write(
  `${values.json ? JSON.stringify(list) : formatFigures(list, { rounds: ROUNDS, count: COUNT })}\n`,
);
