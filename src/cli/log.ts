/** `amanat log`: shows the operator's log: who did what and when. */
import { type Command, InvalidArgumentError } from 'commander';
import { shownIdOfAccessKey } from '../domain/party/access-key.ts';
import { PROBLEMS } from '../domain/words/error.ts';
import { startOfDate } from '../domain/words/zone.ts';
import { EXIT } from '../entry/exit.ts';
import { readDirectory } from '../flow/directory/directory.ts';
import { type LogEntry, readLog } from '../flow/operator/log.ts';
import type { Judging } from '../gateway-parts.ts';
import { makeFlag } from './flags.ts';
import { withOpenedHome } from './opened-home.ts';
import { formatTable, instantText, printAnswer, printRemark } from './output.ts';
import { terminalOf } from './terminal.ts';

interface LogFlags {
  readonly since?: Date;
  readonly subject?: string;
  readonly links?: true;
}

export function addLog(program: Command, end: (code: number) => void): void {
  program
    .command('log')
    .description('Show the operator’s log: every operator act, who did it and when')
    .addOption(
      makeFlag('--since <time>', 'show acts from this day or instant on, such as 2026-11-30 (UTC)', instant),
    )
    .option('--subject <id>', 'show only acts on this subject: an id, a slug or a DID')
    .option('--links', 'also show uses of one-time links')
    .action((_flags, command) => show(command, end));
}

function instant(text: string): Date {
  const at = new Date(text);
  const isDate = startOfDate(text.slice(0, 10)) !== undefined;
  if (!isDate || !/^.{10}(?:T[\d:.]+Z)?$/.test(text) || Number.isNaN(at.getTime()))
    throw new InvalidArgumentError('must be a day or an instant in UTC, such as 2026-11-30');
  return at;
}

async function show(command: Command, end: (code: number) => void): Promise<void> {
  const terminal = terminalOf(command);
  const { since, subject, links: withLinks = false } = command.opts<LogFlags>();
  const { entries, brokenAt, ofFocalPoint } = await withOpenedHome(terminal, async ({ gateway }) => {
    const read = await readLog(gateway);
    return {
      ...read,
      ofFocalPoint: subject === undefined ? [] : await namesOfFocalPoint(gateway, read.entries, subject),
    };
  });
  const shown = entries.filter(
    (one) =>
      (withLinks || one.act !== 'link.used') &&
      (since === undefined || Date.parse(one.at) >= since.getTime()) &&
      (subject === undefined || isOf(one, [subject, ...ofFocalPoint])),
  );
  printAnswer(terminal, { entries: shown.map(documentOf), broken_at: brokenAt ?? null }, () =>
    shown.length === 0 ? ['There are no entries.'] : lines(shown, entries),
  );
  if (brokenAt === undefined) return;
  printRemark(`${PROBLEMS['operator-log-broken'].title}, from entry ${brokenAt} on.`);
  printRemark(PROBLEMS['operator-log-broken'].help);
  end(EXIT.fault.code);
}

/** Ids under which the log names what a focal point has: its endpoints, also removed ones, and its access keys. */
async function namesOfFocalPoint(
  gateway: Judging,
  entries: readonly LogEntry[],
  wanted: string,
): Promise<readonly string[]> {
  const isTheirs = (did: string | undefined): boolean => did !== undefined && isFocalPoint(did, wanted);
  // Ids come from the log too, because a row may be deleted or tampered.
  const logged = entries.filter(({ desk: focalPoint }) => isTheirs(focalPoint)).map((one) => one.subject);
  const { endpoints } = await readDirectory(gateway);
  const keys = await gateway.store.secrets.accessKeys();
  return [
    ...logged,
    ...endpoints.filter((one) => isTheirs(one.focalPoint)).map(({ id }) => id),
    ...keys.filter((one) => isTheirs(one.focalPoint)).map(({ hash }) => shownIdOfAccessKey(hash)),
  ].map((one) => one.replace(ADOPTED, ''));
}

const isFocalPoint = (did: string, wanted: string): boolean =>
  did === wanted || did.endsWith(`:fp:${wanted}`);

/** The log names an adopted row as `kind/id`. */
const ADOPTED = /^[a-z-]+\//;

/** A slug or DID matches acts on the focal point and on its keys, secrets, endpoints and PINs. */
function isOf({ act, subject, desk: focalPoint }: LogEntry, wanted: readonly string[]): boolean {
  const named = act === 'grants.adopted' ? subject.replace(ADOPTED, '') : subject;
  const [whose = ''] = named.split(/[#/]/, 1);
  return wanted.some(
    (one) =>
      [subject, named, whose].includes(one) ||
      isFocalPoint(whose, one) ||
      (focalPoint !== undefined && isFocalPoint(focalPoint, one)),
  );
}

const documentOf = ({ place, id, at, who, act, subject, digest, ends, why }: LogEntry) => ({
  place,
  id,
  at,
  who,
  act,
  subject,
  statement: digest ?? null,
  ends: ends ?? null,
  why: why ?? null,
});

function lines(shown: readonly LogEntry[], all: readonly LogEntry[]): readonly string[] {
  const placeOf = new Map(all.map((one) => [one.id, one.place]));
  const endedBy = new Map(all.flatMap((one) => (one.ends === undefined ? [] : [[one.ends, one.place]])));
  const rests = (one: LogEntry): string => {
    if (one.why !== undefined) return one.why;
    if (one.ends !== undefined) return `ends ${placeOf.get(one.ends) ?? '?'}`;
    const by = endedBy.get(one.id);
    return by === undefined ? '' : `ended by ${by}`;
  };
  return formatTable(
    ['ENTRY', 'AT', 'WHO', 'ACT', 'SUBJECT', 'REASON, OR EARLIER OR LATER ENTRY'],
    shown.map((one) => [String(one.place), instantText(one.at), one.who, one.act, one.subject, rests(one)]),
  );
}
