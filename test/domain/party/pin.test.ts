/** What a valid PIN is, and which ones are easy to guess. */
import { expect, test } from 'vitest';
import { actSubjectSchema } from '../../../src/domain/evidence/operator-act.ts';
import { isGuessablePin, readPin, subjectOfPin } from '../../../src/domain/party/pin.ts';

test.each([
  ['739154', '739154'],
  [' 739 154 ', '739154'],
  ['៧៣៩១៥៤', '739154'],
  ['73915', undefined],
  ['7391540', undefined],
  ['73915a', undefined],
  ['', undefined],
  ['7'.repeat(10_000), undefined],
])('the typed text %j is read as %j', (typed, pin) => expect(readPin(typed)).toBe(pin));

test.each([
  '000000',
  '777777',
  '012345',
  '123456',
  '567890',
  '654321',
  '109876',
  '121212',
  '123123',
  '112233',
])('%s is easy to guess', (pin) => expect(isGuessablePin(pin)).toBe(true));

test.each(['739154', '284615', '135791', '112234', '122333'])('%s is not easy to guess', (pin) =>
  expect(isGuessablePin(pin)).toBe(false),
);

test('the operator’s log can name every PIN', () => {
  const one = { focalPoint: 'did:web:gateway.test%3A8443:fp:desk', officer: 'o1', id: '0'.repeat(32) };
  const far = { ...one, focalPoint: `did:web:${'a'.repeat(240)}` };
  for (const each of [one, far]) expect(actSubjectSchema.safeParse(subjectOfPin(each)).success).toBe(true);
});
