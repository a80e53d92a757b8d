/**
 * Linking: an officer's account becomes an endpoint by a one-time code. It is asked first, as whom; it takes the place of
 * the officer's other accounts, which are told; and it can be undone. Where it is not the first of its desk it waits until
 * the desk confirms it, and takes no place before.
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

/** What the account is told. */
export interface LinkReply {
  readonly word: 'link-ask' | 'linked' | 'link-waits' | 'link-left' | 'link-refused' | 'unlinked';
  readonly lang?: string;
  readonly link?: LinkedAs;
}

const REFUSED: LinkReply = { word: 'link-refused' };

/** How long undoing a link brings back the accounts that it replaced, in milliseconds. */
const UNDO_MS = 86_400_000;

/** As whom a code links, while the designation names that person; undefined where it does not. */
async function toldOf(
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

/** A code was brought, known by its digest: the account that brought it is asked whether that is who it is of. */
export async function askToLink(
  gateway: Judging,
  adapter: Adapter,
  hash: string,
  address: string,
): Promise<LinkReply> {
  const asked = await gateway.store.links.askLinkCode(hash, address, gateway.now());
  const link = asked && (await toldOf(gateway, adapter, asked.endpoint));
  return asked === undefined || link === undefined
    ? REFUSED
    : { word: 'link-ask', lang: asked.endpoint.lang, link };
}

/** The answer, by the account that brought the code and by no other. */
export async function answerLink(
  gateway: Issuing,
  adapter: Adapter,
  { answer, endpoint, reply }: Extract<Arrival, { kind: 'link-answer' }>,
  givenAt: Date,
): Promise<LinkReply> {
  if (answer === 'undo') return undo(gateway, adapter, { id: endpoint, address: reply.address, givenAt });
  const asked = await gateway.store.links.askedLinkCode(endpoint, reply.address);
  const link = asked && (await toldOf(gateway, adapter, asked.endpoint));
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

/** The officer's other accounts of the channel at this desk. */
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

/** Days in which an account that is out is told so. */
const TELL_DAYS = 7;

/**
 * Ends an account: its links end, nothing goes there any more, and it is told.
 * @returns false where it had ended so already
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

/** The wish of an account (address) to be linked no more, when it came. */
interface Undoing {
  readonly id: string;
  readonly address: string;
  readonly givenAt: Date;
}

/** Takes a link back, by its own account: what it replaced lately is in use again. One that waits has replaced nothing. */
async function undo(
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
  // Linked since: what was wished before is over, however it comes again.
  if (givenAt.getTime() < Date.parse(guard.lastAct(id)?.at ?? '')) return REFUSED;
  if (!(await store.endpoints.disableEndpoint(id, 'unlinked', now, act)) || !made.enabled) return unlinked;
  const lately = (await othersOf(gateway, made)).filter(
    (one) => one.off?.code === 'replaced' && wasReplacedLately(gateway, one, now),
  );
  for (const one of lately)
    await restoreEndpoint(
      gateway,
      one,
      'operator',
      makeOperatorAct(gateway, { act: 'officer.linked', subject: one.id }),
    );
  return unlinked;
}

/** By the log: the hour in the row is the database's word alone. */
function wasReplacedLately({ guard }: Storing, { id }: Endpoint, now: Date): boolean {
  const last = guard.lastAct(id);
  return last?.act === 'officer.unlinked' && now.getTime() - Date.parse(last.at) < UNDO_MS;
}
