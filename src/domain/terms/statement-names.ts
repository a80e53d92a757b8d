/** Names in statements: from now on a statement is signed or imported only if its names are in canonical spelling. */

import type { Designation } from '../party/designation.ts';
import type { GatewayDesignation } from '../party/gateway-designation.ts';
import { Refusal } from '../words/error.ts';
import { findUnplainNames } from '../words/text.ts';
import type { Agreement } from './agreement.ts';

/** Statements that contain names of people or offices. */
type NamingStatement = Designation | GatewayDesignation | Agreement;

/**
 * Checks the names in a statement before it is signed and before it is stored. Stored statements were signed under
 * earlier rules and are read as they are.
 * @throws Refusal `invalid-body`, which lists the paths of the members and never a name
 */
export function checkStatementNames(claims: NamingStatement): void {
  const faults = findUnplainNames(namesIn(claims));
  if (faults.length > 0) throw new Refusal('invalid-body', faults.join('; '));
}

function namesIn(claims: NamingStatement): Readonly<Record<string, string>> {
  if (claims.kind === 'agreement') return { title: claims.title };
  if (claims.kind === 'gateway') return { name: claims.name };
  const officers = claims.officers.map(({ name }, n) => [`officers.${n}.name`, name] as const);
  return { name: claims.name, ...Object.fromEntries(officers) };
}
