/** The subjects of the operator's log: each fits into an entry, and no two things have the same. */
import { expect, test } from 'vitest';
import { actSubjectSchema, subjectOfSecret } from '../../../src/domain/evidence/operator-act.ts';

const did = (length: number): string => `${`did:web:${'a'.repeat(300)}`.slice(0, length - 8)}:fp:desk`;
const secret = (owner: string, last: string) =>
  subjectOfSecret({ owner, kind: 'webhook-inbound', id: last.padStart(32, '0') });
const key = (owner: string, day: number) =>
  subjectOfSecret({ owner, kind: 'custody-key', id: `${owner}#sign-2026-11-${day}` });

test.each([20, 200, 223, 224, 240, 241, 255])('for a DID of %i characters', (length) => {
  const owner = did(length);
  expect(owner).toHaveLength(length);
  const subjects = [secret(owner, '1'), secret(owner, '2'), key(owner, 10), key(owner, 11)];
  expect(new Set(subjects).size).toBe(4);
  const named = [...subjects, owner, ...subjects.map((one) => `secret/${one}`), `designation/${owner}`];
  for (const one of named) expect(actSubjectSchema.safeParse(one).success, one).toBe(true);
});

test('a short subject keeps its old form; a longer one keeps the slug of the key’s owner', () => {
  const [short, long] = [did(60), did(255)];
  expect(secret(short, '1')).toBe(`${short}/${'1'.padStart(32, '0')}`);
  expect(key(short, 10)).toBe(`${short}#sign-2026-11-10`);
  expect(key(long, 10)).toBe('desk#sign-2026-11-10');
});
