/** `amanat send`: posts a message to a gateway's API, as a partner's system does. */
import { basename, extname } from 'node:path';
import { type Command, Option } from 'commander';
import { hexId, LIMITS, MESSAGE_NAMES } from '../domain/message/message.ts';
import type { Submission } from '../domain/message/submission.ts';
import { slug } from '../domain/party/designation.ts';
import { present } from '../domain/words/present.ts';
import { HANDLING_CODES, LANGUAGES, URGENCIES } from '../domain/words/vocabulary.ts';
import { CommandFailure, makeUsageFailure } from '../entry/failure.ts';
import { isObject } from '../seal/strict-json.ts';
import { readWebhookSigner, signWebhook } from '../seal/webhook-signature.ts';
import { readInput, readJson } from './files.ts';
import { completeFlags, type FlagQuestion, makeFlag, makeParser, makeRepeatedFlag } from './flags.ts';
import { callGateway, findGatewayUrl, readSecret } from './gateway-call.ts';
import { formatPairs, printAnswer, showProgress } from './output.ts';
import { type Terminal, terminalOf } from './terminal.ts';

interface SendFlags extends Pick<Submission, 'urgency' | 'handling' | 'lang' | 'type'> {
  readonly gateway?: string;
  readonly from: string;
  readonly secretFile?: string;
  readonly to: readonly string[];
  readonly handlingNote?: string;
  readonly thread?: string;
  readonly parent?: string;
  readonly about?: string;
  readonly fromTip?: string;
  readonly passesOn?: string;
  readonly grant?: string;
  readonly body?: string;
  readonly attach?: readonly string[];
  readonly id?: string;
}

export function addSend(program: Command): void {
  program
    .command('send')
    .description(
      'Post a message to a running gateway, as the system of a focal point whose keys the gateway holds',
    )
    .option('--gateway <url>', 'URL of the gateway (default: the home folder’s own)')
    .addOption(makeFlag('--from <slug>', 'the focal point that sends', makeParser(slug)))
    .option(
      '--secret-file <file>',
      'file with its webhook secret (default: AMANAT_SECRET in the environment)',
    )
    .addOption(makeRepeatedFlag('--to <slug>', 'a recipient, slug or DID'))
    .addOption(new Option('--type <type>', 'type of the message').choices(MESSAGE_NAMES))
    .addOption(
      new Option('--urgency <urgency>', 'urgency, which chooses the deadlines')
        .choices(URGENCIES)
        .default('routine'),
    )
    .addOption(
      new Option('--handling <code>', 'what recipients may do with the message').choices(HANDLING_CODES),
    )
    .option('--handling-note <text>', 'the restriction that H3 needs')
    .addOption(new Option('--lang <lang>', 'language of the message').choices(LANGUAGES).default('en'))
    .option('--body <file>', 'file with the body as JSON; - for standard input; optional with --from-tip')
    .addOption(makeRepeatedFlag('--attach <file>', 'a file to attach'))
    .addOption(makeFlag('--thread <id>', 'thread of the message (default: a new thread)', makeParser(hexId)))
    .addOption(makeFlag('--parent <id>', 'parent of this thread', makeParser(hexId)))
    .addOption(
      makeFlag(
        '--about <id>',
        'message that this one answers (default: the one of the thread that fits)',
        makeParser(hexId),
      ),
    )
    .addOption(makeFlag('--from-tip <id>', 'tip from which the indication is made', makeParser(hexId)))
    .addOption(
      makeFlag(
        '--passes-on <id>',
        'message of another sender to pass on, as it was signed',
        makeParser(hexId),
      ),
    )
    .addOption(makeFlag('--grant <id>', 'permission to pass it on', makeParser(hexId)))
    .option('--id <key>', 'idempotency key of this submission: a second call with the same key sends nothing')
    .action((_flags, command) => send(command));
}

const BODY: FlagQuestion = { name: 'body', message: 'File with the body as JSON' };

async function send(command: Command): Promise<void> {
  const terminal = terminalOf(command);
  const flags = await completeFlags<SendFlags>(command, terminal, [
    { name: 'from', message: 'Slug of the focal point that sends' },
    { name: 'to', message: 'Slugs of the recipients, separated by ;' },
    { name: 'type', message: 'Type of the message' },
    { name: 'handling', message: 'What recipients may do with it' },
    // Without a body, the indication is filled from the tip.
    ...(command.getOptionValue('fromTip') === undefined ? [BODY] : []),
  ]);
  const gateway = findGatewayUrl(terminal, flags.gateway);
  const secret = await readSecret(terminal, {
    flag: '--secret-file',
    file: flags.secretFile,
    variable: 'AMANAT_SECRET',
    madeBy: 'amanat focal-point secret --slug …',
  });
  const body = JSON.stringify(await submissionOf(flags));
  const id = flags.id ?? terminal.chance.newId();
  const timestamp = Math.floor(terminal.now().getTime() / 1_000);
  const headers = {
    'content-type': 'application/json',
    ...(await signWebhook([await readWebhookSigner(secret)], { id, timestamp, body })),
  };
  const url = `${gateway}/v1/focal-points/${flags.from}/messages`;
  const { status, document } = await showProgress(terminal, 'Sending', () =>
    callGateway(url, { method: 'POST', headers, body }).catch((fault: unknown) => {
      throw withKey(fault, id);
    }),
  );
  report(terminal, { ...document, repeat: status === 200 });
}

function report(terminal: Terminal, document: Record<string, unknown>): void {
  printAnswer(terminal, document, () => [
    ...formatPairs(['id', 'thid', 'status_url'].map((name) => [name, String(document[name] ?? '–')])),
    document['repeat'] === true
      ? 'This was already sent. This is the same receipt again.'
      : `Next: amanat status ${String(document['id'])}`,
  ]);
}

/** Adds the key to the help: without an answer the gateway may still have the message, and only the same key avoids a duplicate. */
function withKey(fault: unknown, id: string): unknown {
  if (!(fault instanceof CommandFailure) || fault.exit !== 'unreachable') return fault;
  const { exit, code, detail } = fault;
  return new CommandFailure({
    exit,
    code,
    detail,
    help: `Run the same command again with --id ${id}; the message cannot arrive twice.`,
  });
}

async function submissionOf(flags: SendFlags): Promise<Submission> {
  const body = flags.body === undefined ? {} : await readJson('--body', flags.body, LIMITS.body);
  if (!isObject(body)) throw makeUsageFailure('--body: not a JSON object');
  const { type, urgency, handling, lang } = flags;
  if (handling === 'H3' && flags.handlingNote === undefined)
    throw makeUsageFailure('missing: --handling-note');
  return {
    to: [...flags.to],
    type,
    urgency,
    handling,
    lang,
    body,
    ...present({
      handling_note: flags.handlingNote,
      thid: flags.thread,
      pthid: flags.parent,
      about: flags.about,
      from_tip: flags.fromTip,
      passes_on: flags.passesOn,
      grant: flags.grant,
      attachments: flags.attach && (await readAttachments(flags.attach)),
    }),
  };
}

const MEDIA_TYPES: Readonly<Record<string, string>> = {
  '.pdf': 'application/pdf',
  '.jpg': 'image/jpeg',
  '.jpeg': 'image/jpeg',
  '.png': 'image/png',
  '.txt': 'text/plain',
  '.csv': 'text/csv',
  '.json': 'application/json',
  '.docx': 'application/vnd.openxmlformats-officedocument.wordprocessingml.document',
  '.xlsx': 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet',
};

async function readAttachments(files: readonly string[]): Promise<NonNullable<Submission['attachments']>> {
  let left: number = LIMITS.attachments;
  const read = [];
  for (const file of files) {
    const bytes = await readInput('--attach', file, left);
    left -= bytes.length;
    const media_type = MEDIA_TYPES[extname(file).toLowerCase()] ?? 'application/octet-stream';
    read.push({ filename: basename(file), media_type, base64: Buffer.from(bytes).toString('base64') });
  }
  return read;
}
