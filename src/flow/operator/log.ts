/**
 * Reads the operator's log. Every entry is verified by its signature, its place and the digest of the entry
 * before it.
 */
import { evidenceSchema } from '../../domain/evidence/evidence.ts';
import type { OperatorAct } from '../../domain/evidence/operator-act.ts';
import type { Gateway } from '../../gateway.ts';
import { verifyStatement } from '../../seal/statement.ts';
import type { KeptLogEntry, LogEnd } from '../../store/contracts/operator-log.ts';

/** A verified entry. */
export interface LogEntry extends OperatorAct {
  readonly id: string;
  readonly at: string;
}

/** The result of a reading. */
interface LogRead {
  readonly entries: readonly LogEntry[];
  /** The last verified entry. */
  readonly end: LogEnd | undefined;
  /** The place of the first entry that does not verify. Nothing after it is trusted. */
  readonly brokenAt?: number;
}

/** The gateway whose entries are verified. */
export type LogReader = Pick<Gateway, 'did' | 'key' | 'oldKeys' | 'keptKeys'>;

const PAGE = 500;

/**
 * Reads what follows `from` (if undefined: from the start), to the end or to the first entry that does not
 * verify.
 */
export async function readLog(gateway: LogReader & Pick<Gateway, 'store'>, from?: LogEnd): Promise<LogRead> {
  const entries: LogEntry[] = [];
  let end = from;
  for (;;) {
    const page = await gateway.store.ledger.operatorActs(end?.place ?? 0, PAGE);
    for (const kept of page) {
      const entry = await proveEntry(gateway, kept, end);
      if (entry === undefined) return { entries, end, brokenAt: (end?.place ?? 0) + 1 };
      entries.push(entry);
      end = { place: kept.place, digest: kept.digest };
    }
    if (page.length < PAGE) return { entries, end };
  }
}

/** The entry, if the gateway signed what its row says and it follows the entry before it; else undefined. */
export async function proveEntry(
  gateway: LogReader,
  kept: KeptLogEntry,
  before: LogEnd | undefined,
): Promise<LogEntry | undefined> {
  try {
    const { payload, digest } = await verifyStatement(JSON.parse(kept.jws ?? ''), 'evidence', (kid) =>
      keyOf(gateway, kid),
    );
    const { id, event, by, at, operator } = evidenceSchema.parse(payload);
    const isIt =
      operator !== undefined &&
      event === 'OperatorAct' &&
      by === gateway.did &&
      id === kept.id &&
      digest === kept.digest &&
      operator.ends === kept.ends &&
      operator.place === kept.place &&
      operator.place === (before?.place ?? 0) + 1 &&
      operator.previous === before?.digest;
    return isIt ? { ...operator, id, at } : undefined;
  } catch {
    return undefined;
  }
}

/**
 * Entries signed by an old key stay valid: only this gateway had it. Unknown keys are looked for among the
 * kept keys.
 */
const keyOf = async ({ key, oldKeys, keptKeys }: LogReader, kid: string) =>
  kid === key.kid
    ? key.publicJwk
    : (oldKeys.find((one) => one.key.kid === kid)?.key ?? keptKeys?.().find((one) => one.kid === kid));
