/** `amanat thread`: whose turn it is, since when and until when, for the operator; nothing of what was said. */
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
    .description('Show whose turn it is in a thread, or list those in which anything is owed; no content')
    .argument('[thid]', 'id of the thread', makeParser(hexId))
    .option('--open', 'list the threads in which anything is owed, what is due first at the top')
    .action((thid, _flags, command) => thread(thid, command));
}

async function thread(thid: string | undefined, command: Command): Promise<void> {
  const { open = false } = command.opts<{ readonly open?: true }>();
  if (open === (thid !== undefined)) throw makeUsageFailure('give either the id of a thread or --open');
  return thid === undefined ? list(command) : show(thid, command);
}

/**
 * The document of `amanat thread THID`: everything that the gateway carried of the thread, as of an instant.
 * @throws Refusal `not-found`; `record-unreadable` where nothing of it can be shown
 */
export async function makeThreadDocument(gateway: Verifying, thid: string, asOf: Date): Promise<ThreadJson> {
  const found = await showThread(gateway, thid, undefined, asOf);
  if (found === undefined) throw new Refusal('not-found', 'no such thread is kept here');
  return found.json;
}

async function show(thid: string, command: Command): Promise<void> {
  const terminal = terminalOf(command);
  const document = await withOpenedHome(terminal, ({ gateway }) =>
    makeThreadDocument(gateway, thid, gateway.now()),
  );
  if (document.unreadable.length > 0)
    printRemark(`Not readable any more, and left out: ${document.unreadable.join(', ')}.`);
  printAnswer(terminal, document, () => shown(document));
}

async function list(command: Command): Promise<void> {
  const terminal = terminalOf(command);
  const document = await withOpenedHome(terminal, ({ gateway }) =>
    listOpenThreads(gateway, undefined, { asOf: gateway.now(), limit: PAGE_LIMIT }),
  );
  if (document.next !== null || !document.complete)
    printRemark(`There are more: these are ${document.threads.length}, what is due first.`);
  const lost = document.unreadable;
  if (lost.length > 0) printRemark(`Not readable any more, and not in the list: ${lost.join(', ')}.`);
  printAnswer(terminal, document, () => listed(document));
}

const listed = ({ threads }: OpenThreads): readonly string[] =>
  threads.length === 0
    ? ['Nobody owes anything.']
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
    ['COUNTRY', 'WAITED FOR', 'OF IT OVERDUE', 'IN ALL'],
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
    'Waiting counts round the clock; acts owed at the same time count each, but once in all.',
  ),
];

/** A desk without a way cannot act: the operator of its gateway has to connect it. */
const ownerOf = ({ owner, no_way: noWay }: Open): string =>
  noWay ? `${slugOf(owner)} (no way yet: its operator)` : slugOf(owner);
const slugOf = (did: string): string => did.slice(did.lastIndexOf(':') + 1);

/** Days, hours and minutes; seconds below a minute. */
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
