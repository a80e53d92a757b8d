/**
 * Signs of life of other gateways: when this process last had one of each. What waits for a gateway that was down is hurried
 * by such a sign, and not left to its schedule.
 */

/** Milliseconds in which further signs of the same gateway count for nothing: what waits for it is hurried no more often. */
const COUNTS_ONCE_IN = 10_000;

export interface PeerSigns {
  /** Notes a sign of life of a gateway (DID). True where it counts: where none counted in the last ten seconds. */
  noteSign(gateway: string, at: Date): boolean;
  /** When the last sign that counted came; undefined where none did. */
  lastSignOf(gateway: string): Date | undefined;
}

/** Only gateways that an authority designated are noted, so that the memory is bounded. */
export function createPeerSigns(): PeerSigns {
  const signs = new Map<string, Date>();
  return {
    noteSign(gateway, at) {
      const last = signs.get(gateway);
      // A clock that was set back must not silence a gateway until it has caught up.
      if (last !== undefined && Math.abs(at.getTime() - last.getTime()) < COUNTS_ONCE_IN) return false;
      signs.set(gateway, at);
      return true;
    },
    lastSignOf: (gateway) => signs.get(gateway),
  };
}
