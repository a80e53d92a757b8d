/** What the operator's log says of desks: which opened what and when, what was judged, and how old a secret is. */

import { grantOfAct, isEndingAct, type OperatorActCode } from '../../domain/evidence/operator-act.ts';
import type { OpenedAccess } from '../../domain/party/confirmation.ts';
import type { ConfirmationAct, LastOperatorAct } from '../../store/contracts/operator-log.ts';
import type { LogEntry } from './log.ts';

/** Acts that an endpoint came to be by; entries of them did not always say whose it is. */
const MAKES_ENDPOINT: readonly OperatorActCode[] = ['endpoint.added', 'officer.linked', 'grants.adopted'];
/** Acts by which one that had ended counts again, unless it waits. */
const BEGINS: readonly OperatorActCode[] = [...MAKES_ENDPOINT, 'endpoint.enabled', 'endpoint.confirmed'];
const MAKES_SECRET: readonly OperatorActCode[] = ['secret.made', 'grants.adopted'];

/** The id of what an act is about, where that is a grant of this kind. */
function subjectOf(entry: LogEntry, kind: 'endpoint' | 'secret'): string | undefined {
  const grant = grantOfAct(entry);
  return grant?.startsWith(`${kind} `) ? grant.slice(kind.length + 1) : undefined;
}

/** Which desk opened what, and what was said of what was asked. */
export function createEndpointMemory() {
  const opened = new Set<string>();
  const ofUnknownDesk = new Set<string>();
  const judged = new Map<string, ConfirmationAct>();
  const ended = new Set<string>();
  const last = new Map<string, LastOperatorAct>();
  const accounts = new Set<string>();
  const remember = (id: string, { act, desk: focalPoint, opens, waits }: LogEntry): void => {
    if (opens?.includes('account') || (opens === undefined && MAKES_ENDPOINT.includes(act))) accounts.add(id);
    if (isEndingAct(act)) ended.add(id);
    // One that was adopted although it had ended opens nothing, and is as over as before.
    else if (BEGINS.includes(act) && waits === undefined && opens?.length !== 0) ended.delete(id);
    // An act on one that had ended already names its desk, and not what it had opened there.
    if (focalPoint === undefined && MAKES_ENDPOINT.includes(act)) ofUnknownDesk.add(id);
    if (focalPoint !== undefined && opens?.length !== 0) ofUnknownDesk.delete(id);
  };
  return {
    add: (entry: LogEntry): void => {
      const { act, desk: focalPoint, opens = [], at, judged: judgement } = entry;
      for (const what of opens) opened.add(`${what} ${focalPoint}`);
      if (judgement !== undefined) judged.set(judgement.asked, { act, at, judged: judgement });
      const id = subjectOf(entry, 'endpoint');
      if (id === undefined) return;
      last.set(id, { act, at });
      remember(id, entry);
    },
    lastAct: (endpoint: string): LastOperatorAct | undefined => last.get(endpoint),
    hasEnded: (endpoint: string): boolean => ended.has(endpoint),
    hasOpened: (focalPoint: string, what: OpenedAccess): boolean => opened.has(`${what} ${focalPoint}`),
    accounts: (): readonly string[] => [...accounts].filter((id) => !ended.has(id)),
    ofUnknownDesk: (): readonly string[] => [...ofUnknownDesk],
    judgementOn: (asked: string): ConfirmationAct | undefined => judged.get(asked),
  };
}

/**
 * When each secret was made: never earlier than anything the log says before it, whatever the clock said. One that was adopted
 * is as young as that: nobody knows where its row was before.
 */
export function createSecretMemory() {
  const made = new Map<string, string>();
  let latest = '';
  return {
    add: (entry: LogEntry): void => {
      if (entry.at > latest) latest = entry.at;
      const subject = subjectOf(entry, 'secret');
      if (subject === undefined || !MAKES_SECRET.includes(entry.act)) return;
      if (made.has(subject) && entry.act !== 'grants.adopted') return;
      made.set(subject, latest);
    },
    secretMade: (subject: string) => made.get(subject),
  };
}
