/**
 * The guard of the grants. It makes and verifies MACs under the master key, and reads the verified operator's
 * log. It keeps the log's head outside the database, so that an entry that ended something cannot be removed
 * without detection.
 */

import type { LogHead, StatementKind } from '../../domain/evidence/operator-act.ts';
import { Refusal } from '../../domain/words/error.ts';
import { present } from '../../domain/words/present.ts';
import type { Gateway } from '../../gateway.ts';
import type { MasterKey } from '../../seal/custody.ts';
import { makeGrantMac, masterKeyIdOfMac, verifyGrantMac } from '../../seal/grant-mac.ts';
import type { KeptLogEntry } from '../../store/contracts/operator-log.ts';
import type { GrantKind, GrantsState, Guard } from '../../store/guard.ts';
import { type LogReader, proveEntry } from './log.ts';
import { createLogMemory, type LogMemory } from './log-memory.ts';

/** Keeps how far the log was read, outside the database. Place 0: nothing is recorded yet. */
export interface HeadKeeper {
  /** Undefined if this home folder is from before grants had MACs. */
  read(): LogHead | undefined;
  /** Keeps the head if it is further than the kept one. */
  write(head: LogHead): void;
}

/** A head in memory, for a process without a home folder. It trusts the log as it first finds it. */
export function createMemoryHead(): HeadKeeper {
  let head: LogHead = { place: 0 };
  return {
    read: () => head,
    write: (next) => {
      head = next;
    },
  };
}

/** What is wrong: the kind and id of a refused row, safe to log, or the place in the log. */
export interface WrongGrant {
  readonly code: 'grant-refused' | 'operator-log-broken';
  readonly kind?: GrantKind | StatementKind;
  readonly id: string;
}

/** Alarmed rows are remembered, so that a row that is read again and again raises one alarm. */
const TOLD_AT_MOST = 1_000;

interface Options {
  readonly reader: LogReader & Pick<Gateway, 'master'>;
  readonly head: HeadKeeper;
  /** Called once for each refused row, and once if the log is broken. */
  readonly alarm: (wrong: WrongGrant) => void;
}

export function createGrantGuard(options: Options): Guard {
  const { reader, head } = options;
  const log = readingLog(options);
  const { state, view } = log;
  const tellOnce = alarmOnce(options.alarm);
  let learning: Promise<void> = Promise.resolve();
  return {
    state,
    begin: log.begin,
    seal: (kind, granted) => makeGrantMac(log.sealing(), kind, granted),
    verifies: async (kind, granted, mac) =>
      state() === 'ready' &&
      (await verifyGrantMac(
        masterKeyIdOfMac(mac) === log.sealing().id ? log.sealing() : reader.master,
        kind,
        granted,
        mac,
      )),
    isNewest: (mac) => masterKeyIdOfMac(mac) === log.sealing().id,
    place: () => view.end()?.place ?? 0,
    seenUpTo: () => head.read(),
    // Readings run one after the other: each begins where the previous one ended.
    learn: (entries, reading) => {
      learning = learning.then(() => log.learn(entries, reading));
      return learning;
    },
    end: () => {
      const now = state();
      if (now === 'log-broken') throw brokenLogRefusal();
      if (now === 'not-adopted') throw notAdoptedRefusal();
      const last = view.end();
      return { ...present({ last }), current: view.current };
    },
    ...view.told,
    refused: (kind, id) => {
      if (state() === 'ready') tellOnce({ code: 'grant-refused', kind, id });
    },
  };
}

/** Reads the log as far as it is proven: what it says, the master key it says to seal with, and whether it is whole. */
function readingLog({ reader, head, alarm }: Options) {
  const view = createLogMemory();
  let isBegun = false;
  let brokenAt: number | undefined;
  let sealing: MasterKey = reader.master;
  const state = (): GrantsState => {
    if (brokenAt !== undefined) return 'log-broken';
    isBegun ||= head.read() !== undefined;
    return isBegun ? 'ready' : 'not-adopted';
  };
  const breakAt = (place: number): void => {
    if (brokenAt !== undefined) return;
    brokenAt = place;
    alarm({ code: 'operator-log-broken', id: String(place) });
  };
  const take = async (entries: readonly KeptLogEntry[]): Promise<void> => {
    for (const kept of entries) {
      // Another reading may have taken it already.
      if (brokenAt !== undefined || kept.place <= (view.end()?.place ?? 0)) continue;
      const entry = await proveEntry(reader, kept, view.end());
      if (entry === undefined) return breakAt(kept.place);
      view.add(entry, kept);
      if (entry.act === 'master.rotated')
        sealing = await findReplacement(sealing, reader.master, entry.subject);
    }
  };
  const learn: Guard['learn'] = async (entries, { seenUpTo: seen, isEnd }) => {
    await take(entries);
    if (brokenAt !== undefined || !isEnd) return;
    const known = seen ?? (isBegun ? { place: 0 } : undefined);
    if (known !== undefined) advanceHead({ head, known, view, breakAt });
  };
  const begin = (): void => {
    isBegun = true;
  };
  return { view, state, begin, learn, sealing: () => sealing };
}

/** Raises the alarm once for each refused row. */
function alarmOnce(alarm: Options['alarm']): Options['alarm'] {
  const told = new Set<string>();
  return (wrong) => {
    const name = `${wrong.kind} ${wrong.id}`;
    if (told.has(name)) return;
    if (told.size >= TOLD_AT_MOST) told.clear();
    told.add(name);
    alarm(wrong);
  };
}

/**
 * The master key for new MACs after another process has replaced it: this process then seals with the new
 * key.
 */
async function findReplacement(sealing: MasterKey, master: MasterKey, id: string): Promise<MasterKey> {
  const next = id === sealing.id ? undefined : await master.newest?.();
  return next?.id === id ? next : sealing;
}

const brokenLogRefusal = (): Refusal =>
  new Refusal('operator-log-broken', 'the operator’s log in the database differs from what was recorded');

const notAdoptedRefusal = (): Refusal =>
  new Refusal('grants-not-adopted', 'grants from before they had MACs wait for an operator to adopt them');

interface Following {
  readonly head: HeadKeeper;
  /** The head before the log was read. */
  readonly known: LogHead;
  readonly view: LogMemory;
  readonly breakAt: (place: number) => void;
}

/**
 * Compares the log with the head, and moves the head on. If the log ends before the head, it was truncated.
 */
function advanceHead({ head, known: kept, view, breakAt }: Following): void {
  const end = view.end();
  const place = end?.place ?? 0;
  if (kept.place > place || (kept.place > 0 && view.digestAt(kept.place) !== kept.digest)) breakAt(place + 1);
  else if (end !== undefined && kept.place < place) head.write({ place, digest: end.digest });
}
