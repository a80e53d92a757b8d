/** `amanat drill`: send a message that is only an exercise the whole way, and score how it went. */
import { type Command, Option } from 'commander';
import { drill as drillBody } from '../domain/message/body.ts';
import { hexId } from '../domain/message/message.ts';
import { URGENCY, type Urgency } from '../domain/words/vocabulary.ts';
import { EXIT } from '../entry/exit.ts';
import { type DrillWanted, startDrill } from '../flow/drill/drill.ts';
import { type DrillScore, scoreDrill } from '../flow/drill/drill-score.ts';
import { acting } from '../flow/operator/acting.ts';
import type { Posting, Verifying } from '../gateway-parts.ts';
import { complete, fitting, flag } from './flags.ts';
import { withOffice } from './office.ts';
import { answer, pairs, table } from './output.ts';
import { terminalOf } from './terminal.ts';

interface StartFlags {
  readonly from: string;
  readonly to: string;
  readonly name?: string;
  readonly urgency: Urgency;
}

/** What a script learns of a drill by the exit code alone. */
const NOT_PASSED = EXIT.fault.code;

export function addDrill(program: Command, end: (code: number) => void): void {
  const drill = program.command('drill').description('Exercise the whole way to an officer on each side');
  drill
    .command('start')
    .description('Send a drill; once it is acknowledged it comes back, to be acknowledged here')
    .option('--from <slug>', 'focal point homed here that begins it')
    .option('--to <slug>', 'focal point it goes to, slug or DID')
    .addOption(
      flag(
        '--name <text>',
        'what the exercise is called; its day where left out',
        fitting(drillBody.shape.exercise),
      ),
    )
    .addOption(new Option('--urgency <urgency>', 'by which clock').choices(URGENCY).default('urgent'))
    .action((_flags, command) => start(command));
  drill
    .command('score')
    .description('Say how long each step of a drill took, and who was late')
    .argument('<thid>', 'id of the drill’s thread', fitting(hexId))
    .addHelpText(
      'after',
      '\nExits with 0 where the drill was passed, and with 1 where it was not, or not yet.',
    )
    .action((thid, _flags, command) => score(thid, command, end));
}

async function start(command: Command): Promise<void> {
  const terminal = terminalOf(command);
  const flags = await complete<StartFlags>(command, terminal, [
    { name: 'from', message: 'Which focal point begins? The slug' },
    { name: 'to', message: 'To which focal point? Slug or DID' },
  ]);
  const { from, to, urgency, name = `Drill ${terminal.now().toISOString().slice(0, 10)}` } = flags;
  const document = await withOffice(terminal, ({ gateway }) =>
    sendDrill(gateway, { from, to, urgency, name }),
  );
  answer(terminal, document, () => [
    ...pairs([
      ['id', document.id],
      ['thread', document.thid],
    ]),
    `The gateway that serves carries it. Next: amanat drill score ${document.thid}`,
  ]);
}

/** What `amanat drill start` does: sends the drill and records who did so. @throws as `startDrill` */
export async function sendDrill(
  gateway: Posting,
  wanted: DrillWanted,
): Promise<{ readonly id: string; readonly thid: string }> {
  const { id, thread } = await startDrill(gateway, wanted);
  await gateway.store.ledger.recordAct(acting(gateway, { act: 'drill.started', subject: thread }));
  return { id, thid: thread };
}

/** The document of `amanat drill score THID`. @throws as `scoreDrill` */
export const makeScoreDocument = (gateway: Verifying, thid: string): Promise<DrillScore> =>
  scoreDrill(gateway, thid);

async function score(thread: string, command: Command, end: (code: number) => void): Promise<void> {
  const terminal = terminalOf(command);
  const scored = await withOffice(terminal, ({ gateway }) => makeScoreDocument(gateway, thread));
  answer(terminal, scored, () => shown(scored));
  if (scored.verdict !== 'passed') end(NOT_PASSED);
}

const shown = ({ verdict, ways, not_returned: missing, late }: DrillScore): readonly string[] => [
  ...pairs([['drill', verdict], ...(late.length === 0 ? [] : ([['late', late.join(', ')]] as const))]),
  '',
  ...table(
    ['FROM', 'TO', 'STATE', 'ACKNOWLEDGE BY', 'LATE s', ...STEP_NAMES.map((one) => `${one.toUpperCase()} s`)],
    ways.map((way) => [
      way.from,
      way.to,
      way.state,
      way.acknowledge_by,
      String(way.overdue_seconds),
      ...STEP_NAMES.map((name) => String(way.steps.find((one) => one.step === name)?.seconds ?? '–')),
    ]),
  ),
  ...missing.map((one) => `Not sent back by ${one.by}; expected until ${one.until}.`),
];

const STEP_NAMES = ['relayed', 'reached', 'opened', 'acknowledged'] as const;
