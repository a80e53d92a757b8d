import type { Exchanging } from '../../gateway-parts.ts';
import { fetchCapabilities } from '../directory/peer-reads.ts';
import { readPeers } from '../ledger/ledger-keys.ts';

/**
 * By these codes a gateway that works puts a delivery off: it asked for time, or has to be upgraded first. That it lives is
 * no news for these.
 */
const SAID_BY_THE_LIVING = ['too-many-requests', 'http-429', 'busy', 'peer-older'] as const;

/**
 * Notes that another gateway (DID) lives, and hurries what waits for it, at most once in ten seconds. Its circuit is closed
 * by it too. Never throws: what is not hurried keeps its schedule.
 */
export async function notePeerLife(gateway: Exchanging, peer: string): Promise<void> {
  const { store, log, peerSigns: life, now } = gateway;
  if (!life.noteSign(peer, now())) return;
  try {
    const hurried = await store.deliveries.makePeerDue(peer, SAID_BY_THE_LIVING, now());
    if (hurried > 0) log.info('peer.alive', { gateway: peer, hurried });
  } catch (fault) {
    log.warn('peer.fault', { gateway: peer, fault: fault instanceof Error ? fault.name : 'unknown' });
  }
}

/** Asks each designated gateway for which something waits for a sign of life. */
export async function probePeers(gateway: Exchanging, stop: AbortSignal): Promise<void> {
  const waitedFor = await gateway.store.deliveries.peersWithWaiting(SAID_BY_THE_LIVING, gateway.now());
  if (waitedFor.length === 0) return;
  const peers = (await readPeers(gateway)).filter((one) => waitedFor.includes(one.gateway));
  await Promise.all(
    peers.map(async (peer) => {
      if (!stop.aborted && (await fetchCapabilities(gateway, peer)))
        await notePeerLife(gateway, peer.gateway);
    }),
  );
}
