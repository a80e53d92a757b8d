/** The state of a story so far. */

import type { PartnerStatus } from '../test/support/outside/partner.ts';
import type { Role } from './cast.ts';

/** One message that was sent. */
export interface StoryMessage {
  readonly from: Role;
  readonly to: readonly Role[];
  readonly id: string;
  readonly thid: string;
  /** Recalled by its sender; recipients who had not acknowledged it by then never will. */
  isTakenBack?: true;
}

/** A sent message, with its state. */
export interface AcknowledgedMessage extends StoryMessage {
  readonly status: PartnerStatus;
}

export interface StoryThread {
  /** Set by the first message. */
  thid?: string;
  readonly posted: StoryMessage[];
  /** The sent messages, by their names in the story. */
  readonly named: Map<string, StoryMessage>;
}

export const createStoryThread = (): StoryThread => ({ posted: [], named: new Map() });

/** Finds a message by its name in the story. */
export function findNamedMessage(thread: StoryThread, name: string): StoryMessage {
  const found = thread.named.get(name);
  if (found === undefined) throw new Error(`the story has sent nothing called ${name}`);
  return found;
}
