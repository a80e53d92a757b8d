/** Files of statements, as two directorates exchange them: a draft is the claims as JSON, a signed one their JWS. */

import { checked } from '../domain/message/protocol.ts';
import { type GatewayDesignation, gatewayDesignation } from '../domain/party/gateway-designation.ts';
import { type Withdrawal, withdrawal } from '../domain/party/key-life.ts';
import { type Designation, designation } from '../domain/party/party.ts';
import { type Agreement, agreement } from '../domain/terms/agreement.ts';
import { type EndpointStatement, endpointStatement } from '../domain/terms/endpoint-statement.ts';
import { Refusal } from '../domain/words/error.ts';
import { type Anchor, signerOf, verifyAgreement, verifyDesignation } from '../seal/authority.ts';
import { checkShown, verifyEndpointStatement } from '../seal/endpoint-statement.ts';
import { verifyGateway } from '../seal/gateway-statement.ts';
import type { Jws } from '../seal/jws.ts';
import { peek, readStatement } from '../seal/statement.ts';
import { isObject } from '../seal/strict-json.ts';
import { verifyWithdrawal } from '../seal/withdrawal.ts';
import { readJson } from './files.ts';

const LIMIT = 2 * 1024 * 1024;

/** The claims of each kind of statement. */
export interface Kinds {
  readonly gateway: GatewayDesignation;
  readonly designation: Designation;
  readonly agreement: Agreement;
  readonly withdrawal: Withdrawal;
  readonly endpoint: EndpointStatement;
}

const SCHEMAS = {
  gateway: gatewayDesignation,
  designation,
  agreement,
  withdrawal,
  endpoint: endpointStatement,
} as const;
const VERIFIERS = {
  gateway: verifyGateway,
  designation: verifyDesignation,
  agreement: verifyAgreement,
  withdrawal: verifyWithdrawal,
  endpoint: verifyEndpointStatement,
} as const;

/** What a file holds: the claims, and the statement where somebody has signed it. */
export interface StatementFile<Kind extends keyof Kinds = keyof Kinds> {
  readonly kind: Kind;
  readonly claims: Kinds[Kind];
  readonly statement: Jws | undefined;
}

/** Reads a draft or a signed statement; nothing is verified. @throws Refusal `invalid-body` and for its shape; Failure `usage` */
export async function readStatementFile<Kind extends keyof Kinds>(
  kind: Kind,
  file: string,
): Promise<StatementFile<Kind>> {
  const input = await readJson('FILE', file, LIMIT);
  const statement = isObject(input) && 'signatures' in input ? (input as unknown as Jws) : undefined;
  const found = statement === undefined ? input : peek(statement).payload;
  return { kind, claims: checked(SCHEMAS[kind], found) as Kinds[Kind], statement };
}

export interface Verdict {
  /** Null where there was nothing to verify, or nobody to believe. */
  readonly verified: boolean | null;
  /** Whether the signatures that are there hold, even where one is missing yet. */
  readonly signatures_hold: boolean | null;
  readonly problem: string | null;
}

/** Judges a statement by the anchors at a time. */
export async function verdictOn(
  file: StatementFile,
  anchors: readonly Anchor[],
  now: Date,
): Promise<Verdict> {
  const { kind, claims, statement } = file;
  try {
    if (claims.kind === 'endpoint') checkShown(claims);
    if (statement === undefined) return unjudged('nobody has signed it');
    if (anchors.length === 0) return unjudged('no anchor was given to verify it by');
    await VERIFIERS[kind](statement, anchors, now);
    return { verified: true, signatures_hold: true, problem: null };
  } catch (fault) {
    if (!(fault instanceof Refusal)) throw fault;
    const signatures_hold = statement === undefined ? null : await holds(file, anchors);
    return { verified: false, signatures_hold, problem: fault.detail };
  }
}

const unjudged = (problem: string): Verdict => ({ verified: null, signatures_hold: null, problem });

async function holds({ kind, statement }: StatementFile, anchors: readonly Anchor[]): Promise<boolean> {
  try {
    await readStatement(statement, kind, async (kid) => anchors.find((one) => one.kid === kid)?.publicJwk);
    return true;
  } catch (fault) {
    if (fault instanceof Refusal) return false;
    throw fault;
  }
}

/** Who signed, by what the signatures say of themselves. */
export const signersOf = (statement: Jws | undefined) =>
  (statement === undefined ? [] : peek(statement).kids).map(
    (kid) => signerOf(kid) ?? { country: 'unknown', thumbprint: 'unknown' },
  );
