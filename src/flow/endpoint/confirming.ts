/**
 * Confirming an endpoint that was added or changed for a focal point. One decision is enough, and the first
 * one is final. It comes from an officer by a link sent to an endpoint already in use, from the focal point's
 * own system by a signed call, or from its authority by a statement.
 */

import { subjectOfSecret } from '../../domain/evidence/operator-act.ts';
import type { Endpoint } from '../../domain/party/channel.ts';
import { CONFIRM_WITHIN_DAYS } from '../../domain/party/confirmation.ts';
import { isInForceAt } from '../../domain/party/designation.ts';
import { Refusal } from '../../domain/words/error.ts';
import type { Issuing, Storing } from '../../gateway-parts.ts';
import { digestOfEndpointGrants, verifyEndpointStatement } from '../../seal/endpoint-statement.ts';
import type { Jws } from '../../seal/jws.ts';
import { digestOfPayload } from '../../seal/statement.ts';
import type { EndpointVerdict } from '../../store/contracts/endpoints.ts';
import type { ConfirmationAct } from '../../store/contracts/operator-log.ts';
import type { PageVisitor } from '../account/session.ts';
import { findDesignation, readDirectory } from '../directory/directory.ts';
import { recordEndpointDecision } from './deciding.ts';
import { type ConfirmQuestion, linkOf, readQuestionBehind, standOf } from './question.ts';

const DAY = 86_400_000;

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
  await recordEndpointDecision(gateway, about, word, { officer: reader.id, endpoint: account });
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
  const judged =
    since && (await recordEndpointDecision(gateway, { endpoint: id, asked }, decision, { secret }));
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
  const judged = await recordEndpointDecision(gateway, about, 'confirmed', {
    statement: digestOfPayload(jws),
  });
  if (judged === undefined)
    throw new Refusal(
      'nothing-to-confirm',
      'the endpoint no longer waits for confirmation; see "amanat endpoint show"',
    );
  return judged.endpoint;
}
