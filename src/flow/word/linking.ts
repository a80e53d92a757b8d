/** Linking: an officer's account becomes an endpoint by a one-time code. */
import type { Adapter, Arrival } from '../../domain/adapter.ts';
import { isStillTheirs } from '../../domain/belonging.ts';
import type { Gateway } from '../../gateway.ts';
import { sha256 } from '../../seal/digest.ts';
import { WAITS_FOR_A_WAY } from '../carry/failover.ts';
import { directoryOf, find } from '../directory/directory.ts';

/** What the account is told. */
export interface Linked {
  readonly word: 'linked' | 'link-refused';
  readonly lang?: string;
}

/** A code is good for the person it was made for, while the designation names that person. */
export async function linked(
  gateway: Gateway,
  adapter: Adapter,
  { code, reply }: Extract<Arrival, { kind: 'link' }>,
): Promise<Linked> {
  const { store } = gateway;
  const hash = sha256(code);
  const kept = (await store.linkCode(hash))?.endpoint;
  if (kept === undefined || kept.channel !== adapter.channel) return { word: 'link-refused' };
  const desk = find(await directoryOf(gateway, [kept.focalPoint]), kept.focalPoint);
  if (desk === undefined || !isStillTheirs(desk, kept, gateway.now())) return { word: 'link-refused' };
  const endpoint = await store.takeLinkCode(hash, reply.address, gateway.now());
  if (endpoint === undefined) return { word: 'link-refused' };
  await store.hurryWaiting(endpoint.focalPoint, WAITS_FOR_A_WAY, gateway.now());
  return { word: 'linked', lang: endpoint.lang };
}
