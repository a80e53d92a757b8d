/**
 * The write path for every change of something kept (`changeDelivery`). It locks the rows, calls the rule,
 * and writes what the rule returns with its evidence. Simultaneous changes share a transaction; each has its
 * own rule and its own answer.
 *
 * Locks are taken in one order everywhere, recipients by message and party, then deliveries by id, so that no
 * two transactions wait for each other. `no key` lets other transactions insert rows that only refer to the
 * locked ones.
 */
import type { Sql, TransactionSql } from 'postgres';
import { Refusal } from '../domain/words/error.ts';
import { present } from '../domain/words/present.ts';
import { type BatchResult, createBatcher } from './batch.ts';
import type { DeliveryChange, DeliveryStore, HeldDelivery } from './contracts/deliveries.ts';
import type { LinkUse } from './contracts/links.ts';
import { isUniqueViolation, isWorkFault } from './database-fault.ts';
import { type Decided, writeChanges } from './delivery-changes.ts';
import type { Grants } from './grants.ts';
import { lockRows, readHeld } from './held-deliveries.ts';
import { type HeldLink, holdLink } from './links.ts';
import { lockOperatorLog } from './operator-log.ts';

const LIMITS = { inFlight: 2, entries: 64, bytes: 64 } as const;

interface Asked {
  readonly id: string;
  readonly decide: (held: HeldDelivery) => Promise<DeliveryChange>;
  readonly link?: LinkUse;
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
