/** What is said of a desk that is to be designated, here or by a draft that is signed elsewhere. */
import type { Command } from 'commander';
import { country, focalPointDid, type Officer, slug } from '../domain/party/party.ts';
import { present } from '../domain/words/present.ts';
import type { FocalPointDraft } from '../entry/enrolling/designating.ts';
import { fitting, flag, type Question, repeated, whole } from './flags.ts';
import { readJwks } from './jwks.ts';
import { readOfficer } from './officer-flag.ts';

export interface DeskFlags {
  readonly slug: string;
  readonly name: string;
  readonly country: string;
  readonly officer: readonly Officer[];
  readonly jwks?: string;
  readonly days?: number;
}

/** Asked for where a person types and the flag is missing. */
export const DESK_QUESTIONS: readonly Question[] = [
  { name: 'slug', message: 'Short name: a to z, digits, hyphens', placeholder: 'pos-putussibau' },
  { name: 'name', message: 'Name of the desk' },
  { name: 'country', message: 'Country', placeholder: 'ID' },
  { name: 'officer', message: 'Officers, parted by ;', placeholder: 'id=o1,name=…,role=officer,lang=id' },
];

export const addDeskFlags = (command: Command): Command =>
  command
    .addOption(flag('--slug <slug>', 'short name, part of its DID', fitting(slug)))
    .option('--name <name>', 'name of the desk')
    .addOption(flag('--country <cc>', 'country whose authority designates it', fitting(country)))
    .addOption(repeated('--officer <officer>', 'such as "id=o1,name=…,role=officer,lang=id"', readOfficer))
    .option('--jwks <file>', 'public keys of a desk that holds its own')
    .addOption(flag('--days <n>', 'days the designation holds, 365 where left out', whole(1, 3_650)));

/** The desk as it was described, at the gateway of this DID. @throws Refusal `usage` where `--jwks` cannot be read */
export async function deskOf(gateway: string, flags: DeskFlags): Promise<FocalPointDraft> {
  const { slug: short, name, days, jwks } = flags;
  return {
    slug: short,
    name,
    country: flags.country,
    officers: flags.officer,
    ...present({
      days,
      own: jwks === undefined ? undefined : await readJwks('--jwks', jwks, focalPointDid(gateway, short)),
    }),
  };
}
