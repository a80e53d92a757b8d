/** `amanat grants`: lists grants in the database that have no valid MAC, and adopts them. */
import type { Command } from 'commander';
import { CommandFailure } from '../entry/failure.ts';
import { type Adoption, adoptGrants, listAdoption } from '../flow/operator/adopting.ts';
import { withOpenedHome } from './opened-home.ts';
import { formatPairs, formatTable, printAnswer } from './output.ts';
import { terminalOf } from './terminal.ts';

export function addGrants(program: Command): void {
  program
    .command('grants')
    .description('Manage the grants in the database: who receives, who may read, who may act')
    .command('adopt')
    .description('List the grants that are not signed; with --confirm, sign them')
    .option('--confirm <code>', 'code that is printed under the list that you have checked')
    .action((_flags, command) => run(command));
}

async function run(command: Command): Promise<void> {
  const terminal = terminalOf(command);
  const { confirm } = command.opts<{ readonly confirm?: string }>();
  if (confirm === undefined) {
    const list = await withOpenedHome(terminal, ({ gateway }) => listAdoption(gateway));
    printAnswer(terminal, { ...list, adopted: false }, () => lines(list));
    return;
  }
  const adopted = await withOpenedHome(terminal, ({ gateway }) => adoptGrants(gateway, confirm));
  if (adopted === undefined)
    throw new CommandFailure({
      exit: 'refused',
      code: 'already-exists',
      detail: 'the list has changed since this code was printed; nothing was adopted',
      help: 'Run "amanat grants adopt" again, check the list, and give the code under it.',
    });
  printAnswer(terminal, { adopted: true, ...adopted }, () =>
    formatPairs([['adopted', `${adopted.grants} grants, ${adopted.statements} statements`]]),
  );
}

const lines = ({ grants, statements, work, code }: Adoption): readonly string[] => {
  if (grants.length + statements.length + work === 0)
    return ['Every grant is signed and every statement is in the log: there is nothing to adopt.'];
  const rows = grants.map((one) => [one.kind, one.why, one.owner, one.subject, granted(one.grants)]);
  const named = statements.map((one) => [one.kind, one.party, one.digest]);
  return [
    ...(rows.length === 0 ? [] : [...formatTable(['GRANT', 'WHY', 'OF', 'ID', 'WHAT IT GRANTS'], rows), '']),
    ...(named.length === 0 ? [] : [...formatTable(['STATEMENT', 'OF', 'DIGEST'], named), '']),
    `${work} messages and what was made for them are signed with the grants they depend on.`,
    'Check every line: each grant that you confirm can receive, read or act. First delete what is not right.',
    `Then: amanat grants adopt --confirm ${code}`,
  ];
};

const granted = (grants: Adoption['grants'][number]['grants']): string =>
  Object.entries(grants)
    .flatMap(([name, value]) => (value === '' ? [] : [`${name} ${value}`]))
    .join(', ');
