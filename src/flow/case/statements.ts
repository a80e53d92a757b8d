/** Verifies the statements in a case file under the reader's own anchors only. */

import type { CaseFile } from '../../domain/evidence/case-file.ts';
import type { RestsOn } from '../../domain/evidence/evidence.ts';
import type { Designation, Digested, PublicJwk } from '../../domain/party/designation.ts';
import type { GatewayDesignation } from '../../domain/party/gateway-designation.ts';
import {
  designationInForceAt,
  gatewayVersionAt,
  versionInForceAt,
  type Withdrawal,
} from '../../domain/party/in-force.ts';
import type { Agreement, AgreementName } from '../../domain/terms/agreement.ts';
import { Refusal } from '../../domain/words/error.ts';
import { type Anchor, verifyAgreement, verifyDesignation } from '../../seal/authority.ts';
import { verifyGateway } from '../../seal/gateway-statement.ts';
import type { Jws } from '../../seal/jws.ts';
import { digestOfPayload, peekStatement } from '../../seal/statement.ts';
import { isObject } from '../../seal/strict-json.ts';
import { verifyWithdrawal } from '../../seal/withdrawal.ts';
import { runAtPlace } from './reading.ts';

/** The statements on which the reader may rely: an anchor signed each of them. */
interface CaseGrounds {
  readonly gateways: readonly GatewayDesignation[];
  readonly designations: readonly Digested<Designation>[];
  readonly withdrawals: readonly Digested<Withdrawal>[];
  /**
   * Agreements are verified as of the time at which a message rests on them. Undefined if the agreement is
   * not in the file.
   */
  readonly agreement: (wanted: AgreementName, when: Date) => Promise<Digested<Agreement> | undefined>;
  /**
   * Verifies the agreements that no message rests on: nothing unverified may be in the file.
   * @throws CaseMisfit
   */
  readonly checkUnused: () => Promise<void>;
}

/** The context in which a message is judged. */
export interface CaseContext {
  readonly file: CaseFile;
  readonly grounds: CaseGrounds;
  /** The gateway that wrote the file and keeps its ledger. */
  readonly author: GatewayDesignation;
  /** When the author took each withdrawal, by the withdrawal's digest. */
  readonly withdrawn: ReadonlyMap<string, { readonly at: Date }>;
}

/** The start that a statement claims; not verified. */
function beginning(jws: unknown): Date {
  const { payload } = peekStatement(jws);
  return new Date(isObject(payload) ? String(payload['from']) : Number.NaN);
}

type Verify<T> = (jws: unknown, anchors: readonly Anchor[], when: Date) => Promise<T>;

/** @throws CaseMisfit at the first statement that does not verify as of its own start */
async function verifyAll<T>(
  name: 'gateways' | 'designations' | 'withdrawals',
  file: CaseFile,
  anchors: readonly Anchor[],
  verify: Verify<T>,
): Promise<readonly Digested<T>[]> {
  const verified: Digested<T>[] = [];
  for (const [n, jws] of file[name].entries())
    verified.push(
      await runAtPlace(`${name}[${n}]`, async () =>
        digested(await verify(jws, anchors, beginning(jws)), jws),
      ),
    );
  return verified;
}

/** A verified statement, with its digest. */
const digested = <T>(statement: T, jws: unknown): Digested<T> => ({
  ...statement,
  digest: digestOfPayload(jws as Jws),
});

/** @throws CaseMisfit */
export const verifyGateways = (
  file: CaseFile,
  anchors: readonly Anchor[],
): Promise<readonly GatewayDesignation[]> => verifyAll('gateways', file, anchors, verifyGateway);

/** @throws CaseMisfit */
export async function verifyGrounds(
  file: CaseFile,
  gateways: readonly GatewayDesignation[],
  anchors: readonly Anchor[],
): Promise<CaseGrounds> {
  const designations = await verifyAll('designations', file, anchors, verifyDesignation);
  const withdrawals = await verifyAll('withdrawals', file, anchors, verifyWithdrawal);
  return { gateways, designations, withdrawals, ...(await prepareAgreements(file, anchors)) };
}

async function prepareAgreements(
  file: CaseFile,
  anchors: readonly Anchor[],
): Promise<Pick<CaseGrounds, 'agreement' | 'checkUnused'>> {
  const agreements = await Promise.all(
    file.agreements.map((jws, n) =>
      runAtPlace(`agreements[${n}]`, () => ({ jws, n, name: nameOf(peekStatement(jws).payload) })),
    ),
  );
  const used = new Set<number>();
  const verified = ({ jws, n }: (typeof agreements)[number], when: Date) =>
    runAtPlace(`agreements[${n}]`, async () => digested(await verifyAgreement(jws, anchors, when), jws));
  return {
    agreement: async (wanted, when) => {
      const found = agreements.find(({ name }) => name === nameOf(wanted));
      if (found === undefined) return undefined;
      used.add(found.n);
      return verified(found, when);
    },
    checkUnused: async () => {
      for (const one of agreements.filter(({ n }) => !used.has(n))) await verified(one, beginning(one.jws));
    },
  };
}

const nameOf = (one: unknown): string => (isObject(one) ? `${one['id']} ${one['version']}` : '');

/**
 * The designation of a focal point in force at a time. If the evidence names another version, that one is
 * used although a newer one had begun: the signer did not know the newer one yet. A version with another home
 * gateway is never used, since the home decides who may sign.
 * @throws Refusal `designation-ended`
 */
export function findDesignationAt(
  { designations, withdrawals }: CaseGrounds,
  party: string,
  when: Date,
  restsOn: RestsOn | undefined,
): Digested<Designation> {
  const versions = designations.filter((one) => one.focal_point === party);
  const counting = designationInForceAt(versions, withdrawals, when);
  if (counting === undefined)
    throw new Refusal(
      'designation-ended',
      'a focal point was not designated, or its designation was not in force',
    );
  const digest = restsOn?.designations.find((one) => one.focal_point === party)?.digest;
  const named = versions.find((one) => one.digest === digest);
  if (named === undefined || named.gateway !== counting.gateway) return counting;
  return versionInForceAt(named, withdrawals, when) ?? counting;
}

/**
 * The authority's statement about a gateway's key: the version in force at that time. Before the first
 * version begins, the first one is used. A key that the version does not list, or that signed after its end,
 * is refused.
 * @throws Refusal `unknown-gateway`
 */
export function findVouchedKey(
  gateways: readonly GatewayDesignation[],
  gateway: string,
  kid: string,
  when: Date,
): { readonly statement: GatewayDesignation; readonly key: PublicJwk } {
  const statement = gatewayVersionAt(
    gateways.filter((one) => one.gateway === gateway),
    when,
  );
  const key = statement?.keys.signing.find((one) => one.kid === kid);
  if (statement === undefined || key === undefined)
    throw new Refusal('unknown-gateway', 'no authority vouches for the gateway’s key at that time');
  return { statement, key };
}
