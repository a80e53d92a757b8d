/** Threads in a line or two: consignments and evidence by the hour, for rules that need no signatures. */

import type { Evidence, EvidenceEvent } from '../../src/domain/evidence/evidence.ts';
import type { MessageName } from '../../src/domain/message/message.ts';
import { PROTOCOL } from '../../src/domain/message/protocol.ts';
import type { ClockTerms } from '../../src/domain/terms/agreement.ts';
import { type Turn, turnOf } from '../../src/domain/turn/turn.ts';
import type { TurnMessage } from '../../src/domain/turn/turn-facts.ts';
import { present } from '../../src/domain/words/present.ts';
import type { Urgency } from '../../src/domain/words/vocabulary.ts';

const fp = (slug: string): string => `did:web:gateway.test:fp:${slug}`;
/** Two desks in Cambodia and two in Indonesia; all of them invented. */
export const SHELTER = fp('shelter');
export const POLICE = fp('police');
export const DESK = fp('desk');
export const POST = fp('post');
export const COUNTRIES: ReadonlyMap<string, string> = new Map([
  [SHELTER, 'KH'],
  [POLICE, 'KH'],
  [DESK, 'ID'],
  [POST, 'ID'],
]);

/** Friday 27 November 2026, 08:00 in Phnom Penh and Jakarta, and hours from then. */
const START = Date.parse('2026-11-27T01:00:00Z');
export const hour = (n: number): Date => new Date(START + n * 3_600_000);
export const HOUR = 3_600;

/** A readable name as an id: its letters' codes, cut and filled to 32 hex digits. */
export const hex = (name: string): string => Buffer.from(name).toString('hex').slice(0, 32).padEnd(32, '0');

interface More {
  readonly about?: string;
  readonly urgency?: Urgency;
  readonly terms?: ClockTerms;
}

/** `name` from somebody to others, accepted at an hour. */
export const sent = (
  name: string,
  type: MessageName,
  [from, ...to]: readonly [string, ...string[]],
  at: number,
  { about, urgency = 'urgent', terms }: More = {},
): TurnMessage => ({
  id: hex(name),
  type,
  from,
  to: to.map((one) => ({ to: one, ...present({ terms }) })),
  urgency,
  acceptedAt: hour(at),
  ...present({ about: about === undefined ? undefined : hex(about) }),
});

/** Evidence of an event about a message to a recipient at an hour. */
export const told = (
  event: EvidenceEvent | 'ContentPurge',
  name: string,
  recipient: string,
  at: number,
  over: Partial<Evidence> = {},
): Evidence => ({
  kind: 'evidence',
  id: hex(`${at} ${event} ${name}`.slice(0, 16)),
  event: event as EvidenceEvent,
  event_uri: `http://uri.etsi.org/19522/Event/${event}`,
  consignment: hex(name),
  sender: SHELTER,
  recipient,
  at: hour(at).toISOString(),
  by: recipient,
  ...over,
});

/** The request that most threads begin with, an answer to it, and a question about it. */
export const ask = sent('ask', 'request', [SHELTER, DESK], 0);
export const reply = (at: number, name = 'reply') =>
  sent(name, 'reply', [DESK, SHELTER], at, { about: 'ask' });
export const query = sent('query', 'clarification', [DESK, SHELTER], 10, { about: 'ask' });

/** What it shows, the thread, its evidence, the hour of asking, and what is open then. */
export type Case = [string, readonly TurnMessage[], readonly Evidence[], number, readonly string[]];

const officer = { id: 'sok', name: 'Invented', role: 'officer' } as const;
export const took = (name: string, recipient: string, at: number, over: Partial<Evidence> = {}): Evidence =>
  told('ConsignmentAcceptance', name, recipient, at, {
    officer,
    id: hex(`y${at}${name}${recipient.slice(-4)}`),
    ...over,
  });
export const declined = (
  name: string,
  recipient: string,
  at: number,
  over: Partial<Evidence> = {},
): Evidence =>
  told('ConsignmentRejection', name, recipient, at, {
    officer,
    reason: 'not-competent',
    id: hex(`n${at}${name}${recipient.slice(-4)}`),
    ...over,
  });

export const turnAt = (now: number, messages: readonly TurnMessage[], evidence: readonly Evidence[]): Turn =>
  turnOf({ messages, evidence, countries: COUNTRIES, table: PROTOCOL, now: hour(now) });

const slug = (did: string): string => did.slice(did.lastIndexOf(':') + 1);
const name = (id: string): string => Buffer.from(id, 'hex').toString().replaceAll('\0', '');
const hours = (at: Date): number => (at.getTime() - START) / 3_600_000;

/** Open acts as one line each: `answer ask by desk, 1 to 72`. */
export const lines = (turn: Turn): readonly string[] =>
  turn.open.map(
    (one) =>
      `${one.act} ${name(one.message)} by ${slug(one.owner)}, ${hours(one.since)} to ${hours(one.until)}${one.noWay === true ? ', no way' : ''}`,
  );
