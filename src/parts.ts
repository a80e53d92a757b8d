/**
 * Parts of a gateway that can stop working while the others go on. `/readyz` names those that do not work. It is public, so it
 * gives only names and no reasons.
 */
import type { Log } from './log.ts';

/**
 * `letters`: the last formal letter could not be set. `fonts`: a script has no font here. `ledger`: the last round over the
 * ledgers failed. `loop`: the loop could not ask for due work. `database`: the embedded server ended and is being restarted.
 * `schema`: the versions of program and database do not fit. `telegram`: the Bot API does not answer, or sends updates to another
 * address. `email`: the mail relay does not accept the connection. `disk`: the disk of the home folder is nearly full.
 * `authorities`: the certificate of an authority that signed a statement in force is missing or not valid now.
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

/** What is wrong with a part and what to do, for the log. Contains no address, no person and no secret. */
export interface PartFault {
  readonly detail: string;
  readonly todo: string;
}

export interface PartsBoard {
  /** Records that a part does not work, until `works` is called. Logs it if the part worked before. */
  fails(part: Part, wrong?: PartFault): void;
  works(part: Part): void;
  /** Lists the parts that do not work now, in order of name. */
  failing(): readonly Part[];
}

/** Makes a board on which every part works. */
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
