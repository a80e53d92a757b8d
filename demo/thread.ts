/** What a story has led to so far. */

import type { PartnerStatus } from '../test/support/outside/partner.ts';
import type { Role } from './cast.ts';

/** One message that was sent. */
export interface StoryMessage {
  readonly from: Role;
  readonly to: readonly Role[];
  readonly id: string;
  readonly thid: string;
  /** Its sender took it back: whoever had not acknowledged it by then never will. */
  isTakenBack?: true;
}

/** One message that was sent, and what became of it. */
export interface AcknowledgedMessage extends StoryMessage {
  readonly status: PartnerStatus;
}

export interface StoryThread {
  /** Set by the first message. */
  thid?: string;
  readonly posted: StoryMessage[];
  /** What was sent, by the name that the story has for it. */
  readonly named: Map<string, StoryMessage>;
}

export const createStoryThread = (): StoryThread => ({ posted: [], named: new Map() });

/** A message by the name that the story has for it. */
export function findNamedMessage(thread: StoryThread, name: string): StoryMessage {
  const found = thread.named.get(name);
  if (found === undefined) throw new Error(`the story has sent nothing called ${name}`);
  return found;
}
