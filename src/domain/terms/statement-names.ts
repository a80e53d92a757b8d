/** Names in statements: what is signed or imported from now on holds each of them in its one spelling. */

import type { Designation } from '../party/designation.ts';
import type { GatewayDesignation } from '../party/gateway-designation.ts';
import { Refusal } from '../words/error.ts';
import { findUnplainNames } from '../words/text.ts';
import type { Agreement } from './agreement.ts';

/** The statements in which people and offices are named. */
export type NamingStatement = Designation | GatewayDesignation | Agreement;

/**
 * Checks the names in a statement, before it is signed and before it is kept. Statements that are kept already were
 * signed under other rules and are read as they are.
 * @throws Refusal `invalid-body`, naming each member by its path and repeating no name
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
