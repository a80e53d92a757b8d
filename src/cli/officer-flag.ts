/** An officer as one flag: `id=o1,name=…,role=officer,lang=id`. Names may contain commas, because academic titles do. */

import { InvalidArgumentError } from 'commander';
import { type Officer, officerSchema } from '../domain/party/designation.ts';
import { describeIssue } from '../domain/words/schema-faults.ts';
import { name } from '../domain/words/text.ts';

/** The schema of an officer in a designation, with the name normalised. */
const flagged = officerSchema.extend({ name: name(120) });

const NEXT_MEMBER = /,(?=\s*(?:id|name|role|lang)=)/;

/** Reads an officer. @throws InvalidArgumentError, which names the missing or wrong member */
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
