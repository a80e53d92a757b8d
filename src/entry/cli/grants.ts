/** `amanat grants`: what the database grants without a good signature, and adopting it. */
import type { Command } from 'commander';
import { type Adoption, adopt, toAdopt } from '../../flow/operator/adopting.ts';
import { withOffice } from './office.ts';
import { answer, pairs, table } from './output.ts';
import { terminalOf } from './terminal.ts';

export function addGrants(program: Command): void {
  program
    .command('grants')
    .description('What the database says who may be sent to, see and act')
    .command('adopt')
    .description('List the grants that are not signed; with --confirm, sign them')
    .option('--confirm <code>', 'the code under the list that you have looked through')
    .action((_flags, command) => run(command));
}

async function run(command: Command): Promise<void> {
  const terminal = terminalOf(command);
  const { confirm } = command.opts<{ readonly confirm?: string }>();
  if (confirm === undefined) {
    const list = await withOffice(terminal, ({ gateway }) => toAdopt(gateway));
    answer(terminal, { ...list, adopted: false }, () => lines(list));
    return;
  }
  const count = await withOffice(terminal, ({ gateway }) => adopt(gateway, confirm));
  answer(terminal, { adopted: true, grants: count }, () => pairs([['adopted', `${count} grants`]]));
}

const lines = ({ grants, work, code }: Adoption): readonly string[] => [
  ...(grants.length === 0
    ? ['No grant waits.']
    : table(
        ['GRANT', 'WHY', 'OF', 'ID', 'WHAT IT GRANTS'],
        grants.map((one) => [
          one.kind,
          one.why,
          one.owner,
          one.subject,
          Object.entries(one.grants)
            .flatMap(([name, value]) => (value === '' ? [] : [`${name} ${value}`]))
            .join(', '),
        ]),
      )),
  '',
  `${work} links, arrivals and deliveries follow the grants they were made from.`,
  'Look through every line: what you confirm is sent to, sees and acts. Take out what is not right first.',
  `Then: amanat grants adopt --confirm ${code}`,
];
