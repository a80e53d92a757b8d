/** `amanat thread`: shows the operator whose turn it is, since when and until when; no content. */
import type { Command } from 'commander';
import { hexId } from '../domain/message/message.ts';
import { Refusal } from '../domain/words/error.ts';
import { makeUsageFailure } from '../entry/failure.ts';
import { listOpenThreads, type OpenThreads, PAGE_LIMIT } from '../flow/thread/list.ts';
import { showThread, type ThreadJson } from '../flow/thread/thread.ts';
import type { Verifying } from '../gateway-parts.ts';
import { makeParser } from './flags.ts';
import { withOpenedHome } from './opened-home.ts';
import { colourText, formatPairs, formatTable, instantText, printAnswer, printRemark } from './output.ts';
import { terminalOf } from './terminal.ts';

export function addThread(program: Command): void {
  program
    .command('thread')
    .description('Show whose turn it is in a thread, or list the threads in which an act is due; no content')
    .argument('[thid]', 'id of the thread', makeParser(hexId))
    .option('--open', 'list the threads in which an act is due, the earliest deadline first')
    .action((thid, _flags, command) => thread(thid, command));
}

async function thread(thid: string | undefined, command: Command): Promise<void> {
  const { open = false } = command.opts<{ readonly open?: true }>();
  if (open === (thid !== undefined)) throw makeUsageFailure('give either the id of a thread or --open');
  return thid === undefined ? list(command) : show(thid, command);
}

/**
 * Makes the document of `amanat thread THID`: everything that the gateway carried in the thread, as of an instant.
 * @throws Refusal `not-found`; `record-unreadable` where no record of it can be read
 */
export async function makeThreadDocument(gateway: Verifying, thid: string, asOf: Date): Promise<ThreadJson> {
  const found = await showThread(gateway, thid, undefined, asOf);
  if (found === undefined) throw new Refusal('not-found', 'this gateway has no such thread');
  return found.json;
}

async function show(thid: string, command: Command): Promise<void> {
  const terminal = terminalOf(command);
  const document = await withOpenedHome(terminal, ({ gateway }) =>
    makeThreadDocument(gateway, thid, gateway.now()),
  );
  if (document.unreadable.length > 0)
    printRemark(`These records cannot be read and are left out: ${document.unreadable.join(', ')}.`);
  printAnswer(terminal, document, () => shown(document));
}

async function list(command: Command): Promise<void> {
  const terminal = terminalOf(command);
  const document = await withOpenedHome(terminal, ({ gateway }) =>
    listOpenThreads(gateway, undefined, { asOf: gateway.now(), limit: PAGE_LIMIT }),
  );
  if (document.next !== null || !document.complete)
    printRemark(
      `There are more threads: these are the ${document.threads.length} with the earliest deadlines.`,
    );
  const lost = document.unreadable;
  if (lost.length > 0)
    printRemark(`These threads cannot be read and are not in the list: ${lost.join(', ')}.`);
  printAnswer(terminal, document, () => listed(document));
}

const listed = ({ threads }: OpenThreads): readonly string[] =>
  threads.length === 0
    ? ['No act is due.']
    : formatTable(
        ['THREAD', 'TURN OF', 'TO', 'SINCE', 'UNTIL', 'OVERDUE', 'OPEN'],
        threads.map(({ thid, turn, open }) => [thid, ...turnCells(turn), String(open)]),
      );

type Open = ThreadJson['open'][number];

const turnCells = (one: Open): readonly string[] => [
  ownerOf(one),
  `${one.act} (${one.drill ? 'drill, ' : ''}${one.type}, ${one.urgency})`,
  instantText(one.since),
  instantText(one.until),
  one.overdue_seconds > 0 ? duration(one.overdue_seconds) : '–',
];

const shown = (one: ThreadJson): readonly string[] => [
  ...formatPairs([
    ['thread', one.thid],
    ['between', one.parties.map(({ did, slug, country }) => `${slug ?? did} (${country ?? '?'})`).join(', ')],
    ['turn', one.turn === null ? 'nobody’s' : `${ownerOf(one.turn)}: ${one.turn.act}`],
    ...one.linked.map(({ thid, link }) => [link, thid] as const),
  ]),
  '',
  ...formatTable(
    ['OWED BY', 'TO', 'SINCE', 'UNTIL', 'OVERDUE'],
    one.open.map((act) => turnCells(act)),
  ),
  '',
  ...formatTable(
    ['COUNTRY', 'WAITED FOR', 'OVERDUE', 'TOTAL'],
    one.waiting.sides.map((side) => [
      side.country,
      duration(side.seconds),
      duration(side.overdue_seconds),
      duration(side.elapsed),
    ]),
  ),
  '',
  ...formatTable(
    ['MESSAGE', 'TYPE', 'FROM', 'TO', 'ACCEPTED', 'STATE'],
    one.messages.map((message) => [
      message.id,
      message.type,
      slugOf(message.from),
      message.recipients.map(({ to }) => slugOf(to)).join(', '),
      instantText(message.accepted_at),
      message.state,
    ]),
  ),
  colourText(
    'dim',
    'Waiting time counts day and night. Acts due at the same time each count for their country, but only once in TOTAL.',
  ),
];

/** A focal point without an endpoint cannot act: the operator of its gateway must add one. */
const ownerOf = ({ owner, no_way: noWay }: Open): string =>
  noWay ? `${slugOf(owner)} (no endpoint yet: its operator)` : slugOf(owner);
const slugOf = (did: string): string => did.slice(did.lastIndexOf(':') + 1);

/** A duration in days, hours and minutes; in seconds below a minute. */
function duration(seconds: number): string {
  if (seconds < 60) return `${seconds} s`;
  const [days, hours, minutes] = [
    Math.floor(seconds / 86_400),
    Math.floor(seconds / 3_600) % 24,
    Math.floor(seconds / 60) % 60,
  ];
  const parts = [days && `${days} d`, hours && `${hours} h`, minutes && `${minutes} min`];
  return parts.filter((one) => one !== 0).join(' ');
}
