/** The consignment: recipients and attachments match one to one, and its times are plausible. */
import { describe, expect, test } from 'vitest';
import {
  CONSIGNMENT_TYPE,
  type Consignment,
  carriedMessagesOf,
  checkConsignmentTimes,
  consignmentSchema,
} from '../../../src/domain/message/consignment.ts';
import { LIMITS } from '../../../src/domain/message/message.ts';
import { catchRefusal } from '../../support/people.ts';

const DESK = 'did:web:gateway.test:fp:desk';
const POST = 'did:web:gateway.test:fp:post';
const AT = 1_790_000_000;

const sealed = (name: string) => ({
  protected: name,
  recipients: [{ encrypted_key: 'k', header: { kid: `${DESK}#open` } }],
  iv: 'i',
  ciphertext: 'c',
  tag: 't',
});

const part = (id: string) => ({
  id,
  media_type: 'application/didcomm-encrypted+json' as const,
  data: { json: sealed(id) },
});

const to = (party: string, attachment: string) => ({ to: party, digest: 'a'.repeat(43), attachment });

const whole = (
  recipients: Consignment['body']['recipients'],
  attachments: Consignment['attachments'],
): Consignment => ({
  id: '0'.repeat(32),
  typ: 'application/didcomm-plain+json',
  type: CONSIGNMENT_TYPE,
  from: 'did:web:gateway.test:fp:police',
  to: ['did:web:gateway.test'],
  created_time: AT,
  expires_time: AT + 3_600,
  body: { message_type: 'text', urgency: 'routine', handling: 'H0', thid: '1'.repeat(32), recipients },
  attachments,
});

test('each recipient gets its own sealed message, in the order of the body', () => {
  const pairs = carriedMessagesOf(whole([to(DESK, 'two'), to(POST, 'one')], [part('one'), part('two')]));
  expect(pairs.map((one) => [one.to, one.sealed.protected])).toEqual([
    [DESK, 'two'],
    [POST, 'one'],
  ]);
});

test.each<[string, Consignment]>([
  ['a recipient twice', whole([to(DESK, 'one'), to(DESK, 'two')], [part('one'), part('two')])],
  ['an attachment for two', whole([to(DESK, 'one'), to(POST, 'one')], [part('one')])],
  ['an attachment that is not there', whole([to(DESK, 'other')], [part('one')])],
  ['an attachment for nobody', whole([to(DESK, 'one')], [part('one'), part('two')])],
  ['an attachment id twice', whole([to(DESK, 'one')], [part('one'), part('one')])],
  [
    'two ids for three attachments',
    whole([to(DESK, 'one'), to(POST, 'two')], [part('one'), part('two'), part('one')]),
  ],
])('refuses %s', async (_name, one) => {
  expect(await catchRefusal(() => carriedMessagesOf(one))).toBe('misaddressed');
});

describe('times', () => {
  const now = new Date(AT * 1_000);
  const judged = (created: number, expires: number): Promise<string> =>
    catchRefusal(() => checkConsignmentTimes({ created_time: created, expires_time: expires }, now));
  const passes = (created: number, expires: number): void =>
    checkConsignmentTimes({ created_time: created, expires_time: expires }, now);

  test('a clock may be at most five minutes ahead', async () => {
    passes(AT + LIMITS.skew, AT + 3_600);
    expect(await judged(AT + LIMITS.skew + 1, AT + 3_600)).toBe('clock-skew');
  });

  test('expiry is in the future, within the longest lifetime', async () => {
    passes(AT, AT + 1);
    passes(AT, AT + LIMITS.lifetime);
    expect(await judged(AT - 100, AT)).toBe('expired');
    expect(await judged(AT, AT + LIMITS.lifetime + 1)).toBe('expired');
  });

  test('invalid dates are refused', () => {
    const good = whole([to(DESK, 'one')], [part('one')]);
    expect(consignmentSchema.safeParse(good).success).toBe(true);
    for (const wrong of [-1, 0, 1.5, 4_102_444_800, 253_402_300_799, Number.MAX_SAFE_INTEGER]) {
      const body = { ...good.body, acknowledge_by: wrong };
      expect(consignmentSchema.safeParse({ ...good, body }).success).toBe(false);
      expect(consignmentSchema.safeParse({ ...good, expires_time: wrong }).success).toBe(false);
    }
  });

  test('a requested deadline is within a year of the message', () => {
    const good = whole([to(DESK, 'one')], [part('one')]);
    for (const name of ['acknowledge_by', 'answer_by']) {
      const asks = (at: number): boolean =>
        consignmentSchema.safeParse({ ...good, body: { ...good.body, [name]: at } }).success;
      expect([AT, AT + LIMITS.deadline].map(asks)).toEqual([true, true]);
      expect([AT - 1, AT + LIMITS.deadline + 1].map(asks)).toEqual([false, false]);
    }
  });
});
