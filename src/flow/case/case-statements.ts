/** The statements in a case file, verified under the reader's own anchors and nobody else's word. */

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
import { runAtPlace } from './case-reading.ts';

/** What the reader may rely on: everything in it is signed by an anchor. */
export interface CaseGrounds {
  readonly gateways: readonly GatewayDesignation[];
  readonly designations: readonly Digested<Designation>[];
  readonly withdrawals: readonly Digested<Withdrawal>[];
  /** Agreements are verified as of the time at which something rests on them; undefined where it is not in the file. */
  readonly agreement: (wanted: AgreementName, when: Date) => Promise<Digested<Agreement> | undefined>;
  /** One that nothing rests on must hold all the same: nothing unverified is carried along. @throws Misfit */
  readonly checkUnused: () => Promise<void>;
}

/** What a message is judged within. */
export interface CaseContext {
  readonly file: CaseFile;
  readonly grounds: CaseGrounds;
  /** Who wrote the file and keeps the ledger in it. */
  readonly author: GatewayDesignation;
  /** When the author took each withdrawal, by its digest. */
  readonly withdrawn: ReadonlyMap<string, { readonly at: Date }>;
}

/** When a statement says that it begins; not verified. */
function beginning(jws: unknown): Date {
  const { payload } = peekStatement(jws);
  return new Date(isObject(payload) ? String(payload['from']) : Number.NaN);
}

type Verify<T> = (jws: unknown, anchors: readonly Anchor[], when: Date) => Promise<T>;

/** @throws Misfit at the first statement that does not verify as of the time it begins */
async function all<T>(
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

/** A statement that verified, with its digest. */
const digested = <T>(statement: T, jws: unknown): Digested<T> => ({
  ...statement,
  digest: digestOfPayload(jws as Jws),
});

/** @throws Misfit */
export const verifyGateways = (
  file: CaseFile,
  anchors: readonly Anchor[],
): Promise<readonly GatewayDesignation[]> => all('gateways', file, anchors, verifyGateway);

/** @throws Misfit */
export async function verifyGrounds(
  file: CaseFile,
  gateways: readonly GatewayDesignation[],
  anchors: readonly Anchor[],
): Promise<CaseGrounds> {
  const designations = await all('designations', file, anchors, verifyDesignation);
  const withdrawals = await all('withdrawals', file, anchors, verifyWithdrawal);
  return { gateways, designations, withdrawals, ...(await agreementsIn(file, anchors)) };
}

async function agreementsIn(
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
 * The designation of a focal point as it counted at a time. Where evidence names another version, this is by which it was
 * done, though a newer one had begun that whoever signed did not know yet; not one that had another home, for this says
 * who may sign at all.
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
    throw new Refusal('designation-ended', 'a party was not designated, or its designation not in force');
  const digest = restsOn?.designations.find((one) => one.focal_point === party)?.digest;
  const named = versions.find((one) => one.digest === digest);
  if (named === undefined || named.gateway !== counting.gateway) return counting;
  return versionInForceAt(named, withdrawals, when) ?? counting;
}

/**
 * The statement by which an authority vouches for a gateway's key: the version that counted at that time. Before the
 * first one begins, that one still says whose key it is; a key that it does not list, or that signed after its end, is
 * nobody's.
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
