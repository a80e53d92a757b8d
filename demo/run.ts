/** Runs the demo: starts everything on loopback, plays the story, prints what was proven, and removes everything. */
import { countResult, listEnding } from './ending.ts';
import { writeDemoRecord } from './out.ts';
import { proveStory } from './proof.ts';
import type { DemoSetting } from './setting.ts';
import { checkServing, createStage, type DemoStage } from './stage.ts';
import { DRILL } from './stories/drill.ts';
import { ESCALATION } from './stories/escalation.ts';
import { INDICATION_AT_BADAU } from './stories/indication.ts';
import { PERMISSION } from './stories/permission.ts';
import { RECALL } from './stories/recall.ts';
import { REPATRIATION } from './stories/repatriation.ts';
import { STRANDED } from './stories/stranded.ts';
import { playStory, type Story, waitUntilAcknowledged } from './story.ts';
import { STORY_NAMES, type StoryName } from './story-names.ts';
import { createHumanTimeline, createJsonTimeline, type Timeline } from './timeline.ts';
import type { ServedScene } from './turns.ts';
import { watchSetting } from './watch.ts';

/** All stories. A new one is a file in `stories/`, a name in `story-names.ts`, and a line here. */
const STORIES: Readonly<Record<StoryName, Story>> = {
  stranded: STRANDED,
  indication: INDICATION_AT_BADAU,
  repatriation: REPATRIATION,
  permission: PERMISSION,
  recall: RECALL,
  escalation: ESCALATION,
  drill: DRILL,
};

export interface DemoOptions {
  /** By default the story of three stranded people. */
  readonly story?: StoryName;
  /** Prints one JSON object a line instead of text for people. */
  readonly json: boolean;
  /** Keeps everything running after the story, until the process is stopped. */
  readonly stay: boolean;
  /** The folder for what each outside party received. */
  readonly out?: string;
}

/**
 * The time limit in milliseconds. The story takes about ten seconds, or some minutes on an overloaded machine; after
 * this time it has failed.
 */
const LIMIT = 900_000;
/** The time limit for stopping all parts, in milliseconds. */
const STOPPING = 120_000;

/**
 * Runs the demo.
 * @returns the exit code: 0 if all was acknowledged, 1 if a step failed or took too long, 130 if it was interrupted
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
    // Not earlier: the terminal and npm each send the interrupt, and the second one must not stop the cleaning up.
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

/** Prints what operators and authorities did before the gateways were served. */
function tellOfTrust({ houses }: DemoSetting, timeline: Timeline): void {
  for (const { name, countries } of houses)
    timeline.tell({
      place: 'trust',
      who: `Authority of ${countries.join(' and ')}`,
      what: `designates ${name} and its focal points; its key stays offline, only files pass`,
    });
  timeline.tell({
    place: 'trust',
    who: 'Both authorities',
    what: 'sign the agreement; both gateways import it, and the designations of the other side',
  });
}

/**
 * The addresses for `--stay`. The names for the first gateway are plain; those for the others end with the gateway's
 * slug.
 */
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

/** Turns SIGINT (Ctrl-C), SIGTERM and SIGHUP (a closed terminal) into an abort signal. */
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

/** Resolves like `work`, or rejects with `words` as soon as the signal is aborted. */
const orStopped = <T>(work: Promise<T>, signal: AbortSignal, words: string): Promise<T> =>
  Promise.race([
    work,
    aborted(signal).then((): never => {
      throw new Error(words);
    }),
  ]);
