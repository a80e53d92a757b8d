/** The demo: starts everything on loopback, plays the story, shows what was proven, and leaves nothing behind. */
import { countResult, listEnding } from './ending.ts';
import { writeDemoRecord } from './out.ts';
import { proveStory } from './proof.ts';
import type { DemoSetting } from './setting.ts';
import { checkServing, createStage, type DemoStage } from './stage.ts';
import { STORIES } from './stories.ts';
import { playStory, waitUntilAcknowledged } from './story.ts';
import { STORY_NAMES, type StoryName } from './story-names.ts';
import { createHumanTimeline, createJsonTimeline, type Timeline } from './timeline.ts';
import type { ServedScene } from './turns.ts';
import { watchSetting } from './watch.ts';

export interface DemoOptions {
  /** The one of three stranded people where left out. */
  readonly story?: StoryName;
  /** A JSON object a line instead of text for people. */
  readonly json: boolean;
  /** Leave everything running after the story, until the process is told to stop. */
  readonly stay: boolean;
  /** Folder for what each outside party received. */
  readonly out?: string;
}

/** The story takes some ten seconds, on a machine at its limit minutes; one that takes this long has failed. Milliseconds. */
const LIMIT = 900_000;
/** How long the parts may take to stop. */
const STOPPING = 120_000;

/**
 * Runs the demo.
 * @returns the exit code: 0 when all was acknowledged, 1 when a step failed or took too long, 130 when interrupted
 */
export async function runDemo(options: DemoOptions): Promise<number> {
  const started = performance.now();
  const write = (line: string): void => void process.stdout.write(`${line}\n`);
  const since = (): number => (performance.now() - started) / 1_000;
  const timeline = options.json ? createJsonTimeline(write, since) : createHumanTimeline(write, since);
  const interrupt = interruption();
  const limit = AbortSignal.timeout(LIMIT);
  const stage = createStage();
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
    await orStopped(stage.clear(), AbortSignal.timeout(STOPPING), 'a part did not stop').catch(() => {});
    // Only now: npm passes an interrupt on that the terminal gave us already, and the second one must not end us half-way.
    interrupt.done();
  }
}

async function perform(
  stage: DemoStage,
  timeline: Timeline,
  options: DemoOptions,
  signal: AbortSignal,
): Promise<void> {
  const story = STORIES[options.story ?? STORY_NAMES[0]];
  timeline.chapter(`The story: ${story.title}`);
  timeline.chapter(
    'Everything starts on this machine: two gateways with a PostgreSQL each, mail, a Bot API for each gateway’s bot, partners’ systems',
  );
  const setting = await stage.set(story.company, signal);
  signal.throwIfAborted();
  tellOfTrust(setting, timeline);
  const served = await stage.serve();
  signal.throwIfAborted();
  watchSetting(setting, timeline);
  for (const { name, url } of served)
    timeline.tell({ place: 'gateway', who: name, what: `serves at ${url}` });
  const scene: ServedScene = { setting, timeline, signal, served };
  const posted = await playStory(scene, story);
  const proof = await proveStory(scene, served, posted);
  const sent = await waitUntilAcknowledged(scene, posted);
  for (const one of served) checkServing(one);
  const [unreadable] = setting.mailbox.faults;
  if (unreadable !== undefined) throw unreadable;
  if (options.out !== undefined) await writeDemoRecord(options.out, { setting, served, sent, proof });
  if (options.stay) timeline.addresses(addresses(setting));
  timeline.end(countResult(sent, proof), listEnding(sent));
}

/** What was done before anybody was served: the operators' and the authorities' part. */
function tellOfTrust({ houses }: DemoSetting, timeline: Timeline): void {
  for (const { name, countries } of houses)
    timeline.tell({
      place: 'trust',
      who: `Authority of ${countries.join(' and ')}`,
      what: `designates ${name} and its focal points; its key never leaves it, files go to and fro`,
    });
  timeline.tell({
    place: 'trust',
    who: 'Both authorities',
    what: 'sign the agreement; both gateways import it, and each other’s designations',
  });
}

/** Those of the gateway where the story begins by their plain names, those of the others with the gateway's. */
function addresses({ houses, mail, partners }: DemoSetting): Record<string, string> {
  const [first, ...others] = houses;
  if (first === undefined) return {};
  return {
    gateway: first.url,
    ...Object.fromEntries(others.map(({ slug, url }) => [`gateway_${slug}`, url])),
    directory: `${first.url}/v1/directory`,
    openapi: `${first.url}/v1/openapi.json`,
    metrics: `${first.url}/metrics`,
    metrics_key: first.home.values['AMANAT_METRICS_KEY'] ?? '',
    ledger: `${first.url}/ledger/checkpoint`,
    bot_api: first.bot.root,
    smtp: `smtp://127.0.0.1:${mail.port}`,
    home: first.home.path,
    ...Object.fromEntries(others.map(({ slug, home }) => [`home_${slug}`, home.path])),
    ...Object.fromEntries(
      [...partners].flatMap(([role, { enrolment }]) => [
        [`${role}_access_key`, enrolment.accessKey],
        ...(enrolment.inbound === undefined ? [] : [[`${role}_secret`, enrolment.inbound]]),
      ]),
    ),
  };
}

/** Ctrl-C, a polite kill and a terminal that closes, as a signal. */
function interruption(): { readonly signal: AbortSignal; done(): void } {
  const controller = new AbortController();
  const stop = (): void => controller.abort();
  const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
  for (const one of signals) process.on(one, stop);
  return {
    signal: controller.signal,
    done: () => {
      for (const one of signals) process.off(one, stop);
    },
  };
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
