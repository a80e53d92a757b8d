/** Limits the connections to a server, in total and for each address, so that one address cannot use all of them. */
import type { Server } from 'node:http';
import { FairShare } from '../../domain/words/fair-share.ts';
import { makeNetworkReader, makeProxyTest } from './caller-address.ts';

/** Most connections at once, of all callers together; further ones are closed before a byte is read. */
const CONNECTIONS = 2_048;

/** Time limit for the head of a request, in milliseconds. */
const HEAD_MS = 20_000;

/**
 * Limits the connections of a server. The operator's own proxies carry calls of many callers and have no limit for one address.
 * @param proxies addresses and networks (CIDR) of the operator's own proxies
 * @param most how many connections may be open at once
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
