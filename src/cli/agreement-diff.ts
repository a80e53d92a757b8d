/** `amanat agreement diff`: compares two agreements member by member and rule by rule. */
import type { Command } from 'commander';
import type { Agreement } from '../domain/terms/agreement.ts';
import { isObject } from '../seal/strict-json.ts';
import { formatTable, printAnswer } from './output.ts';
import { readStatementFile } from './statement-file.ts';
import { linesOfRule } from './statement-show.ts';
import { terminalOf } from './terminal.ts';

/** One member that differs; null if one agreement does not have it. */
interface MemberChange {
  readonly member: string;
  readonly before: string | null;
  readonly after: string | null;
}

export function addAgreementDiff(group: Command): void {
  group
    .command('diff <before> <after>')
    .description('Compare two agreements, drafts or signed; ignores the order of rules and of lists')
    .action((before, after, _flags, command) => diff(before, after, command));
}

async function diff(before: string, after: string, command: Command): Promise<void> {
  const terminal = terminalOf(command);
  const [one, other] = [
    await readStatementFile('agreement', before),
    await readStatementFile('agreement', after),
  ];
  const changes = listChanges(one.claims, other.claims);
  printAnswer(terminal, { same: changes.length === 0, changes }, () =>
    changes.length === 0
      ? ['The agreements do not differ.']
      : formatTable(
          ['MEMBER', 'BEFORE', 'AFTER'],
          changes.map((change) => [change.member, change.before ?? '–', change.after ?? '–']),
        ),
  );
}

type Rule = Agreement['rules'][number];

/** Lists the differences. Rules are compared by content and not by position. */
export function listChanges(before: Agreement, after: Agreement): MemberChange[] {
  const { rules: rulesBefore, ...one } = before;
  const { rules: rulesAfter, ...other } = after;
  return [...memberChanges(one, other), ...ruleChanges(rulesBefore, rulesAfter)];
}

/**
 * Where exactly one rule changed between the same senders and recipients, lists its changed members; any other change
 * is listed as a whole rule, removed or added.
 */
function ruleChanges(before: readonly Rule[], after: readonly Rule[]): MemberChange[] {
  const [gone, come] = [missingFrom(before, after), missingFrom(after, before)];
  const counterpart = (rule: Rule): Rule | undefined => {
    const [ours, theirs] = [gone, come].map((list) => list.filter((one) => sidesOf(one) === sidesOf(rule)));
    return ours?.length === 1 && theirs?.length === 1 ? theirs[0] : undefined;
  };
  const paired = new Set(gone.map(counterpart));
  return [
    ...gone.flatMap((rule): MemberChange[] => {
      const other = counterpart(rule);
      return other === undefined
        ? [{ member: 'rules', before: linesOfRule(rule), after: null }]
        : memberChanges(rule, other, `rules[${sidesOf(rule)}]`);
    }),
    ...come
      .filter((rule) => !paired.has(rule))
      .map((rule): MemberChange => ({ member: 'rules', before: null, after: linesOfRule(rule) })),
  ];
}

const sorted = (words: readonly string[]): string => words.toSorted().join(', ');
const sidesOf = ({ from, to }: Rule): string => `${sorted(from)} → ${sorted(to)}`;
const contentOf = (rule: Rule): string => JSON.stringify([...membersOf(rule)].toSorted());
const missingFrom = (rules: readonly Rule[], others: readonly Rule[]): readonly Rule[] =>
  rules.filter((rule) => !others.some((other) => contentOf(other) === contentOf(rule)));

/** Lists the members in which two values differ. Lists of strings are compared as sets, because their order has no meaning. */
function memberChanges(before: unknown, after: unknown, path = ''): MemberChange[] {
  const [one, other] = [membersOf(before, path), membersOf(after, path)];
  return [...new Set([...one.keys(), ...other.keys()])]
    .map((member) => ({ member, before: one.get(member) ?? null, after: other.get(member) ?? null }))
    .filter((change) => change.before !== change.after);
}

function membersOf(value: unknown, path = ''): Map<string, string> {
  if (isObject(value))
    return new Map(
      Object.entries(value).flatMap(([name, one]) => [
        ...membersOf(one, path === '' ? name : `${path}.${name}`),
      ]),
    );
  return new Map([[path, Array.isArray(value) ? sorted(value.map(String)) : String(value)]]);
}
