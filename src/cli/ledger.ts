/** `amanat ledger`: how the ledgers stand, and the operator's word on an alarm. */
import type { Command } from 'commander';
import { type AlarmNote, alarmNoteSchema } from '../domain/evidence/alarm.ts';
import { type LedgerState, readLedgerState, resolveAlarm } from '../flow/ledger/state.ts';
import { completeFlags, makeFlag, makeParser, makeWholeNumberParser } from './flags.ts';
import { withOpenedHome } from './opened-home.ts';
import { colourText, formatPairs, formatTable, instantText, plainTextOf, printAnswer } from './output.ts';
import { terminalOf } from './terminal.ts';

export function addLedger(program: Command): void {
  const group = program
    .command('ledger')
    .description('The ledgers, this gateway’s and those it watches, and alarms about them');
  group
    .command('status')
    .description('Size, signatures, who cosigned when, what was read of others, and every alarm')
    .action((_flags, command) => status(command));
  group
    .command('settle')
    .description('Say that an alarm was looked at, by whom and what came of it; the alarm stays')
    .argument('<alarm>', 'its number in "amanat ledger status"', makeWholeNumberParser(1, 999_999_999))
    .addOption(makeFlag('--by <name>', 'who looked at it', makeParser(alarmNoteSchema.shape.by)))
    .addOption(
      makeFlag(
        '--note <text>',
        'what came of it; no names of people in a case',
        makeParser(alarmNoteSchema.shape.note),
      ),
    )
    .action((alarm, _flags, command) => settle(alarm, command));
}

async function settle(alarm: number, command: Command): Promise<void> {
  const terminal = terminalOf(command);
  const flags = await completeFlags<AlarmNote>(command, terminal, [
    { name: 'by', message: 'Who has looked at it? A name' },
    { name: 'note', message: 'What came of it?' },
  ]);
  const { by, note } = flags;
  const left = await withOpenedHome(terminal, async ({ gateway }) => {
    await resolveAlarm(gateway, alarm, { by, note });
    return gateway.store.ledger.alarmCount();
  });
  printAnswer(terminal, { alarm, by, note, alarms_left: left }, () =>
    formatPairs([
      ['alarm', String(alarm)],
      ['looked at by', plainTextOf(by)],
      ['alarms left', String(left)],
    ]),
  );
}

async function status(command: Command): Promise<void> {
  const terminal = terminalOf(command);
  const { own, watched, alarms } = await withOpenedHome(terminal, ({ gateway }) => readLedgerState(gateway));
  const document = {
    own,
    watched,
    alarms: alarms.map(({ origin, at, seen, ...one }) => ({
      ...one,
      ledger: origin,
      at: at.toISOString(),
      seen: seen === undefined ? null : { ...seen, at: seen.at.toISOString() },
    })),
  };
  printAnswer(terminal, document, () => [
    ...ownLines(own),
    '',
    ...formatTable(
      ['WATCHED', 'ENTRIES', 'LAST READ', 'COSIGNED OURS', 'UP TO'],
      watched.map((one) => [
        one.ledger,
        String(one.size),
        instantText(one.read_at, 'never'),
        instantText(one.cosigned?.at ?? null, 'never'),
        String(one.cosigned?.size ?? '–'),
      ]),
    ),
    '',
    ...(alarms.length === 0 ? ['No alarms.'] : alarmLines(document.alarms)),
  ]);
}

const ownLines = (own: LedgerState['own']): readonly string[] =>
  own === null
    ? ['This gateway keeps no ledger: its key is not on Ed25519.']
    : formatPairs([
        ['ledger', own.ledger],
        ['entries', String(own.size)],
        ['signed', instantText(own.signed_at, 'never')],
        [
          'cosigned',
          own.uncosigned_seconds === 0
            ? 'nothing waits'
            : colourText('yellow', `entries wait since ${own.uncosigned_seconds} s`),
        ],
      ]);

interface Shown {
  readonly id: number;
  readonly code: string;
  readonly ledger: string;
  readonly place: number;
  readonly by: string;
  readonly at: string;
  readonly seen: { readonly by: string; readonly note: string } | null;
}

const alarmLines = (alarms: readonly Shown[]): readonly string[] => [
  ...formatTable(
    ['ALARM', 'CODE', 'LEDGER', 'PLACE', 'FOUND BY', 'AT', 'LOOKED AT'],
    alarms.map((one) => [
      String(one.id),
      one.code,
      one.ledger,
      String(one.place),
      one.by,
      instantText(one.at),
      one.seen === null ? colourText('red', 'by nobody') : plainTextOf(`${one.seen.by}: ${one.seen.note}`),
    ]),
  ),
  '',
  'What each code means, and what to do: docs/wire.md, Ledger. Then: amanat ledger settle ALARM --by NAME --note TEXT',
];
