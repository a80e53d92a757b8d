/** Statement files, as two directorates exchange them: a draft holds the claims as JSON, a signed file holds their JWS. */

import { type Designation, designationSchema } from '../domain/party/designation.ts';
import { type GatewayDesignation, gatewayDesignationSchema } from '../domain/party/gateway-designation.ts';
import { type Withdrawal, withdrawalSchema } from '../domain/party/in-force.ts';
import { type Agreement, agreementSchema } from '../domain/terms/agreement.ts';
import { type EndpointStatement, endpointStatementSchema } from '../domain/terms/endpoint-statement.ts';
import { parseBySchema } from '../domain/words/checked.ts';
import { Refusal } from '../domain/words/error.ts';
import { type Anchor, authorityOfKid, verifyAgreement, verifyDesignation } from '../seal/authority.ts';
import { checkShownGrants, verifyEndpointStatement } from '../seal/endpoint-statement.ts';
import { verifyGateway } from '../seal/gateway-statement.ts';
import type { Jws } from '../seal/jws.ts';
import { peekStatement, verifyStatement } from '../seal/statement.ts';
import { isObject } from '../seal/strict-json.ts';
import { verifyWithdrawal } from '../seal/withdrawal.ts';
import { readJson } from './files.ts';

const LIMIT = 2 * 1024 * 1024;

/** The claims of each kind of statement. */
export interface StatementClaims {
  readonly gateway: GatewayDesignation;
  readonly designation: Designation;
  readonly agreement: Agreement;
  readonly withdrawal: Withdrawal;
  readonly endpoint: EndpointStatement;
}

const SCHEMAS = {
  gateway: gatewayDesignationSchema,
  designation: designationSchema,
  agreement: agreementSchema,
  withdrawal: withdrawalSchema,
  endpoint: endpointStatementSchema,
} as const;
const VERIFIERS = {
  gateway: verifyGateway,
  designation: verifyDesignation,
  agreement: verifyAgreement,
  withdrawal: verifyWithdrawal,
  endpoint: verifyEndpointStatement,
} as const;

/** The content of a file: the claims, and the statement if somebody has signed it. */
export interface StatementFile<Kind extends keyof StatementClaims = keyof StatementClaims> {
  readonly kind: Kind;
  readonly claims: StatementClaims[Kind];
  readonly statement: Jws | undefined;
}

/** Reads a draft or a signed statement without verifying it. @throws Refusal `invalid-body` for its shape; Failure `usage` */
export async function readStatementFile<Kind extends keyof StatementClaims>(
  kind: Kind,
  file: string,
): Promise<StatementFile<Kind>> {
  const input = await readJson('FILE', file, LIMIT);
  const statement = isObject(input) && 'signatures' in input ? (input as unknown as Jws) : undefined;
  const found = statement === undefined ? input : peekStatement(statement).payload;
  return { kind, claims: parseBySchema(SCHEMAS[kind], found) as StatementClaims[Kind], statement };
}

export interface StatementVerdict {
  /** Null if there was no signature or no anchor. */
  readonly verified: boolean | null;
  /** Whether the existing signatures are valid, also where another one is still missing. */
  readonly signatures_hold: boolean | null;
  readonly problem: string | null;
}

/** Verifies a statement with the anchors, as of a time. */
export async function judgeStatement(
  file: StatementFile,
  anchors: readonly Anchor[],
  now: Date,
): Promise<StatementVerdict> {
  const { kind, claims, statement } = file;
  try {
    if (claims.kind === 'endpoint') checkShownGrants(claims);
    if (statement === undefined) return unjudged('nobody has signed it');
    if (anchors.length === 0) return unjudged('there is no anchor to verify it with');
    await VERIFIERS[kind](statement, anchors, now);
    return { verified: true, signatures_hold: true, problem: null };
  } catch (fault) {
    if (!(fault instanceof Refusal)) throw fault;
    const signatures_hold = statement === undefined ? null : await holds(file, anchors);
    return { verified: false, signatures_hold, problem: fault.detail };
  }
}

const unjudged = (problem: string): StatementVerdict => ({ verified: null, signatures_hold: null, problem });

async function holds({ kind, statement }: StatementFile, anchors: readonly Anchor[]): Promise<boolean> {
  try {
    await verifyStatement(statement, kind, async (kid) => anchors.find((one) => one.kid === kid)?.publicJwk);
    return true;
  } catch (fault) {
    if (fault instanceof Refusal) return false;
    throw fault;
  }
}

/** Lists the signers as the signatures name them; not verified. */
export const signersOfStatement = (statement: Jws | undefined) =>
  (statement === undefined ? [] : peekStatement(statement).kids).map(
    (kid) => authorityOfKid(kid) ?? { country: 'unknown', thumbprint: 'unknown' },
  );
