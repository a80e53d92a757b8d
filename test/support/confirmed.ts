/** Additional endpoints of a focal point in use: added, and confirmed by its authority's statement. */
import type { Endpoint } from '../../src/domain/party/channel.ts';
import { draftConfirmation } from '../../src/entry/enrolling/confirming.ts';
import { addEndpoint as add, type EndpointDraft } from '../../src/entry/enrolling/enrol.ts';
import { confirmByAuthority } from '../../src/flow/endpoint/confirming.ts';
import type { Gateway } from '../../src/gateway.ts';
import type { SigningKey } from '../../src/seal/keys.ts';
import { signStatement } from '../../src/seal/statement.ts';

export type ConfirmingAuthorities = Readonly<Record<string, SigningKey>>;

const authorities = new WeakMap<object, ConfirmingAuthorities>();

/** The keys with which endpoints are confirmed at a gateway. */
export const setConfirmingKeys = (gateway: Pick<Gateway, 'store'>, keys: ConfirmingAuthorities): void =>
  void authorities.set(gateway.store, keys);

/** A focal point's system for tests to which nothing must arrive. By default it is shown everything, in English. */
export const hookOf = (focalPoint: string, over: Partial<EndpointDraft> = {}): EndpointDraft => ({
  focalPoint,
  channel: 'webhook',
  address: 'https://partner.test/',
  shows: 'packet',
  lang: 'en',
  ...over,
});

/** Confirms a waiting endpoint. @returns the endpoint in its new state */
export async function confirmEndpoint(gateway: Gateway, endpoint: Endpoint): Promise<Endpoint> {
  const claims = await draftConfirmation(gateway, endpoint);
  const key = authorities.get(gateway.store)?.[claims.country];
  if (key === undefined) throw new Error('nobody gave the key of the authority that confirms');
  const made = await confirmByAuthority(gateway, endpoint, await signStatement('endpoint', claims, [key]));
  await leaveUntold(gateway);
  return made;
}

const NOTES_AT_MOST = 1_000;

/** Treats endpoints as old ones: nobody is notified of them any more. Other notes stay due. */
async function leaveUntold({ store, now }: Gateway): Promise<void> {
  for (const { id, says } of await store.endpoints.claimNotes(now(), now(), NOTES_AT_MOST))
    await store.endpoints.finishNote(
      id,
      ['endpoint-waiting', 'endpoint-counts'].includes(says.what) ? undefined : now(),
    );
}

/** Confirms everything that waits. */
export async function confirmAllEndpoints(gateway: Gateway): Promise<void> {
  for (const one of await gateway.store.endpoints.waitingEndpoints()) await confirmEndpoint(gateway, one);
}

/** Like `addEndpoint` of the program, and confirms the endpoint if it is not the first. */
export async function addConfirmedEndpoint(gateway: Gateway, draft: EndpointDraft): ReturnType<typeof add> {
  const made = await add(gateway, draft);
  if (made.endpoint.waiting === undefined) await leaveUntold(gateway);
  if (made.endpoint.waiting === undefined) return made;
  return { ...made, endpoint: await confirmEndpoint(gateway, made.endpoint) };
}

/** The same for a focal point's own system; defaults as in {@link hookOf}. */
export const addHook = (
  gateway: Gateway,
  focalPoint: string,
  over?: Partial<EndpointDraft>,
): ReturnType<typeof add> => addConfirmedEndpoint(gateway, hookOf(focalPoint, over));
