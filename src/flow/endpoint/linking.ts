/**
 * Links an officer's chat account as an endpoint by a one-time code. The account is asked first whether it is
 * that officer's. It replaces the officer's other accounts, which are told, and can be undone. If it is not
 * the focal point's first account, it waits until the focal point confirms it, and replaces nothing before.
 */
import type { Adapter, Arrival, LinkedAs } from '../../domain/carriage/adapter.ts';
import { GATEWAY_OPERATOR } from '../../domain/evidence/operator-act.ts';
import type { Endpoint } from '../../domain/party/channel.ts';
import { isOffByChannel } from '../../domain/party/endpoint-life.ts';
import { isOfficerInPlace, officerOfEndpoint } from '../../domain/party/endpoint-officer.ts';
import type { Issuing, Judging, Storing } from '../../gateway-parts.ts';
import type { LinkCodeRow } from '../../store/contracts/links.ts';
import { restoreEndpoint } from '../carry/endpoint-restoring.ts';
import { CODES_WITHOUT_ENDPOINT } from '../carry/failover.ts';
import { findDesignation, readDirectory } from '../directory/directory.ts';
import { makeOperatorAct } from '../operator/operator-act.ts';

/** The reply to the account. */
interface LinkReply {
  readonly word: 'link-ask' | 'linked' | 'link-waits' | 'link-left' | 'link-refused' | 'unlinked';
  readonly lang?: string;
  readonly link?: LinkedAs;
}

const REFUSED: LinkReply = { word: 'link-refused' };

/** How long undoing a link restores the accounts that it replaced, in milliseconds. */
const UNDO_MS = 86_400_000;

/** The officer as whom a code links, if the designation names that person; else undefined. */
async function officerOfCode(
  gateway: Judging,
  adapter: Adapter,
  endpoint: LinkCodeRow['endpoint'],
): Promise<LinkedAs | undefined> {
  if (endpoint.channel !== adapter.channel) return undefined;
  const designation = findDesignation(
    await readDirectory(gateway, [endpoint.focalPoint]),
    endpoint.focalPoint,
  );
  if (designation === undefined || !isOfficerInPlace(designation, endpoint, gateway.now())) return undefined;
  const officer = officerOfEndpoint(designation, endpoint);
  return officer && { endpoint: endpoint.id, officer: officer.name, desk: designation.name };
}

/**
 * Handles a start code, given by its digest: asks the account that brought it whether it is the named
 * officer's.
 */
export async function askToLink(
  gateway: Judging,
  adapter: Adapter,
  hash: string,
  address: string,
): Promise<LinkReply> {
  const asked = await gateway.store.links.askLinkCode(hash, address, gateway.now());
  const link = asked && (await officerOfCode(gateway, adapter, asked.endpoint));
  return asked === undefined || link === undefined
    ? REFUSED
    : { word: 'link-ask', lang: asked.endpoint.lang, link };
}

/** Handles the answer. Only the account that brought the code may answer. */
export async function answerLink(
  gateway: Issuing,
  adapter: Adapter,
  { answer, endpoint, reply }: Extract<Arrival, { kind: 'link-answer' }>,
  givenAt: Date,
): Promise<LinkReply> {
  if (answer === 'undo') return undoLink(gateway, adapter, { id: endpoint, address: reply.address, givenAt });
  const asked = await gateway.store.links.askedLinkCode(endpoint, reply.address);
  const link = asked && (await officerOfCode(gateway, adapter, asked.endpoint));
  if (asked === undefined || link === undefined) return REFUSED;
  const { lang } = asked.endpoint;
  if (answer === 'no') return { word: 'link-left', lang };
  const made = await gateway.store.links.takeLinkCode(asked.hash, reply.address, gateway.now(), (subject) =>
    makeOperatorAct(gateway, { act: 'officer.linked', subject, who: GATEWAY_OPERATOR }),
  );
  if (made?.waiting !== undefined && !made.enabled)
    return { word: 'link-waits', lang, link: { ...link, endpoint: made.id } };
  if (made === undefined || !made.enabled) return REFUSED;
  if (asked.beside !== true) await replaceOthers(gateway, made);
  await gateway.store.deliveries.makeWaitingDue(made.focalPoint, CODES_WITHOUT_ENDPOINT, gateway.now());
  return { word: 'linked', lang, link: { ...link, endpoint: made.id } };
}

/** The officer's other accounts of the channel at this focal point. */
async function othersOf(gateway: Judging, one: Endpoint): Promise<readonly Endpoint[]> {
  const { endpoints } = await readDirectory(gateway, [one.focalPoint]);
  return endpoints.filter(
    ({ id, focalPoint, channel, officer }) =>
      id !== one.id && focalPoint === one.focalPoint && channel === one.channel && officer === one.officer,
  );
}

async function replaceOthers(gateway: Issuing, made: Endpoint): Promise<void> {
  const others = await othersOf(gateway, made);
  for (const one of others.filter((other) => other.enabled || isOffByChannel(other)))
    await unlinkAccount(gateway, one, 'replaced');
}

/** Days in which an account that was unlinked is told so. */
const TELL_DAYS = 7;

/**
 * Unlinks an account: its links end, nothing is sent there any more, and it is told.
 * @returns false if it was unlinked already
 */
export async function unlinkAccount(
  gateway: Issuing,
  { id }: Endpoint,
  why: 'replaced' | 'unlinked',
): Promise<boolean> {
  const { store } = gateway;
  const now = gateway.now();
  const act = makeOperatorAct(gateway, { act: 'officer.unlinked', subject: id });
  if (!(await store.endpoints.disableEndpoint(id, why, now, act))) return false;
  gateway.log.info('account.ended', { endpoint: id, why });
  await store.endpoints.keepNote(id, {
    id: gateway.newId(),
    says: { what: why === 'replaced' ? 'account-replaced' : 'account-unlinked' },
    madeAt: now,
    expiresAt: new Date(now.getTime() + TELL_DAYS * 86_400_000),
  });
  return true;
}

/** An account's request to be unlinked: its address, and when it came. */
interface Undoing {
  readonly id: string;
  readonly address: string;
  readonly givenAt: Date;
}

/**
 * Undoes a link at the request of its own account. Accounts that it replaced lately are restored. A link that
 * waits has replaced nothing.
 */
async function undoLink(
  gateway: Issuing,
  adapter: Adapter,
  { id, address, givenAt }: Undoing,
): Promise<LinkReply> {
  const { store, guard } = gateway;
  const made = await store.endpoints.findEndpoint(id);
  if (made === undefined || made.channel !== adapter.channel || made.address !== address) return REFUSED;
  const unlinked = { word: 'unlinked', lang: made.lang } as const;
  const now = gateway.now();
  const act = makeOperatorAct(gateway, { act: 'officer.unlinked', subject: id });
  if (!made.enabled && made.waiting === undefined) return unlinked;
  // It was linked again after the request: an older request must not undo that, even if it is repeated.
  if (givenAt.getTime() < Date.parse(guard.lastAct(id)?.at ?? '')) return REFUSED;
  if (!(await store.endpoints.disableEndpoint(id, 'unlinked', now, act)) || !made.enabled) return unlinked;
  const lately = (await othersOf(gateway, made)).filter(
    (one) => one.off?.code === 'replaced' && wasReplacedLately(gateway, one, now),
  );
  for (const one of lately)
    await restoreEndpoint(gateway, one, 'operator', {
      act: makeOperatorAct(gateway, { act: 'officer.linked', subject: one.id }),
    });
  return unlinked;
}

/** Judged by the operator's log: the time in the row has no proof. */
function wasReplacedLately({ guard }: Storing, { id }: Endpoint, now: Date): boolean {
  const last = guard.lastAct(id);
  return last?.act === 'officer.unlinked' && now.getTime() - Date.parse(last.at) < UNDO_MS;
}
