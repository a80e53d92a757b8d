/**
 * Confirming an endpoint that was added or changed for a focal point. One decision is enough, and the first
 * one is final. It comes from an officer by a link sent to an endpoint already in use, from the focal point's
 * own system by a signed call, or from its authority by a statement.
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
import { originOfLedger } from '../ledger/keys.ts';
import { makeOperatorAct } from '../operator/operator-act.ts';

const DAY = 86_400_000;

/** The question, as an officer sees it. */
export interface ConfirmQuestion {
  readonly designation: Designation;
  /** The officer who is asked. */
  readonly reader: Officer;
  /** The focal point's time zone (IANA), in which the reader sees times. */
  readonly zone: string;
  /** True on a duty phone: the next person at the phone may be another officer. */
  readonly isShared: boolean;
  /** The endpoint as it will be, once confirmed. */
  readonly endpoint: Endpoint;
  readonly isNew: boolean;
  /** The endpoint as it is in use, while a change of it waits. */
  readonly before?: Endpoint;
  /**
   * The officer whose endpoint it is to be. Absent for a system, or if the designation no longer names that
   * person.
   */
  readonly officer?: Officer;
  readonly since?: Date;
  /** Handle of the operator who asked. */
  readonly who?: string;
  /** The decision; absent while it waits. */
  readonly judgement?: ConfirmationAct;
  /** The officer who decided, if the designation still names that officer. */
  readonly judgedBy?: Officer;
  /** Whether it still waits for a decision. */
  readonly isOpen: boolean;
}

/**
 * Reads the question of a link; changes nothing.
 * @throws Refusal `link-unknown`, `link-expired`, `pin-needed`, `unknown-officer`, `designation-ended`
 */
export async function readQuestion(
  gateway: Judging,
  token: string,
  visitor: PageVisitor,
): Promise<ConfirmQuestion> {
  return readQuestionBehind(gateway, await linkOf(gateway, token), visitor);
}

const linkOf = async (gateway: Storing, token: string): Promise<ConfirmLinkRow> =>
  requireConfirmLink(await gateway.store.endpoints.findConfirmLink(digestOf(token), gateway.now()));

/** @throws Refusal `link-unknown`, `link-expired` */
export function requireConfirmLink(found: ConfirmLinkFound): ConfirmLinkRow {
  if (found.kind === 'open') return found.link;
  throw found.kind === 'expired'
    ? new Refusal('link-expired', 'this link has expired')
    : new Refusal('link-unknown', 'there is no such link');
}

/** Reads the question, and the account by which its reader is identified. */
async function readQuestionBehind(
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
    throw new Refusal('link-unknown', 'the endpoint of this link no longer exists');
  const directory = await readDirectory(gateway, [told.focalPoint]);
  const focalPoint = findDesignation(directory, told.focalPoint);
  if (focalPoint === undefined || !isInForceAt(focalPoint, gateway.now()))
    throw new Refusal('designation-ended', 'the designation of this focal point is not in force');
  const owner = officerOfEndpoint(focalPoint, told);
  if (!told.enabled || owner === undefined || owner.id !== link.officer)
    throw new Refusal('unknown-officer', 'the account to which this link was sent is no longer in use');
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

/** A decision on an endpoint. */
export type ConfirmDecision = Exclude<EndpointVerdict['decision'], 'expired'>;

/**
 * Decides by a link. If somebody decided before, changes nothing.
 * @returns the recorded state
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
  } = await readQuestionBehind(gateway, link, visitor);
  const about = { endpoint: link.about, asked: link.asked };
  await judge(gateway, about, word, { officer: reader.id, endpoint: account });
  const endpoint = (await gateway.store.endpoints.findEndpoint(link.about)) ?? before.endpoint;
  // The officer is not checked again: the decision may have ended this link's account, or made its phone a
  // shared one.
  return {
    designation: focalPoint,
    reader,
    zone,
    isShared,
    ...(await standOf(gateway, focalPoint, endpoint, link.asked)),
  };
}

interface SystemConfirmation {
  readonly focalPoint: string;
  readonly endpoint: string;
  readonly asked: string;
  readonly decision: ConfirmDecision;
  /** Id of the secret that signed the call. */
  readonly secret: string;
}

/**
 * Decides by a call of the focal point's own system, whose signature was verified.
 * @returns the recorded decision, and whether it was made before
 * @throws Refusal `not-found`, `nothing-to-confirm`, `designation-ended`; `confirmation-needed` if the secret
 *   is too young
 */
export async function confirmBySystem(
  gateway: Issuing,
  { focalPoint, endpoint: id, asked, decision, secret }: SystemConfirmation,
): Promise<{ readonly said: ConfirmDecision | 'expired'; readonly repeat: boolean }> {
  const { store } = gateway;
  const designation = findDesignation(await readDirectory(gateway, [focalPoint]), focalPoint);
  if (designation === undefined || !isInForceAt(designation, gateway.now()))
    throw new Refusal('designation-ended', 'the designation of this focal point is not in force');
  const endpoint = await store.endpoints.findEndpoint(id);
  if (endpoint === undefined || endpoint.focalPoint !== focalPoint)
    throw new Refusal('not-found', 'this focal point has no such endpoint');
  const since = endpoint.waiting?.asked === asked ? endpoint.waiting.since : undefined;
  if (since !== undefined && !mayConfirm(gateway, focalPoint, secret, since))
    throw new Refusal('confirmation-needed', 'the secret of this call is too new to confirm an endpoint');
  const judged = since && (await judge(gateway, { endpoint: id, asked }, decision, { secret }));
  if (judged !== undefined) return { said: decision, repeat: false };
  const said = await store.endpoints.decisionOn(asked);
  if (said === undefined)
    throw new Refusal('nothing-to-confirm', 'nothing of that kind waits at this endpoint');
  return { said: decisionOfAct(said), repeat: true };
}

/**
 * Whether a secret may decide for the focal point: it must have existed before the question for as long as a
 * focal point has to object. Otherwise an operator could make a secret, even the first one, and sign with it.
 * A question dated in the future comes from a wrong clock and is refused.
 */
function mayConfirm({ guard, now }: Storing, owner: string, id: string, since: Date): boolean {
  const made = guard.secretMade(subjectOfSecret({ owner, kind: 'webhook-inbound', id }));
  if (made === undefined || since > now()) return false;
  return Date.parse(made) + CONFIRM_WITHIN_DAYS * DAY <= since.getTime();
}

/** The decision that an entry of the operator's log records. */
export const decisionOfAct = ({ act }: Pick<ConfirmationAct, 'act'>): ConfirmDecision | 'expired' =>
  act === 'endpoint.confirmed' ? 'confirmed' : act.endsWith('refused') ? 'refused' : 'expired';

/**
 * Decides by a statement of the focal point's authority. The authority designates the focal point's officers,
 * so it may confirm at any time.
 * @throws Refusal `statement-refused`, also if it is about something else; `signature-invalid`,
 *   `nothing-to-confirm`
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
    throw new Refusal('statement-refused', 'the statement is about another focal point or gateway');
  if (one.endpoint !== endpoint.id || one.asked !== endpoint.waiting?.asked)
    throw new Refusal(
      'statement-refused',
      'the statement is about another endpoint, or about an earlier question',
    );
  if (one.grants !== digestOfEndpointGrants(endpoint))
    throw new Refusal('statement-refused', 'the endpoint has changed since the statement was signed');
  const about = { endpoint: endpoint.id, asked: one.asked };
  const judged = await judge(gateway, about, 'confirmed', { statement: digestOfPayload(jws) });
  if (judged === undefined)
    throw new Refusal(
      'nothing-to-confirm',
      'the endpoint no longer waits for confirmation; see "amanat endpoint show"',
    );
  return judged.endpoint;
}

/** Ends questions that were not answered in time. @returns how many there were */
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
  log.info('endpoint.judged', { endpoint: endpoint.id, channel: endpoint.channel, decision: word });
  if (word === 'refused') await raiseDenialAlarm(gateway, endpoint, about.asked);
  if (word === 'confirmed') await applyConfirmed(gateway, endpoint, replaced);
  return judged;
}

/** Days in which an account is told the result. */
const TELL_DAYS = 7;

/** Sends what waited for an endpoint at once, and tells the accounts concerned. */
async function applyConfirmed(
  gateway: Issuing,
  made: Endpoint,
  replaced: readonly Endpoint[],
): Promise<void> {
  const { store, now } = gateway;
  await store.deliveries.makeWaitingDue(made.focalPoint, CODES_WITHOUT_ENDPOINT, now());
  // An endpoint that its channel called dead is tried again after it was changed.
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

/** A person of the focal point denies the endpoint: the operator has to find out who added it. */
async function raiseDenialAlarm(gateway: Issuing, { id, channel }: Endpoint, asked: string): Promise<void> {
  gateway.log.error('endpoint.refused', { endpoint: id, channel });
  const root = new Uint8Array(Buffer.from(digestOf(asked), 'base64url'));
  await raiseAlarm(gateway, originOfLedger(gateway.url), { code: 'endpoint-refused', place: 0, root });
}
