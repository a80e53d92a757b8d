/** Flags that describe a new focal point, for a designation that is signed here or elsewhere. */
import { type Command, InvalidArgumentError } from 'commander';
import { country, didOfFocalPoint, type Officer, officerSchema, slug } from '../domain/party/designation.ts';
import { present } from '../domain/words/present.ts';
import { describeIssue } from '../domain/words/schema-faults.ts';
import { name } from '../domain/words/text.ts';
import type { FocalPointDraft } from '../entry/enrolling/designating.ts';
import { type FlagQuestion, makeFlag, makeParser, makeRepeatedFlag, makeWholeNumberParser } from './flags.ts';
import { readJwks } from './jwks.ts';

/** The schema of an officer in a designation, with the name normalised. */
const flagged = officerSchema.extend({ name: name(120) });

const NEXT_MEMBER = /,(?=\s*(?:id|name|role|lang)=)/;

/**
 * Reads an officer in one flag: `id=o1,name=…,role=officer,lang=id`. Names may contain commas, because academic titles do.
 * @throws InvalidArgumentError, which names the missing or wrong member
 */
export function readOfficer(text: string): Officer {
  const members = text.split(NEXT_MEMBER).map((part) => {
    const at = part.indexOf('=');
    return [part.slice(0, at).trim(), part.slice(at + 1).trim()] as const;
  });
  const names = members.map(([name]) => name);
  if (new Set(names).size !== names.length) throw new InvalidArgumentError('a member is given twice');
  const missing = ['id', 'name', 'role', 'lang'].filter((name) => !names.includes(name));
  if (missing.length > 0)
    throw new InvalidArgumentError(`${missing.join(', ')} missing in id=…,name=…,role=…,lang=…`);
  const value = Object.fromEntries(members);
  for (const member of ['id', 'name', 'role', 'lang'] as const) {
    const result = flagged.shape[member].safeParse(value[member], { error: describeIssue });
    if (!result.success)
      throw new InvalidArgumentError(`${member} ${result.error.issues[0]?.message ?? 'is wrong'}`);
  }
  return flagged.parse(value);
}

export interface FocalPointFlags {
  readonly slug: string;
  readonly name: string;
  readonly country: string;
  readonly officer: readonly Officer[];
  readonly jwks?: string;
  readonly days?: number;
}

/** Questions at the terminal for missing flags. */
export const FOCAL_POINT_QUESTIONS: readonly FlagQuestion[] = [
  { name: 'slug', message: 'Short name: a to z, digits, hyphens', placeholder: 'pos-putussibau' },
  { name: 'name', message: 'Name of the focal point' },
  { name: 'country', message: 'Country', placeholder: 'ID' },
  { name: 'officer', message: 'Officers, separated by ;', placeholder: 'id=o1,name=…,role=officer,lang=id' },
];

export const addFocalPointFlags = (command: Command): Command =>
  command
    .addOption(makeFlag('--slug <slug>', 'short name, which becomes part of its DID', makeParser(slug)))
    .option('--name <name>', 'name of the focal point')
    .addOption(
      makeFlag('--country <cc>', 'country whose authority designates the focal point', makeParser(country)),
    )
    .addOption(
      makeRepeatedFlag(
        '--officer <officer>',
        'an officer, such as "id=o1,name=…,role=officer,lang=id"',
        readOfficer,
      ),
    )
    .option('--jwks <file>', 'public keys of a focal point that holds its own keys')
    .addOption(
      makeFlag(
        '--days <n>',
        'days the designation is in force (default: 365)',
        makeWholeNumberParser(1, 3_650),
      ),
    );

/** Makes the draft of a focal point at the gateway with this DID. @throws Refusal `usage` where `--jwks` cannot be read */
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
