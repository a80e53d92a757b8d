/** Whether a renamed officer is the same person: given by flags, or asked at the terminal. */
import { isCancel, select } from '@clack/prompts';
import type { Command } from 'commander';
import { type Officer, officerSchema } from '../domain/party/designation.ts';
import type { RenamedOfficer } from '../domain/party/endpoint-officer.ts';
import { checkRenamesExplained, type RenamedPersons } from '../entry/enrolling/renaming.ts';
import { makeInterruption } from '../entry/failure.ts';
import { makeParser, makeRepeatedFlag } from './flags.ts';
import type { Terminal } from './terminal.ts';

export interface PersonFlags {
  readonly samePerson?: readonly Officer['id'][];
  readonly newPerson?: readonly Officer['id'][];
}

export const addPersonFlags = (command: Command): Command =>
  command
    .addOption(
      makeRepeatedFlag(
        '--same-person <id>',
        'id of an officer who only has a new name; accounts and endpoints are used again after the focal point confirms it',
        makeParser(officerSchema.shape.id),
      ),
    )
    .addOption(
      makeRepeatedFlag(
        '--new-person <id>',
        'id that another person has now; its accounts and endpoints end until they are linked again',
        makeParser(officerSchema.shape.id),
      ),
    );

/**
 * Asks for each renamed officer whether it is the same person.
 * @throws Refusal `officer-renamed`, `invalid-body`; Failure `interrupted`
 */
export async function askAboutRenamed(
  terminal: Terminal,
  { samePerson: same = [], newPerson: other = [] }: PersonFlags,
  renamed: readonly RenamedOfficer[],
): Promise<RenamedPersons> {
  const said: { same: string[]; other: string[] } = { same: [...same], other: [...other] };
  const open = renamed.filter(({ id }) => !same.includes(id) && !other.includes(id));
  for (const one of terminal.interactive ? open : []) said[await ask(one)].push(one.id);
  checkRenamesExplained(renamed, said);
  return said;
}

async function ask({ id, before, after }: RenamedOfficer): Promise<'same' | 'other'> {
  const chosen = await select({
    message: `Officer ${id} was "${before}" and is now "${after}". Who is it?`,
    options: [
      {
        value: 'same' as const,
        label: 'The same person with a new name: the focal point is asked to confirm it',
      },
      { value: 'other' as const, label: 'Another person: accounts and endpoints of this id end' },
    ],
    output: process.stderr,
  });
  if (isCancel(chosen)) throw makeInterruption();
  return chosen;
}
