/**
 * Adopting grants from before they were signed, or that were found changed: an operator looks through the list and confirms
 * just that list. Nothing is adopted by itself.
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
  /** Signed statements that no entry of the operator's log names yet: they count, and are confirmed with the grants. */
  readonly statements: readonly NamedStatement[];
  /** Rows without a MAC that follow the grants they were made from. */
  readonly work: number;
  /** What the operator gives back to confirm this list and no other. */
  readonly code: string;
}

/**
 * The statements that count and that no entry of the operator's log names: every withdrawal, and the newest version of each
 * party of which it names none. Older versions are replaced anyway.
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

/** A statement as the log would name it, and its place among the versions of its party. */
const versionOf = (
  kind: StatementKind,
  party: string,
  { digest, from }: { readonly digest: string; readonly from: string },
  order: number = Date.parse(from),
): NamedStatement & { readonly order: number } => ({ kind, party, digest, order });

/** What there is to adopt. */
export async function listAdoption(gateway: Judging): Promise<Adoption> {
  const grants = await gateway.store.secrets.unverifiedGrants();
  const work = await gateway.store.secrets.unsealedWork(!(await logSays(gateway, isOfSigned)));
  const statements = await listUnnamedStatements(gateway);
  return { grants, statements, work, code: digestOf(JSON.stringify([grants, statements])).slice(0, 12) };
}

/**
 * Adopts what was listed under this code.
 * @returns how many grants now count, and how many statements the log now names; undefined where the list is another by now, and
 *   nothing was adopted
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
  // Only what was there before grants were signed is believed to have been there with its desk's leave: by the log, too, for a
  // file of the home folder can be deleted.
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

/** That secrets were adopted: they name their owner since. */
const isAdoptedSecret = ({ act, subject }: OperatorAct): boolean =>
  act === 'grants.adopted' && subject.startsWith('secret/');

/** What no log of before grants were signed says. */
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
 * Before owners were bound into what is wrapped, a custodial key named its desk in its id. What is wrapped so counts in the first
 * adoption alone: since then every secret names its owner.
 */
const isOwnKey = ({ kind, owner, id }: SecretRow): boolean =>
  kind !== 'custody-key' || id.startsWith(`${owner}#`);

/**
 * Whether grants wait for an operator: of a home from before they were signed. One that holds none has nothing to wait for,
 * and begins.
 */
export async function hasUnadoptedGrants(gateway: Judging): Promise<boolean> {
  if (gateway.guard.state() !== 'not-adopted') return false;
  const { grants, work } = await listAdoption(gateway);
  if (grants.length + work > 0) return true;
  gateway.guard.begin();
  return false;
}
