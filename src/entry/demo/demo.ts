/** The demo: starts everything on loopback, plays the story, shows what was proven, and leaves nothing behind. */
import { endingOf, resultOf } from './ending.ts';
import { writeOut } from './out.ts';
import type { Setting } from './setting.ts';
import { emptyStage, type Stage } from './stage.ts';
import { play } from './story.ts';
import { humanTimeline, jsonTimeline, type Timeline } from './timeline.ts';
import { watch } from './watch.ts';

export interface DemoOptions {
  /** A JSON object a line instead of text for people. */
  readonly json: boolean;
  /** Leave everything running after the story, until the process is told to stop. */
  readonly stay: boolean;
  /** Folder for what each outside party received. */
  readonly out?: string;
}

/** The story takes some ten seconds; one that takes this long has failed. Milliseconds. */
const LIMIT = 110_000;
/** How long the parts may take to stop. */
const STOPPING = 10_000;

/**
 * Runs the demo.
 * @returns the exit code: 0 when all was acknowledged, 1 when a step failed or took too long, 130 when interrupted
 */
export async function runDemo(options: DemoOptions): Promise<number> {
  const started = performance.now();
  const write = (line: string): void => void process.stdout.write(`${line}\n`);
  const since = (): number => (performance.now() - started) / 1_000;
  const timeline = options.json ? jsonTimeline(write, since) : humanTimeline(write, since);
  const interrupt = interruption();
  const limit = AbortSignal.timeout(LIMIT);
  const stage = emptyStage();
  try {
    const signal = AbortSignal.any([limit, interrupt.signal]);
    await orStopped(perform(stage, timeline, options, signal), signal, 'the demo took too long');
    if (options.stay) await aborted(interrupt.signal);
    return 0;
  } catch (fault) {
    if (interrupt.signal.aborted) return 130;
    process.stderr.write(`The demo failed: ${fault instanceof Error ? fault.message : 'unknown'}\n`);
    for (const line of stage.troubles) process.stderr.write(`  ${line}\n`);
    return 1;
  } finally {
    interrupt.done();
    await orStopped(stage.clear(), AbortSignal.timeout(STOPPING), 'a part did not stop').catch(() => {});
  }
}

async function perform(
  stage: Stage,
  timeline: Timeline,
  options: DemoOptions,
  signal: AbortSignal,
): Promise<void> {
  timeline.chapter('Everything starts on this machine: PostgreSQL, mail, a Bot API, three partners’ systems');
  const setting = await stage.set();
  signal.throwIfAborted();
  const { gateway } = await stage.serve();
  signal.throwIfAborted();
  watch(setting, timeline);
  timeline.tell({ place: 'gateway', who: 'Amanat', what: `serves at ${setting.url}` });
  const sent = await play({ setting, timeline, signal });
  if (options.out !== undefined) await writeOut(options.out, setting, gateway, sent);
  if (options.stay) timeline.addresses(addresses(setting));
  timeline.end(resultOf(sent), endingOf(sent));
}

const addresses = ({ url, bot, mail, home, partners }: Setting): Record<string, string> => ({
  gateway: url,
  directory: `${url}/v1/directory`,
  openapi: `${url}/v1/openapi.json`,
  metrics: `${url}/metrics`,
  bot_api: bot.root,
  smtp: `smtp://127.0.0.1:${mail.port}`,
  home: home.path,
  shelter_access_key: partners.shelter.enrolment.accessKey,
});

/** Ctrl-C and a polite kill, as a signal. */
function interruption(): { readonly signal: AbortSignal; done(): void } {
  const controller = new AbortController();
  const stop = (): void => controller.abort();
  process.on('SIGINT', stop).on('SIGTERM', stop);
  return { signal: controller.signal, done: () => void process.off('SIGINT', stop).off('SIGTERM', stop) };
}

const aborted = (signal: AbortSignal): Promise<void> =>
  signal.aborted
    ? Promise.resolve()
    : new Promise((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }));

/** The work, or an error as soon as the signal says that there is no more time. */
const orStopped = <T>(work: Promise<T>, signal: AbortSignal, words: string): Promise<T> =>
  Promise.race([
    work,
    aborted(signal).then((): never => {
      throw new Error(words);
    }),
  ]);
