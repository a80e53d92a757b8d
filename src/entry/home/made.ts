/**
 * When and by whom a gateway was made. `init` opens no database: it leaves this in the home folder, and the program writes
 * it into the operator's log as its first entry when it first opens the database.
 */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type GatewayMade, gatewayMadeSchema } from '../../domain/evidence/operator-act.ts';
import { Refusal } from '../../domain/words/error.ts';
import { makeOperatorAct } from '../../flow/operator/operator-act.ts';
import type { Issuing } from '../../gateway-parts.ts';
import type { LogEntryMaker } from '../../store/contracts/operator-log.ts';

const FILE = 'made.json';

/** Leaves in a new home folder who made it, and when. */
export const writeGatewayMade = (home: string, { at, by }: GatewayMade): void =>
  writeFileSync(join(home, FILE), `${JSON.stringify({ at, by })}\n`);

/**
 * Writes the making of a gateway into its operator's log, where nothing is in it yet. A home from before this was kept says
 * nothing: its log begins with what was done first.
 */
export async function recordGatewayMade(home: string, gateway: Issuing): Promise<void> {
  const known = readMade(home);
  if (known === undefined || gateway.guard.state() !== 'ready') return;
  if ((await gateway.store.ledger.operatorActs(0, 1)).length > 0) return;
  // Its own hour; by a clock that was set back since, now.
  const at = new Date(Math.min(Date.parse(known.at), gateway.now().getTime()));
  const act = makeOperatorAct(
    { ...gateway, now: () => at },
    { act: 'gateway.made', subject: gateway.did, who: known.by },
  );
  try {
    await gateway.store.ledger.recordAct(ifFirst(act));
  } catch (fault) {
    // Another process was faster; or the log is cut, which is told wherever something is asked of it.
    if (!(fault instanceof NotFirst) && !(fault instanceof Refusal)) throw fault;
  }
}

class NotFirst extends Error {}

/** An act that is recorded as the first entry or not at all. */
const ifFirst =
  (act: LogEntryMaker): LogEntryMaker =>
  (log, terms) => {
    if (log.last !== undefined) throw new NotFirst();
    return act(log, terms);
  };

function readMade(home: string): GatewayMade | undefined {
  const path = join(home, FILE);
  if (!existsSync(path)) return undefined;
  try {
    return gatewayMadeSchema.parse(JSON.parse(readFileSync(path, 'utf8')));
  } catch {
    return undefined;
  }
}
