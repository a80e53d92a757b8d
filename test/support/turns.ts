/** Threads in a line or two: consignments and evidence by the hour, for rules that need no signatures. */

import type { Evidence, EvidenceEvent } from '../../src/domain/evidence/evidence.ts';
import type { MessageName } from '../../src/domain/message/message.ts';
import { PROTOCOL } from '../../src/domain/message/protocol.ts';
import type { ClockTerms } from '../../src/domain/terms/agreement.ts';
import type { TurnMessage } from '../../src/domain/turn/facts.ts';
import { type Turn, turnOfThread } from '../../src/domain/turn/turn.ts';
import { present } from '../../src/domain/words/present.ts';
import type { Urgency } from '../../src/domain/words/vocabulary.ts';

const fp = (slug: string): string => `did:web:gateway.test:fp:${slug}`;
/** Two focal points in Cambodia and two in Indonesia; all invented. */
export const SHELTER_DID = fp('shelter');
export const POLICE_DID = fp('police');
export const IMMIGRATION_DID = fp('desk');
export const BORDER_POST_DID = fp('post');
export const COUNTRY_BY_DID: ReadonlyMap<string, string> = new Map([
  [SHELTER_DID, 'KH'],
  [POLICE_DID, 'KH'],
  [IMMIGRATION_DID, 'ID'],
  [BORDER_POST_DID, 'ID'],
]);

/** Friday 27 November 2026, 08:00 in Phnom Penh and Jakarta, and hours from then. */
const START = Date.parse('2026-11-27T01:00:00Z');
export const hoursFromStart = (n: number): Date => new Date(START + n * 3_600_000);
export const HOUR_SECONDS = 3_600;

/** A readable name as an id: its letters' codes, cut and filled to 32 hex digits. */
export const hexIdOf = (name: string): string =>
  Buffer.from(name).toString('hex').slice(0, 32).padEnd(32, '0');

interface More {
  readonly about?: string;
  readonly urgency?: Urgency;
  readonly terms?: ClockTerms;
}

/** `name` from somebody to others, accepted at an hour. */
export const makeTurnMessage = (
  name: string,
  type: MessageName,
  [from, ...to]: readonly [string, ...string[]],
  at: number,
  { about, urgency = 'urgent', terms }: More = {},
): TurnMessage => ({
  id: hexIdOf(name),
  type,
  from,
  to: to.map((one) => ({ to: one, ...present({ terms }) })),
  urgency,
  acceptedAt: hoursFromStart(at),
  ...present({ about: about === undefined ? undefined : hexIdOf(about) }),
});

/** Evidence of an event about a message to a recipient at an hour. */
export const makeTurnEvidence = (
  event: EvidenceEvent | 'ContentPurge',
  name: string,
  recipient: string,
  at: number,
  over: Partial<Evidence> = {},
): Evidence => ({
  kind: 'evidence',
  id: hexIdOf(`${at} ${event} ${name}`.slice(0, 16)),
  event: event as EvidenceEvent,
  event_uri: `http://uri.etsi.org/19522/Event/${event}`,
  consignment: hexIdOf(name),
  sender: SHELTER_DID,
  recipient,
  at: hoursFromStart(at).toISOString(),
  by: recipient,
  ...over,
});

/** The request that most threads begin with, an answer to it, and a question about it. */
export const ASK_MESSAGE = makeTurnMessage('ask', 'request', [SHELTER_DID, IMMIGRATION_DID], 0);
export const makeReplyMessage = (at: number, name = 'reply') =>
  makeTurnMessage(name, 'reply', [IMMIGRATION_DID, SHELTER_DID], at, { about: 'ask' });
export const QUERY_MESSAGE = makeTurnMessage('query', 'clarification', [IMMIGRATION_DID, SHELTER_DID], 10, {
  about: 'ask',
});

/** What it shows, the thread, its evidence, the hour of asking, and what is open then. */
export type TurnCase = [string, readonly TurnMessage[], readonly Evidence[], number, readonly string[]];

const officer = { id: 'sok', name: 'Invented', role: 'officer' } as const;
export const makeAcceptance = (
  name: string,
  recipient: string,
  at: number,
  over: Partial<Evidence> = {},
): Evidence =>
  makeTurnEvidence('ConsignmentAcceptance', name, recipient, at, {
    officer,
    id: hexIdOf(`y${at}${name}${recipient.slice(-4)}`),
    ...over,
  });
export const makeRejection = (
  name: string,
  recipient: string,
  at: number,
  over: Partial<Evidence> = {},
): Evidence =>
  makeTurnEvidence('ConsignmentRejection', name, recipient, at, {
    officer,
    reason: 'not-competent',
    id: hexIdOf(`n${at}${name}${recipient.slice(-4)}`),
    ...over,
  });

export const computeTurn = (
  now: number,
  messages: readonly TurnMessage[],
  evidence: readonly Evidence[],
): Turn =>
  turnOfThread({ messages, evidence, countries: COUNTRY_BY_DID, table: PROTOCOL, now: hoursFromStart(now) });

const slug = (did: string): string => did.slice(did.lastIndexOf(':') + 1);
const name = (id: string): string => Buffer.from(id, 'hex').toString().replaceAll('\0', '');
const hours = (at: Date): number => (at.getTime() - START) / 3_600_000;

/** Open acts as one line each: `answer ask by desk, 1 to 72`. */
export const linesOfTurn = (turn: Turn): readonly string[] =>
  turn.open.map(
    (one) =>
      `${one.act} ${name(one.message)} by ${slug(one.owner)}, ${hours(one.since)} to ${hours(one.until)}${one.hasNoEndpoint === true ? ', no way' : ''}`,
  );
