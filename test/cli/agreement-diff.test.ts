/** Agreements are compared by content: the order of rules and of lists has no meaning. */
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { listChanges } from '../../src/cli/agreement-diff.ts';
import { type Agreement, agreementSchema } from '../../src/domain/terms/agreement.ts';

const example = agreementSchema.parse(
  JSON.parse(readFileSync(new URL('../../docs/agreement.example.json', import.meta.url), 'utf8')),
);
const rule = (over: Partial<Agreement['rules'][number]>): Agreement['rules'][number] => ({
  from: ['KH'],
  to: ['ID'],
  types: ['report', 'text'],
  handling: ['H0', 'H1'],
  channels: ['webhook'],
  ...over,
});
const [out, back, drills] = [
  rule({}),
  rule({ from: ['ID'], to: ['KH'] }),
  rule({ from: ['KH', 'ID'], types: ['drill'] }),
] as const;
const between = (before: Agreement['rules'], after: Agreement['rules']) =>
  listChanges({ ...example, rules: before }, { ...example, rules: after });

test('rules or lists in another order are the same agreement', () => {
  const turned = rule({ types: ['text', 'report'], handling: ['H1', 'H0'] });
  expect(between([out, back, drills], [drills, back, turned])).toEqual([]);
});

test('a rule inserted before the others is the only change', () => {
  expect(between([out, back], [drills, out, back])).toEqual([
    { member: 'rules', before: null, after: 'KH, ID → ID: drill (H0 H1) by webhook' },
  ]);
  expect(between([drills, out, back], [out, back])).toEqual([
    { member: 'rules', before: 'KH, ID → ID: drill (H0 H1) by webhook', after: null },
  ]);
});

test('a changed rule between the same two sides is shown by its changes, wherever it stands', () => {
  const wider = rule({ types: ['report', 'text', 'closure'] });
  expect(between([out, back], [back, wider])).toEqual([
    { member: 'rules[KH → ID].types', before: 'report, text', after: 'closure, report, text' },
  ]);
});

test('several changed rules between the same sides are each shown as a whole', () => {
  const [first, second] = [rule({ types: ['notice'] }), rule({ types: ['drill'] })];
  expect(between([out, back], [first, second, back])).toEqual([
    { member: 'rules', before: 'KH → ID: report, text (H0 H1) by webhook', after: null },
    { member: 'rules', before: null, after: 'KH → ID: notice (H0 H1) by webhook' },
    { member: 'rules', before: null, after: 'KH → ID: drill (H0 H1) by webhook' },
  ]);
});

test('other members are shown with their values before and after', () => {
  const { calendars: _, ...silent } = example;
  const changes = listChanges(example, { ...silent, version: 2 });
  expect(changes).toContainEqual({ member: 'version', before: '1', after: '2' });
  expect(changes).toContainEqual({ member: 'calendars.KH.zone', before: 'Asia/Phnom_Penh', after: null });
});
