/** The tables: events as ETSI names them, whom they are told, and the one error table. */
import { expect, test } from 'vitest';
import { deliveryEvent, EVENTS, eventUri, isTold } from '../../../src/domain/evidence/evidence.ts';
import { CHANNELS } from '../../../src/domain/party/channel.ts';
import { PROBLEMS, type ProblemCode, problemType, Refusal } from '../../../src/domain/words/error.ts';

test('an event’s URI is its name under ETSI’s root (EN 319 522-3, table 2)', () => {
  expect(eventUri('SubmissionAcceptance')).toBe('http://uri.etsi.org/19522/Event/SubmissionAcceptance');
  expect(eventUri('ContentHandover')).toBe('http://uri.etsi.org/19522/Event/ContentHandover');
  expect(eventUri('RelayToNonERDSFailure')).toBe('http://uri.etsi.org/19522/Event/RelayToNonERDSFailure');
  expect(new Set(EVENTS).size).toBe(EVENTS.length);
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
  expect(deliveryEvent(channel, shows, true)).toBe(reached);
  expect(deliveryEvent(channel, shows, false)).toBe(failed);
});

test('systems are told of all but what they were answered; people of what they wait for', () => {
  const told = (channel: string) => EVENTS.filter((event) => isTold(event, channel));
  expect(told('webhook')).toEqual(EVENTS.filter((event) => event !== 'SubmissionAcceptance'));
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

test('another gateway is told of what happens at the recipient, and of nothing that its own answers said', () => {
  const told = EVENTS.filter((event) => isTold(event, 'relay'));
  expect(told).toEqual(EVENTS.filter((event) => !/^(?:Submission|Relay(?!ToNonERDS))/.test(event)));
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
