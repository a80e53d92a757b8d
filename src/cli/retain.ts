/** `amanat retain`: deletes content past its retention period, and lists copies of recalled messages that still exist elsewhere. */
import { type Command, InvalidArgumentError } from 'commander';
import type { OpenReason } from '../domain/terms/retention.ts';
import { startOfDate } from '../domain/words/zone.ts';
import { listUnpurgedRecalls, type UnpurgedRecall } from '../flow/evidence/unpurged.ts';
import { makeOperatorAct } from '../flow/operator/operator-act.ts';
import {
  type DueContent,
  type KeptOpen,
  listDueContent,
  purgeDueContent,
  type Retention,
} from '../flow/thread/retain.ts';
import type { Posting, Verifying } from '../gateway-parts.ts';
import { withOpenedHome } from './opened-home.ts';
import { formatTable, instantText, printAnswer } from './output.ts';
import { type Terminal, terminalOf } from './terminal.ts';

interface RetainFlags {
  readonly dryRun?: true;
  readonly until?: Date;
  readonly unpurged?: true;
}

export function addRetain(program: Command): void {
  program
    .command('retain')
    .description(
      'Delete content past the retention period of its agreement; the gateway also does this once a day',
    )
    .option(
      '--dry-run',
      'only list what would be deleted, when and why, and what stays because its thread is open; change nothing',
    )
    .option(
      '--until <day>',
      'with --dry-run: list what would be deleted by this day, such as 2027-01-31',
      day,
    )
    .option(
      '--unpurged',
      'only list recalled messages of which copies still exist where no gateway can delete them',
    )
    .action((_flags, command) => retainContent(command));
}

function day(text: string): Date {
  if (startOfDate(text) === undefined) throw new InvalidArgumentError('must be a day, such as 2027-01-31');
  return new Date(`${text}T23:59:59Z`);
}

async function retainContent(command: Command): Promise<void> {
  const terminal = terminalOf(command);
  const { dryRun, until, unpurged } = command.opts<RetainFlags>();
  if (unpurged === true) return showUnpurged(terminal);
  if (until !== undefined && dryRun !== true)
    throw new InvalidArgumentError('--until: only with --dry-run, because content is never deleted early');
  if (dryRun === true) return showDue(terminal, until);
  const gone = await withOpenedHome(terminal, ({ gateway }) => purged(gateway));
  printAnswer(terminal, { purged: true, content: gone.map(shown) }, () =>
    formatTable(
      ['WENT', 'MESSAGE', 'TYPE', 'THREAD', 'WHY'],
      gone.map((one) => [instant(one.at), one.message, one.type, one.thread, why(one)]),
    ),
  );
}

async function showDue(terminal: Terminal, until: Date | undefined): Promise<void> {
  const { due, open } = await withOpenedHome(terminal, ({ gateway }) =>
    listed(gateway, until ?? gateway.now()),
  );
  const document = { purged: false, content: due.map(shown), open: open.map(shownOpen) };
  printAnswer(terminal, document, () =>
    formatTable(
      ['GOES', 'MESSAGE', 'TYPE', 'THREAD', 'WHY'],
      [
        ...due.map((one) => [instant(one.at), one.message, one.type, one.thread, why(one)]),
        ...open.flatMap(({ thread, why, content }) =>
          content.map((one) => ['stays', one.message, one.type, thread, OPEN[why]]),
        ),
      ],
    ),
  );
}

/** Why content of an open thread stays. */
const OPEN: Readonly<Record<OpenReason, string>> = {
  owed: 'open: an act is due in the thread',
  reopened: 'open: a message arrived after the last closure',
};

const shownOpen = ({ thread, why, content }: KeptOpen) => ({
  thread,
  why,
  messages: content.map((one) => one.message),
});

async function purged(gateway: Posting): Promise<readonly DueContent[]> {
  const gone = await purgeDueContent(gateway);
  await gateway.store.ledger.recordAct(
    makeOperatorAct(gateway, { act: 'retention.run', subject: 'content' }),
  );
  return gone;
}

async function listed(gateway: Verifying, until: Date): Promise<Retention> {
  const due: DueContent[] = [];
  const open: KeptOpen[] = [];
  for await (const page of listDueContent(gateway, until)) {
    due.push(...page.due);
    open.push(...page.open);
  }
  return { due, open };
}

const instant = (at: Date): string => instantText(at.toISOString());

const shown = ({ message, type, thread, why, since, closure, keepDays, at }: DueContent) => ({
  message,
  type,
  thread,
  why,
  closure: closure ?? null,
  keep_days: keepDays,
  since: since.toISOString(),
  at: at.toISOString(),
});

const why = ({ why, since, keepDays }: DueContent): string =>
  `${why} ${instant(since)}, kept ${keepDays} days`;

/** Makes the document of `amanat retain --unpurged`: copies of recalled messages that no gateway can delete. */
export const makeUnpurgedDocument = async (
  gateway: Verifying,
): Promise<{ readonly recalls: readonly UnpurgedRecall[] }> => ({
  recalls: await listUnpurgedRecalls(gateway),
});

async function showUnpurged(terminal: Terminal): Promise<void> {
  const document = await withOpenedHome(terminal, ({ gateway }) => makeUnpurgedDocument(gateway));
  const { recalls } = document;
  printAnswer(terminal, document, () =>
    formatTable(
      ['RECALLED', 'MESSAGE', 'STILL AT', 'BY', 'SINCE', 'CERTAIN', 'RECALL ACKNOWLEDGED'],
      recalls.flatMap(lines),
    ),
  );
}

const lines = ({ recalled_at, message, unpurged }: UnpurgedRecall): string[][] =>
  unpurged.map((one) => [
    instant(new Date(recalled_at)),
    message,
    one.to.split(':').at(-1) ?? one.to,
    one.channel,
    instant(new Date(one.at)),
    one.unsure === true ? 'no' : 'yes',
    one.recall_acknowledged ? 'yes' : 'no',
  ]);
