/** `amanat grants`: what the database grants without a good signature, and adopting it. */
import type { Command } from 'commander';
import { CommandFailure } from '../entry/failure.ts';
import { type Adoption, adoptGrants, listAdoption } from '../flow/operator/adopting.ts';
import { withOpenedHome } from './opened-home.ts';
import { formatPairs, formatTable, printAnswer } from './output.ts';
import { terminalOf } from './terminal.ts';

export function addGrants(program: Command): void {
  program
    .command('grants')
    .description('Grants in the database: who is sent to, who may read, who may act')
    .command('adopt')
    .description('List the grants that are not signed; with --confirm, sign them')
    .option('--confirm <code>', 'the code under the list that you have looked through')
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
      detail: 'the code is not that of the list as it is now; nothing was adopted',
      help: 'Run "amanat grants adopt" again, look through the list, and give the code under it.',
    });
  printAnswer(terminal, { adopted: true, ...adopted }, () =>
    formatPairs([['adopted', `${adopted.grants} grants, ${adopted.statements} statements`]]),
  );
}

const lines = ({ grants, statements, work, code }: Adoption): readonly string[] => {
  if (grants.length + statements.length + work === 0)
    return ['Every grant is signed, and every statement named: there is nothing to adopt.'];
  const rows = grants.map((one) => [one.kind, one.why, one.owner, one.subject, granted(one.grants)]);
  const named = statements.map((one) => [one.kind, one.party, one.digest]);
  return [
    ...(rows.length === 0 ? [] : [...formatTable(['GRANT', 'WHY', 'OF', 'ID', 'WHAT IT GRANTS'], rows), '']),
    ...(named.length === 0 ? [] : [...formatTable(['STATEMENT', 'OF', 'DIGEST'], named), '']),
    `${work} messages and what was made for them follow what they were made from.`,
    'Look through every line: what you confirm is sent to, sees and acts. Take out what is not right first.',
    `Then: amanat grants adopt --confirm ${code}`,
  ];
};

const granted = (grants: Adoption['grants'][number]['grants']): string =>
  Object.entries(grants)
    .flatMap(([name, value]) => (value === '' ? [] : [`${name} ${value}`]))
    .join(', ');
