/**
 * Signs of life of other gateways: when this process last had one of each. After such a sign, deliveries that wait for that
 * gateway are sent at once instead of on their schedule.
 */

/** Milliseconds in which further signs of the same gateway are ignored, so that its deliveries are not hurried more often. */
const COUNTS_ONCE_IN = 10_000;

export interface PeerSigns {
  /** Records a sign of life of a gateway (DID). @returns true if none was accepted in the last ten seconds */
  noteSign(gateway: string, at: Date): boolean;
  /** When the last accepted sign came; undefined if there was none. */
  lastSignOf(gateway: string): Date | undefined;
}

/** Callers record only gateways that an authority designated, so memory is bounded. */
export function createPeerSigns(): PeerSigns {
  const signs = new Map<string, Date>();
  return {
    noteSign(gateway, at) {
      const last = signs.get(gateway);
      // If the clock is set back, the signs of a gateway must still be accepted.
      if (last !== undefined && Math.abs(at.getTime() - last.getTime()) < COUNTS_ONCE_IN) return false;
      signs.set(gateway, at);
      return true;
    },
    lastSignOf: (gateway) => signs.get(gateway),
  };
}
