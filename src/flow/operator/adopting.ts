/**
 * Adopts grants that were made before grants had MACs, or whose MAC does not verify. An operator reads the
 * list and confirms exactly that list. Nothing is adopted automatically.
 */
import type { NamedStatement, OperatorAct, StatementKind } from '../../domain/evidence/operator-act.ts';
import type { Judging, Posting, Storing } from '../../gateway-parts.ts';
import { unwrapSecret, unwrapUnownedSecret, wrapSecret } from '../../seal/custody.ts';
import { digestOf } from '../../seal/digest.ts';
import type { SecretRow, UnverifiedGrant } from '../../store/contracts/secrets.ts';
import { readStatements } from '../directory/directory.ts';
import { readClaims } from '../evidence/readable.ts';
import { makeOperatorAct } from './operator-act.ts';

export interface Adoption {
  readonly grants: readonly UnverifiedGrant[];
  /**
   * Verified statements that the operator's log does not name yet. They are in force, and are confirmed with
   * the grants.
   */
  readonly statements: readonly NamedStatement[];
  /** Number of rows without a MAC that follow from the grants. */
  readonly work: number;
  /** The code by which the operator confirms exactly this list. */
  readonly code: string;
}

/**
 * Statements in force that the operator's log does not name: every withdrawal, and for each party without any
 * statement in the log its newest version. Older versions are replaced anyway.
 */
export async function listUnnamedStatements(gateway: Judging): Promise<readonly NamedStatement[]> {
  const { designations, withdrawals, agreements, gateways } = (await readStatements(gateway)).counting;
  const named = gateway.guard.statements();
  const newest = [
    ...designations.map((one) => versionOf('designation', one.focal_point, one)),
    ...gateways.map((one) => versionOf('gateway', one.gateway, one)),
    ...agreements.map((one) => versionOf('agreement', one.id, one, one.version)),
  ].filter(({ kind, party }) => named.get(kind)?.has(party) !== true);
  const ofEach = Map.groupBy(newest, ({ kind, party }) => `${kind} ${party}`);
  return [
    ...[...ofEach.values()].flatMap((all) => all.toSorted((a, b) => a.order - b.order).slice(-1)),
    ...withdrawals
      .map((one) => versionOf('withdrawal', one.focal_point, one))
      .filter(({ party, digest }) => named.get('withdrawal')?.get(party)?.includes(digest) !== true),
  ].map(({ kind, party, digest }) => ({ kind, party, digest }));
}

/** A statement as the log would name it, and its order among its party's versions. */
const versionOf = (
  kind: StatementKind,
  party: string,
  { digest, from }: { readonly digest: string; readonly from: string },
  order: number = Date.parse(from),
): NamedStatement & { readonly order: number } => ({ kind, party, digest, order });

/** Lists what can be adopted. */
export async function listAdoption(gateway: Judging): Promise<Adoption> {
  const grants = await gateway.store.secrets.unverifiedGrants();
  const work = await gateway.store.secrets.unsealedWork(!(await logSays(gateway, isOfSigned)));
  const statements = await listUnnamedStatements(gateway);
  return { grants, statements, work, code: digestOf(JSON.stringify([grants, statements])).slice(0, 12) };
}

/**
 * Adopts the list that has this code.
 * @returns how many grants may be used now, and how many statements the log names now; undefined if the list
 *   has changed, and nothing was adopted
 * @throws Refusal `operator-log-broken`
 */
export async function adoptGrants(
  gateway: Posting,
  code: string,
): Promise<{ readonly grants: number; readonly statements: number } | undefined> {
  const list = await listAdoption(gateway);
  if (list.code !== code) return undefined;
  const isFirst = !(await logSays(gateway, isAdoptedSecret));
  const isOfBefore = !(await logSays(gateway, isOfSigned));
  // Only grants from before there were MACs are taken as confirmed by their focal points. The log must show
  // that too, since a file of the home folder can be deleted.
  const isAsked = gateway.guard.state() !== 'not-adopted' || !isOfBefore;
  gateway.guard.begin();
  const grants = await gateway.store.secrets.adoptGrants(list.grants, {
    act: (subject) => makeOperatorAct(gateway, { act: 'grants.adopted', subject }),
    rewrap: async (row) => {
      const text = await unwrapSecret(gateway.master, row, row.wrapped).catch(() =>
        isFirst && isOwnKey(row)
          ? unwrapUnownedSecret(gateway.master, row, row.wrapped).catch(() => undefined)
          : undefined,
      );
      return text === undefined ? undefined : wrapSecret(gateway.master, row, text);
    },
    asking: isAsked ? { who: gateway.operator, now: gateway.now() } : undefined,
    isFirst: isOfBefore,
  });
  for (const { kind, party, digest } of list.statements)
    await gateway.store.ledger.recordAct(
      makeOperatorAct(gateway, { act: 'grants.adopted', subject: `${kind}/${party}`, digest }),
    );
  return { grants, statements: list.statements.length };
}

const LOG_PAGE = 1_000;

/** Whether secrets were adopted before; since then they name their owner. */
const isAdoptedSecret = ({ act, subject }: OperatorAct): boolean =>
  act === 'grants.adopted' && subject.startsWith('secret/');

/** Whether the act can only be in the log of a gateway whose grants have MACs. */
const isOfSigned = ({ act, desk: focalPoint }: OperatorAct): boolean =>
  act === 'gateway.made' || act === 'grants.adopted' || focalPoint !== undefined;

async function logSays({ store }: Storing, what: (one: OperatorAct) => boolean): Promise<boolean> {
  let after = 0;
  for (;;) {
    const page = await store.ledger.operatorActs(after, LOG_PAGE);
    const acts = page.map(({ jws }) => (jws === undefined ? undefined : readClaims({ jws })?.operator));
    if (acts.some((one) => one !== undefined && what(one))) return true;
    if (page.length < LOG_PAGE) return false;
    after = page.at(-1)?.place ?? after;
  }
}

/**
 * Before a secret's owner was part of its wrapping, a custodial key named its focal point in its id. This is
 * accepted in the first adoption only: since then every secret names its owner.
 */
const isOwnKey = ({ kind, owner, id }: SecretRow): boolean =>
  kind !== 'custody-key' || id.startsWith(`${owner}#`);

/**
 * Whether grants from before there were MACs wait for an operator. A home folder without any begins at once.
 */
export async function hasUnadoptedGrants(gateway: Judging): Promise<boolean> {
  if (gateway.guard.state() !== 'not-adopted') return false;
  const { grants, work } = await listAdoption(gateway);
  if (grants.length + work > 0) return true;
  gateway.guard.begin();
  return false;
}
