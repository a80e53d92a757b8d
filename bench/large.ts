/**
 * `npm run bench:large`: how long the event loop of a gateway stands still at most while it takes and carries one true
 * message of some MiB, door by door. `--rounds N`, `--sizes 1,10`, `--only NAME`, `--profile DIR`; `--json` for programs.
 */
import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { largeConsignment, largePost } from './large-posts.ts';
import { type Desks, type LargeSetting, makeLargeSetting } from './large-setting.ts';
import type { Post } from './load.ts';
import { type Sink, startSink } from './sink.ts';
import type { Stood } from './watched.ts';

const MIB = 1024 * 1024;
const PATIENCE_SECONDS = 60;

interface Watched {
  readonly origin: string;
  /** How it stood since it was asked last. */
  ask(): Promise<Stood>;
  stop(): Promise<void>;
}

async function watch(home: string, profile: string | undefined): Promise<Watched> {
  const child: ChildProcess = fork(fileURLToPath(new URL('watched.ts', import.meta.url)), {
    env: { ...process.env, BENCH_HOME: home },
    execArgv: profile === undefined ? [] : ['--cpu-prof', `--cpu-prof-dir=${profile}`],
  });
  const [{ port }] = (await once(child, 'message')) as [{ port: number }];
  return {
    origin: `http://127.0.0.1:${port}`,
    async ask() {
      const answer = once(child, 'message');
      child.send('ask');
      const [stood] = (await answer) as [Stood];
      return stood;
    },
    async stop() {
      const gone = once(child, 'exit');
      child.send('stop');
      await gone;
    },
  };
}

interface Bench {
  readonly setting: LargeSetting;
  readonly near: Watched;
  readonly far: Watched;
  readonly sink: Sink;
}

/** The longest stand of each part of one message's way, in milliseconds. */
type Stands = Readonly<Record<string, number>>;

type Door = (bench: Bench, bytes: number) => Promise<Stands>;

async function post(origin: string, { path, headers, body }: Post): Promise<void> {
  const answer = await fetch(`${origin}${path}`, { method: 'POST', headers, body });
  const text = await answer.text();
  if (answer.status !== 202) throw new Error(`answered ${answer.status}: ${text.slice(0, 300)}`);
}

/** Posts, then waits until it has come; asks for each part at its end. */
async function carried(
  bench: Bench,
  made: Promise<Post>,
  came: Promise<void>,
  names: { readonly in: string; readonly out: string; readonly far?: string },
): Promise<Stands> {
  const { near, far } = bench;
  const ready = await made;
  await Promise.all([near.ask(), far.ask()]);
  await post(near.origin, ready);
  const taken = await near.ask();
  await came;
  const sent = await near.ask();
  const stands = { [names.in]: taken.longest, [names.out]: sent.longest };
  return names.far === undefined ? stands : { ...stands, [names.far]: (await far.ask()).longest };
}

const mailed = ({ setting: { mail } }: Bench): Promise<void> =>
  new Promise((resolve) => mail.onMail(() => resolve()));

const DOORS: ReadonlyMap<string, Door> = new Map<string, Door>([
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
  { setting: { desks } }: Bench,
  to: keyof Desks & ('embassy' | 'ministry' | 'consulate'),
  bytes: number,
) => largePost(desks, desks[to], bytes);
const consigned = ({ setting: { desks } }: Bench, bytes: number) =>
  largeConsignment(desks, desks.embassy, bytes);

interface Row {
  readonly part: string;
  readonly mib: number;
  readonly least: number;
  readonly median: number;
}

async function measure(options: {
  rounds: number;
  sizes: readonly number[];
  only: string | undefined;
  profile: string | undefined;
}): Promise<readonly Row[]> {
  const sink = await startSink();
  const setting = await makeLargeSetting(sink.url);
  const near = await watch(setting.homes.near, options.profile);
  const far = await watch(setting.homes.far, options.profile);
  const bench: Bench = { setting, near, far, sink };
  const seen = new Map<string, number[]>();
  try {
    for (let round = 0; round <= options.rounds; round += 1) {
      for (const mib of options.sizes) {
        for (const [name, door] of DOORS) {
          if (options.only !== undefined && options.only !== name) continue;
          const stands = await door(bench, mib * MIB);
          // The first round is for all that is loaded and compiled.
          for (const [part, ms] of round === 0 ? [] : Object.entries(stands))
            seen.set(`${mib} ${part}`, [...(seen.get(`${mib} ${part}`) ?? []), ms]);
          // What is said of it afterwards is not of the next one.
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
    const sorted = list.toSorted((a, b) => a - b);
    const [mib = '', ...part] = key.split(' ');
    return {
      part: part.join(' '),
      mib: Number(mib),
      least: sorted[0] ?? 0,
      median: sorted[sorted.length >> 1] ?? 0,
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
process.stdout.write(
  values.json
    ? `${JSON.stringify(rows)}\n`
    : [
        '| part | attachment, MiB | loop stood still: least of the longest, ms | median |',
        '|---|---|---|---|',
      ]
        .concat(
          rows.map(
            ({ part, mib, least, median }) =>
              `| ${part} | ${mib} | **${Math.round(least)}** | ${Math.round(median)} |`,
          ),
        )
        .join('\n')
        .concat('\n'),
);
