/**
 * Parts of a gateway that can stop working while the others go on. What does not work is named in `/readyz`, which anybody
 * may read: names only, no reasons.
 */
import type { Log } from './log.ts';

/**
 * `letters`: the last formal letter could not be set. `fonts`: some script has no font here. `ledger`: the last round over
 * the ledgers failed. `loop`: the loop could not ask for due work. `database`: the embedded server ended, and is being
 * started again. `schema`: program and database are of versions that do not fit. `telegram`: the Bot API does not answer, or
 * brings updates elsewhere. `email`: the mail relay does not take us. `disk`: the disk of the home folder is nearly full.
 * `authorities`: a statement in force is signed by an authority whose certificate is missing or not valid now.
 */
export type Part =
  | 'letters'
  | 'fonts'
  | 'ledger'
  | 'loop'
  | 'database'
  | 'schema'
  | 'telegram'
  | 'email'
  | 'disk'
  | 'authorities';

/** What is wrong with a part and what to do, for the log: no address, no person and no secret stands in it. */
export interface PartFault {
  readonly detail: string;
  readonly todo: string;
}

export interface PartsBoard {
  /** Notes that a part does not work, until `works` is called. The log has a line where it worked before. */
  fails(part: Part, wrong?: PartFault): void;
  works(part: Part): void;
  /** What does not work now, in order of name. */
  failing(): readonly Part[];
}

/** A board on which everything works. */
export function createPartsBoard(log: Log): PartsBoard {
  const failing = new Set<Part>();
  return {
    fails: (part, wrong) => {
      if (failing.has(part)) return;
      failing.add(part);
      log.error('part.not-working', { part, detail: wrong?.detail, todo: wrong?.todo });
    },
    works: (part) => {
      if (failing.delete(part)) log.info('part.works-again', { part });
    },
    failing: () => [...failing].toSorted(),
  };
}
