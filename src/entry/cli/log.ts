/** `amanat log`: who administered this gateway, what was done and when. */
import { type Command, InvalidArgumentError } from 'commander';
import { PROBLEMS } from '../../domain/error.ts';
import { type LogEntry, readLog } from '../../flow/operator/log.ts';
import { EXIT } from './exit.ts';
import { flag } from './flags.ts';
import { withOffice } from './office.ts';
import { answer, remark, table } from './output.ts';
import { terminalOf } from './terminal.ts';

interface LogFlags {
  readonly since?: Date;
  readonly subject?: string;
}

export function addLog(program: Command, end: (code: number) => void): void {
  program
    .command('log')
    .description('Show the operator’s log: every administrative act, who did it and when')
    .addOption(flag('--since <time>', 'from this day or instant on, such as 2026-11-30 (UTC)', instant))
    .option('--subject <id>', 'only what was done to this: an id, a slug or a DID')
    .action((_flags, command) => show(command, end));
}

function instant(text: string): Date {
  const at = new Date(text);
  if (!/^\d{4}-\d{2}-\d{2}(?:T[\d:.]+Z)?$/.test(text) || Number.isNaN(at.getTime()))
    throw new InvalidArgumentError('must be a day or an instant in UTC, such as 2026-11-30');
  return at;
}

async function show(command: Command, end: (code: number) => void): Promise<void> {
  const terminal = terminalOf(command);
  const { since, subject } = command.opts<LogFlags>();
  const { entries, brokenAt } = await withOffice(terminal, ({ gateway }) => readLog(gateway));
  const shown = entries.filter(
    (one) =>
      (since === undefined || Date.parse(one.at) >= since.getTime()) &&
      (subject === undefined || isOf(one, subject)),
  );
  answer(terminal, { entries: shown.map(documentOf), broken_at: brokenAt ?? null }, () =>
    shown.length === 0 ? ['No entry.'] : lines(shown, entries),
  );
  if (brokenAt === undefined) return;
  remark(`${PROBLEMS['operator-log-broken'].title}, from entry ${brokenAt} on.`);
  remark(PROBLEMS['operator-log-broken'].help);
  end(EXIT.fault.code);
}

/** A slug finds what was done to the focal point of that name, to its keys and to its secrets. */
function isOf({ subject }: LogEntry, wanted: string): boolean {
  const [focalPoint = ''] = subject.split(/[#/]/, 1);
  return subject === wanted || focalPoint === wanted || focalPoint.endsWith(`:fp:${wanted}`);
}

const documentOf = ({ place, id, at, who, act, subject, digest, ends }: LogEntry) => ({
  place,
  id,
  at,
  who,
  act,
  subject,
  statement: digest ?? null,
  ends: ends ?? null,
});

function lines(shown: readonly LogEntry[], all: readonly LogEntry[]): readonly string[] {
  const placeOf = new Map(all.map((one) => [one.id, one.place]));
  const endedBy = new Map(all.flatMap((one) => (one.ends === undefined ? [] : [[one.ends, one.place]])));
  const rests = (one: LogEntry): string => {
    if (one.ends !== undefined) return `ends ${placeOf.get(one.ends) ?? '?'}`;
    const by = endedBy.get(one.id);
    return by === undefined ? '' : `ended by ${by}`;
  };
  return table(
    ['ENTRY', 'AT', 'WHO', 'ACT', 'SUBJECT', 'ENTRY BEFORE OR AFTER'],
    shown.map((one) => [
      String(one.place),
      one.at.slice(0, 19).replace('T', ' '),
      one.who,
      one.act,
      one.subject,
      rests(one),
    ]),
  );
}
