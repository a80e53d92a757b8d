/**
 * Entries of the operator's log from before they named a focal point: they never make a later endpoint the
 * first one.
 */
import { expect, test } from 'vitest';
import { createEndpointMemory, createSecretMemory } from '../../src/flow/operator/endpoint-memory.ts';
import type { LogEntry } from '../../src/flow/operator/log.ts';

const at = '2026-11-03T04:05:06.789Z';
const entry = (one: Partial<LogEntry> & Pick<LogEntry, 'act' | 'subject'>): LogEntry => ({
  id: '0'.repeat(32),
  who: 'dewi',
  place: 1,
  at,
  ...one,
});

test('an endpoint in an entry without a focal point belongs to an unknown one, until an entry names it', () => {
  const memory = createEndpointMemory();
  memory.add(entry({ act: 'endpoint.added', subject: 'e1' }));
  memory.add(entry({ act: 'officer.linked', subject: 'e2' }));
  memory.add(entry({ act: 'grants.adopted', subject: 'endpoint/e3' }));
  memory.add(entry({ act: 'officer.invited', subject: 'e4' }));
  expect(memory.ofUnknownFocalPoint()).toEqual(['e1', 'e2', 'e3']);
  expect(memory.hasOpened('did:web:a', 'account')).toBe(false);
  memory.add(entry({ act: 'endpoint.removed', subject: 'e1', desk: 'did:web:a', opens: ['account'] }));
  expect(memory.ofUnknownFocalPoint()).toEqual(['e2', 'e3']);
  // An act on an endpoint that had ended names the focal point, but not the access that was opened; that must
  // not be forgotten.
  memory.add(entry({ act: 'endpoint.set', subject: 'e2', desk: 'did:web:b', opens: [] }));
  expect(memory.ofUnknownFocalPoint()).toEqual(['e2', 'e3']);
  expect(memory.hasOpened('did:web:a', 'account')).toBe(true);
  expect(memory.hasOpened('did:web:a', 'content')).toBe(false);
  expect(memory.hasOpened('did:web:b', 'account')).toBe(false);
});

test('accounts are endpoints that may be an officer’s and have not ended', () => {
  const memory = createEndpointMemory();
  const focalPoint = 'did:web:a';
  memory.add(entry({ act: 'officer.linked', subject: 'e1' }));
  memory.add(entry({ act: 'endpoint.added', subject: 'e2', desk: focalPoint, opens: ['content'] }));
  memory.add(entry({ act: 'officer.invited', subject: 'e3', desk: focalPoint, opens: [] }));
  memory.add(entry({ act: 'officer.linked', subject: 'e4', desk: focalPoint, opens: ['account'] }));
  // The invitation of an account that existed already, and an invitation that nobody used.
  memory.add(entry({ act: 'officer.linked', subject: 'e5', desk: focalPoint, opens: [] }));
  memory.add(entry({ act: 'officer.invited', subject: 'e6' }));
  expect(memory.accounts()).toEqual(['e1', 'e4']);
  memory.add(entry({ act: 'endpoint.removed', subject: 'e1', desk: focalPoint, opens: ['account'] }));
  memory.add(entry({ act: 'endpoint.disabled', subject: 'e4', desk: focalPoint, opens: ['account'] }));
  expect(memory.accounts()).toEqual(['e4']);
});

test('an ended account stays ended if it is adopted, but not if it is enabled', () => {
  const memory = createEndpointMemory();
  const about = { subject: 'e1', desk: 'did:web:a' };
  memory.add(entry({ ...about, act: 'endpoint.added', opens: ['account'] }));
  memory.add(entry({ ...about, act: 'officer.unlinked', opens: ['account'] }));
  memory.add(entry({ act: 'grants.adopted', subject: 'endpoint/e1', desk: 'did:web:a', opens: [] }));
  expect(memory.hasEnded('e1')).toBe(true);
  memory.add(entry({ ...about, act: 'endpoint.enabled', opens: [], waits: 'endpoint' }));
  expect(memory.hasEnded('e1')).toBe(true);
  memory.add(entry({ ...about, act: 'endpoint.confirmed', opens: ['account'] }));
  expect(memory.hasEnded('e1')).toBe(false);
});

test('a secret is as old as its first entry in the log, and no clock that goes back makes it older', () => {
  const memory = createSecretMemory();
  memory.add(entry({ act: 'secret.made', subject: 'did:web:a/s1' }));
  memory.add(entry({ act: 'secret.ended', subject: 'did:web:a/s1' }));
  memory.add(entry({ act: 'secret.made', subject: 'did:web:a/s2' }));
  memory.add(entry({ act: 'grants.adopted', subject: 'secret/did:web:b/s3' }));
  expect(memory.secretMade('did:web:a/s1')).toBe(at);
  expect(memory.secretMade('did:web:a/s2')).toBe(at);
  expect(memory.secretMade('did:web:b/s3')).toBe(at);
  expect(memory.secretMade('did:web:b/s4')).toBeUndefined();
  const later = '2026-12-01T00:00:00.000Z';
  memory.add({ ...entry({ act: 'grants.adopted', subject: 'secret/did:web:b/s3' }), at: later });
  expect(memory.secretMade('did:web:b/s3')).toBe(later);
  memory.add({ ...entry({ act: 'secret.made', subject: 'did:web:a/s5' }), at: '2020-01-01T00:00:00.000Z' });
  expect(memory.secretMade('did:web:a/s5')).toBe(later);
});
