/** The statements in a case file, verified under the reader's own anchors and nobody else's word. */
import type { Agreement } from '../domain/agreement.ts';
import type { CaseFile } from '../domain/case-file.ts';
import { Refusal } from '../domain/error.ts';
import type { GatewayDesignation } from '../domain/gateway-designation.ts';
import { stoodAt, type Withdrawal } from '../domain/key-life.ts';
import type { Designation, PublicJwk } from '../domain/party.ts';
import { type Anchor, verifyAgreement, verifyDesignation } from '../seal/authority.ts';
import { verifyGateway } from '../seal/gateway-statement.ts';
import { peek } from '../seal/statement.ts';
import { isObject } from '../seal/strict-json.ts';
import { verifyWithdrawal } from '../seal/withdrawal.ts';
import { at } from './case-reading.ts';

/** What the reader may rely on: everything in it is signed by an anchor. */
export interface Grounds {
  readonly gateways: readonly GatewayDesignation[];
  readonly designations: readonly Designation[];
  readonly withdrawals: readonly Withdrawal[];
  /** Agreements are verified as of the time at which something rests on them. */
  readonly agreement: (wanted: { id: string; version: number }, when: Date) => Promise<Agreement>;
}

/** What a message is judged within. */
export interface Within {
  readonly file: CaseFile;
  readonly grounds: Grounds;
  /** Who wrote the file and keeps the ledger in it. */
  readonly author: GatewayDesignation;
}

/** When a statement says that it begins; not verified. */
function beginning(jws: unknown): Date {
  const { payload } = peek(jws);
  return new Date(isObject(payload) ? String(payload['from']) : Number.NaN);
}

type Verify<T> = (jws: unknown, anchors: readonly Anchor[], when: Date) => Promise<T>;

/** @throws Misfit at the first statement that does not verify as of the time it begins */
async function all<T>(
  name: 'gateways' | 'designations' | 'withdrawals',
  file: CaseFile,
  anchors: readonly Anchor[],
  verify: Verify<T>,
): Promise<readonly T[]> {
  const verified: T[] = [];
  for (const [n, jws] of file[name].entries())
    verified.push(await at(`${name}[${n}]`, () => verify(jws, anchors, beginning(jws))));
  return verified;
}

/** @throws Misfit */
export const gatewaysIn = (
  file: CaseFile,
  anchors: readonly Anchor[],
): Promise<readonly GatewayDesignation[]> => all('gateways', file, anchors, verifyGateway);

/** @throws Misfit */
export async function groundsIn(
  file: CaseFile,
  gateways: readonly GatewayDesignation[],
  anchors: readonly Anchor[],
): Promise<Grounds> {
  const designations = await all('designations', file, anchors, verifyDesignation);
  const withdrawals = await all('withdrawals', file, anchors, verifyWithdrawal);
  const agreements = await Promise.all(
    file.agreements.map((jws, n) =>
      at(`agreements[${n}]`, () => ({ jws, n, name: nameOf(peek(jws).payload) })),
    ),
  );
  const agreement: Grounds['agreement'] = async (wanted, when) => {
    const found = agreements.find(({ name }) => name === nameOf(wanted));
    if (found === undefined)
      throw new Refusal('statement-refused', 'the agreement it names is not in the file');
    return at(`agreements[${found.n}]`, () => verifyAgreement(found.jws, anchors, when));
  };
  // One that nothing rests on must hold all the same: nothing unverified is carried along.
  const used = new Set(file.messages.flatMap((one) => one.recipients.map((to) => nameOf(to.agreement))));
  for (const { n, jws } of agreements.filter((one) => !used.has(one.name)))
    await at(`agreements[${n}]`, () => verifyAgreement(jws, anchors, beginning(jws)));
  return { gateways, designations, withdrawals, agreement };
}

const nameOf = (one: unknown): string => (isObject(one) ? `${one['id']} ${one['version']}` : '');

/** The designation of a focal point as it counted at a time. @throws Refusal `designation-ended` */
export function designationThen(grounds: Grounds, party: string, when: Date): Designation {
  const versions = grounds.designations.filter((one) => one.focal_point === party);
  const found = stoodAt(versions, grounds.withdrawals, when);
  if (found === undefined)
    throw new Refusal('designation-ended', 'a party was not designated, or its designation not in force');
  return found;
}

/**
 * The statement by which an authority vouches for a gateway's key. One that begins after `when` still says whose key it
 * is, since a renewed statement replaces the old one; one that had ended by then does not.
 * @throws Refusal `unknown-gateway`
 */
export function vouched(
  gateways: readonly GatewayDesignation[],
  gateway: string,
  kid: string,
  when: Date,
): { readonly statement: GatewayDesignation; readonly key: PublicJwk } {
  const found = gateways.flatMap((statement) =>
    statement.gateway === gateway && when.getTime() < Date.parse(statement.until)
      ? statement.keys.signing.filter((key) => key.kid === kid).map((key) => ({ statement, key }))
      : [],
  );
  const [best] = found.toSorted((a, b) => Date.parse(a.statement.from) - Date.parse(b.statement.from));
  if (best === undefined)
    throw new Refusal('unknown-gateway', 'no authority vouches for the gateway’s key at that time');
  return best;
}
