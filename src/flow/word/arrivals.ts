/** Arrivals: what a channel brought is kept first, answered 200, and worked on here, each once. */
import type { Adapter, Arrival, Reply, ReplyWord } from '../../domain/adapter.ts';
import { nextTry } from '../../domain/delivery.ts';
import { Refusal } from '../../domain/error.ts';
import type { Gateway } from '../../gateway.ts';
import { sha256 } from '../../seal/digest.ts';
import type { ArrivalRow, Held } from '../../store/records.ts';
import type { Job } from '../carry/dispatch.ts';
import { answer } from './answer.ts';

/** Arrivals from a person's account: they carry a way to say a word back. */
export type PersonArrival =
  | Extract<Arrival, { reply: Reply }>
  | (Extract<Arrival, { kind: 'decision' }> & { reply: Reply });

export const isFromPerson = (arrival: Arrival): arrival is PersonArrival =>
  'reply' in arrival && arrival.reply !== undefined;

const LEASE = 60;
const TRIES = 6;

/** Keeps what a channel brought, each by the channel's own id; a repeat is dropped. */
export async function keepArrivals(
  gateway: Gateway,
  channel: string,
  arrivals: readonly PersonArrival[],
): Promise<void> {
  const now = gateway.now();
  await Promise.all(arrivals.map((one) => gateway.store.keepArrival(channel, one.reply.id, one, now)));
}

/** Claims up to `limit` due arrivals. Each job given back works on one of them and never rejects. */
export async function claimArrivals(gateway: Gateway, limit: number): Promise<readonly Job[]> {
  const now = gateway.now();
  const rows = await gateway.store.claimArrivals(now, new Date(now.getTime() + LEASE * 1_000), limit);
  return rows.map((row) => () => work(gateway, row));
}

async function work(gateway: Gateway, row: ArrivalRow): Promise<void> {
  const adapter = [...gateway.adapters.values()].find((one) => one.channel === row.channel);
  const arrival = row.payload as PersonArrival;
  try {
    if (adapter === undefined) throw new Error('channel not running');
    const said = await handle(gateway, adapter, arrival);
    await say(adapter, arrival, said);
    await gateway.store.finishArrival(row.channel, row.id);
    gateway.log.info('arrival.done', { channel: row.channel, kind: arrival.kind, word: said.word });
  } catch (fault) {
    await tryLater(gateway, row, arrival, fault);
  }
}

/** Has the arrival looked at again, a few times. If even that cannot be written, its lease brings it back. */
async function tryLater(
  gateway: Gateway,
  row: ArrivalRow,
  arrival: PersonArrival,
  fault: unknown,
): Promise<void> {
  const again = row.tries >= TRIES ? undefined : nextTry(row.tries, gateway.now(), gateway.random());
  const name = fault instanceof Error ? fault.name : 'unknown';
  gateway.log.error('arrival.fault', {
    channel: row.channel,
    kind: arrival.kind,
    fault: name,
    again: again !== undefined,
  });
  await gateway.store.finishArrival(row.channel, row.id, again).catch(() => {});
}

interface Said {
  readonly word: ReplyWord;
  readonly lang?: string;
  readonly about?: { readonly delivery: string; readonly reference?: string };
}

async function handle(gateway: Gateway, adapter: Adapter, arrival: PersonArrival): Promise<Said> {
  switch (arrival.kind) {
    case 'link': {
      const endpoint = await gateway.store.takeLinkCode(
        sha256(arrival.code),
        arrival.reply.address,
        gateway.now(),
      );
      if (endpoint === undefined || endpoint.channel !== adapter.channel) return { word: 'link-refused' };
      return { word: 'linked', lang: endpoint.lang };
    }
    case 'ground-wanted':
      return askGround(gateway, adapter, arrival.delivery, arrival.reply);
    case 'decision':
      return decided(gateway, adapter, arrival);
    case 'chatter':
      return { word: 'help' };
  }
}

/** Only the account that was shown the notice may act on it. */
function mine(adapter: Adapter, held: Held, address: string): string {
  const { endpoint } = held;
  if (
    endpoint.channel !== adapter.channel ||
    endpoint.address !== address ||
    endpoint.officer === undefined ||
    !endpoint.enabled
  ) {
    throw new Refusal('unknown-officer', 'the account that acted is not the one that was notified');
  }
  return endpoint.officer;
}

async function askGround(gateway: Gateway, adapter: Adapter, delivery: string, reply: Reply): Promise<Said> {
  const held = await gateway.store.look(delivery);
  if (held === undefined) return { word: 'not-yours' };
  try {
    mine(adapter, held, reply.address);
  } catch {
    return { word: 'not-yours' };
  }
  if ((await gateway.store.recallOf(held.message.id, held.message.sender)) !== undefined)
    return { word: 'taken-back', lang: held.endpoint.lang };
  if (held.recipient?.settled !== undefined) return { word: 'already-settled', lang: held.endpoint.lang };
  const { reference } = held.delivery;
  return {
    word: 'ask-ground',
    lang: held.endpoint.lang,
    about: { delivery, ...(reference === undefined ? {} : { reference }) },
  };
}

async function decided(
  gateway: Gateway,
  adapter: Adapter,
  arrival: Extract<PersonArrival, { kind: 'decision' }>,
): Promise<Said> {
  if (arrival.by.via !== 'account') return { word: 'not-yours' };
  const { address, delivery } = arrival.by;
  let lang: string | undefined;
  try {
    const answered = await answer(gateway, delivery, (held) => {
      lang = held.endpoint.lang;
      return {
        decision: arrival.decision,
        officer: mine(adapter, held, address),
        attestation: { how: 'telegram-account' },
        ...(arrival.ground === undefined ? {} : { ground: arrival.ground }),
      };
    });
    return {
      word:
        answered.result === 'taken' || answered.result === 'contradiction'
          ? answered.result
          : 'already-settled',
      ...(lang === undefined ? {} : { lang }),
    };
  } catch (fault) {
    if (fault instanceof Refusal)
      return fault.code === 'recalled'
        ? { word: 'taken-back', ...(lang && { lang }) }
        : { word: 'not-yours' };
    throw fault;
  }
}

/** The word back. A channel that cannot take it now is tried again with the arrival: the deed itself is done. */
async function say(adapter: Adapter, arrival: PersonArrival, said: Said): Promise<void> {
  const { reply } = arrival;
  const outcome = await adapter.send(
    {
      kind: 'reply',
      address: reply.address,
      lang: said.lang ?? reply.lang,
      word: said.word,
      ...(reply.handle === undefined ? {} : { reply: reply.handle }),
      ...(said.about === undefined ? {} : { about: said.about }),
    },
    AbortSignal.timeout(20_000),
  );
  if (outcome.kind === 'deferred') throw new Error(`reply deferred`);
}
