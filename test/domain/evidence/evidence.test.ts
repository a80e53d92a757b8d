/** The tables: events as ETSI names them, who is notified of each, and the error table. */
import { expect, test } from 'vitest';
import {
  ETSI_EVENTS,
  eventOfDelivery,
  isSentBack,
  uriOfEvent,
} from '../../../src/domain/evidence/evidence.ts';
import { CHANNELS } from '../../../src/domain/party/channel.ts';
import { PROBLEMS, type ProblemCode, problemType, Refusal } from '../../../src/domain/words/error.ts';

test('an event’s URI is its name under ETSI’s root (EN 319 522-3, table 2)', () => {
  expect(uriOfEvent('SubmissionAcceptance')).toBe('http://uri.etsi.org/19522/Event/SubmissionAcceptance');
  expect(uriOfEvent('ContentHandover')).toBe('http://uri.etsi.org/19522/Event/ContentHandover');
  expect(uriOfEvent('RelayToNonERDSFailure')).toBe('http://uri.etsi.org/19522/Event/RelayToNonERDSFailure');
  expect(new Set(ETSI_EVENTS).size).toBe(ETSI_EVENTS.length);
});

test.each([
  ['webhook', 'packet', 'ContentConsignment', 'ContentConsignmentFailure'],
  ['webhook', 'sealed', 'ContentConsignment', 'ContentConsignmentFailure'],
  ['email', 'packet', 'RelayToNonERDS', 'RelayToNonERDSFailure'],
  ['telegram', 'notice', 'ConsignmentNotification', 'ConsignmentNotificationFailure'],
  ['email', 'notice', 'ConsignmentNotification', 'ConsignmentNotificationFailure'],
  ['webhook', 'notice', 'ConsignmentNotification', 'ConsignmentNotificationFailure'],
  ['relay', 'sealed', 'RelayAcceptance', 'RelayFailure'],
] as const)('%s showing a %s is recorded as %s or %s', (channel, shows, reached, failed) => {
  expect(eventOfDelivery(channel, shows, true)).toBe(reached);
  expect(eventOfDelivery(channel, shows, false)).toBe(failed);
});

test('systems are told of everything except answers to their own calls; people of what they wait for', () => {
  const told = (channel: string) => ETSI_EVENTS.filter((event) => isSentBack(event, channel));
  expect(told('webhook')).toEqual(ETSI_EVENTS.filter((event) => event !== 'SubmissionAcceptance'));
  for (const channel of CHANNELS.filter((one) => one !== 'webhook')) {
    expect(told(channel)).toEqual([
      'RelayRejection',
      'RelayFailure',
      'ConsignmentAcceptance',
      'ConsignmentRejection',
      'AcceptanceRejectionExpiry',
      'ContentConsignmentFailure',
      'ConsignmentNotificationFailure',
      'ContentHandoverFailure',
      'RelayToNonERDSFailure',
    ]);
  }
});

test('another gateway is told of what happens at the recipient, but not of its own answers', () => {
  const told = ETSI_EVENTS.filter((event) => isSentBack(event, 'relay'));
  expect(told).toEqual(ETSI_EVENTS.filter((event) => !/^(?:Submission|Relay(?!ToNonERDS))/.test(event)));
});

const table = Object.entries(PROBLEMS) as [ProblemCode, (typeof PROBLEMS)[ProblemCode]][];

test.each(table)('%s has a status, a title and a sentence that helps', (code, { status, title, help }) => {
  expect(code).toMatch(/^[a-z]+(?:-[a-z]+)*$/);
  expect(status).toBeGreaterThanOrEqual(400);
  expect(status).toBeLessThan(600);
  expect(title).toMatch(/^[A-Z][^.]*$/);
  expect(help).toMatch(/^[A-Za-z].{20,}\.$/);
});

test('no two codes share a title or a sentence', () => {
  expect(new Set(table.map(([, one]) => one.title)).size).toBe(table.length);
  expect(new Set(table.map(([, one]) => one.help)).size).toBe(table.length);
});

test('a refusal names its code and its URN', () => {
  const refusal = new Refusal('not-covered', 'nothing covers this');
  expect(refusal).toMatchObject({ code: 'not-covered', message: 'not-covered: nothing covers this' });
  expect(problemType(refusal.code)).toBe('urn:amanat:problem:not-covered');
});
