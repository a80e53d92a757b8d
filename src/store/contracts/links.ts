/**
 * Links: one-time links to a message, and the codes by which an officer links an account of a channel.
 *
 * Tokens are found by their digest and are never stored. A browser or a channel repeats what failed: the same
 * browser may use its link again, the same account its code.
 */

import type { Endpoint } from '../../domain/party/channel.ts';
import type { LogEntryMaker } from './operator-log.ts';

export interface LinkRow {
  /** SHA-256 of the token, base64url; the token itself is never stored. */
  readonly hash: string;
  readonly purpose: 'read' | 'acknowledge';
  readonly delivery: string;
  readonly officer?: string;
  readonly expiresAt: Date;
}

/** The state of a link for one browser (`boundTo`: digest of its cookie). */
export type LinkFound =
  /** `said`: it was used for an acknowledgement already. */
  | { readonly kind: 'open'; readonly link: LinkRow; readonly said?: true }
  | { readonly kind: 'used' | 'expired' | 'unknown' };

/** A link by which a browser requests a change. It is used in the transaction of the change. */
export interface LinkUse {
  readonly hash: string;
  /** Digest of the browser's cookie. */
  readonly boundTo: string;
  readonly now: Date;
  /**
   * The act of its first use. The row alone does not prove it, because an older copy of the row could be
   * restored.
   */
  readonly act: LogEntryMaker;
}

/** An invitation for an officer to link an account of a channel. */
export interface LinkCodeRow {
  readonly hash: string;
  readonly endpoint: Omit<Endpoint, 'address' | 'enabled'>;
  readonly expiresAt: Date;
  /** The account is linked beside the officer's other accounts of the channel, and does not replace them. */
  readonly beside?: true;
  /** The handle of the operator who made it. */
  readonly invitedBy?: string;
}

export interface LinkStore {
  /** Keeps links, all or none. A link of a delivery or endpoint that grants nothing cannot be used. */
  keepLinks(rows: readonly LinkRow[]): Promise<void>;
  /**
   * Looks at a link without using it. If this same browser used it within the last 15 minutes, it is still
   * open.
   */
  findLink(hash: string, boundTo: string, now: Date): Promise<LinkFound>;
  /** Uses a link, once. The same browser may use it again for 15 minutes. */
  takeLink(use: LinkUse): Promise<LinkFound>;
  /** Keeps a code under the operator act that made it. */
  keepLinkCode(row: LinkCodeRow, act: LogEntryMaker): Promise<void>;
  /** Whether this is a code that may still be used. */
  isLinkCode(hash: string, now: Date): Promise<boolean>;
  /**
   * Notes that this account brought a code.
   * @returns undefined if the code may not be used any more: nothing was noted
   */
  askLinkCode(hash: string, address: string, now: Date): Promise<LinkCodeRow | undefined>;
  /** The code that this account last brought for the endpoint that it becomes, used or not. */
  askedLinkCode(endpoint: string, address: string): Promise<LinkCodeRow | undefined>;
  /**
   * Uses a code and makes the account an endpoint, in one transaction. The same account again gets the same
   * endpoint.
   * @returns undefined if the code may not be used
   */
  takeLinkCode(
    hash: string,
    address: string,
    now: Date,
    act: (endpoint: string) => LogEntryMaker,
  ): Promise<Endpoint | undefined>;
}
