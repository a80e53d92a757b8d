/** What the operator's log says: which entry is in force for each grant, and what became of the others. */
import {
  grantOfAct,
  isEndingAct,
  isPausingAct,
  type StatementKind,
  statementOfAct,
} from '../../domain/evidence/operator-act.ts';
import { present } from '../../domain/words/present.ts';
import type { KeptLogEntry, LogEnd } from '../../store/contracts/operator-log.ts';
import type { NamedStatements } from '../../store/guard.ts';
import { createEndpointMemory, createSecretMemory } from './endpoint-memory.ts';
import type { LogEntry } from './log.ts';
import { createPinMemory } from './pin-memory.ts';

/** Remembers what the proven entries say, each given once by `add` in the order of the log. `told` answers for the guard. */
export function createLogMemory() {
  const entries = createEntryMemory();
  const statements = createStatementMemory();
  const endpoints = createEndpointMemory();
  const secrets = createSecretMemory();
  const pins = createPinMemory();
  const usedLinks = new Set<string>();
  const leftSessions = new Set<string>();
  const digests: string[] = [];
  return {
    end: (): LogEnd | undefined => {
      const digest = digests.at(-1);
      return digest === undefined ? undefined : { place: digests.length, digest };
    },
    digestAt: (place: number): string | undefined => digests[place - 1],
    add: (entry: LogEntry, { digest }: KeptLogEntry): void => {
      digests.push(digest);
      endpoints.add(entry);
      secrets.add(entry);
      pins.add(entry);
      if (entry.act === 'link.used') usedLinks.add(entry.subject);
      if (entry.act === 'pin.left') leftSessions.add(entry.subject);
      statements.add(entry);
      entries.add(entry);
    },
    current: entries.current,
    told: {
      isCurrent: entries.isCurrent,
      isAlive: entries.isAlive,
      statements: () => statements.named,
      isLinkUsed: (hash: string): boolean => usedLinks.has(hash),
      isSessionEnded: (hash: string): boolean => leftSessions.has(hash),
      lastAct: endpoints.lastAct,
      hasEnded: endpoints.hasEnded,
      hasOpened: endpoints.hasOpened,
      accounts: endpoints.accounts,
      endpointsOfUnknownFocalPoint: endpoints.ofUnknownFocalPoint,
      decisionOn: endpoints.judgementOn,
      secretMade: secrets.secretMade,
      pins: () => pins.named,
    },
  };
}

export type LogMemory = ReturnType<typeof createLogMemory>;

/** Which entry is in force for each grant, and which entries a later one ended. */
function createEntryMemory() {
  const acts = new Map<string, Pick<LogEntry, 'act' | 'waits'>>();
  const endedBy = new Map<string, string>();
  const newest = new Map<string, string>();
  const final = (entry: string): string => {
    let last = entry;
    for (let next = endedBy.get(last); next !== undefined; next = endedBy.get(last)) last = next;
    return last;
  };
  const isCurrent = (entry: string): boolean => acts.has(entry) && !endedBy.has(entry);
  return {
    add: (entry: LogEntry): void => {
      acts.set(entry.id, { act: entry.act, ...present({ waits: entry.waits }) });
      if (entry.ends !== undefined) endedBy.set(entry.ends, entry.id);
      const grant = grantOfAct(entry);
      // An entry that ends nothing does not replace a grant in force: no row names that entry.
      if (grant !== undefined && (entry.ends !== undefined || !newest.has(grant)))
        newest.set(grant, entry.id);
    },
    current: (grant: string): string | undefined => {
      const entry = newest.get(grant);
      return entry !== undefined && isCurrent(entry) ? entry : undefined;
    },
    isCurrent,
    isAlive: (entry: string, paused = false): boolean => {
      const last = acts.get(final(entry));
      return (
        acts.has(entry) && last !== undefined && !isEndingAct(last.act) && (paused || !isPausingAct(last))
      );
    },
  };
}

/** The digests of the statements that the entries name. */
function createStatementMemory() {
  const named = new Map<StatementKind, Map<string, string[]>>();
  return {
    named: named as NamedStatements,
    add: (entry: LogEntry): void => {
      const one = statementOfAct(entry);
      if (one === undefined) return;
      const ofKind = named.get(one.kind) ?? new Map<string, string[]>();
      named.set(one.kind, ofKind);
      ofKind.set(one.party, [...(ofKind.get(one.party) ?? []), one.digest]);
    },
  };
}
