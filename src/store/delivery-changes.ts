/** Writes what rules decided about deliveries, with its evidence. */
import type { TransactionSql } from 'postgres';
import { isAcknowledgement } from '../domain/evidence/evidence.ts';
import type { DeliveryChange, HeldDelivery } from './contracts/deliveries.ts';
import { type DeliveryRecord, recordOfDelivery } from './delivery-records.ts';
import { writeEndpointSigns } from './endpoint-signs.ts';
import { bringEscalationsForward } from './escalations.ts';
import type { Grants } from './grants.ts';
import { insertEvidence } from './inserting.ts';
import { type HeldLink, useHeldLink } from './links.ts';
import { recordOfEvidence, recordOfRecipientChange } from './message-records.ts';
import { asJson } from './rows.ts';

/** A change that was decided but is not written yet. */
export interface Decided {
  readonly held: HeldDelivery;
  readonly change: DeliveryChange;
  readonly link: HeldLink | undefined;
}

/** One after the other, since each may append to the log. */
async function useLinks(tx: TransactionSql, grants: Grants, decided: readonly Decided[]): Promise<void> {
  for (const { change, link } of decided)
    if (link !== undefined) await useHeldLink(tx, grants, link, change.acknowledgesByLink === true);
}

/** Writes in one round trip; evidence first, because deliveries refer to it. */
export async function writeChanges(
  tx: TransactionSql,
  grants: Grants,
  decided: readonly Decided[],
): Promise<void> {
  const evidence = decided.flatMap(({ change }) => (change.evidence ?? []).map(recordOfEvidence));
  const changed = decided.flatMap(({ change }) => (change.deliveries ?? []).map(recordOfDelivery));
  const created = decided.flatMap(({ held, change }) => recordsOfCreated(grants, held, change));
  const recipients = decided.flatMap(({ held, change }) => {
    const words = held.recipient
      ? (change.evidence ?? []).filter((one) => isAcknowledgement(one.event)).length
      : 0;
    const contested = change.contested ?? null;
    if (!change.openedAt && !change.effectiveAcknowledgement && contested === null && words === 0) return [];
    const { message, to: party } = held.delivery;
    return [
      {
        message,
        party,
        words,
        contested,
        ...recordOfRecipientChange(change.openedAt, change.effectiveAcknowledgement),
      },
    ];
  });
  const signs = decided.flatMap(({ held, change }) =>
    change.endpoint ? [{ id: held.endpoint.id, ...change.endpoint }] : [],
  );
  const chased = decided.flatMap(({ held, change }) =>
    change.escalateAt ? [{ thread: held.message.thread, due_at: change.escalateAt.toISOString() }] : [],
  );
  await Promise.all([
    evidence.length > 0 && insertEvidence(tx, evidence),
    changed.length > 0 && updateDeliveries(tx, changed),
    created.length > 0 && insertDeliveries(tx, created),
    recipients.length > 0 && updateRecipients(tx, recipients),
    signs.length > 0 && writeEndpointSigns(tx, signs),
    useLinks(tx, grants, decided),
    chased.length > 0 && bringEscalationsForward(tx, chased),
  ]);
}

/** A claim ends with the attempt for which it was made. Any other change leaves it. */
export const updateDeliveries = (tx: TransactionSql, list: readonly DeliveryRecord[]) => tx`
  update delivery d
  set state = n.state, tries = n.tries, attempts = n.attempts, due_at = n.due_at, reference = n.reference, revisable = n.revisable,
    claimed_by = case when n.attempts = d.attempts then d.claimed_by end
  from json_populate_recordset(null::delivery, ${asJson(tx, list)}) as n
  where d.id = n.id`;

/** New deliveries of a change, each with the MAC over what goes where. */
const recordsOfCreated = (
  grants: Grants,
  { message, recipient }: HeldDelivery,
  { created = [] }: DeliveryChange,
): DeliveryRecord[] =>
  created.map((one) => {
    const delivery = recordOfDelivery(one);
    const to = recipient && { party: recipient.to, digest: recipient.digest };
    return { ...delivery, mac: grants.seal('delivery', { delivery, message, recipient: to ?? null }) };
  });

/** New deliveries, each with its MAC. */
export const insertDeliveries = (tx: TransactionSql, list: readonly DeliveryRecord[]) => tx`
  insert into delivery (id, kind, message, party, endpoint, channel, shows, evidence, step, state, tries, attempts,
    due_at, reference, revisable, expires_at, mac)
  select id, kind, message, party, endpoint, channel, shows, evidence, step, state, tries, attempts, due_at,
    reference, revisable, expires_at, mac
  from json_populate_recordset(null::delivery, ${asJson(tx, list)})`;

/** A new acknowledgement replaces the old one as a whole. Members that the change does not have stay. */
const updateRecipients = (tx: TransactionSql, list: readonly object[]) => tx`
  update recipient r
  set opened_at = coalesce(n.opened_at, r.opened_at), words = r.words + n.words,
    contested = coalesce(n.contested, r.contested),
    (decision, decided_by, ground, decided_at, decided_evidence) = (
      select w.decision, w.decided_by, w.ground, w.decided_at, w.decided_evidence
      from (values (n.decision, n.decided_by, n.ground, n.decided_at, n.decided_evidence, n.decision is not null),
        (r.decision, r.decided_by, r.ground, r.decided_at, r.decided_evidence, n.decision is null))
        as w(decision, decided_by, ground, decided_at, decided_evidence, counts)
      where w.counts)
  from json_populate_recordset(null::recipient, ${asJson(tx, list)}) as n
  where r.message = n.message and r.party = n.party`;
