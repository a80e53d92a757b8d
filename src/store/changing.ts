/**
 * The write path for every change of something kept (`changeDelivery`). It locks the rows, calls the rule,
 * and writes what the rule returns with its evidence. Simultaneous changes share a transaction; each has its
 * own rule and its own answer.
 *
 * Locks are taken in one order everywhere, recipients by message and party, then deliveries by id, so that no
 * two transactions wait for each other. `no key` lets other transactions insert rows that only refer to the
 * locked ones.
 */
import type { PendingQuery, Row, Sql, TransactionSql } from 'postgres';
import { isAcknowledgement } from '../domain/evidence/evidence.ts';
import { type Endpoint, NO_ENDPOINT } from '../domain/party/channel.ts';
import { Refusal } from '../domain/words/error.ts';
import { present } from '../domain/words/present.ts';
import { type BatchResult, createBatcher } from './batch.ts';
import type { DeliveryChange, DeliveryStore, HeldDelivery } from './contracts/deliveries.ts';
import type { LinkUse } from './contracts/links.ts';
import { isUniqueViolation, isWorkFault } from './database-fault.ts';
import { withholdEndpoint } from './endpoint-grants.ts';
import { rereadEndpoints } from './endpoint-rereading.ts';
import { writeEndpointSigns } from './endpoint-signs.ts';
import { bringEscalationsForward } from './escalations.ts';
import type { SealedMessageRecord, SealedRecipientRecord } from './grant-records.ts';
import type { Grants } from './grants.ts';
import { insertEvidence } from './inserting.ts';
import { type HeldLink, holdLink, useHeldLink } from './links.ts';
import { lockOperatorLog } from './operator-log.ts';
import * as rows from './rows.ts';
import { areRowsValid } from './tampered-messages.ts';

const LIMITS = { inFlight: 2, entries: 64, bytes: 64 } as const;

interface Asked {
  readonly id: string;
  readonly decide: (held: HeldDelivery) => Promise<DeliveryChange>;
  readonly link?: LinkUse;
}

/** A change that was decided but is not written yet. */
interface Decided {
  readonly held: HeldDelivery;
  readonly change: DeliveryChange;
  readonly link: HeldLink | undefined;
}

export function createDeliveryChangeStore(
  sql: Sql,
  grants: Grants,
  wake: () => void,
): Pick<DeliveryStore, 'changeDelivery' | 'readDelivery' | 'findDelivery'> {
  const work = (asked: readonly Asked[]) => changeAll(sql, grants, asked, wake);
  const change = createBatcher<Asked, HeldDelivery | undefined>({
    work,
    weigh: () => 1,
    limits: LIMITS,
    isOfOne: isWorkFault,
  });
  return {
    async changeDelivery(id, decide, link) {
      try {
        return await change({ id, decide, ...present({ link }) });
      } catch (fault) {
        if (isUniqueViolation(fault))
          throw new Refusal('already-exists', 'evidence with this id is kept already');
        throw fault;
      }
    },

    readDelivery: async (id) => (await readHeld(sql, grants, [id], sql``)).get(id),

    async findDelivery(message, to) {
      const [found] = await sql<{ id: string }[]>`
        select d.id from delivery d left join endpoint e on e.id = d.endpoint
        where d.message = ${message} and d.party = ${to} and d.kind = 'message'
        order by e.rank nulls last, d.id limit 1`;
      return found?.id;
    },
  };
}

/**
 * One transaction. Two changes of one recipient's deliveries must see each other, so the second one goes into
 * the next transaction. If a rule throws, its change is left out and its caller gets the fault; the others go
 * on.
 */
async function changeAll(
  sql: Sql,
  grants: Grants,
  asked: readonly Asked[],
  wake: () => void,
): Promise<readonly BatchResult<HeldDelivery | undefined>[]> {
  const isByLink = asked.some((one) => one.link !== undefined);
  const { ended, decided } = await sql.begin(async (tx) => {
    if (isByLink) await lockOperatorLog(tx);
    const found = await lockRows(tx, grants, [...new Set(asked.map((one) => one.id))]);
    const links = await lockLinks(tx, grants, asked);
    const asking = await askRules(asked, found, links);
    await writeChanges(tx, grants, asking.decided);
    return asking;
  });
  if (isByLink) await grants.readLogOn(sql);
  if (decided.some(isDue)) wake();
  return ended;
}

/** Calls the rules one after the other, one for each recipient. */
async function askRules(
  asked: readonly Asked[],
  found: ReadonlyMap<string, HeldDelivery>,
  links: ReadonlyMap<LinkUse, HeldLink>,
) {
  const decided: Decided[] = [];
  const ended: BatchResult<HeldDelivery | undefined>[] = [];
  const lanes = new Set<string>();
  for (const { id, decide, link: by } of asked) {
    const held = found.get(id);
    const link = by && links.get(by);
    const lane = held?.recipient ? `${held.recipient.message} ${held.recipient.to}` : id;
    if (held === undefined) ended.push({ answer: undefined });
    else if (lanes.has(lane)) ended.push({ again: true });
    else {
      lanes.add(lane);
      const shown = link === undefined ? held : { ...held, link: link.found };
      ended.push(await decideOne(shown, decide, { link, decided }));
    }
  }
  return { decided, ended };
}

async function decideOne(
  held: HeldDelivery,
  decide: Asked['decide'],
  { link, decided }: { readonly link: HeldLink | undefined; readonly decided: Decided[] },
): Promise<BatchResult<HeldDelivery>> {
  try {
    const change = await decide(held);
    checkChange(held, change);
    decided.push({ held, change, link });
    return { answer: held };
  } catch (fault) {
    return { fault };
  }
}

/** A rule may only change what it was shown. */
function checkChange(held: HeldDelivery, change: DeliveryChange): void {
  const shown = new Set([held.delivery, ...held.siblings, ...held.reminders].map((one) => one.id));
  if (!(change.deliveries ?? []).every((one) => shown.has(one.id)))
    throw new Error('a change names a delivery that its rule was not shown');
  if (!(change.created ?? []).every((one) => one.message === held.message.id))
    throw new Error('a change makes a delivery of another message');
  const ofRecipient = change.openedAt || change.effectiveAcknowledgement || change.contested !== undefined;
  if (ofRecipient && !held.recipient)
    throw new Error('evidence on its way back is neither opened nor settled');
}

function isDue({ held, change }: Decided): boolean {
  const before = new Map(
    [held.delivery, ...held.siblings, ...held.reminders].map((one) => [one.id, one.dueAt?.getTime()]),
  );
  if (change.escalateAt !== undefined) return true;
  const written = [...(change.deliveries ?? []), ...(change.created ?? [])];
  return written.some((one) => one.dueAt !== null && one.dueAt.getTime() !== before.get(one.id));
}

interface HeldRecord {
  readonly asked: string;
  readonly delivery: rows.DeliveryRecord;
  readonly endpoint: rows.EndpointRecord | null;
  readonly message: SealedMessageRecord;
  readonly recipient: SealedRecipientRecord | null;
  readonly words: readonly string[] | null;
}

/**
 * Locks the recipients, then locks and reads the rest, in one round trip: the second statement sees what was
 * committed while the first one waited. `postgres` sends a query when it is first awaited; `execute` sends it
 * now and so keeps the order. A plan made while tables were small must never scan them whole later.
 */
async function lockRows(
  tx: TransactionSql,
  grants: Grants,
  ids: readonly string[],
): Promise<ReadonlyMap<string, HeldDelivery>> {
  const plain = tx`set local enable_seqscan = off`.execute();
  const recipients = tx`
    select from recipient r where (r.message, r.party) in (
      select d.message, coalesce(d.step->>'recipient', d.party) from delivery d
      where d.id = any (${rows.asTexts(tx, ids)}) and d.kind <> 'evidence')
    order by r.message, r.party for no key update`.execute();
  const [held] = await Promise.all([
    readHeld(tx, grants, ids, tx`for no key update of d`),
    plain,
    recipients,
  ]);
  return held;
}

/** The links by which changes are requested, locked in one order after the rows that they change. */
async function lockLinks(
  tx: TransactionSql,
  grants: Grants,
  asked: readonly Asked[],
): Promise<ReadonlyMap<LinkUse, HeldLink>> {
  const links = asked.flatMap(({ link }) => link ?? []).toSorted((a, b) => (a.hash < b.hash ? -1 : 1));
  const held = new Map<LinkUse, HeldLink>();
  for (const one of links) held.set(one, await holdLink(tx, grants, one));
  return held;
}

const select = (
  sql: Sql | TransactionSql,
  ids: readonly string[],
  lock: PendingQuery<Row[]>,
): PendingQuery<HeldRecord[]> => sql<HeldRecord[]>`
  select a.id as asked, to_json(d) as delivery, to_json(e) as endpoint, to_json(m) as message, to_json(r) as recipient,
    case when r.words > 0 and d.id = a.id then (
      select json_agg(w.jws order by w.seq) from evidence w where w.message = r.message and w.recipient = r.party
        and w.event in ('ConsignmentAcceptance', 'ConsignmentRejection')) end as words
  from delivery a
    join delivery d on d.message = a.message and (
      d.id = a.id or (a.kind <> 'evidence' and d.kind <> 'evidence'
        and coalesce(d.step->>'recipient', d.party) = coalesce(a.step->>'recipient', a.party)))
    left join endpoint e on e.id = d.endpoint
    join message m on m.id = d.message
    left join recipient r on d.kind <> 'evidence' and r.message = d.message
      and r.party = coalesce(d.step->>'recipient', d.party)
  where a.id = any (${rows.asTexts(sql, ids)})
  order by d.id ${lock}`;

/** Everything that a rule may read, by the requested delivery. */
async function readHeld(
  sql: Sql | TransactionSql,
  grants: Grants,
  ids: readonly string[],
  lock: PendingQuery<Row[]>,
): Promise<ReadonlyMap<string, HeldDelivery>> {
  const [all] = await Promise.all([select(sql, ids, lock), grants.readLogOn(sql)]);
  const found = await rereadEndpoints(sql, grants, all);
  // A tampered row may direct something elsewhere, so it counts as absent.
  const valid = await Promise.all(
    found.map(async (row) => (await areRowsValid(grants, row)) && grants.isValid('delivery', row)),
  );
  const together = Map.groupBy(
    found.filter((_, n) => valid[n]),
    (row) => row.asked,
  );
  const held = new Map<string, HeldDelivery>();
  for (const [id, mine] of together) {
    const own = mine.find((row) => row.delivery.id === id);
    if (own !== undefined) held.set(id, heldFrom(own, await readDeliveryEndpoint(grants, own), mine));
  }
  return held;
}

/**
 * The endpoint of a delivery, if it is valid and belongs to the delivery's focal point; else one without an
 * address.
 */
export async function readDeliveryEndpoint(
  grants: Grants,
  {
    delivery,
    endpoint,
  }: { readonly delivery: rows.DeliveryRecord; readonly endpoint: rows.EndpointRecord | null },
): Promise<Endpoint> {
  if (endpoint === null) return NO_ENDPOINT;
  // A relay's endpoint belongs to the recipient's gateway. The directory knows which one that is.
  const isTheirs = endpoint.channel === 'relay' || endpoint.focal_point === delivery.party;
  const isValid = await grants.isValid('endpoint', endpoint);
  return isValid && isTheirs ? rows.endpointFrom(endpoint) : withholdEndpoint(endpoint);
}

const heldFrom = (own: HeldRecord, endpoint: Endpoint, all: readonly HeldRecord[]): HeldDelivery => ({
  delivery: rows.deliveryFrom(own.delivery),
  endpoint,
  message: rows.messageRowFrom(own.message),
  ...present({ recipient: own.recipient ? rows.recipientRowFrom(own.recipient) : undefined }),
  siblings: others(own, all, 'message'),
  reminders: others(own, all, 'reminder'),
  acknowledgements: own.words ?? [],
});

const others = (
  own: HeldRecord,
  all: readonly HeldRecord[],
  kind: rows.DeliveryRecord['kind'],
): HeldDelivery['siblings'] =>
  all
    .filter((row) => row !== own && row.delivery.kind === kind)
    .map((row) => rows.deliveryFrom(row.delivery));

/** One after the other, since each may append to the log. */
async function useLinks(tx: TransactionSql, grants: Grants, decided: readonly Decided[]): Promise<void> {
  for (const { change, link } of decided)
    if (link !== undefined) await useHeldLink(tx, grants, link, change.acknowledgesByLink === true);
}

/** Writes in one round trip; evidence first, because deliveries refer to it. */
async function writeChanges(tx: TransactionSql, grants: Grants, decided: readonly Decided[]): Promise<void> {
  const evidence = decided.flatMap(({ change }) => (change.evidence ?? []).map(rows.recordOfEvidence));
  const changed = decided.flatMap(({ change }) => (change.deliveries ?? []).map(rows.recordOfDelivery));
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
        ...rows.recordOfRecipientChange(change.openedAt, change.effectiveAcknowledgement),
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
export const updateDeliveries = (tx: TransactionSql, list: readonly rows.DeliveryRecord[]) => tx`
  update delivery d
  set state = n.state, tries = n.tries, attempts = n.attempts, due_at = n.due_at, reference = n.reference, revisable = n.revisable,
    claimed_by = case when n.attempts = d.attempts then d.claimed_by end
  from json_populate_recordset(null::delivery, ${rows.asJson(tx, list)}) as n
  where d.id = n.id`;

/** New deliveries of a change, each with the MAC over what goes where. */
const recordsOfCreated = (
  grants: Grants,
  { message, recipient }: HeldDelivery,
  { created = [] }: DeliveryChange,
): rows.DeliveryRecord[] =>
  created.map((one) => {
    const delivery = rows.recordOfDelivery(one);
    const to = recipient && { party: recipient.to, digest: recipient.digest };
    return { ...delivery, mac: grants.seal('delivery', { delivery, message, recipient: to ?? null }) };
  });

export const insertDeliveries = (tx: TransactionSql, list: readonly rows.DeliveryRecord[]) => tx`
  insert into delivery (id, kind, message, party, endpoint, channel, shows, evidence, step, state, tries, attempts,
    due_at, reference, revisable, expires_at, mac)
  select id, kind, message, party, endpoint, channel, shows, evidence, step, state, tries, attempts, due_at,
    reference, revisable, expires_at, mac
  from json_populate_recordset(null::delivery, ${rows.asJson(tx, list)})`;

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
  from json_populate_recordset(null::recipient, ${rows.asJson(tx, list)}) as n
  where r.message = n.message and r.party = n.party`;
