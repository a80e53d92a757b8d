/**
 * Records when and by whom a gateway was made. `init` opens no database, so it writes this to the home folder. When the program
 * first opens the database, it writes this as the first entry of the operator's log.
 */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type GatewayMade, gatewayMadeSchema } from '../../domain/evidence/operator-act.ts';
import { Refusal } from '../../domain/words/error.ts';
import { makeOperatorAct } from '../../flow/operator/operator-act.ts';
import type { Issuing } from '../../gateway-parts.ts';
import type { LogEntryMaker } from '../../store/contracts/operator-log.ts';

const FILE = 'made.json';

/** Writes to a new home folder who made it and when. */
export const writeGatewayMade = (home: string, { at, by }: GatewayMade): void =>
  writeFileSync(join(home, FILE), `${JSON.stringify({ at, by })}\n`);

/**
 * Writes the making of a gateway to its operator's log, if the log is empty. An older home folder has no such record; its log
 * begins with the first operator act.
 */
export async function recordGatewayMade(home: string, gateway: Issuing): Promise<void> {
  const known = readMade(home);
  if (known === undefined || gateway.guard.state() !== 'ready') return;
  if ((await gateway.store.ledger.operatorActs(0, 1)).length > 0) return;
  // The time of making; now, if the clock was set back since then.
  const at = new Date(Math.min(Date.parse(known.at), gateway.now().getTime()));
  const act = makeOperatorAct(
    { ...gateway, now: () => at },
    { act: 'gateway.made', subject: gateway.did, who: known.by },
  );
  try {
    await gateway.store.ledger.recordAct(ifFirst(act));
  } catch (fault) {
    // Another process wrote it first. Or the log was truncated, and every other reader of the log reports that.
    if (!(fault instanceof NotFirst) && !(fault instanceof Refusal)) throw fault;
  }
}

class NotFirst extends Error {}

/** Makes an act that is recorded only as the first entry. */
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
