/** `amanat ledger`: shows the state of the ledgers, and records the operator's finding on an alarm. */
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
    .description('Show the ledgers of this gateway and of those it watches, and their alarms');
  group
    .command('status')
    .description(
      'Show size, signatures and cosignatures of this ledger, how far others were read, and every alarm',
    )
    .action((_flags, command) => status(command));
  group
    .command('settle')
    .description('Record who examined an alarm and with which result; the alarm stays in the list')
    .argument(
      '<alarm>',
      'number of the alarm in "amanat ledger status"',
      makeWholeNumberParser(1, 999_999_999),
    )
    .addOption(makeFlag('--by <name>', 'who examined it', makeParser(alarmNoteSchema.shape.by)))
    .addOption(
      makeFlag(
        '--note <text>',
        'the result; no names of people in a case',
        makeParser(alarmNoteSchema.shape.note),
      ),
    )
    .action((alarm, _flags, command) => settle(alarm, command));
}

async function settle(alarm: number, command: Command): Promise<void> {
  const terminal = terminalOf(command);
  const flags = await completeFlags<AlarmNote>(command, terminal, [
    { name: 'by', message: 'Name of the person who examined it' },
    { name: 'note', message: 'Result' },
  ]);
  const { by, note } = flags;
  const left = await withOpenedHome(terminal, async ({ gateway }) => {
    await resolveAlarm(gateway, alarm, { by, note });
    return gateway.store.ledger.alarmCount();
  });
  printAnswer(terminal, { alarm, by, note, alarms_left: left }, () =>
    formatPairs([
      ['alarm', String(alarm)],
      ['examined by', plainTextOf(by)],
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
    ...(alarms.length === 0 ? ['There are no alarms.'] : alarmLines(document.alarms)),
  ]);
}

const ownLines = (own: LedgerState['own']): readonly string[] =>
  own === null
    ? ['This gateway has no ledger, because its key is not an Ed25519 key.']
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
    ['ALARM', 'CODE', 'LEDGER', 'PLACE', 'FOUND BY', 'AT', 'EXAMINED'],
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
  'docs/wire.md, Ledger, explains each code and what to do. Then: amanat ledger settle ALARM --by NAME --note TEXT',
];
