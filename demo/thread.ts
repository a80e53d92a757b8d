/** What a story has led to so far. */

import type { Status } from '../test/support/outside/partner.ts';
import type { Role } from './cast.ts';

/** One message that was sent. */
export interface Posted {
  readonly from: Role;
  readonly to: readonly Role[];
  readonly id: string;
  readonly thid: string;
  /** Its sender took it back: whoever had not acknowledged it by then never will. */
  isTakenBack?: true;
}

/** One message that was sent, and what became of it. */
export interface Sent extends Posted {
  readonly status: Status;
}

export interface Thread {
  /** Set by the first message. */
  thid?: string;
  readonly posted: Posted[];
  /** What was sent, by the name that the story has for it. */
  readonly named: Map<string, Posted>;
}

export const newThread = (): Thread => ({ posted: [], named: new Map() });

/** A message by the name that the story has for it. */
export function named(thread: Thread, name: string): Posted {
  const found = thread.named.get(name);
  if (found === undefined) throw new Error(`the story has sent nothing called ${name}`);
  return found;
}
