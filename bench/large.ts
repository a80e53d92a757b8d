/**
 * `npm run bench:large`: the longest block of a gateway's event loop while it accepts and delivers one valid message
 * of some MiB, for each way in and out. `--rounds N`, `--sizes 1,10`, `--only NAME`, `--profile DIR`; `--json` for
 * programs.
 */
import { loadavg } from 'node:os';
import { parseArgs } from 'node:util';
import { makeLargeConsignment, makeLargePost } from './large-posts.ts';
import { type LargeFocalPoints, type LargeSetting, makeLargeSetting } from './large-setting.ts';
import type { SignedPost } from './load.ts';
import { startSink, type WebhookSink } from './sink.ts';
import { serveWatchedGateway, type WatchedGateway } from './watch.ts';
import type { LoopFigures } from './watched.ts';

const MIB = 1024 * 1024;
const PATIENCE_SECONDS = 180;

interface Bench {
  readonly setting: LargeSetting;
  readonly near: WatchedGateway;
  readonly far: WatchedGateway;
  readonly sink: WebhookSink;
}

/** The longest block in each step of one message, in milliseconds. */
type LoopBlocks = Readonly<Record<string, LoopFigures>>;

type MessagePath = (bench: Bench, bytes: number) => Promise<LoopBlocks>;

async function post(origin: string, { path, headers, body }: SignedPost): Promise<void> {
  const answer = await fetch(`${origin}${path}`, { method: 'POST', headers, body });
  const text = await answer.text();
  if (answer.status !== 202) throw new Error(`answered ${answer.status}: ${text.slice(0, 300)}`);
}

/** Posts a message and waits until it has arrived; reads the figures of each step when the step ends. */
async function carried(
  bench: Bench,
  made: Promise<SignedPost>,
  came: Promise<void>,
  names: { readonly in: string; readonly out: string; readonly far?: string },
): Promise<LoopBlocks> {
  const { near, far } = bench;
  const ready = await made;
  await Promise.all([near.ask(), far.ask()]);
  await post(near.origin, ready);
  const taken = await near.ask();
  await came;
  const sent = await near.ask();
  const blocks = { [names.in]: taken, [names.out]: sent };
  return names.far === undefined ? blocks : { ...blocks, [names.far]: await far.ask() };
}

const mailed = ({ setting: { mail } }: Bench): Promise<void> =>
  new Promise((resolve) => mail.onMail(() => resolve()));

const MESSAGE_PATHS: ReadonlyMap<string, MessagePath> = new Map<string, MessagePath>([
  [
    'webhook',
    (bench, bytes) =>
      carried(bench, posted(bench, 'embassy', bytes), bench.sink.expect(1, PATIENCE_SECONDS), {
        in: 'assisted post',
        out: 'webhook out',
      }),
  ],
  [
    'consignment',
    (bench, bytes) =>
      carried(bench, consigned(bench, bytes), bench.sink.expect(1, PATIENCE_SECONDS), {
        in: 'consignment',
        out: 'webhook out, own-signed',
      }),
  ],
  [
    'relay',
    (bench, bytes) =>
      carried(bench, posted(bench, 'ministry', bytes), bench.sink.expect(1, PATIENCE_SECONDS), {
        in: 'assisted post, relayed',
        out: 'relay out',
        far: 'relay in and webhook out',
      }),
  ],
  [
    'mail',
    (bench, bytes) =>
      carried(bench, posted(bench, 'consulate', bytes), mailed(bench), {
        in: 'assisted post, mailed',
        out: 'mail out',
      }),
  ],
]);

const posted = (
  { setting: { focalPoints } }: Bench,
  to: keyof LargeFocalPoints & ('embassy' | 'ministry' | 'consulate'),
  bytes: number,
) => makeLargePost(focalPoints, focalPoints[to], bytes);
const consigned = ({ setting: { focalPoints } }: Bench, bytes: number) =>
  makeLargeConsignment(focalPoints, focalPoints.embassy, bytes);

interface Row {
  readonly part: string;
  readonly mib: number;
  /** Milliseconds of processor time, and of real time: the least and the most over the rounds. */
  readonly busiest: readonly [number, number];
  readonly longest: readonly [number, number];
}

async function measure(options: {
  rounds: number;
  sizes: readonly number[];
  only: string | undefined;
  profile: string | undefined;
}): Promise<readonly Row[]> {
  const sink = await startSink();
  const setting = await makeLargeSetting(sink.url);
  const { profile } = options;
  const flags = profile === undefined ? [] : ['--cpu-prof', `--cpu-prof-dir=${profile}`];
  const near = await serveWatchedGateway(setting.homes.near, flags);
  const far = await serveWatchedGateway(setting.homes.far, flags);
  const bench: Bench = { setting, near, far, sink };
  const seen = new Map<string, LoopFigures[]>();
  try {
    for (let round = 0; round <= options.rounds; round += 1) {
      for (const mib of options.sizes) {
        for (const [name, carryMessage] of MESSAGE_PATHS) {
          if (options.only !== undefined && options.only !== name) continue;
          const blocks = await carryMessage(bench, mib * MIB);
          // The first round is not counted: it loads and compiles everything.
          for (const [part, stood] of round === 0 ? [] : Object.entries(blocks))
            seen.set(`${mib} ${part}`, [...(seen.get(`${mib} ${part}`) ?? []), stood]);
          // Work that this message still causes must not be counted for the next one.
          await new Promise((resolve) => setTimeout(resolve, 300));
        }
      }
    }
  } finally {
    await Promise.allSettled([near.stop(), far.stop()]);
    await setting.close();
    await sink.close();
  }
  return [...seen].map(([key, list]) => {
    const [mib = '', ...part] = key.split(' ');
    const spread = (of: (one: LoopFigures) => number) =>
      [Math.min(...list.map(of)), Math.max(...list.map(of))] as const;
    return {
      part: part.join(' '),
      mib: Number(mib),
      busiest: spread((one) => one.busiest),
      longest: spread((one) => one.longest),
    };
  });
}

const { values } = parseArgs({
  options: {
    rounds: { type: 'string', default: '5' },
    sizes: { type: 'string', default: '1,4,10' },
    only: { type: 'string' },
    profile: { type: 'string' },
    json: { type: 'boolean' },
  },
});
const rows = await measure({
  rounds: Number(values.rounds),
  sizes: values.sizes.split(',').map(Number),
  only: values.only,
  profile: values.profile,
});
const range = ([least, most]: readonly [number, number]): string =>
  `${Math.round(least)}–${Math.round(most)}`;
const table = [
  '| part | MiB | event loop busy at most, ms of processor time | event loop blocked at most, ms of real time |',
  '|---|---|---|---|',
  ...rows.map((one) => `| ${one.part} | ${one.mib} | ${range(one.busiest)} | ${range(one.longest)} |`),
  '',
  `Least and most of ${values.rounds} rounds; load of the machine at the end ${loadavg()[0]?.toFixed(1)}.`,
];
process.stdout.write(`${values.json ? JSON.stringify(rows) : table.join('\n')}\n`);
