/** The store's part of confirming: endpoints that wait for their desk, and what the desk says. */

import type { OperatorActCode } from '../domain/evidence/operator-act.ts';
import type { Endpoint } from '../domain/party/channel.ts';
import type { Act, JudgedAct } from './operator-log-contract.ts';

/** A link by which an officer says whether an endpoint is right. It may be looked at again until its end. */
export interface ConfirmLinkRow {
  /** SHA-256 of the token, base64url; the token itself is never stored. */
  readonly hash: string;
  /** Id of the endpoint that waits. */
  readonly about: string;
  /** The entry that asked: the link is about just this. */
  readonly asked: string;
  /** Id of the endpoint that it was sent to: it ends with that one. */
  readonly endpoint: string;
  readonly officer: string;
  readonly expiresAt: Date;
}

export type ConfirmLinkFound =
  | { readonly kind: 'open'; readonly link: ConfirmLinkRow }
  | { readonly kind: 'expired' | 'unknown' };

export interface Verdict {
  /** Id of the endpoint. */
  readonly endpoint: string;
  /** The entry that asked. */
  readonly asked: string;
  /** `expired` holds only once the time has passed, the others only before. */
  readonly word: 'confirmed' | 'refused' | 'expired';
  readonly now: Date;
  /** Whether those to whom the question has not come yet still get it, to see what was said. */
  readonly isTold: boolean;
  act(code: OperatorActCode): Act;
  /** The act by which another account of the officer is replaced. */
  replace(endpoint: string): Act;
}

export interface Judged {
  /** As it is from now on. */
  readonly endpoint: Endpoint;
  /** Accounts whose place it took. */
  readonly replaced: readonly Endpoint[];
}

export interface JudgingStore {
  /** Endpoints at which something waits for the desk, what was asked first before the others. */
  waitingEndpoints(): Promise<readonly Endpoint[]>;
  /**
   * Records what was said of an endpoint that waits, and does it. Of two at once the first counts.
   * @returns undefined where just this does not wait (any more): nothing was changed
   * @throws Refusal `already-exists` where the desk has another endpoint at the new address by now
   */
  judgeWaiting(verdict: Verdict): Promise<Judged | undefined>;
  /** What was said of what was asked by that entry, by the operator's log; undefined where nothing was. */
  judgementOn(asked: string): Promise<JudgedAct | undefined>;
  /** Keeps a link; one to an endpoint that does not count is not kept. */
  keepConfirmLink(link: ConfirmLinkRow): Promise<void>;
  findConfirmLink(hash: string, now: Date): Promise<ConfirmLinkFound>;
}
