/** Whether a renamed officer is the same person: said by flags, or asked where a person types. */
import { isCancel, select } from '@clack/prompts';
import type { Command } from 'commander';
import type { Renamed } from '../domain/party/belonging.ts';
import { type Officer, officer } from '../domain/party/party.ts';
import { checkSaid, type Persons } from '../entry/enrolling/renaming.ts';
import { interrupted } from '../entry/failure.ts';
import { fitting, repeated } from './flags.ts';
import type { Terminal } from './terminal.ts';

export interface PersonFlags {
  readonly samePerson?: readonly Officer['id'][];
  readonly newPerson?: readonly Officer['id'][];
}

export const addPersonFlags = (command: Command): Command =>
  command
    .addOption(
      repeated(
        '--same-person <id>',
        'this officer only has another name; accounts and endpoints count again once their desk confirms it',
        fitting(officer.shape.id),
      ),
    )
    .addOption(
      repeated(
        '--new-person <id>',
        'somebody else has this id now; its accounts and endpoints end until linked again',
        fitting(officer.shape.id),
      ),
    );

/**
 * What is said of each renamed officer.
 * @throws Refusal `officer-renamed`, `invalid-body`; Failure `interrupted`
 */
export async function personsOf(
  terminal: Terminal,
  { samePerson: same = [], newPerson: other = [] }: PersonFlags,
  renamed: readonly Renamed[],
): Promise<Persons> {
  const said: { same: string[]; other: string[] } = { same: [...same], other: [...other] };
  const open = renamed.filter(({ id }) => !same.includes(id) && !other.includes(id));
  for (const one of terminal.interactive ? open : []) said[await ask(one)].push(one.id);
  checkSaid(renamed, said);
  return said;
}

async function ask({ id, before, after }: Renamed): Promise<'same' | 'other'> {
  const chosen = await select({
    message: `Officer ${id} was "${before}" and is "${after}" now. Who is it?`,
    options: [
      {
        value: 'same' as const,
        label: 'The same person, under another name: the desk is asked to confirm it',
      },
      { value: 'other' as const, label: 'Another person: accounts and endpoints of this id end' },
    ],
    output: process.stderr,
  });
  if (isCancel(chosen)) throw interrupted();
  return chosen;
}
