/**
 * The Workers entry: the same application in an isolate, without listener and loop. It works on due rows after a request that may
 * have made them due, and once a minute by the platform's clock (`wrangler.toml`). Until then due rows wait, and a Node process on
 * the same database may take them first.
 *
 * Sockets belong to the request that opened them, so each request has its own database client; Hyperdrive keeps the
 * real connections.
 */
import postgres from 'postgres';
import { type CallLimits, createCallLimits } from '../call-limits.ts';
import { readSettings, type SettingValues } from '../config/settings.ts';
import { PROBLEMS, Refusal } from '../domain/words/error.ts';
import type { Phrases } from '../domain/words/phrases.ts';
import { warnOfEndings } from '../flow/directory/expiry.ts';
import { keepRejectionCounts } from '../flow/evidence/reject.ts';
import { carryOutRecalls } from '../flow/keep/recall.ts';
import { workOnLedgers } from '../flow/ledger/round.ts';
import { checkPeers } from '../flow/loop/chores.ts';
import { workUntilIdle } from '../flow/loop/loop.ts';
import { scheduleWithdrawals } from '../flow/statements/withdrawals-sent.ts';
import { purgeDueContentDaily } from '../flow/thread/retain.ts';
import type { MarkOf } from '../http/limiting.ts';
import { documentOfProblem } from '../http/problem.ts';
import type { Log, LogFields } from '../log.ts';
import { createPeerSigns } from '../peer-signs.ts';
import { createRefusalCounter } from '../refusals.ts';
import { createAddressMarker } from '../seal/address-mark.ts';
import { createStore } from '../store/postgres.ts';
import { createApplication } from './application.ts';
import { type BuiltGateway, buildGateway } from './build.ts';
import { chance } from './chance.ts';
import { createPublicFetch } from './outgoing-worker.ts';
import { phrasesFromModules } from './phrases-from-modules.ts';
import { makeNetworkReader } from './server/caller-address.ts';
import { createFiguresMetrics } from './telling/metrics-figures.ts';

/** The bindings of `wrangler.toml`: variables and secrets as texts, and the database. */
export interface WorkerBindings {
  readonly HYPERDRIVE?: { readonly connectionString: string };
  readonly [name: string]: unknown;
}

/** The part of the runtime's context that this entry uses. */
interface Context {
  waitUntil(work: Promise<unknown>): void;
}

/**
 * Connections to the database. An invocation may have six open connections: two for the database and four for channels. A delivery
 * that had to wait for one would use up its time limit, and with it an attempt.
 */
const POOL = 2;
const AT_ONCE = 4;

/**
 * How many rounds of due work one invocation does. After an answer it has half a minute, and by the clock a quarter of an hour;
 * interrupted work is due again when its lease ends.
 */
const ROUNDS_AFTER_ANSWER = 8;
const ROUNDS_BY_CLOCK = 200;

/** Time limit for the ledgers, in milliseconds, so that deliveries do not wait long for a slow ledger. */
const LEDGERS_MS = 20_000;

const now = (): Date => new Date();
const log = createConsoleLog(now);

/** Parsed once in an isolate: the phrases are the same for every request. */
let translate: Phrases | undefined;

/** The call counts of this isolate. Isolates do not share them, because none lives long. */
let limits: CallLimits | undefined;
const refusals = createRefusalCounter();
const life = createPeerSigns();

const valuesOf = (bindings: WorkerBindings): SettingValues =>
  Object.fromEntries(
    Object.entries(bindings).filter((entry): entry is [string, string] => typeof entry[1] === 'string'),
  );

/** @throws Refusal for a setting that is missing, wrong, or not supported in this runtime */
async function open(bindings: WorkerBindings): Promise<BuiltGateway> {
  const values = valuesOf(bindings);
  const settings = readSettings(values);
  if (bindings.HYPERDRIVE === undefined)
    throw new Refusal('configuration', 'the binding HYPERDRIVE is not set');
  // Hyperdrive prepares statements itself, and asking for the types first would cost each request a round trip.
  const sql = postgres(bindings.HYPERDRIVE.connectionString, {
    max: POOL,
    fetch_types: false,
    onnotice: () => {},
  });
  const store = createStore(sql, { listen: false });
  limits ??= createCallLimits({ policies: settings.limits, now });
  translate ??= phrasesFromModules();
  return buildGateway(settings, values, {
    store,
    log,
    translate: translate,
    now,
    chance,
    metrics: createFiguresMetrics(store, now),
    limits,
    refusals,
    life,
    fetch: createPublicFetch(settings.allow, (url, init) => fetch(url, init)),
    telegramFetch: (url, init) => fetch(url, init),
    mailboxes: { judge: () => ({ kind: 'refused', reason: 'no-path' }), listsDue: () => [] },
  });
}

/** Makes the marks of callers from the platform's header, which callers cannot set themselves. */
function marksOf(bindings: WorkerBindings): MarkOf {
  const mark = createAddressMarker(String(bindings['AMANAT_MASTER_KEY']));
  const networkOf = makeNetworkReader([], () => {});
  return (request) => {
    const network = networkOf({ socket: request.headers.get('cf-connecting-ip') ?? undefined });
    return network === undefined ? undefined : mark(network, now());
  };
}

/** The refusal that explains why the gateway does not run. Of a fault it gives only the kind. */
function refusedStart(thrown: unknown): Refusal {
  const refusal = thrown instanceof Refusal ? thrown : new Refusal('fault', 'the gateway could not be built');
  const fault = thrown instanceof Error ? thrown.name : 'unknown';
  log.error('start.refused', { code: refusal.code, detail: refusal.detail, fault });
  return refusal;
}

/** The answer to each call of a gateway that cannot be built: this runtime has no start that could fail. */
function refusedAnswer(refusal: Refusal): Response {
  return new Response(JSON.stringify(documentOfProblem(refusal, chance.newId())), {
    status: PROBLEMS[refusal.code].status,
    headers: { 'content-type': 'application/problem+json', 'cache-control': 'no-store' },
  });
}

/** Works on due rows, then closes the database client. Logs a fault, because the request is already answered. */
async function finish({ gateway }: BuiltGateway, rounds: number): Promise<void> {
  try {
    await keepRejectionCounts(gateway, now());
    await workUntilIdle(gateway, rounds, AT_ONCE);
  } catch (fault) {
    log.error('loop.fault', { fault: fault instanceof Error ? fault.name : 'unknown' });
  } finally {
    await gateway.store.database.close();
  }
}

/**
 * Works once a minute on recalls, withdrawals, the ledgers and all due rows; in the first minute of an hour also on expiry, and once
 * a night on content past its retention period.
 */
async function tick(built: BuiltGateway): Promise<void> {
  if (now().getUTCMinutes() === 0)
    await warnOfEndings(built.gateway).catch((fault: unknown) => {
      log.error('expiry.fault', { fault: fault instanceof Error ? fault.name : 'unknown' });
    });
  await carryOutRecalls(built.gateway).catch((fault: unknown) => {
    log.error('recall.fault', { fault: fault instanceof Error ? fault.name : 'unknown' });
  });
  if (now().getUTCHours() === 1 && now().getUTCMinutes() === 30) await purgeDueContentDaily(built.gateway);
  await scheduleWithdrawals(built.gateway).catch((fault: unknown) => {
    log.error('withdrawal.fault', { fault: fault instanceof Error ? fault.name : 'unknown' });
  });
  await checkPeers(built.gateway, AbortSignal.timeout(LEDGERS_MS));
  await workOnLedgers(built.gateway, AbortSignal.timeout(LEDGERS_MS));
  await finish(built, ROUNDS_BY_CLOCK);
}

/** Whether a request only reads, and so makes nothing due. */
const isReading = (request: Request): boolean => request.method === 'GET' || request.method === 'HEAD';

/** Makes a log of one JSON line for each event, in the format of the Node entry. The platform collects the console's output. */
// biome-ignore lint/suspicious/noConsole: on Workers the console is the log
function createConsoleLog(now: () => Date, print: (line: string) => void = console.log): Log {
  const write =
    (level: number) =>
    (event: string, fields?: LogFields): void =>
      print(JSON.stringify({ level, time: now().toISOString(), event, ...fields }));
  return { info: write(30), warn: write(40), error: write(50) };
}

// biome-ignore lint/style/noDefaultExport: the runtime reads the handlers from the default export
export default {
  async fetch(request: Request, bindings: WorkerBindings, context: Context): Promise<Response> {
    let built: BuiltGateway;
    try {
      built = await open(bindings);
    } catch (thrown) {
      return refusedAnswer(refusedStart(thrown));
    }
    const response = await createApplication(built.gateway, marksOf(bindings)).fetch(request);
    context.waitUntil(finish(built, isReading(request) ? 0 : ROUNDS_AFTER_ANSWER));
    return response;
  },

  /** @throws Refusal where the gateway does not run, so that the platform records the run as failed */
  async scheduled(_event: unknown, bindings: WorkerBindings, context: Context): Promise<void> {
    const built = await open(bindings).catch((thrown: unknown) => {
      throw refusedStart(thrown);
    });
    context.waitUntil(tick(built));
  },
};
