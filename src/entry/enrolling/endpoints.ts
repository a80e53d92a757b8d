/** What an operator does with existing endpoints: find, change, switch off and on, remove, test. Each act is recorded. */
import type { Outcome } from '../../domain/carriage/adapter.ts';
import type { Endpoint } from '../../domain/party/channel.ts';
import { hasEndedForGood, isOffByChannel } from '../../domain/party/endpoint-life.ts';
import { Refusal } from '../../domain/words/error.ts';
import { restoreEndpoint } from '../../flow/carry/endpoint-restoring.ts';
import { sendNote } from '../../flow/carry/notes.ts';
import { readDirectory } from '../../flow/directory/directory.ts';
import { makeOperatorAct } from '../../flow/operator/operator-act.ts';
import type { Issuing, Judging, Reaching } from '../../gateway-parts.ts';
import { endSecrets, type OutboundKeys, renewOutboundKeys } from './enrol.ts';

const DAY = 86_400_000;

/** The least digits of an id; fewer could match by a typing error. */
const LEAST_DIGITS = 8;

/**
 * Finds the endpoint whose id begins with these digits. Does not find removed ones.
 * @throws Refusal `not-found`
 */
export async function findEndpoint(gateway: Judging, id: string): Promise<Endpoint> {
  const { endpoints } = await readDirectory(gateway);
  const found = endpoints.filter(
    (one) => one.channel !== 'relay' && !hasEndedForGood(one) && one.id.startsWith(id),
  );
  const [only] = found;
  if (id.length < LEAST_DIGITS || only === undefined)
    throw new Refusal('not-found', 'there is no endpoint with that id; see "amanat endpoint list"');
  if (found.length > 1)
    throw new Refusal('not-found', 'several endpoints begin with these digits: give more of the id');
  return only;
}

export type EndpointChange = Partial<Pick<Endpoint, 'rank' | 'shows' | 'lang' | 'address' | 'certificate'>>;

/**
 * Changes an endpoint. After a new certificate the old one stays valid for that many days, so that its owner can read with
 * either. A change also shows that the endpoint is alive.
 * @throws Refusal `already-exists` where the focal point has another endpoint at the new address
 */
export async function changeEndpoint(
  gateway: Issuing,
  endpoint: Endpoint,
  change: EndpointChange,
  overlapDays: number,
): Promise<Endpoint> {
  const until = new Date(gateway.now().getTime() + overlapDays * DAY);
  const { oldCertificate, ...rest } = endpoint;
  const isRenewed = change.certificate !== undefined && change.certificate !== endpoint.certificate;
  const renewed =
    isRenewed && endpoint.certificate !== undefined && overlapDays > 0
      ? { oldCertificate: { pem: endpoint.certificate, until } }
      : {};
  const kept = isRenewed || oldCertificate === undefined ? renewed : { oldCertificate };
  const next: Endpoint = { ...rest, ...change, ...kept };
  const asking = { who: gateway.operator, now: gateway.now() };
  const act = makeOperatorAct(gateway, { act: 'endpoint.set', subject: endpoint.id });
  await gateway.store.endpoints.keepEndpoint(next, act, asking);
  const isMoved = change.address !== undefined && change.address !== endpoint.address;
  const made = (await gateway.store.endpoints.findEndpoint(endpoint.id)) ?? next;
  const isAsked = made.waiting?.asked !== endpoint.waiting?.asked;
  if ((isRenewed || isMoved) && !isAsked && isOffByChannel(endpoint))
    await restoreEndpoint(gateway, next, 'certificate');
  return (await gateway.store.endpoints.findEndpoint(endpoint.id)) ?? next;
}

/**
 * Renews the secret and the key that sign calls to a webhook; the old and the new ones both sign until the overlap ends.
 * @throws Refusal `invalid-body` where it is not a webhook
 */
export async function renewEndpointSecret(
  gateway: Reaching,
  endpoint: Endpoint,
  overlapDays: number,
): Promise<OutboundKeys> {
  if (endpoint.channel !== 'webhook')
    throw new Refusal('invalid-body', 'only a webhook has a secret to renew');
  const until = new Date(gateway.now().getTime() + overlapDays * DAY);
  const keys = await renewOutboundKeys(gateway, endpoint.id, until);
  await gateway.store.ledger.recordAct(
    makeOperatorAct(gateway, { act: 'endpoint.set', subject: endpoint.id }),
  );
  return keys;
}

/** Switches an endpoint off until an operator switches it on. Its queued deliveries go to another endpoint, or wait. */
export const disableEndpoint = (gateway: Issuing, { id }: Endpoint): Promise<boolean> =>
  gateway.store.endpoints.disableEndpoint(
    id,
    'operator',
    gateway.now(),
    makeOperatorAct(gateway, { act: 'endpoint.disabled', subject: id }),
  );

/**
 * Switches an endpoint on, for whatever reason it was off; waiting deliveries are sent at once. An account that had ended
 * waits for confirmation, as a new one does.
 * @returns the endpoint after the change
 * @throws Refusal `confirmation-needed` where it already waits
 */
export async function enableEndpoint(gateway: Issuing, endpoint: Endpoint): Promise<Endpoint> {
  if (endpoint.off?.code === 'waiting')
    throw new Refusal(
      'confirmation-needed',
      'this endpoint already waits for confirmation by its focal point',
    );
  const act = makeOperatorAct(gateway, { act: 'endpoint.enabled', subject: endpoint.id });
  const asking = { who: gateway.operator, now: gateway.now() };
  await restoreEndpoint(gateway, endpoint, 'operator', { act, asking });
  return (await gateway.store.endpoints.findEndpoint(endpoint.id)) ?? endpoint;
}

/**
 * Deletes an endpoint with its address, certificate and secrets. The same address may be added again.
 * @throws Refusal `not-found` where somebody else deleted it meanwhile, or its row is tampered
 */
export async function removeEndpoint(gateway: Reaching, { id, channel }: Endpoint): Promise<void> {
  const act = makeOperatorAct(gateway, { act: 'endpoint.removed', subject: id });
  // The secrets end first: after the endpoint is deleted nobody would find them.
  if (channel === 'webhook') await endSecrets(gateway, id, 'webhook-outbound', gateway.now());
  if (!(await gateway.store.endpoints.disableEndpoint(id, 'removed', gateway.now(), act)))
    throw new Refusal('not-found', 'this endpoint no longer exists; see "amanat endpoint list"');
}

/** The result of a test, and whether it switched the endpoint on again. */
export interface EndpointTest {
  readonly outcome: Outcome;
  readonly back: boolean;
}

/** Sends a test to an endpoint by its own channel, without case content: a notice, a mail or a signed event. */
export async function testEndpoint(gateway: Reaching, endpoint: Endpoint): Promise<EndpointTest> {
  const note = { id: gateway.newId(), says: { what: 'test' }, madeAt: gateway.now(), endpoint } as const;
  const outcome = await sendNote(gateway, note);
  const back =
    outcome.kind === 'accepted' &&
    isOffByChannel(endpoint) &&
    (await restoreEndpoint(gateway, endpoint, 'test'));
  return { outcome, back };
}
