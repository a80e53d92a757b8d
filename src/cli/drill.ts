/** `amanat drill`: sends an exercise message from end to end, and scores each step. */
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

/** Exit codes by verdict, so that a script need not read the output: it asks again while the drill runs. */
const EXITS: Readonly<Record<DrillScore['verdict'], number>> = {
  passed: EXIT.ok.code,
  running: EXIT.waiting.code,
  failed: EXIT.fault.code,
};

export function addDrill(program: Command, end: (code: number) => void): void {
  const drill = program
    .command('drill')
    .description('Test the connection from officer to officer with an exercise message');
  drill
    .command('start')
    .description('Send a drill; once it is acknowledged there, it comes back and must be acknowledged here')
    .option('--from <slug>', 'focal point of this gateway that starts the drill')
    .option('--to <slug>', 'focal point that receives the drill, slug or DID')
    .addOption(
      makeFlag(
        '--name <text>',
        'name of the exercise (default: its day)',
        makeParser(drillBody.shape.exercise),
      ),
    )
    .addOption(
      new Option('--urgency <urgency>', 'urgency, which chooses the deadlines')
        .choices(URGENCIES)
        .default('urgent'),
    )
    .action((_flags, command) => start(command));
  drill
    .command('score')
    .description('Show how long each step of a drill took, and who was late')
    .argument('<thid>', 'id of the drill’s thread', makeParser(hexId))
    .addHelpText(
      'after',
      '\nExits with 0 if the drill was passed, with 6 while it runs and nobody is late, and with 1 if it failed.',
    )
    .action((thid, _flags, command) => score(thid, command, end));
}

async function start(command: Command): Promise<void> {
  const terminal = terminalOf(command);
  const flags = await completeFlags<StartFlags>(command, terminal, [
    { name: 'from', message: 'Slug of the focal point that starts' },
    { name: 'to', message: 'Slug or DID of the focal point that receives' },
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
    `The running gateway delivers it. Next: amanat drill score ${document.thid}`,
  ]);
}

/** Sends the drill and records who did so, as `amanat drill start` does. @throws as `startDrill` */
export async function sendDrill(
  gateway: Posting,
  wanted: DrillWanted,
): Promise<{ readonly id: string; readonly thid: string }> {
  const { id, thread } = await startDrill(gateway, wanted);
  await gateway.store.ledger.recordAct(makeOperatorAct(gateway, { act: 'drill.started', subject: thread }));
  return { id, thid: thread };
}

/** Makes the document of `amanat drill score THID`. @throws as `scoreDrill` */
export const makeScoreDocument = (gateway: Verifying, thid: string): Promise<DrillScore> =>
  scoreDrill(gateway, thid);

async function score(thread: string, command: Command, end: (code: number) => void): Promise<void> {
  const terminal = terminalOf(command);
  const scored = await withOpenedHome(terminal, ({ gateway }) => makeScoreDocument(gateway, thread));
  printAnswer(terminal, scored, () => shown(scored));
  end(EXITS[scored.verdict]);
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
  ...missing.map((one) => `${one.by} has not sent it back; expected until ${one.until}.`),
];

const STEP_NAMES = ['relayed', 'reached', 'opened', 'acknowledged'] as const;
