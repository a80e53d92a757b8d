/** The directory: verified designations and agreements, read from the store when needed. */

import type { NamedStatement } from '../../domain/evidence/operator-act.ts';
import type { Endpoint } from '../../domain/party/channel.ts';
import { type Designation, type Digested, did, slug } from '../../domain/party/designation.ts';
import { findPeer, type GatewayDesignation } from '../../domain/party/gateway-designation.ts';
import { effectiveDesignation, versionAt, type Withdrawal } from '../../domain/party/in-force.ts';
import type { Agreement } from '../../domain/terms/agreement.ts';
import { Refusal } from '../../domain/words/error.ts';
import type { Gateway } from '../../gateway.ts';
import type { Judging } from '../../gateway-parts.ts';
import { type Anchor, verifyAgreement, verifyDesignation } from '../../seal/authority.ts';
import { verifyGateway } from '../../seal/gateway-statement.ts';
import { peekStatement } from '../../seal/statement.ts';
import { isObject } from '../../seal/strict-json.ts';
import { verifyWithdrawal } from '../../seal/withdrawal.ts';
import type { StatementRows } from '../../store/contracts/directory.ts';
import {
  hasEveryWithdrawal,
  listLoggedVersions,
  listVersions,
  readAgainstLog,
  readLoggedWithdrawal,
  type StatementReading,
} from './logged-versions.ts';
import { type RememberedStatement, verifyOnce } from './verified-once.ts';

/** A withdrawal, with its JWS as text. */
interface KeptWithdrawal extends Withdrawal {
  readonly digest: string;
  readonly statement: string;
}

/** The statements about some parties that are in force at one moment. */
interface StatementsInForce {
  /** DID of this gateway. */
  readonly here: string;
  /** One for each focal point, as in force now: a withdrawal has ended it, and retired keys are left out. */
  readonly designations: readonly Digested<Designation>[];
  readonly withdrawals: readonly KeptWithdrawal[];
  /** Every version. */
  readonly agreements: readonly Digested<Agreement>[];
  /** One for each gateway, as in force now. */
  readonly gateways: readonly Digested<GatewayDesignation>[];
}

/** The statements and endpoints of some parties at one moment. */
export interface Directory extends StatementsInForce {
  readonly endpoints: readonly Endpoint[];
}

/** The parts of a gateway that verifying needs. */
type Verifier = Pick<Gateway, 'anchors' | 'store' | 'log' | 'guard'>;

const present = <T>(one: T | undefined): one is T => one !== undefined;

/**
 * A text that cannot name a party is not looked up. Key ids and paths come from anybody, and the database
 * refuses NUL.
 */
const isParty = (text: string): boolean => did.safeParse(text).success || slug.safeParse(text).success;

/** The start that a statement claims; not verified. */
function beginning(jws: unknown): Date {
  const { payload } = peekStatement(jws);
  return new Date(isObject(payload) ? String(payload['from']) : Number.NaN);
}

/**
 * The withdrawals among the rows. A withdrawal outlives its signer's certificate. So it is verified as of its
 * start, and if the certificate is gone, the operator's log proves that it was verified once.
 */
async function verifyWithdrawals(
  gateway: Verifier,
  rows: StatementRows,
  reading: StatementReading,
): Promise<readonly KeptWithdrawal[]> {
  const verify = (jws: unknown) => verifyWithdrawal(jws, gateway.anchors, beginning(jws));
  const found = await Promise.all(
    rows.withdrawals.map(async (statement) => {
      const one =
        (await verifyOnce(gateway, statement, verify, { as: 'withdrawal' })) ??
        readLoggedWithdrawal(reading, statement);
      return one && { ...one, statement };
    }),
  );
  return found.filter(present);
}

/** Every designation that a focal point ever had, ordered by start, and its withdrawals. */
interface DesignationHistory {
  readonly versions: readonly Digested<Designation>[];
  readonly withdrawals: readonly KeptWithdrawal[];
}

/**
 * Reads the history of a focal point (DID). Each version is verified as of its start. If a statement is
 * missing that the operator's log names, there are no versions.
 */
export async function readHistory(gateway: Verifier, party: string): Promise<DesignationHistory> {
  const verify = (jws: unknown) => verifyDesignation(jws, gateway.anchors, beginning(jws));
  return readAgainstLog(gateway, { parties: [party].filter(isParty) }, async (rows, reading) => {
    const versions = await Promise.all(
      rows.designations.map((text) => verifyOnce(gateway, text, verify, { as: 'designation' })),
    );
    const withdrawals = await verifyWithdrawals(gateway, rows, reading);
    // A tampered row may have a statement about another focal point.
    const own = versions.filter(present).filter((one) => one.focal_point === party);
    const isWhole = own.length > 0 && hasEveryWithdrawal(reading, party, withdrawals);
    return {
      versions: isWhole ? listVersions(reading, 'designation', party, own) : [],
      withdrawals,
    };
  });
}

/** Every kept designation of a gateway, each verified as of its start. */
export const readGatewayHistory = async (
  gateway: Verifier,
  did: string,
): Promise<readonly GatewayDesignation[]> =>
  (await readGatewayVersions(gateway)).filter((one) => one.gateway === did);

/** Every kept designation of every gateway, each verified as of its start. */
export async function readGatewayVersions(
  gateway: Verifier,
): Promise<readonly Digested<GatewayDesignation>[]> {
  return readAgainstLog(gateway, { parties: [] }, (rows, reading) =>
    verifyGatewayVersions(gateway, rows, reading),
  );
}

async function verifyGatewayVersions(
  gateway: Pick<Verifier, 'anchors' | 'log'>,
  { gateways }: StatementRows,
  reading: StatementReading,
): Promise<readonly Digested<GatewayDesignation>[]> {
  const verify = (jws: unknown) => verifyGateway(jws, gateway.anchors, beginning(jws));
  const versions = await Promise.all(
    gateways.map((text) => verifyOnce(gateway, text, verify, { as: 'gateway' })),
  );
  const ofEach = Map.groupBy(versions.filter(present), (one) => one.gateway);
  return [...ofEach].flatMap(([did, all]) => listVersions(reading, 'gateway', did, all));
}

const isEarlier = (one: { readonly from: string }, than: { readonly from: string }): boolean =>
  Date.parse(one.from) < Date.parse(than.from);

/** Reads and verifies what is known of the parties (DIDs or slugs), or of all of them. */
export async function readDirectory(gateway: Judging, parties?: readonly string[]): Promise<Directory> {
  const at = gateway.now();
  const asked = parties?.filter(isParty);
  return readAgainstLog(gateway, { parties: asked, at }, async (rows, reading) => ({
    ...(await verifyRows(gateway, rows, { reading, at, asked })),
    endpoints: rows.endpoints,
  }));
}

/**
 * The statements in force, with every version of each gateway; and the statements in the operator's log that
 * are missing or do not verify. It is for lists that a person reads, and raises no alarm.
 */
export async function readStatements(
  gateway: Judging,
): Promise<{ readonly counting: StatementsInForce; readonly lost: readonly NamedStatement[] }> {
  const at = gateway.now();
  const [rows, ever] = await Promise.all([
    gateway.store.directory.readStatements(at),
    gateway.store.directory.readStatements(),
  ]);
  const reading: StatementReading = { named: gateway.guard.statements(), missing: [] };
  const counting = await verifyRows(gateway, rows, { reading, at });
  const gateways = await verifyGatewayVersions(gateway, ever, { ...reading, missing: [] });
  return { counting: { ...counting, gateways }, lost: reading.missing };
}

interface ReadAt {
  readonly reading: StatementReading;
  readonly at: Date;
  readonly asked?: readonly string[] | undefined;
}

async function verifyRows(
  gateway: Judging,
  rows: StatementRows,
  { reading, at, asked }: ReadAt,
): Promise<StatementsInForce> {
  const { anchors } = gateway;
  const verifiedIn = async <T extends RememberedStatement>(
    texts: readonly string[],
    as: T['kind'],
    verify: (jws: unknown, anchors: readonly Anchor[], at: Date) => Promise<T>,
  ): Promise<readonly Digested<T>[]> => {
    const each = texts.map((text) =>
      verifyOnce(gateway, text, (jws) => verify(jws, anchors, at), { as, at }),
    );
    return (await Promise.all(each)).filter(present);
  };
  const [withdrawals, designations, agreements, gateways] = await Promise.all([
    verifyWithdrawals(gateway, rows, reading),
    verifiedIn(rows.designations, 'designation', verifyDesignation),
    verifiedIn(rows.agreements, 'agreement', verifyAgreement),
    verifiedIn(rows.gateways, 'gateway', verifyGateway),
  ]);
  const focalPoints = listLoggedVersions(reading, 'designation', designations, {
    nameOf: (one) => one.focal_point,
    isOlder: isEarlier,
    asked,
  }).filter(([one]) => one !== undefined && hasEveryWithdrawal(reading, one.focal_point, withdrawals));
  const connected = listLoggedVersions(reading, 'gateway', gateways, {
    nameOf: (one) => one.gateway,
    isOlder: isEarlier,
  });
  const agreed = listLoggedVersions(reading, 'agreement', agreements, {
    nameOf: (one) => one.id,
    isOlder: (one, than) => one.version < than.version,
  });
  return {
    here: gateway.did,
    designations: focalPoints
      .map((all) => effectiveDesignation(all, withdrawals, gateway.now()))
      .filter(present),
    withdrawals,
    agreements: agreed.flat(),
    gateways: connected.map((all) => versionAt(all, at)).filter(present),
  };
}

/**
 * The designation of a DID or slug. A slug is unique at its gateway only. So it means the focal point homed
 * here, or else the only one anywhere.
 */
export function findDesignation(directory: Directory, party: string): Digested<Designation> | undefined {
  const byDid = directory.designations.find((one) => one.focal_point === party);
  if (byDid !== undefined) return byDid;
  const named = directory.designations.filter((one) => one.slug === party);
  return named.find((one) => isHome(directory, one)) ?? (named.length === 1 ? named[0] : undefined);
}

const isHome = (directory: Directory, one: Designation): boolean => one.gateway === directory.here;

/**
 * The designation of a focal point homed here. Others have their pages, keys and API routes at their own
 * gateways.
 */
export function findHomedDesignation(directory: Directory, party: string): Digested<Designation> | undefined {
  const found = findDesignation(directory, party);
  return found !== undefined && isHome(directory, found) ? found : undefined;
}

/**
 * The designation in force of another gateway.
 * @throws Refusal `unknown-gateway`
 */
export function requirePeer(directory: Directory, gateway: string, at: Date): GatewayDesignation {
  const found = findPeer(directory, gateway, at);
  if (found === undefined || found.gateway === directory.here)
    throw new Refusal('unknown-gateway', 'the gateway is not designated, or its designation is not in force');
  return found;
}

/** The designation of a DID that must be there, because a row refers to it. */
export function requireDesignation(directory: Directory, party: string): Digested<Designation> {
  const found = findDesignation(directory, party);
  if (found === undefined) throw new Error('a party to a kept message is not in the directory');
  return found;
}
