/**
 * Invented rows for the store's tests. JWS and JWE are replaced by text that parsing and writing as JSON
 * would change.
 */
import { randomBytes } from 'node:crypto';
import type { Delivery } from '../../src/domain/carriage/delivery.ts';
import type { Endpoint } from '../../src/domain/party/channel.ts';
import { present } from '../../src/domain/words/present.ts';
import type { NewWithdrawal } from '../../src/store/contracts/directory.ts';
import type { EvidenceRow, MessageRow } from '../../src/store/contracts/message-rows.ts';
import type { NewMessage } from '../../src/store/contracts/messages.ts';
import type { Store } from '../../src/store/store.ts';
import { ASKING_FIRST, makeAct } from '../support/test-guard.ts';

export const NOW = new Date('2026-11-03T04:05:06.789Z');
export const later = (seconds: number): Date => new Date(NOW.getTime() + seconds * 1_000);

const GATEWAY = 'did:web:gateway.example:fp:';
export const SENDER = `${GATEWAY}shelter`;
export const DESK = `${GATEWAY}desk`;
export const OTHER_DESK = `${GATEWAY}embassy`;

export const newId = (): string => randomBytes(16).toString('hex');
const digest = (): string => randomBytes(32).toString('base64url');

/** Text with everything that json, a line reader or a careless encoding would change. */
export const oddText = (size = 40): string =>
  `{ "b" : 1.0,\t"a":"\\u00e9 é ភ្នំ \\"'$1","b":2,"\u2028":"${randomBytes(size).toString('base64url')}" }\r\n`;

export const endpoint = (over: Partial<Endpoint> = {}): Endpoint => ({
  id: newId(),
  focalPoint: DESK,
  channel: 'webhook',
  address: `https://partner.example/hook/${newId()}`,
  rank: 1,
  shows: 'sealed',
  lang: 'id',
  enabled: true,
  ...over,
});

export const evidence = (over: Partial<EvidenceRow> = {}): EvidenceRow => ({
  id: newId(),
  event: 'ContentConsignment',
  sender: SENDER,
  at: NOW,
  jws: oddText(),
  ...over,
});

export const withdrawal = (did: string, over: Partial<NewWithdrawal> = {}): NewWithdrawal => ({
  did,
  country: 'KH',
  from: NOW,
  digest: digest(),
  statement: oddText(),
  evidence: evidence({ event: 'DesignationWithdrawn', sender: did }),
  ...over,
});

export const delivery = (message: string, to: Endpoint, over: Partial<Delivery> = {}): Delivery => ({
  id: newId(),
  kind: 'message',
  message,
  to: to.focalPoint,
  endpoint: to.id,
  channel: to.channel,
  shows: to.shows,
  state: 'queued',
  tries: 0,
  attempts: [],
  dueAt: NOW,
  revisable: false,
  expiresAt: later(86_400),
  ...over,
});

/** A message with one recipient for each focal point among the endpoints, and one delivery for each endpoint. */
export function newMessage(endpoints: readonly Endpoint[], over: Partial<MessageRow> = {}): NewMessage {
  const message: MessageRow = {
    id: newId(),
    sender: SENDER,
    thread: newId(),
    addressees: [...new Set(endpoints.map((one) => one.focalPoint))],
    type: 'report',
    urgency: 'urgent',
    handling: 'H1',
    createdAt: NOW,
    acceptedAt: NOW,
    expiresAt: later(86_400),
    digest: digest(),
    submissionKey: newId(),
    submissionDigest: digest(),
    ...over,
  };
  const parties = [...new Set(endpoints.map((one) => one.focalPoint))];
  return {
    message,
    consignment: oddText(),
    recipients: parties.map((to, position) => ({
      message: message.id,
      to,
      position,
      digest: digest(),
      agreement: { id: 'kh-id', version: 1 },
      acknowledgeBy: later(7_200),
      answerBy: later(259_200),
      sealed: oddText(),
    })),
    deliveries: endpoints.map((one) => delivery(message.id, one)),
    receipt: evidence({ event: 'SubmissionAcceptance', message: message.id }),
  };
}

/** Endpoints that are kept, ready to be delivered to. */
export async function keptEndpoints(
  store: Store,
  ...list: readonly Partial<Endpoint>[]
): Promise<Endpoint[]> {
  const made = list.map((one) => endpoint(one));
  for (const one of made) await store.endpoints.keepEndpoint(one, makeAct(), ASKING_FIRST);
  return made;
}

/** The endpoints of a desk's system, of another desk's chat, and of the sender. */
export const keepThreeEndpoints = async (store: Store): Promise<[Endpoint, Endpoint, Endpoint]> =>
  (await keptEndpoints(
    store,
    {},
    { focalPoint: OTHER_DESK, channel: 'telegram', shows: 'notice', officer: 'officer-1' },
    { focalPoint: SENDER },
  )) as [Endpoint, Endpoint, Endpoint];

export const ARRIVAL_PAYLOAD = { kind: 'decision', ids: ['a', 'b'], empty: null };

/** An arrival whose id is its place. */
export const makeArrival = (id: string, account = 'account', about?: string) => ({
  id,
  account,
  place: Number(id),
  payload: ARRIVAL_PAYLOAD,
  ...present({ about }),
});

/** The only element of a list. */
export function only<T>(list: readonly T[]): T {
  const [one] = list;
  if (one === undefined || list.length !== 1) throw new Error(`expected one element, found ${list.length}`);
  return one;
}

/** A value that must be there. */
export function there<T>(value: T | undefined | null): T {
  if (value === undefined || value === null) throw new Error('expected a value, found none');
  return value;
}
