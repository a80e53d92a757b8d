/** `amanat agreement diff`: what one agreement says and the other does not, member by member. */
import type { Command } from 'commander';
import { isObject } from '../../seal/strict-json.ts';
import { answer, table } from './output.ts';
import { readStatementFile } from './statement-file.ts';
import { terminalOf } from './terminal.ts';

/** One member that differs; null where one side does not have it. */
export interface Change {
  readonly member: string;
  readonly before: string | null;
  readonly after: string | null;
}

export function addDiff(group: Command): void {
  group
    .command('diff <before> <after>')
    .description('Compare two agreements, drafts or signed, member by member')
    .action((before, after, _flags, command) => diff(before, after, command));
}

async function diff(before: string, after: string, command: Command): Promise<void> {
  const terminal = terminalOf(command);
  const [one, other] = [
    await readStatementFile('agreement', before),
    await readStatementFile('agreement', after),
  ];
  const changes = changesBetween(one.claims, other.claims);
  answer(terminal, { same: changes.length === 0, changes }, () =>
    changes.length === 0
      ? ['They say the same.']
      : table(
          ['MEMBER', 'BEFORE', 'AFTER'],
          changes.map((change) => [change.member, change.before ?? '–', change.after ?? '–']),
        ),
  );
}

/** The members in which two values differ. Lists of words are compared as sets: their order means nothing. */
export function changesBetween(before: unknown, after: unknown): Change[] {
  const [one, other] = [membersOf(before), membersOf(after)];
  return [...new Set([...one.keys(), ...other.keys()])]
    .map((member) => ({ member, before: one.get(member) ?? null, after: other.get(member) ?? null }))
    .filter((change) => change.before !== change.after);
}

function membersOf(value: unknown, path = ''): Map<string, string> {
  if (Array.isArray(value) && value.some(isObject))
    return merged(value.map((one, n) => membersOf(one, `${path}[${n}]`)));
  if (isObject(value))
    return merged(
      Object.entries(value).map(([name, one]) => membersOf(one, path === '' ? name : `${path}.${name}`)),
    );
  return new Map([[path, Array.isArray(value) ? value.map(String).toSorted().join(', ') : String(value)]]);
}

const merged = (maps: readonly Map<string, string>[]): Map<string, string> =>
  new Map(maps.flatMap((one) => [...one]));
