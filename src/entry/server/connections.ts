/** Connections to a server: bounded, and shared, so that one address cannot take them all. */
import type { Server } from 'node:http';
import { FairShare } from '../../domain/words/fair-share.ts';
import { makeNetworkReader, makeProxyTest } from './caller-address.ts';

/** At once, of all callers together; more are turned away before a byte is read. */
const CONNECTIONS = 2_048;

/** In which the head of a request must have come, in milliseconds. */
const HEAD_MS = 20_000;

/**
 * Bounds the connections of a server. Own proxies bring the calls of many and are not held to a share.
 * @param proxies addresses and networks (CIDR) of own proxies
 * @param most connections at once
 */
export function limitConnections(server: Server, proxies: readonly string[], most = CONNECTIONS): void {
  const share = new FairShare(most);
  const isOwn = makeProxyTest(proxies);
  const networkOf = makeNetworkReader(proxies, () => {});
  server.maxConnections = most;
  server.headersTimeout = HEAD_MS;
  server.on('connection', (socket) => {
    const { remoteAddress = '' } = socket;
    const holder = isOwn(remoteAddress) ? undefined : networkOf({ socket: remoteAddress });
    if (!share.tryTake(1, holder)) return void socket.destroy();
    socket.once('close', () => share.give(1, holder));
  });
}
