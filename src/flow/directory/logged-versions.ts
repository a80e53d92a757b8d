/**
 * Compares statements with the operator's log. Signatures alone do not suffice: somebody who deletes the
 * newest statement of a party from the database would bring back an older one. If a statement in the log is
 * missing, the party counts as absent.
 */

import type { NamedStatement, StatementKind } from '../../domain/evidence/operator-act.ts';
import type { Digested } from '../../domain/party/designation.ts';
import { type Withdrawal, withdrawalSchema } from '../../domain/party/in-force.ts';
import type { Gateway } from '../../gateway.ts';
import type { Jws } from '../../seal/jws.ts';
import { digestOfPayload, peekStatement } from '../../seal/statement.ts';
import type { DirectoryRows, StatementRows } from '../../store/contracts/directory.ts';
import type { NamedStatements } from '../../store/guard.ts';

/** One reading of the statements. `missing` collects those that the log names and the rows lack. */
export interface StatementReading {
  readonly named: NamedStatements;
  readonly missing: NamedStatement[];
}

const digestsOf = ({ named }: StatementReading, kind: StatementKind, party: string): readonly string[] =>
  named.get(kind)?.get(party) ?? [];

/**
 * The versions of one party; the newest that the log names comes last. Empty if that one is missing or does
 * not verify.
 */
export function listVersions<T extends { readonly digest: string }>(
  reading: StatementReading,
  kind: StatementKind,
  party: string,
  versions: readonly T[],
): readonly T[] {
  const digest = digestsOf(reading, kind, party).at(-1);
  if (digest === undefined) return versions;
  const last = versions.filter((one) => one.digest === digest);
  if (last.length === 0) reading.missing.push({ kind, party, digest });
  return last.length === 0 ? [] : [...versions.filter((one) => one.digest !== digest), ...last];
}

/**
 * How statements of one kind are grouped by party and ordered. `asked`: the parties to report as missing; all
 * if absent.
 */
interface Sorting<T> {
  readonly nameOf: (one: T) => string;
  readonly isOlder: (one: T, than: T) => boolean;
  readonly asked?: readonly string[] | undefined;
}

/**
 * For each party of one kind, the versions that may be used: the newest in the log, last, and those that it
 * replaced. A newer one without an entry in the log is left out.
 */
export function listLoggedVersions<T extends { readonly digest: string }>(
  reading: StatementReading,
  kind: StatementKind,
  all: readonly T[],
  { nameOf, isOlder, asked }: Sorting<T>,
): readonly (readonly T[])[] {
  const ofEach = Map.groupBy(all, nameOf);
  const named = reading.named.get(kind) ?? new Map<string, readonly string[]>();
  const wanted = asked?.filter((one) => named.has(one)) ?? named.keys();
  return [...new Set([...ofEach.keys(), ...wanted])].map((party) => {
    const every = listVersions(reading, kind, party, ofEach.get(party) ?? []);
    const newest = every.at(-1);
    if (newest === undefined || !named.has(party)) return every;
    return every.filter((one) => one.digest === newest.digest || isOlder(one, newest));
  });
}

/** Whether every withdrawal of a focal point that the log names is there. */
export function hasEveryWithdrawal(
  reading: StatementReading,
  party: string,
  withdrawals: readonly Digested<Withdrawal>[],
): boolean {
  const lost = digestsOf(reading, 'withdrawal', party).filter(
    (digest) => !withdrawals.some((one) => one.digest === digest),
  );
  reading.missing.push(...lost.map((digest): NamedStatement => ({ kind: 'withdrawal', party, digest })));
  return lost.length === 0;
}

/** A withdrawal that does not verify any more, if the log says that it did when it was imported. */
export function readLoggedWithdrawal(
  { named }: StatementReading,
  text: string,
): Digested<Withdrawal> | undefined {
  const digest = digestOf(text);
  if (digest === undefined) return undefined;
  const read = withdrawalSchema.safeParse(payloadIn(text));
  if (!read.success) return undefined;
  const isNamed = named.get('withdrawal')?.get(read.data.focal_point)?.includes(digest);
  return isNamed === true ? { ...read.data, digest } : undefined;
}

function payloadIn(text: string): unknown {
  try {
    return peekStatement(JSON.parse(text)).payload;
  } catch {
    return undefined;
  }
}

/** The digest of a kept text's payload; undefined if it is no statement. */
function digestOf(text: string): string | undefined {
  try {
    return digestOfPayload(JSON.parse(text) as Jws);
  } catch {
    return undefined;
  }
}

const textsIn = (rows: StatementRows): readonly string[] => [
  ...rows.designations,
  ...rows.withdrawals,
  ...rows.agreements,
  ...rows.gateways,
];

/**
 * Reads statements and compares them with the log. If any is missing, reads once more: it may have come
 * between the two readings. Then raises an alarm for each missing one. A row that is there but does not
 * verify has its own alarm already.
 */
export async function readAgainstLog<T>(
  { guard, store }: Pick<Gateway, 'guard' | 'store'>,
  { parties, at }: { readonly parties?: readonly string[] | undefined; readonly at?: Date },
  judge: (rows: DirectoryRows, reading: StatementReading) => Promise<T>,
): Promise<T> {
  for (const isLast of [false, true]) {
    const rows = await store.directory.readDirectory(parties, at);
    const reading: StatementReading = { named: guard.statements(), missing: [] };
    const judged = await judge(rows, reading);
    if (!isLast && reading.missing.length > 0) continue;
    const there = reading.missing.length === 0 ? [] : textsIn(rows).map(digestOf);
    for (const one of reading.missing) if (!there.includes(one.digest)) guard.refused(one.kind, one.party);
    return judged;
  }
  throw new Error('the second reading is the last');
}
