/**
 * Figures for the bilateral meeting: messages under an agreement in a period, counted at this gateway from
 * consignments and signed evidence. The other gateway counts the same. Only measures may differ, since they
 * are content.
 */

import { type FigureRow, type FigureThread, figureRowsOf } from '../../domain/figures/figures.ts';
import { CHECKPOINT_MEASURES } from '../../domain/message/case-codes.ts';
import { type Agreement, agreementsInForce, DEFAULT_SUPPRESS_UNDER } from '../../domain/terms/agreement.ts';
import { Refusal } from '../../domain/words/error.ts';
import type { Judging, Unsealing } from '../../gateway-parts.ts';
import type { MessageRow } from '../../store/contracts/message-rows.ts';
import type { ThreadMessage } from '../../store/contracts/threads.ts';
import { openForParty } from '../content/opening.ts';
import { type Directory, readDirectory, readHistory } from '../directory/directory.ts';
import { type ProvenRead, readProvenThreads } from '../evidence/proven-messages.ts';
import { isReadableMessage, logUnreadable, skipUnreadable } from '../evidence/readable.ts';
import { countThread, type ReportScope } from './thread.ts';

/** What to report. */
interface ReportWanted {
  /** Id of the agreement. */
  readonly agreement: string;
  /** Messages accepted from this instant on, and before `to`. */
  readonly from: Date;
  readonly to: Date;
  /**
   * Anything later is left out. If absent: now. Both gateways compute the same figures for the same instant.
   */
  readonly asOf?: Date;
}

/** The report, as docs/report.md describes it. Times are ISO 8601, UTC. */
export interface FiguresReport {
  readonly kind: 'amanat-report';
  readonly version: 1;
  /** DID of the gateway that counted, and when. */
  readonly by: string;
  readonly made: string;
  readonly agreement: {
    readonly id: string;
    readonly version: number;
    readonly title: string;
    readonly parties: readonly string[];
  };
  readonly from: string;
  /** Exclusive. */
  readonly to: string;
  readonly as_of: string;
  /** Smaller counts are suppressed. */
  readonly suppress_under: number;
  readonly rows: readonly FigureRow[];
  /** Number of threads with records that cannot be read any more. Their readable records are counted. */
  readonly unreadable: number;
}

/** Threads read at once: few enough that their evidence fits well into memory. */
const PAGE = 50;

/**
 * Counts, then suppresses small counts.
 * @throws Refusal `not-found` if no such agreement is kept
 */
export async function compileReport(gateway: Unsealing, wanted: ReportWanted): Promise<FiguresReport> {
  const made = gateway.now();
  const asOf = wanted.asOf ?? made;
  const directory = await readDirectory(gateway);
  const versions = directory.agreements.filter((one) => one.id === wanted.agreement);
  const agreement = versionFor(versions, asOf);
  const { id, version, title, parties, suppress_under: threshold = DEFAULT_SUPPRESS_UNDER } = agreement;
  const counting = {
    agreement: id,
    parties,
    versions: directory.agreements,
    from: wanted.from,
    to: wanted.to,
    asOf,
  };
  const { threads, lost } = await threadsOf(gateway, directory, counting);
  return {
    kind: 'amanat-report',
    version: 1,
    by: gateway.did,
    made: made.toISOString(),
    agreement: { id, version, title, parties },
    from: wanted.from.toISOString(),
    to: wanted.to.toISOString(),
    as_of: asOf.toISOString(),
    suppress_under: threshold,
    rows: figureRowsOf(threads, threshold),
    unreadable: lost.length,
  };
}

/** The version in force then, or else the earliest one. The report takes its title and threshold from it. */
function versionFor(versions: readonly Agreement[], at: Date): Agreement {
  const [first] = versions.toSorted((one, other) => one.version - other.version);
  const found = agreementsInForce(versions, at)[0] ?? first;
  if (found === undefined) throw new Refusal('not-found', 'no agreement of this id is kept here');
  return found;
}

async function threadsOf(
  gateway: Unsealing,
  directory: Directory,
  counting: Omit<ReportScope, 'countries'>,
): Promise<{ readonly threads: readonly FigureThread[]; readonly lost: readonly string[] }> {
  const countries = new Map(directory.designations.map((one) => [one.focal_point, one.country]));
  const threads: FigureThread[] = [];
  const lost: string[] = [];
  let after = '';
  for (;;) {
    const { agreement, from, to } = counting;
    const ids = await gateway.store.letters.threadsUnder({ agreement, from, to, after }, PAGE);
    for (const { thread, messages } of await readProvenThreads(gateway, ids)) {
      await completeCountries(gateway, countries, messages);
      const whole = messages.filter(isReadableMessage);
      const counted = await skipUnreadable(() => threadOf(gateway, { ...counting, countries }, whole));
      if (counted !== undefined) threads.push(counted);
      const isComplete = counted !== undefined && whole.length === messages.length;
      if (!isComplete || whole.some((one) => one.unproven.length > 0)) lost.push(thread);
    }
    const last = ids.at(-1);
    if (last === undefined || ids.length < PAGE) break;
    after = last;
  }
  logUnreadable(gateway, 'thread', lost);
  return { threads, lost };
}

async function threadOf(
  gateway: Unsealing,
  counting: ReportScope,
  kept: readonly ProvenRead<ThreadMessage>[],
): Promise<FigureThread> {
  const { thread, views } = countThread(counting, kept);
  const measures = await Promise.all(views.map((view) => readMeasure(gateway, view)));
  return {
    ...thread,
    messages: thread.messages.map((one, n) => ({ ...one, measure: measures[n] })),
  };
}

/**
 * A focal point whose designation no longer verifies still has its country: it was designated when it wrote.
 */
async function completeCountries(
  gateway: Judging,
  countries: Map<string, string>,
  views: readonly ThreadMessage[],
): Promise<void> {
  const parties = views.flatMap(({ message, recipients }) => [
    message.sender,
    ...recipients.map((one) => one.to),
  ]);
  for (const did of new Set(parties)) {
    if (countries.has(did)) continue;
    const { versions } = await readHistory(gateway, did);
    countries.set(did, versions.at(-1)?.country ?? '');
  }
}

/**
 * The measure in an indication; undefined if this gateway may not read it, or it is no longer kept. Measures
 * are part of the content: they are counted only if this gateway may open the message, and nothing but the
 * code is read. A message that cannot be opened is counted as unread, never guessed.
 */
async function readMeasure(
  gateway: Unsealing,
  { message, recipients }: Pick<ThreadMessage, 'message' | 'recipients'>,
): Promise<string | undefined> {
  if (message.type !== 'indication') return undefined;
  for (const party of [message.sender, ...recipients.map((one) => one.to)]) {
    const measure = await readBy(gateway, message, party);
    if (measure !== undefined) return measure;
  }
  return undefined;
}

async function readBy(gateway: Unsealing, message: MessageRow, party: string): Promise<string | undefined> {
  try {
    const measure = (await openForParty(gateway, message, party))?.message.body['measure'];
    // A sealed text may contain anything: only codes of the list are counted.
    return CHECKPOINT_MEASURES.find((one) => one === measure);
  } catch (fault) {
    if (fault instanceof Refusal) return undefined;
    throw fault;
  }
}
