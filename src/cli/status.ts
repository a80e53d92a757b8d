/** `amanat status`: shows the state of a message, as the focal points that take part in it may see it. */
import { type Command, InvalidArgumentError } from 'commander';
import { hexId } from '../domain/message/message.ts';
import type { readMessageStatus } from '../flow/evidence/status.ts';
import { peekStatement } from '../seal/statement.ts';
import { makeParser } from './flags.ts';
import { callGateway, findGatewayUrl, readSecret } from './gateway-call.ts';
import { colourText, formatPairs, formatTable, instantText, printAnswer, showProgress } from './output.ts';
import { terminalOf } from './terminal.ts';

type Status = NonNullable<Awaited<ReturnType<typeof readMessageStatus>>>;
type Recipient = Status['recipients'][number];

interface StatusFlags {
  readonly gateway?: string;
  readonly keyFile?: string;
}

export function addStatus(program: Command): void {
  program
    .command('status')
    .description('Show the state of a message: recipients, deliveries, evidence')
    .argument('<id>', 'id of the message', makeParser(hexId))
    .option('--gateway <url>', 'URL of the gateway (default: the home folder’s own)')
    .option(
      '--key-file <file>',
      'file with the access key of the sender or a recipient (default: AMANAT_KEY in the environment)',
    )
    .action((id, _flags, command) => status(id, command));
}

async function status(id: string, command: Command): Promise<void> {
  const terminal = terminalOf(command);
  const flags = command.opts<StatusFlags>();
  const gateway = findGatewayUrl(terminal, flags.gateway);
  const key = await readSecret(terminal, {
    flag: '--key-file',
    file: flags.keyFile,
    variable: 'AMANAT_KEY',
    madeBy: 'amanat focal-point access-key --slug …',
  });
  if (!/^[\x21-\x7e]+$/.test(key))
    throw new InvalidArgumentError('the access key contains characters that no key has');
  const { document } = await showProgress(terminal, 'Asking', () =>
    callGateway(`${gateway}/v1/messages/${id}`, { headers: { authorization: `Bearer ${key}` } }),
  );
  printAnswer(terminal, document, () => shown(document as unknown as Status));
}

const shown = (one: Status): string[] => [
  ...formatPairs([
    ['message', `${one.id}  ${one.type} · ${one.urgency} · ${one.handling}`],
    ['thread', one.thid],
    ['from', one.sender],
    ['accepted', instantText(one.accepted_at)],
    ['state', one.state],
  ]),
  '',
  ...formatTable(
    ['TO', 'STATE', 'ACKNOWLEDGE BY', 'ANSWERED BY', 'AT'],
    one.recipients.map((to) => [nameOf(to), stateOf(to), instantText(to.acknowledge_by), ...wordOf(to)]),
  ),
  '',
  ...formatTable(
    ['DELIVERY TO', 'CHANNEL', 'STATE', 'ATTEMPTS', 'LAST ANSWER', 'NEXT ATTEMPT'],
    one.recipients.flatMap((to) =>
      to.deliveries.map((delivery) => [
        nameOf(to),
        `${delivery.channel}/${delivery.shows}`,
        delivery.state,
        String(delivery.tries),
        delivery.attempts.at(-1)?.code ?? '–',
        instantText(delivery.next_try_at),
      ]),
    ),
  ),
  '',
  ...formatTable(['EVIDENCE AT', 'EVENT', 'RECIPIENT', 'OFFICER OR REASON'], one.evidence.map(evidenceRow)),
  colourText('dim', 'This command does not verify signatures; --json shows the evidence as it was signed.'),
];

const nameOf = (to: Recipient): string => to.slug ?? to.to;
const stateOf = (to: Recipient): string => {
  if (to.state !== 'waiting') return to.state;
  const way = to.waits_for_way === null ? '' : ' for an endpoint';
  return `waiting${way}${to.overdue_seconds > 0 ? ', overdue' : ''}`;
};

function wordOf({ acknowledgement }: Recipient): [who: string, when: string] {
  if (acknowledgement === null) return ['–', '–'];
  const { officer, ground, at } = acknowledgement;
  const who = officer.name ?? officer.id;
  return [ground === null ? who : `${who} (${ground})`, instantText(at)];
}

function evidenceRow(jws: Record<string, unknown>): string[] {
  const { at, event, recipient, officer, reason } = peekStatement(jws).payload as Record<string, unknown> & {
    officer?: { name?: unknown };
  };
  const text = (value: unknown): string => (typeof value === 'string' ? value : '–');
  return [instantText(text(at)), text(event), lastPart(text(recipient)), text(officer?.name ?? reason)];
}

const lastPart = (did: string): string => did.split(':').at(-1) ?? did;
