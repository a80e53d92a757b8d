/** The counters of the gateway; `entry` decides where the numbers go. */

import type { PeerFigures } from './domain/figures/peer-figures.ts';
import type { Channel } from './domain/party/channel.ts';
import type { Ending } from './domain/words/ending.ts';

export interface Metrics {
  /** A submission by route (`assisted`, `sealed`, `relayed`) and answer (`accepted`, `repeat`, or the problem code). */
  submission(way: 'assisted' | 'sealed' | 'relayed', answer: string): void;
  /** Evidence that another gateway sent, by answer (`kept`, `repeat`, or the problem code). */
  told(answer: string): void;
  /** One attempt by channel, outcome and duration in seconds. */
  attempt(channel: Channel, outcome: string, seconds: number): void;
  /** A named officer's acknowledgement, by its result and its proof. */
  decision(result: string, how: string): void;
  /** A finding on a recipient's certificate when a mail had to be encrypted to it, by kind. */
  certificate(finding: string): void;
  /** A call that was refused because of a limit, by limit. */
  limited(policy: string): void;
  /** Evidence that another gateway signed and that is not valid, by the code of the violated rule. */
  complaint(code: string): void;
  /** An attempt to read a kept record that can no longer be read, by kind of record. */
  unreadable(what: string): void;
  /** An alarm about a ledger or a grant, by its code. */
  alarm(code: string): void;
  /**
   * Renders the metrics in the Prometheus text format, with the seconds left of everything that expires and with what waits for
   * other gateways.
   */
  render(endings: readonly Ending[], peers: PeerFigures): Promise<string>;
}
