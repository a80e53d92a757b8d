/**
 * `npm run bench:flood`: the effect of large bodies from unauthenticated callers on a gateway, one at a time and
 * twenty at once. It measures the slowest answer of `/healthz`, the longest block of the event loop, and the growth of
 * the process. `--rounds N`, `--heap MIB` for a smaller heap, `--json` for programs.
 */
import { readFileSync } from 'node:fs';
import { request } from 'node:http';
import { loadavg } from 'node:os';
import { Readable } from 'node:stream';
import { parseArgs } from 'node:util';
import { SIGNED_TYPE } from '../src/seal/sealed-message.ts';
import { type LargeFocalPoints, makeLargeSetting } from './large-setting.ts';
import { startSink } from './sink.ts';
import { type Prober, serveWatchedGateway, startProber, type WatchedGateway } from './watch.ts';

const MIB = 1024 * 1024;
const SIZES = [4, 40, 60];
const AT_ONCE = [1, 20];

/** Gives this many MiB of a repeated text, between a beginning and an end. */
function* repeatText(mib: number, text: string, begin: string, end: string): Generator<Buffer> {
  yield Buffer.from(begin);
  const piece = Buffer.from(text.repeat(Math.ceil((64 * 1024) / text.length)));
  for (let length = 0; length < mib * MIB; length += piece.length) yield piece;
  yield Buffer.from(end);
}

type Body = (mib: number, focalPoints: LargeFocalPoints) => Iterable<Buffer>;

const BODIES: ReadonlyMap<string, Body> = new Map<string, Body>([
  ['`[],` from an unknown caller', (mib) => repeatText(mib, '[],', '[', '[]]')],
  [
    '`[],` as the payload, with a known key id and an invalid signature',
    (mib, { police }) => makeForgedJws(mib, police.key.kid),
  ],
]);

function makeForgedJws(mib: number, kid: string): Iterable<Buffer> {
  const header = Buffer.from(JSON.stringify({ alg: 'EdDSA', typ: SIGNED_TYPE })).toString('base64url');
  const signature = Buffer.alloc(64, 7).toString('base64url');
  const signatures = JSON.stringify([{ protected: header, header: { kid }, signature }]);
  // `[],` three times in base64url.
  const payload = Buffer.from('[],[],[],').toString('base64url');
  return repeatText(mib, payload, '{"payload":"', `","signatures":${signatures}}`);
}

/** Posts until the gateway answers; returns the status. */
const post = (origin: string, pieces: Iterable<Buffer>): Promise<number> =>
  new Promise((resolve, reject) => {
    const headers = { 'content-type': 'application/json' };
    const call = request(`${origin}/v1/consignments`, { method: 'POST', headers });
    call.on('response', (response) => {
      response.resume().on('end', () => {
        resolve(response.statusCode ?? 0);
        call.destroy();
      });
    });
    // The gateway need not read further after its answer.
    call.on('error', reject);
    Readable.from(pieces, { objectMode: false }).pipe(call);
  });

const resident = (pid: number): number =>
  Number(/VmRSS:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]) / 1_024;

interface Row {
  readonly flood: string;
  readonly mib: number;
  readonly atOnce: number;
  readonly statuses: string;
  /**
   * Milliseconds, in the best and in the worst round: the slowest answer, the longest block of the loop, and its
   * processor time.
   */
  readonly slowest: readonly [number, number];
  readonly loopFigures: readonly [number, number];
  readonly busy: readonly [number, number];
  /** The most MiB by which the process grew. */
  readonly grown: number;
}

interface Bench {
  readonly near: WatchedGateway;
  readonly prober: Prober;
  readonly focalPoints: LargeFocalPoints;
}

async function flood({ near, prober, focalPoints }: Bench, body: Body, mib: number, atOnce: number) {
  await Promise.all([near.ask(), prober.ask()]);
  const before = resident(near.pid);
  let most = before;
  const sampling = setInterval(() => {
    most = Math.max(most, resident(near.pid));
  }, 10);
  const answers = await Promise.all(
    Array.from({ length: atOnce }, () => post(near.origin, body(mib, focalPoints))),
  );
  clearInterval(sampling);
  const [{ longest, busiest }, { slowest }] = await Promise.all([near.ask(), prober.ask()]);
  return {
    statuses: [...new Set(answers)].join(' '),
    slowest,
    stood: longest,
    busy: busiest,
    grown: most - before,
  };
}

async function measure(rounds: number, flags: readonly string[]): Promise<readonly Row[]> {
  const sink = await startSink();
  const setting = await makeLargeSetting(sink.url);
  const near = await serveWatchedGateway(setting.homes.near, flags);
  const prober = startProber(near.origin);
  const bench = { near, prober, focalPoints: setting.focalPoints };
  const rows: Row[] = [];
  try {
    // A first run, not measured: it loads and compiles everything.
    for (const body of BODIES.values()) await flood(bench, body, 4, 4);
    for (const [name, body] of BODIES)
      for (const mib of SIZES)
        for (const atOnce of AT_ONCE) {
          const seen: Awaited<ReturnType<typeof flood>>[] = [];
          for (let n = 0; n < rounds; n += 1) seen.push(await flood(bench, body, mib, atOnce));
          const spread = (of: (one: (typeof seen)[number]) => number) =>
            [Math.min(...seen.map(of)), Math.max(...seen.map(of))] as const;
          rows.push({
            flood: name,
            mib,
            atOnce,
            statuses: [...new Set(seen.map((one) => one.statuses))].join(' '),
            slowest: spread((one) => one.slowest),
            loopFigures: spread((one) => one.stood),
            busy: spread((one) => one.busy),
            grown: spread((one) => one.grown)[1],
          });
        }
  } finally {
    prober.stop();
    await near.stop();
    await setting.close();
    await sink.close();
  }
  return rows;
}

const { values } = parseArgs({
  options: {
    rounds: { type: 'string', default: '3' },
    heap: { type: 'string' },
    json: { type: 'boolean' },
  },
});
const flags = values.heap === undefined ? [] : [`--max-old-space-size=${values.heap}`];
const rows = await measure(Number(values.rounds), flags);
const range = ([least, most]: readonly [number, number]): string =>
  `${Math.round(least)}–${Math.round(most)}`;
const lines = rows.map(
  (one) =>
    `| ${one.flood} | ${one.mib} | ${one.atOnce} | ${one.statuses} | ${range(one.slowest)} | ${range(one.loopFigures)} | ${range(one.busy)} | ${Math.round(one.grown)} |`,
);
const table = [
  '| body | MiB | at once | answer | slowest `/healthz`, ms | event loop blocked, ms of real time | busy, ms of processor time | memory, MiB |',
  '|---|---|---|---|---|---|---|---|',
  ...lines,
  '',
  `Best and worst of ${values.rounds} rounds; load of the machine at the end ${loadavg()[0]?.toFixed(1)}.`,
];
process.stdout.write(`${values.json ? JSON.stringify(rows) : table.join('\n')}\n`);
