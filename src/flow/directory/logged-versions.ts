/**
 * Statements held against the operator's log. A signature does not pass, so whoever takes the newest statement of a party
 * out of the database would bring an older one back: what the log names must be there, or the party counts as absent.
 */

import type { NamedStatement, StatementKind } from '../../domain/evidence/operator-act.ts';
import type { Digested } from '../../domain/party/designation.ts';
import { type Withdrawal, withdrawalSchema } from '../../domain/party/in-force.ts';
import type { Gateway } from '../../gateway.ts';
import type { Jws } from '../../seal/jws.ts';
import { digestOfPayload, peekStatement } from '../../seal/statement.ts';
import type { DirectoryRows, StatementRows } from '../../store/contracts/directory.ts';
import type { NamedStatements } from '../../store/guard.ts';

/** One reading of the statements; what it misses is collected in `lost`. */
export interface StatementReading {
  readonly named: NamedStatements;
  readonly missing: NamedStatement[];
}

const digestsOf = ({ named }: StatementReading, kind: StatementKind, party: string): readonly string[] =>
  named.get(kind)?.get(party) ?? [];

/** The versions of one party, the newest that the log names last; none where that one is missing or does not verify. */
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

/** How the statements of one kind belong together; `asked` leaves out parties that nobody asked for, everybody where absent. */
interface Sorting<T> {
  readonly nameOf: (one: T) => string;
  readonly isOlder: (one: T, than: T) => boolean;
  readonly asked?: readonly string[] | undefined;
}

/**
 * Of each party of one kind the versions that count: the newest that the log names, last, and those that it replaced.
 * Nothing newer came in by an entry.
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

/** A withdrawal that does not verify any more, where the log says that it did when it came. */
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

/** The digest of what a kept text says; undefined where it is no statement. */
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
 * Reads statements and holds them against the log. What the log names and the rows lack is read once more: it may have come
 * between the two. What is missing then is alarmed, unless the row is there and only does not verify, which is told already.
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
