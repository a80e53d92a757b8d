/** What the gateway counts while it works, as a few calls; `entry` decides where the numbers go. */

import type { PeerFigures } from './domain/figures/peer-figures.ts';
import type { Channel } from './domain/party/channel.ts';
import type { Ending } from './domain/words/ending.ts';

export interface Metrics {
  /** A submission by way in (`assisted`, `sealed`, `relayed`) and answer (`accepted`, `repeat`, or the problem code). */
  submission(way: 'assisted' | 'sealed' | 'relayed', answer: string): void;
  /** Evidence that another gateway told, by answer (`kept`, `repeat`, or the problem code). */
  told(answer: string): void;
  /** One try by channel, outcome and how long it took, in seconds. */
  attempt(channel: Channel, outcome: string, seconds: number): void;
  /** A named officer’s word by its result and how it was proven. */
  decision(result: string, how: string): void;
  /** A recipient’s certificate that was not plainly good when something was to be encrypted to it, by what it was. */
  certificate(finding: string): void;
  /** A call that was refused because a limit was reached, by the limit. */
  limited(policy: string): void;
  /** Evidence that another gateway signed and that does not hold, by the code of what it breaks. */
  complaint(code: string): void;
  /** A kept record that cannot be read any more, by what it is, each time it is looked at. */
  unreadable(what: string): void;
  /** Something in a ledger that does not fit, by its code. */
  alarm(code: string): void;
  /**
   * The numbers in the Prometheus text format, the seconds left of everything that ends and what waits on other gateways
   * among them.
   */
  render(endings: readonly Ending[], peers: PeerFigures): Promise<string>;
}
