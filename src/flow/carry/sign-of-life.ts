import type { Exchanging } from '../../gateway-parts.ts';
import { fetchCapabilities } from '../directory/peer-reads.ts';
import { readPeers } from '../ledger/keys.ts';

/**
 * Codes by which a working gateway defers a delivery: it asked for time, or has to be upgraded first. Its
 * being alive must not hurry these.
 */
const SAID_BY_THE_LIVING = ['too-many-requests', 'http-429', 'busy', 'peer-older'] as const;

/**
 * Notes that another gateway (DID) is alive, and makes what waits for it due, at most once in ten seconds.
 * Also closes its circuit. Never throws: a delivery that is not hurried keeps its schedule.
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

/** Sends a probe to each designated gateway for which deliveries wait. */
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
