/** Decides about an endpoint that waits, once, whoever said so; and does what follows from the decision. */
import { GATEWAY_OPERATOR } from '../../domain/evidence/operator-act.ts';
import type { Endpoint } from '../../domain/party/channel.ts';
import type { ConfirmedBy } from '../../domain/party/confirmation.ts';
import { isOffByChannel } from '../../domain/party/endpoint-life.ts';
import { present } from '../../domain/words/present.ts';
import type { Issuing } from '../../gateway-parts.ts';
import { digestOf } from '../../seal/digest.ts';
import type { ConfirmedEndpoint, EndpointVerdict } from '../../store/contracts/endpoints.ts';
import { restoreEndpoint } from '../carry/endpoint-restoring.ts';
import { CODES_WITHOUT_ENDPOINT } from '../carry/failover.ts';
import { raiseAlarm } from '../ledger/alarm.ts';
import { originOfLedger } from '../ledger/keys.ts';
import { makeOperatorAct } from '../operator/operator-act.ts';

const DAY = 86_400_000;

/** Ends questions that were not answered in time. @returns how many there were */
export async function endUnconfirmed(gateway: Issuing): Promise<number> {
  const now = gateway.now();
  const over = (await gateway.store.endpoints.waitingEndpoints()).filter(
    ({ waiting }) => waiting && waiting.until <= now,
  );
  for (const { id, waiting } of over)
    if (waiting !== undefined)
      await recordEndpointDecision(gateway, { endpoint: id, asked: waiting.asked }, 'expired');
  return over.length;
}

/**
 * Decides, unless somebody decided before.
 * @param by who said so; absent if nobody did in time
 * @returns undefined if nothing of that kind waits any more
 */
export async function recordEndpointDecision(
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
