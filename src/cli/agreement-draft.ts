/** `amanat agreement draft`: writes a first draft, or the next version of an existing agreement. */
import type { Command } from 'commander';
import { MESSAGE_NAMES } from '../domain/message/message.ts';
import { PROTOCOL } from '../domain/message/protocol.ts';
import { country } from '../domain/party/designation.ts';
import { type Agreement, agreementSchema } from '../domain/terms/agreement.ts';
import { parseBySchema } from '../domain/words/checked.ts';
import { present } from '../domain/words/present.ts';
import { makeUsageFailure } from '../entry/failure.ts';
import { checkFileFree, writeNewFile } from '../entry/new-file.ts';
import { completeFlags, makeFlag, makeParser, makeRepeatedFlag, makeWholeNumberParser } from './flags.ts';
import { formatPairs, printAnswer } from './output.ts';
import { readStatementFile } from './statement-file.ts';
import { terminalOf } from './terminal.ts';

interface Flags {
  readonly like?: string;
  readonly id?: string;
  readonly title?: string;
  readonly party?: readonly string[];
  readonly allTypes?: boolean;
  readonly days: number;
  readonly out: string;
}

const DAY = 86_400_000;

export function addAgreementDraft(group: Command): void {
  group
    .command('draft')
    .description(
      'Write a draft to edit, which allows plain texts only; with --like, write the next version of an agreement',
    )
    .option('--like <file>', 'copy everything from this agreement and raise its version number')
    .addOption(
      makeFlag(
        '--id <id>',
        'name of the agreement: a-z, digits, hyphens',
        makeParser(agreementSchema.shape.id),
      ),
    )
    .option('--title <title>', 'title of the agreement, for people')
    .addOption(makeRepeatedFlag('--party <cc>', 'a country that signs it', makeParser(country)))
    .option('--all-types', 'allow every message type between its countries')
    .addOption(
      makeFlag('--days <n>', 'days it is in force, from now on', makeWholeNumberParser(1, 36_500)).default(
        365,
      ),
    )
    .option('--out <file>', 'write the draft to a new file')
    .action((_flags, command) => draft(command));
}

async function draft(command: Command): Promise<void> {
  const terminal = terminalOf(command);
  const like = command.opts<Flags>().like;
  const asked = like === undefined ? QUESTIONS : [OUT];
  const flags = await completeFlags<Flags>(command, terminal, asked);
  checkFileFree('--out', flags.out);
  const base =
    like === undefined ? blank(flags) : next((await readStatementFile('agreement', like)).claims, flags);
  const from = terminal.now();
  const claims = parseBySchema(agreementSchema, {
    ...base,
    from: from.toISOString(),
    until: new Date(from.getTime() + flags.days * DAY).toISOString(),
  });
  writeNewFile('--out', flags.out, `${JSON.stringify(claims, null, 2)}\n`, false);
  const { id, version, parties } = claims;
  printAnswer(terminal, { id, version, parties, out: flags.out }, () => [
    ...formatPairs([
      ['draft', `${id}, version ${version}`],
      ['between', parties.join(' and ')],
      ['written to', flags.out],
    ]),
    '',
    'Next: edit its rules, check it with "amanat agreement show", then sign it.',
  ]);
}

const OUT = { name: 'out', message: 'New file for the draft' } as const;
const QUESTIONS = [
  { name: 'id', message: 'Name of the agreement', placeholder: 'id-kh' },
  { name: 'title', message: 'Title of the agreement, for people' },
  { name: 'party', message: 'Countries that sign it, separated by ;', placeholder: 'ID; KH' },
  OUT,
] as const;

/**
 * Makes rules from every party to every other one. Plain texts alone are enough to test the connection; an editor adds
 * other types by hand, or starts with all types and removes some.
 */
function blank({ id, title, party = [], allTypes = false }: Flags): object {
  const parties = [...new Set(party)];
  const every = MESSAGE_NAMES.filter((name) => parties.length === 1 || PROTOCOL[name].domestic !== true);
  const rules = [{ from: parties, to: parties, types: allTypes ? every : ['text'] }];
  return { kind: 'agreement', id, version: 1, title, parties, rules };
}

function next(before: Agreement, { id, title, party }: Flags): Agreement {
  if (id !== undefined || party !== undefined)
    throw makeUsageFailure(
      '--like: the next version keeps the id and the parties of the agreement it replaces',
    );
  return { ...before, version: before.version + 1, ...present({ title }) };
}
