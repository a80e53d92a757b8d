/**
 * Confirming: what a desk says of an endpoint that was added for it, or changed. One word is enough and the first one counts:
 * of an officer by a link that came to an endpoint of theirs that counts already, of the desk's own system by a signed call,
 * of its authority by a statement.
 */

import { GATEWAY_OPERATOR, subjectOfSecret } from '../../domain/evidence/operator-act.ts';
import type { Endpoint } from '../../domain/party/channel.ts';
import {
  CONFIRM_WITHIN_DAYS,
  type ConfirmedBy,
  confirmedEndpointOf,
} from '../../domain/party/confirmation.ts';
import { type Designation, isInForceAt, type Officer } from '../../domain/party/designation.ts';
import { isOffByChannel } from '../../domain/party/endpoint-life.ts';
import { officerOfEndpoint } from '../../domain/party/endpoint-officer.ts';
import { Refusal } from '../../domain/words/error.ts';
import { present } from '../../domain/words/present.ts';
import type { Issuing, Judging, Storing } from '../../gateway-parts.ts';
import { digestOf } from '../../seal/digest.ts';
import { digestOfEndpointGrants, verifyEndpointStatement } from '../../seal/endpoint-statement.ts';
import type { Jws } from '../../seal/jws.ts';
import { digestOfPayload } from '../../seal/statement.ts';
import type {
  ConfirmedEndpoint,
  ConfirmLinkFound,
  ConfirmLinkRow,
  EndpointVerdict,
} from '../../store/contracts/endpoints.ts';
import type { ConfirmationAct } from '../../store/contracts/operator-log.ts';
import { checkProvenOfficer, type PageVisitor } from '../account/session.ts';
import { restoreEndpoint } from '../carry/endpoint-restoring.ts';
import { CODES_WITHOUT_ENDPOINT } from '../carry/failover.ts';
import { findDesignation, readDirectory } from '../directory/directory.ts';
import { zoneAt } from '../directory/reader.ts';
import { raiseAlarm } from '../ledger/alarm.ts';
import { originOfLedger } from '../ledger/ledger-keys.ts';
import { makeOperatorAct } from '../operator/operator-act.ts';

const DAY = 86_400_000;

/** What is asked, as an officer sees it. */
export interface ConfirmQuestion {
  readonly designation: Designation;
  /** Who is asked. */
  readonly reader: Officer;
  /** The zone of the desk (IANA): in which the reader is shown times. */
  readonly zone: string;
  /** Whether it is a duty phone's, at which another officer may be next. */
  readonly isShared: boolean;
  /** As it will be, once confirmed. */
  readonly endpoint: Endpoint;
  readonly isNew: boolean;
  /** As it is in force, while a change of it waits. */
  readonly before?: Endpoint;
  /** Whose it is to be; absent for a system, or where the designation names nobody so any more. */
  readonly officer?: Officer;
  readonly since?: Date;
  /** Handle of the operator who asked. */
  readonly who?: string;
  /** What was said; absent while it waits. */
  readonly judgement?: ConfirmationAct;
  /** Who said it, where it was an officer whom the designation names. */
  readonly judgedBy?: Officer;
  /** Whether it still waits for a word. */
  readonly isOpen: boolean;
}

/**
 * Looks at what a link asks; changes nothing.
 * @throws Refusal `link-unknown`, `link-expired`, `pin-needed`, `unknown-officer`, `designation-ended`
 */
export async function readQuestion(
  gateway: Judging,
  token: string,
  visitor: PageVisitor,
): Promise<ConfirmQuestion> {
  return questionBehind(gateway, await linkOf(gateway, token), visitor);
}

const linkOf = async (gateway: Storing, token: string): Promise<ConfirmLinkRow> =>
  requireConfirmLink(await gateway.store.endpoints.findConfirmLink(digestOf(token), gateway.now()));

/** @throws Refusal `link-unknown`, `link-expired` */
export function requireConfirmLink(found: ConfirmLinkFound): ConfirmLinkRow {
  if (found.kind === 'open') return found.link;
  throw found.kind === 'expired'
    ? new Refusal('link-expired', 'this link’s time has passed')
    : new Refusal('link-unknown', 'there is no such link');
}

/** What is asked, and the account through which its reader is known. */
async function questionBehind(
  gateway: Judging,
  link: ConfirmLinkRow,
  visitor: PageVisitor,
): Promise<ConfirmQuestion & { readonly account: string }> {
  const { store } = gateway;
  const [told, endpoint] = await Promise.all([
    store.endpoints.findEndpoint(link.endpoint),
    store.endpoints.findEndpoint(link.about),
  ]);
  const proven = told && (await checkProvenOfficer(gateway, told, link, visitor));
  if (told === undefined || endpoint === undefined || endpoint.focalPoint !== told.focalPoint)
    throw new Refusal('link-unknown', 'what this link was for is gone');
  const directory = await readDirectory(gateway, [told.focalPoint]);
  const focalPoint = findDesignation(directory, told.focalPoint);
  if (focalPoint === undefined || !isInForceAt(focalPoint, gateway.now()))
    throw new Refusal('designation-ended', 'the designation of this desk is not in force');
  const owner = officerOfEndpoint(focalPoint, told);
  if (!told.enabled || owner === undefined || owner.id !== link.officer)
    throw new Refusal('unknown-officer', 'the account that this link came to does not count any more');
  const reader = proven?.officer ?? owner;
  const account = proven?.account.id ?? told.id;
  const isShared = proven?.isShared ?? false;
  const zone = zoneAt(gateway, directory, told.focalPoint);
  return {
    designation: focalPoint,
    reader,
    zone,
    isShared,
    account,
    ...(await standOf(gateway, focalPoint, endpoint, link.asked)),
  };
}

async function standOf(gateway: Storing, designation: Designation, one: Endpoint, asked: string) {
  const waiting = one.waiting?.asked === asked ? one.waiting : undefined;
  const said = waiting === undefined ? await gateway.store.endpoints.decisionOn(asked) : undefined;
  const endpoint = waiting === undefined ? one : confirmedEndpointOf(one);
  const officer = officerOfEndpoint(designation, endpoint);
  const by = said?.judged?.by;
  const saidBy =
    by !== undefined && 'officer' in by
      ? designation.officers.find(({ id }) => id === by.officer)
      : undefined;
  return {
    endpoint,
    isNew: waiting?.change === undefined,
    ...present({ before: waiting?.change === undefined ? undefined : one }),
    isOpen: waiting !== undefined && waiting.until > gateway.now(),
    ...present({ officer, since: waiting?.since, who: waiting?.who, judgement: said, judgedBy: saidBy }),
  };
}

/** What somebody says of what is asked. */
export type ConfirmDecision = Exclude<EndpointVerdict['decision'], 'expired'>;

/**
 * Says by a link whether it is right. Where somebody was faster, nothing is changed.
 * @returns what is recorded
 * @throws Refusal as {@link readQuestion}
 */
export async function confirmByLink(
  gateway: Issuing,
  token: string,
  visitor: PageVisitor,
  word: ConfirmDecision,
): Promise<ConfirmQuestion> {
  const link = await linkOf(gateway, token);
  const {
    designation: focalPoint,
    reader,
    zone,
    isShared,
    account,
    ...before
  } = await questionBehind(gateway, link, visitor);
  const about = { endpoint: link.about, asked: link.asked };
  await judge(gateway, about, word, { officer: reader.id, endpoint: account });
  const endpoint = (await gateway.store.endpoints.findEndpoint(link.about)) ?? before.endpoint;
  // Not asked anew who it is: the word may have ended the account of this link, or made its phone a shared one.
  return {
    designation: focalPoint,
    reader,
    zone,
    isShared,
    ...(await standOf(gateway, focalPoint, endpoint, link.asked)),
  };
}

export interface SystemConfirmation {
  readonly focalPoint: string;
  readonly endpoint: string;
  readonly asked: string;
  readonly decision: ConfirmDecision;
  /** Id of the secret that the call was signed with. */
  readonly secret: string;
}

/**
 * The word of a desk's own system, whose call is proven.
 * @returns what is recorded, and whether it was said before
 * @throws Refusal `not-found`, `nothing-to-confirm`, `designation-ended`; `confirmation-needed` where the secret is too young
 */
export async function confirmBySystem(
  gateway: Issuing,
  { focalPoint, endpoint: id, asked, decision, secret }: SystemConfirmation,
): Promise<{ readonly said: ConfirmDecision | 'expired'; readonly repeat: boolean }> {
  const { store } = gateway;
  const desk = findDesignation(await readDirectory(gateway, [focalPoint]), focalPoint);
  if (desk === undefined || !isInForceAt(desk, gateway.now()))
    throw new Refusal('designation-ended', 'the designation of this focal point is not in force');
  const endpoint = await store.endpoints.findEndpoint(id);
  if (endpoint === undefined || endpoint.focalPoint !== focalPoint)
    throw new Refusal('not-found', 'this focal point has no such endpoint');
  const since = endpoint.waiting?.asked === asked ? endpoint.waiting.since : undefined;
  if (since !== undefined && !mayConfirm(gateway, focalPoint, secret, since))
    throw new Refusal('confirmation-needed', 'the secret of this call was made too short a time before');
  const judged = since && (await judge(gateway, { endpoint: id, asked }, decision, { secret }));
  if (judged !== undefined) return { said: decision, repeat: false };
  const said = await store.endpoints.decisionOn(asked);
  if (said === undefined)
    throw new Refusal('nothing-to-confirm', 'nothing of that kind waits at this endpoint');
  return { said: decisionOfAct(said), repeat: true };
}

/**
 * Whether a secret may speak for the desk: one that was there for as long as a desk has to object before it was asked. An
 * operator who makes one, be it the first, could sign with it. A question from the time to come was asked by a wrong clock.
 */
function mayConfirm({ guard, now }: Storing, owner: string, id: string, since: Date): boolean {
  const made = guard.secretMade(subjectOfSecret({ owner, kind: 'webhook-inbound', id }));
  if (made === undefined || since > now()) return false;
  return Date.parse(made) + CONFIRM_WITHIN_DAYS * DAY <= since.getTime();
}

/** What an entry of the log says that was said. */
export const decisionOfAct = ({ act }: Pick<ConfirmationAct, 'act'>): ConfirmDecision | 'expired' =>
  act === 'endpoint.confirmed' ? 'confirmed' : act.endsWith('refused') ? 'refused' : 'expired';

/**
 * The word of the desk's authority: it designates whoever answers for the desk, and so may confirm at any time.
 * @throws Refusal `statement-refused`, also where it is about something else; `signature-invalid`, `nothing-to-confirm`
 */
export async function confirmByAuthority(gateway: Issuing, endpoint: Endpoint, jws: Jws): Promise<Endpoint> {
  const one = await verifyEndpointStatement(jws, gateway.anchors, gateway.now());
  const designation = findDesignation(
    await readDirectory(gateway, [endpoint.focalPoint]),
    endpoint.focalPoint,
  );
  if (
    one.gateway !== gateway.did ||
    one.focal_point !== endpoint.focalPoint ||
    one.country !== designation?.country
  )
    throw new Refusal('statement-refused', 'the statement is about another desk or gateway');
  if (one.endpoint !== endpoint.id || one.asked !== endpoint.waiting?.asked)
    throw new Refusal(
      'statement-refused',
      'the statement is about another endpoint, or about what was asked before',
    );
  if (one.grants !== digestOfEndpointGrants(endpoint))
    throw new Refusal('statement-refused', 'the endpoint is not what the statement is about any more');
  const about = { endpoint: endpoint.id, asked: one.asked };
  const judged = await judge(gateway, about, 'confirmed', { statement: digestOfPayload(jws) });
  if (judged === undefined)
    throw new Refusal('nothing-to-confirm', 'it does not wait any more: see "amanat endpoint show"');
  return judged.endpoint;
}

/** Ends what its desk did not confirm in time. @returns how many there were */
export async function endUnconfirmed(gateway: Issuing): Promise<number> {
  const now = gateway.now();
  const over = (await gateway.store.endpoints.waitingEndpoints()).filter(
    ({ waiting }) => waiting && waiting.until <= now,
  );
  for (const { id, waiting } of over)
    if (waiting !== undefined) await judge(gateway, { endpoint: id, asked: waiting.asked }, 'expired');
  return over.length;
}

async function judge(
  gateway: Issuing,
  about: Pick<EndpointVerdict, 'endpoint' | 'asked'>,
  word: EndpointVerdict['decision'],
  by?: ConfirmedBy,
): Promise<ConfirmedEndpoint | undefined> {
  const { store, now, log } = gateway;
  const who = by !== undefined && 'officer' in by ? by.officer : GATEWAY_OPERATOR;
  const said = { asked: about.asked, ...present({ by }) };
  const judged = await store.endpoints.decideWaiting({
    ...about,
    decision: word,
    now: now(),
    isTold: word === 'confirmed',
    act: (act) => makeOperatorAct(gateway, { act, subject: about.endpoint, who, judged: said }),
    replace: (subject) =>
      makeOperatorAct(gateway, { act: 'officer.unlinked', subject, who: GATEWAY_OPERATOR }),
  });
  if (judged === undefined) return undefined;
  const { endpoint, replaced } = judged;
  log.info('endpoint.judged', { endpoint: endpoint.id, channel: endpoint.channel, word });
  if (word === 'refused') await alarmOf(gateway, endpoint, about.asked);
  if (word === 'confirmed') await follow(gateway, endpoint, replaced);
  return judged;
}

/** Days in which an account is told what became of it. */
const TELL_DAYS = 7;

/** What waited for a way goes at once; the accounts that it is about are told. */
async function follow(gateway: Issuing, made: Endpoint, replaced: readonly Endpoint[]): Promise<void> {
  const { store, now } = gateway;
  await store.deliveries.makeWaitingDue(made.focalPoint, CODES_WITHOUT_ENDPOINT, now());
  // What was changed at an endpoint that its channel called dead is tried.
  if (isOffByChannel(made)) await restoreEndpoint(gateway, made, 'certificate');
  const tell = (endpoint: Endpoint, what: 'account-confirmed' | 'account-replaced') => {
    const expiresAt = new Date(now().getTime() + TELL_DAYS * DAY);
    return store.endpoints.keepNote(endpoint.id, {
      id: gateway.newId(),
      says: { what },
      madeAt: now(),
      expiresAt,
    });
  };
  if (made.officer !== undefined && made.channel === 'telegram') await tell(made, 'account-confirmed');
  for (const one of replaced) await tell(one, 'account-replaced');
}

/** Somebody of the desk says that it is wrong: the operator has to find out who added it. */
async function alarmOf(gateway: Issuing, { id, channel }: Endpoint, asked: string): Promise<void> {
  gateway.log.error('endpoint.refused', { endpoint: id, channel });
  const root = new Uint8Array(Buffer.from(digestOf(asked), 'base64url'));
  await raiseAlarm(gateway, originOfLedger(gateway.url), { code: 'endpoint-refused', place: 0, root });
}
