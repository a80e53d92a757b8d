/** `amanat drill`: send a message that is only an exercise the whole way, and score how it went. */
import { type Command, Option } from 'commander';
import { drillBody } from '../domain/message/body.ts';
import { hexId } from '../domain/message/message.ts';
import { URGENCIES, type Urgency } from '../domain/words/vocabulary.ts';
import { EXIT } from '../entry/exit.ts';
import { type DrillWanted, startDrill } from '../flow/drill/drill.ts';
import { type DrillScore, scoreDrill } from '../flow/drill/score.ts';
import { makeOperatorAct } from '../flow/operator/operator-act.ts';
import type { Posting, Verifying } from '../gateway-parts.ts';
import { completeFlags, makeFlag, makeParser } from './flags.ts';
import { withOpenedHome } from './opened-home.ts';
import { formatPairs, formatTable, printAnswer } from './output.ts';
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
      makeFlag(
        '--name <text>',
        'what the exercise is called; its day where left out',
        makeParser(drillBody.shape.exercise),
      ),
    )
    .addOption(new Option('--urgency <urgency>', 'by which clock').choices(URGENCIES).default('urgent'))
    .action((_flags, command) => start(command));
  drill
    .command('score')
    .description('Say how long each step of a drill took, and who was late')
    .argument('<thid>', 'id of the drill’s thread', makeParser(hexId))
    .addHelpText(
      'after',
      '\nExits with 0 where the drill was passed, and with 1 where it was not, or not yet.',
    )
    .action((thid, _flags, command) => score(thid, command, end));
}

async function start(command: Command): Promise<void> {
  const terminal = terminalOf(command);
  const flags = await completeFlags<StartFlags>(command, terminal, [
    { name: 'from', message: 'Which focal point begins? The slug' },
    { name: 'to', message: 'To which focal point? Slug or DID' },
  ]);
  const { from, to, urgency, name = `Drill ${terminal.now().toISOString().slice(0, 10)}` } = flags;
  const document = await withOpenedHome(terminal, ({ gateway }) =>
    sendDrill(gateway, { from, to, urgency, name }),
  );
  printAnswer(terminal, document, () => [
    ...formatPairs([
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
  await gateway.store.ledger.recordAct(makeOperatorAct(gateway, { act: 'drill.started', subject: thread }));
  return { id, thid: thread };
}

/** The document of `amanat drill score THID`. @throws as `scoreDrill` */
export const makeScoreDocument = (gateway: Verifying, thid: string): Promise<DrillScore> =>
  scoreDrill(gateway, thid);

async function score(thread: string, command: Command, end: (code: number) => void): Promise<void> {
  const terminal = terminalOf(command);
  const scored = await withOpenedHome(terminal, ({ gateway }) => makeScoreDocument(gateway, thread));
  printAnswer(terminal, scored, () => shown(scored));
  if (scored.verdict !== 'passed') end(NOT_PASSED);
}

const shown = ({ verdict, ways, not_returned: missing, late }: DrillScore): readonly string[] => [
  ...formatPairs([['drill', verdict], ...(late.length === 0 ? [] : ([['late', late.join(', ')]] as const))]),
  '',
  ...formatTable(
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
