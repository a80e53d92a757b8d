/**
 * What the operator's log records about focal points: which endpoint opened access and when, what was
 * decided, and the age of secrets.
 */

import { grantOfAct, isEndingAct, type OperatorActCode } from '../../domain/evidence/operator-act.ts';
import type { OpenedAccess } from '../../domain/party/confirmation.ts';
import type { ConfirmationAct, LastOperatorAct } from '../../store/contracts/operator-log.ts';
import type { LogEntry } from './log.ts';

/** Acts that create an endpoint. Older entries did not always name its focal point. */
const MAKES_ENDPOINT: readonly OperatorActCode[] = ['endpoint.added', 'officer.linked', 'grants.adopted'];
/** Acts after which an ended endpoint may be used again, unless it waits. */
const BEGINS: readonly OperatorActCode[] = [...MAKES_ENDPOINT, 'endpoint.enabled', 'endpoint.confirmed'];
const MAKES_SECRET: readonly OperatorActCode[] = ['secret.made', 'grants.adopted'];

/** The id of the grant that an act is about, if it is of this kind. */
function subjectOf(entry: LogEntry, kind: 'endpoint' | 'secret'): string | undefined {
  const grant = grantOfAct(entry);
  return grant?.startsWith(`${kind} `) ? grant.slice(kind.length + 1) : undefined;
}

/** Which focal point opened access to what, and what was decided on questions. */
export function createEndpointMemory() {
  const opened = new Set<string>();
  const ofUnknownFocalPoint = new Set<string>();
  const judged = new Map<string, ConfirmationAct>();
  const ended = new Set<string>();
  const last = new Map<string, LastOperatorAct>();
  const accounts = new Set<string>();
  const remember = (id: string, { act, desk: focalPoint, opens, waits }: LogEntry): void => {
    if (opens?.includes('account') || (opens === undefined && MAKES_ENDPOINT.includes(act))) accounts.add(id);
    if (isEndingAct(act)) ended.add(id);
    // An endpoint that was adopted although it had ended opens no access and stays ended.
    else if (BEGINS.includes(act) && waits === undefined && opens?.length !== 0) ended.delete(id);
    // An act on an ended endpoint names its focal point, but not the access that it had opened.
    if (focalPoint === undefined && MAKES_ENDPOINT.includes(act)) ofUnknownFocalPoint.add(id);
    if (focalPoint !== undefined && opens?.length !== 0) ofUnknownFocalPoint.delete(id);
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
    ofUnknownFocalPoint: (): readonly string[] => [...ofUnknownFocalPoint],
    judgementOn: (asked: string): ConfirmationAct | undefined => judged.get(asked),
  };
}

/**
 * When each secret was made. The time is never earlier than a previous entry's, whatever the clock said. An
 * adopted secret is as young as its adoption: nobody knows where its row was before.
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
