/** `changeDelivery`: every change of something kept. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Endpoint } from '../../src/domain/party/channel.ts';
import { present } from '../../src/domain/words/present.ts';
import type { EffectiveAcknowledgement } from '../../src/store/contracts/message-rows.ts';
import type { NewMessage } from '../../src/store/contracts/messages.ts';
import type { Store } from '../../src/store/store.ts';
import { makeTestDatabase, type TestDatabase } from '../support/database.ts';
import { ASKING_FIRST, makeAct, openTestStore } from '../support/test-guard.ts';
import {
  DESK,
  delivery,
  evidence,
  keptEndpoints,
  later,
  NOW,
  newId,
  newMessage,
  OTHER_DESK,
  SENDER,
  there,
} from './fixtures.ts';

let db: TestDatabase;
let store: Store;
/** Another gateway process on the same database. */
let other: Store;
let phone: Endpoint;
let mail: Endpoint;
let embassy: Endpoint;
let home: Endpoint;
beforeAll(async () => {
  db = await makeTestDatabase();
  store = db.store;
  other = openTestStore(db.connect(), { listen: false });
  [phone, mail, embassy, home] = (await keptEndpoints(
    store,
    { rank: 1 },
    { rank: 2, channel: 'email' },
    { focalPoint: OTHER_DESK },
    { focalPoint: SENDER },
  )) as [Endpoint, Endpoint, Endpoint, Endpoint];
});
afterAll(async () => {
  await other.database.close();
  await db.close();
});

async function kept(endpoints: readonly Endpoint[] = [phone, mail, embassy]): Promise<NewMessage> {
  const entry = newMessage(endpoints);
  await store.messages.keepMessage(entry);
  return entry;
}
const nth = (entry: NewMessage, n: number) => there(entry.deliveries[n]);
const stored = async (entry: NewMessage) => there(await store.messages.readMessage(entry.message.id));

describe('the input of a rule', () => {
  test('the delivery with its endpoint, message, recipient and siblings', async () => {
    const entry = await kept();
    const held = await store.deliveries.changeDelivery(nth(entry, 0).id, async () => ({}));
    const { sealed: _, ...recipient } = there(entry.recipients[0]);
    expect(held).toEqual({
      delivery: nth(entry, 0),
      endpoint: phone,
      message: entry.message,
      recipient,
      siblings: [nth(entry, 1)],
      reminders: [],
      acknowledgements: [],
    });
    expect(await store.deliveries.readDelivery(nth(entry, 0).id)).toEqual(held);
  });

  test('evidence on its way back has no recipient and no siblings', async () => {
    const entry = await kept();
    const proof = evidence({ message: entry.message.id });
    const back = delivery(entry.message.id, home, { kind: 'evidence', evidence: proof.id });
    await store.deliveries.changeDelivery(nth(entry, 0).id, async () => ({
      evidence: [proof],
      created: [back],
    }));
    const held = there(await store.deliveries.readDelivery(back.id));
    expect(held).toEqual({
      delivery: back,
      endpoint: home,
      message: entry.message,
      siblings: [],
      reminders: [],
      acknowledgements: [],
    });
    await store.deliveries.changeDelivery(back.id, async (one) => ({
      deliveries: [{ ...one.delivery, state: 'delivered', dueAt: null }],
    }));
    expect(there(await store.deliveries.readDelivery(back.id)).delivery).toMatchObject({
      state: 'delivered',
      dueAt: null,
    });
    // The recipient's focal point does not see it among its own.
    expect(
      there(await store.deliveries.readDelivery(nth(entry, 0).id)).siblings.map((one) => one.id),
    ).toEqual([nth(entry, 1).id]);
  });

  test('nothing, if there is no such delivery', async () => {
    let asked = false;
    const decide = async () => {
      asked = true;
      return {};
    };
    expect(await store.deliveries.changeDelivery(newId(), decide)).toBeUndefined();
    expect(await store.deliveries.readDelivery(newId())).toBeUndefined();
    expect(asked).toBe(false);
  });

  test('the delivery to a focal point of the lowest rank', async () => {
    const entry = await kept([mail, phone, embassy]);
    expect(await store.deliveries.findDelivery(entry.message.id, DESK)).toBe(nth(entry, 1).id);
    expect(await store.deliveries.findDelivery(entry.message.id, OTHER_DESK)).toBe(nth(entry, 2).id);
    expect(await store.deliveries.findDelivery(entry.message.id, SENDER)).toBeUndefined();
  });
});

describe('the result of a rule', () => {
  test('everything that the rule says', async () => {
    const entry = await kept();
    const [first, second] = [
      evidence({ message: entry.message.id }),
      evidence({ message: entry.message.id, recipient: DESK }),
    ];
    const settled: EffectiveAcknowledgement = {
      decision: 'declined',
      officer: 'officer-1',
      ground: 'not-competent',
      at: later(60),
      evidence: second.id,
    };
    const changed = {
      ...nth(entry, 0),
      state: 'declined' as const,
      tries: 2,
      attempts: [{ at: NOW.toISOString(), outcome: 'accepted' as const, code: 'ok', ms: 12 }],
      dueAt: later(5),
      reference: '4711',
      revisable: true,
    };
    const sibling = { ...nth(entry, 1), state: 'superseded' as const, dueAt: null };
    const back = delivery(entry.message.id, home, { kind: 'evidence', evidence: second.id });
    await store.deliveries.changeDelivery(changed.id, async () => ({
      deliveries: [changed, sibling],
      created: [back],
      evidence: [first, second],
      openedAt: later(30),
      effectiveAcknowledgement: settled,
      endpoint: {
        kind: 'off',
        code: 'gone',
        at: later(30),
        probeAt: later(930),
        toldUntil: later(9_000),
      },
    }));
    const view = await stored(entry);
    const byId = new Map(view.deliveries.map(({ rank: _, ...one }) => [one.id, one]));
    expect([changed, sibling, back].map((one) => byId.get(one.id))).toEqual([changed, sibling, back]);
    expect(view.evidence).toEqual([entry.receipt, first, second]);
    expect(view.recipients.find((one) => one.to === DESK)).toMatchObject({
      openedAt: later(30),
      effectiveAcknowledgement: settled,
    });
    expect(view.recipients.find((one) => one.to === OTHER_DESK)).not.toHaveProperty(
      'effectiveAcknowledgement',
    );
    expect(await store.endpoints.endpointsAt(phone.channel, phone.address)).toEqual([
      {
        ...phone,
        enabled: false,
        off: { code: 'gone', since: later(30) },
        gone: { times: 1, since: later(30) },
      },
    ]);
    await store.endpoints.keepEndpoint(phone, makeAct(), ASKING_FIRST);
    expect(await store.endpoints.endpointsAt(phone.channel, phone.address)).toEqual([phone]);
  });

  test('absent members stay, and a new acknowledgement replaces the old one as a whole', async () => {
    const entry = await kept();
    const id = nth(entry, 0).id;
    const declined: EffectiveAcknowledgement = {
      decision: 'declined',
      officer: 'officer-1',
      ground: 'other',
      at: later(60),
      evidence: newId(),
    };
    await store.deliveries.changeDelivery(id, async () => ({ openedAt: later(30) }));
    await store.deliveries.changeDelivery(id, async () => ({ effectiveAcknowledgement: declined }));
    expect(there(await store.deliveries.readDelivery(id)).recipient).toMatchObject({
      openedAt: later(30),
      effectiveAcknowledgement: declined,
    });
    const { ground: _, ...accepted } = { ...declined, decision: 'accepted' as const, evidence: newId() };
    await store.deliveries.changeDelivery(id, async () => ({ effectiveAcknowledgement: accepted }));
    const { recipient } = there(await store.deliveries.readDelivery(id));
    expect(recipient?.effectiveAcknowledgement).toEqual(accepted);
    expect(recipient?.openedAt).toEqual(later(30));
  });

  test('the next rule sees the acknowledgements, and whether they contradict each other', async () => {
    const entry = await kept();
    const id = nth(entry, 0).id;
    const word = (event: 'ConsignmentAcceptance' | 'ConsignmentRejection', recipient = DESK) =>
      evidence({ message: entry.message.id, recipient, event });
    const [first, second] = [word('ConsignmentAcceptance'), word('ConsignmentRejection')];
    const [notice, elsewhere] = [
      evidence({ message: entry.message.id, recipient: DESK }),
      word('ConsignmentAcceptance', OTHER_DESK),
    ];
    await store.deliveries.changeDelivery(id, async () => ({ evidence: [first, notice] }));
    await store.deliveries.changeDelivery(nth(entry, 2).id, async () => ({ evidence: [elsewhere] }));
    expect(there(await store.deliveries.readDelivery(id)).recipient).not.toHaveProperty('contested');
    await store.deliveries.changeDelivery(id, async ({ acknowledgements }) => {
      expect(acknowledgements).toEqual([first.jws]);
      return { evidence: [second], contested: true };
    });
    const held = there(await store.deliveries.readDelivery(nth(entry, 1).id));
    expect(held.acknowledgements).toEqual([first.jws, second.jws]);
    expect(held.recipient?.contested).toBe(true);
    await store.deliveries.changeDelivery(id, async () => ({ openedAt: later(30) }));
    expect(there(await store.deliveries.readDelivery(id)).recipient?.contested).toBe(true);
    await store.deliveries.changeDelivery(id, async () => ({ contested: false }));
    expect(there(await store.deliveries.readDelivery(id)).recipient).not.toHaveProperty('contested');
  });

  test('nothing, if the rule throws; the error comes back', async () => {
    const entry = await kept();
    const before = await stored(entry);
    const fault = new Error('no');
    await expect(
      store.deliveries.changeDelivery(nth(entry, 0).id, async () => Promise.reject(fault)),
    ).rejects.toBe(fault);
    expect(await stored(entry)).toEqual(before);
  });

  test('nothing, if one part of it cannot be written', async () => {
    const entry = await kept();
    const before = await stored(entry);
    const change = store.deliveries.changeDelivery(nth(entry, 0).id, async (held) => ({
      deliveries: [{ ...held.delivery, state: 'sent' }],
      evidence: [evidence({ message: entry.message.id }), entry.receipt],
    }));
    await expect(change).rejects.toMatchObject({ code: 'already-exists' });
    expect(await stored(entry)).toEqual(before);
  });

  test('nothing outside the rule’s input', async () => {
    const [entry, stranger] = [await kept(), await kept()];
    const id = nth(entry, 0).id;
    await expect(
      store.deliveries.changeDelivery(id, async () => ({ deliveries: [nth(stranger, 0)] })),
    ).rejects.toThrow(/was not shown/);
    await expect(
      store.deliveries.changeDelivery(id, async () => ({ created: [delivery(stranger.message.id, phone)] })),
    ).rejects.toThrow(/another message/);
  });
});

describe('many at once', () => {
  test('changes of one delivery, from two processes, follow each other', async () => {
    const entry = await kept();
    const id = nth(entry, 0).id;
    const once = (n: number) =>
      (n % 2 ? store : other).deliveries.changeDelivery(id, async ({ delivery: one }) => ({
        deliveries: [{ ...one, tries: one.tries + 1 }],
      }));
    await Promise.all(Array.from({ length: 60 }, (_, n) => once(n)));
    expect(there(await store.deliveries.readDelivery(id)).delivery.tries).toBe(60);
  });

  test('so do changes of one piece of evidence on its way back, while it is claimed', async () => {
    const entry = await kept();
    const proof = evidence({ message: entry.message.id });
    const back = delivery(entry.message.id, home, { kind: 'evidence', evidence: proof.id });
    await store.deliveries.changeDelivery(nth(entry, 0).id, async () => ({
      evidence: [proof],
      created: [back],
    }));
    const once = (n: number) =>
      (n % 2 ? store : other).deliveries.changeDelivery(back.id, async ({ delivery: one }) => ({
        deliveries: [{ ...one, tries: one.tries + 1, dueAt: NOW }],
      }));
    const claim = (n: number) => (n % 2 ? store : other).deliveries.claimDeliveries(NOW, NOW, 100);
    await Promise.all(Array.from({ length: 60 }, (_, n) => (n % 3 ? once(n) : claim(n))));
    expect(there(await store.deliveries.readDelivery(back.id)).delivery.tries).toBe(40);
  });

  test('of two officers at two endpoints, the second sees the first’s acknowledgement', async () => {
    const entry = await kept();
    const seen: (string | undefined)[] = [];
    const say = (where: Store, n: number) =>
      where.deliveries.changeDelivery(nth(entry, n).id, async ({ recipient }) => {
        seen.push(recipient?.effectiveAcknowledgement?.officer);
        return recipient?.effectiveAcknowledgement
          ? {}
          : {
              effectiveAcknowledgement: {
                decision: 'accepted',
                officer: `officer-${n}`,
                at: NOW,
                evidence: newId(),
              },
            };
      });
    await Promise.all([say(store, 0), say(store, 1), say(other, 0), say(other, 1)]);
    expect(seen).toHaveLength(4);
    expect(seen.filter((one) => one === undefined)).toHaveLength(1);
    expect(new Set(seen).size).toBe(2);
  });

  test('one rule that throws and one change that cannot be written do not disturb the others', async () => {
    const entries = await Promise.all(Array.from({ length: 12 }, () => kept([phone])));
    const ended = await Promise.allSettled(
      entries.map((entry, n) =>
        store.deliveries.changeDelivery(nth(entry, 0).id, async ({ delivery: one }) => {
          if (n === 3) throw new Error('no');
          return {
            deliveries: [{ ...one, state: 'sent' }],
            evidence: n === 5 ? [entry.receipt] : [evidence({ message: entry.message.id })],
          };
        }),
      ),
    );
    expect(ended.flatMap((one, n) => (one.status === 'rejected' ? [n] : []))).toEqual([3, 5]);
    for (const [n, entry] of entries.entries()) {
      const view = await stored(entry);
      expect(view.deliveries[0]?.state).toBe(n === 3 || n === 5 ? 'queued' : 'sent');
      expect(view.evidence).toHaveLength(n === 3 || n === 5 ? 1 : 2);
    }
  });

  test('a change that fails after others of its focal point were written does not write those twice', async () => {
    const entry = await kept();
    const id = nth(entry, 0).id;
    const ended = await Promise.allSettled(
      Array.from({ length: 6 }, (_, n) =>
        store.deliveries.changeDelivery(id, async ({ delivery: one }) => ({
          deliveries: [{ ...one, tries: one.tries + 1 }],
          ...present({ evidence: n === 4 ? [entry.receipt] : undefined }),
        })),
      ),
    );
    expect(ended.flatMap((one, n) => (one.status === 'rejected' ? [n] : []))).toEqual([4]);
    expect(there(await store.deliveries.readDelivery(id)).delivery.tries).toBe(5);
  });

  test('changes and claims of the same rows from two processes cannot deadlock', async () => {
    const entries = await Promise.all(Array.from({ length: 10 }, () => kept([phone, mail])));
    const ids = entries.flatMap((entry) => entry.deliveries.map((one) => one.id));
    const bump = (where: Store, id: string) =>
      where.deliveries.changeDelivery(id, async ({ delivery: one }) => ({
        deliveries: [{ ...one, tries: one.tries + 1 }],
      }));
    await Promise.all([
      ...ids.map((id) => bump(store, id)),
      ...ids.toReversed().map((id) => bump(other, id)),
      store.deliveries.claimDeliveries(later(1), later(60), 50),
      other.deliveries.claimDeliveries(later(1), later(60), 50),
    ]);
    for (const id of ids) expect(there(await store.deliveries.readDelivery(id)).delivery.tries).toBe(2);
  });
});
