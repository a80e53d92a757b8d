/** What is said of a desk that is to be designated, here or by a draft that is signed elsewhere. */
import type { Command } from 'commander';
import { country, didOfFocalPoint, type Officer, slug } from '../domain/party/designation.ts';
import { present } from '../domain/words/present.ts';
import type { FocalPointDraft } from '../entry/enrolling/designating.ts';
import { type FlagQuestion, makeFlag, makeParser, makeRepeatedFlag, makeWholeNumberParser } from './flags.ts';
import { readJwks } from './jwks.ts';
import { readOfficer } from './officer-flag.ts';

export interface FocalPointFlags {
  readonly slug: string;
  readonly name: string;
  readonly country: string;
  readonly officer: readonly Officer[];
  readonly jwks?: string;
  readonly days?: number;
}

/** Asked for where a person types and the flag is missing. */
export const FOCAL_POINT_QUESTIONS: readonly FlagQuestion[] = [
  { name: 'slug', message: 'Short name: a to z, digits, hyphens', placeholder: 'pos-putussibau' },
  { name: 'name', message: 'Name of the desk' },
  { name: 'country', message: 'Country', placeholder: 'ID' },
  { name: 'officer', message: 'Officers, parted by ;', placeholder: 'id=o1,name=…,role=officer,lang=id' },
];

export const addFocalPointFlags = (command: Command): Command =>
  command
    .addOption(makeFlag('--slug <slug>', 'short name, part of its DID', makeParser(slug)))
    .option('--name <name>', 'name of the desk')
    .addOption(makeFlag('--country <cc>', 'country whose authority designates it', makeParser(country)))
    .addOption(
      makeRepeatedFlag('--officer <officer>', 'such as "id=o1,name=…,role=officer,lang=id"', readOfficer),
    )
    .option('--jwks <file>', 'public keys of a desk that holds its own')
    .addOption(
      makeFlag(
        '--days <n>',
        'days the designation holds, 365 where left out',
        makeWholeNumberParser(1, 3_650),
      ),
    );

/** The desk as it was described, at the gateway of this DID. @throws Refusal `usage` where `--jwks` cannot be read */
export async function readFocalPointDraft(gateway: string, flags: FocalPointFlags): Promise<FocalPointDraft> {
  const { slug: short, name, days, jwks } = flags;
  return {
    slug: short,
    name,
    country: flags.country,
    officers: flags.officer,
    ...present({
      days,
      own: jwks === undefined ? undefined : await readJwks('--jwks', jwks, didOfFocalPoint(gateway, short)),
    }),
  };
}
