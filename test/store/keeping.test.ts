/** `keepMessage`: everything new. */

import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Endpoint } from '../../src/domain/party/channel.ts';
import { textOf } from '../../src/domain/words/long-text.ts';
import type { NewMessage } from '../../src/store/contracts/messages.ts';
import type { Store } from '../../src/store/store.ts';
import { makeTestDatabase, type TestDatabase } from '../support/database.ts';
import { openTestStore } from '../support/test-guard.ts';
import {
  DESK,
  evidence,
  keptEndpoints,
  NOW,
  newId,
  newMessage,
  OTHER_DESK,
  oddText,
  SENDER,
  there,
} from './fixtures.ts';

let db: TestDatabase;
let store: Store;
let focalPoint: Endpoint;
let embassy: Endpoint;
beforeAll(async () => {
  db = await makeTestDatabase();
  store = db.store;
  [focalPoint, embassy] = (await keptEndpoints(
    store,
    {},
    { focalPoint: OTHER_DESK, rank: 2, shows: 'notice' },
  )) as [Endpoint, Endpoint];
});
afterAll(() => db.close());

const receiptOf = ({ message, receipt }: NewMessage) => ({
  message: message.id,
  thread: message.thread,
  submissionDigest: message.submissionDigest,
  jws: receipt.jws,
});

/** How many rows stand under this message, in each table. */
async function rowsOf(id: string) {
  const [counts] = await db.sql`
    select (select count(*)::int from message where id = ${id}) as message,
      (select count(*)::int from consignment where message = ${id}) as consignment,
      (select count(*)::int from recipient where message = ${id}) as recipient,
      (select count(*)::int from sealed_message where message = ${id}) as sealed,
      (select count(*)::int from delivery where message = ${id}) as delivery,
      (select count(*)::int from evidence where message = ${id}) as evidence`;
  return { ...counts };
}
const NOTHING = { message: 0, consignment: 0, recipient: 0, sealed: 0, delivery: 0, evidence: 0 };

describe('keeping a message', () => {
  test('all of it is stored, byte for byte', async () => {
    const entry = newMessage([focalPoint, embassy], { parent: newId() });
    expect(await store.messages.keepMessage(entry)).toEqual({ kind: 'kept' });
    const view = there(await store.messages.readMessage(entry.message.id));
    expect(view.message).toEqual(entry.message);
    expect(view.recipients).toEqual(entry.recipients.map(({ sealed: _, ...row }) => row));
    expect(view.deliveries.toSorted((a, b) => a.rank - b.rank)).toEqual(
      entry.deliveries.map((one, n) => ({ ...one, rank: n + 1 })),
    );
    expect(view.evidence).toEqual([entry.receipt]);
    expect(await store.content.consignment(entry.message.id)).toBe(entry.consignment);
    for (const one of entry.recipients)
      expect(await store.content.sealedMessage(entry.message.id, one.to)).toBe(one.sealed);
    expect(await store.messages.findReceipt(SENDER, entry.message.submissionKey)).toEqual(receiptOf(entry));
  });

  test('the same submission again gets the first receipt, whatever was made again for it', async () => {
    const first = newMessage([focalPoint]);
    await store.messages.keepMessage(first);
    const { submissionKey, submissionDigest } = first.message;
    const again = newMessage([focalPoint], { submissionKey, submissionDigest });
    expect(await store.messages.keepMessage(again)).toEqual({ kind: 'repeat', receipt: receiptOf(first) });
    expect(await rowsOf(again.message.id)).toEqual(NOTHING);
  });

  test('another submission under the same key or the same id is a conflict and changes nothing', async () => {
    const first = newMessage([focalPoint]);
    await store.messages.keepMessage(first);
    const before = await rowsOf(first.message.id);
    const conflict = { kind: 'conflict', message: first.message.id };
    expect(
      await store.messages.keepMessage(
        newMessage([focalPoint], { submissionKey: first.message.submissionKey }),
      ),
    ).toEqual(conflict);
    expect(
      await store.messages.keepMessage(
        newMessage([focalPoint], { id: first.message.id, sender: OTHER_DESK }),
      ),
    ).toEqual(conflict);
    expect(await rowsOf(first.message.id)).toEqual(before);
    expect(there(await store.messages.readMessage(first.message.id)).message).toEqual(first.message);
  });

  test('the sender’s own copy is stored beside those of the recipients, whose number does not change', async () => {
    const entry = { ...newMessage([focalPoint]), ownCopy: oddText() };
    await store.messages.keepMessage(entry);
    const { id } = entry.message;
    expect(await store.content.sealedMessage(id, SENDER)).toBe(entry.ownCopy);
    expect(there(await store.messages.readMessage(id)).recipients.map((one) => one.to)).toEqual([DESK]);
    expect(await rowsOf(id)).toMatchObject({ recipient: 1, sealed: 2, delivery: 1 });
  });

  test('a sender answers a message once, however close together; a recalled answer makes room for another', async () => {
    const settles = newId();
    const [one, other] = [newMessage([focalPoint]), newMessage([focalPoint])].map((each) => ({
      ...each,
      completes: settles,
    }));
    const second = openTestStore(db.connect(), { listen: false });
    const answers = await Promise.all([
      store.messages.keepMessage(there(one)),
      second.messages.keepMessage(there(other)),
    ]);
    await second.database.close();
    expect(answers.map(({ kind }) => kind).sort()).toEqual(['answered', 'kept']);
    const late = { ...newMessage([focalPoint]), completes: settles };
    expect(await store.messages.keepMessage(late)).toMatchObject({ kind: 'answered' });
    expect(await rowsOf(late.message.id)).toEqual(NOTHING);
    const sender = OTHER_DESK;
    expect(
      await store.messages.keepMessage({ ...newMessage([focalPoint], { sender }), completes: settles }),
    ).toEqual({
      kind: 'kept',
    });
    const [batched, again] = [newMessage([focalPoint]), newMessage([focalPoint])].map((each) => ({
      ...each,
      completes: late.message.id,
    }));
    const together = await Promise.all(
      [there(batched), there(again)].map((each) => store.messages.keepMessage(each)),
    );
    expect(together.map(({ kind }) => kind).sort()).toEqual(['answered', 'kept']);
  });

  test('the same key of another sender is another submission', async () => {
    const first = newMessage([focalPoint]);
    const second = newMessage([focalPoint], {
      sender: OTHER_DESK,
      submissionKey: first.message.submissionKey,
    });
    expect(await Promise.all([first, second].map((one) => store.messages.keepMessage(one)))).toEqual([
      { kind: 'kept' },
      { kind: 'kept' },
    ]);
  });
});

describe('many at once', () => {
  test('the same submission fifty times is kept once, and the rest get its receipt', async () => {
    const shared = { submissionKey: newId(), submissionDigest: 'the same digest' };
    const entries = Array.from({ length: 50 }, () => newMessage([focalPoint], shared));
    const other = openTestStore(db.connect(), { listen: false });
    const answers = await Promise.all(
      entries.map((one, n) => (n % 2 ? store : other).messages.keepMessage(one)),
    );
    await other.database.close();
    const winner = there(entries[answers.findIndex((one) => one.kind === 'kept')]);
    expect(answers.filter((one) => one.kind === 'kept')).toHaveLength(1);
    const repeats = answers.filter((one) => one.kind !== 'kept');
    expect(repeats).toEqual(
      Array.from({ length: 49 }, () => ({ kind: 'repeat', receipt: receiptOf(winner) })),
    );
  });

  test('one key with many contents: one is kept, and the rest conflict with it', async () => {
    const submissionKey = newId();
    const entries = Array.from({ length: 20 }, () => newMessage([focalPoint], { submissionKey }));
    const answers = await Promise.all(entries.map((one) => store.messages.keepMessage(one)));
    const winner = there(entries[answers.findIndex((one) => one.kind === 'kept')]);
    expect(answers.filter((one) => one.kind === 'conflict')).toEqual(
      Array.from({ length: 19 }, () => ({ kind: 'conflict', message: winner.message.id })),
    );
  });

  test('a refused entry does not cause another one to be refused', async () => {
    const taken = newMessage([focalPoint]);
    await store.messages.keepMessage(taken);
    const submissionKey = newId();
    const lost = newMessage([focalPoint], { id: taken.message.id, submissionKey });
    const good = newMessage([focalPoint], { submissionKey });
    expect(await Promise.all([store.messages.keepMessage(lost), store.messages.keepMessage(good)])).toEqual([
      { kind: 'conflict', message: taken.message.id },
      { kind: 'kept' },
    ]);
  });

  test('one bad entry fails alone and leaves nothing behind', async () => {
    const good = Array.from({ length: 10 }, () => newMessage([focalPoint, embassy]));
    const unknownEndpoint = newMessage([{ ...focalPoint, id: newId() }]);
    const fresh = newMessage([focalPoint]);
    const takenEvidence = { ...fresh, receipt: { ...fresh.receipt, id: there(good[0]).receipt.id } };
    const noText = { ...newMessage([focalPoint]), consignment: 'a zero \u0000 byte' };
    const noTime = newMessage([focalPoint], { createdAt: new Date(Number.NaN) });
    const bad = [unknownEndpoint, takenEvidence, noText, noTime];
    const ended = await Promise.allSettled([...good, ...bad].map((one) => store.messages.keepMessage(one)));
    expect(ended.map((one) => one.status)).toEqual([
      ...good.map(() => 'fulfilled'),
      ...bad.map(() => 'rejected'),
    ]);
    for (const one of bad) expect(await rowsOf(one.message.id)).toEqual(NOTHING);
    for (const one of good) {
      expect(await rowsOf(one.message.id)).toEqual({
        message: 1,
        consignment: 1,
        recipient: 2,
        sealed: 2,
        delivery: 2,
        evidence: 1,
      });
    }
  });

  test('entries too large to share a transaction are kept, too', async () => {
    const heavy = Array.from({ length: 4 }, () => {
      const one = newMessage([focalPoint]);
      return {
        ...one,
        recipients: one.recipients.map((to) => ({ ...to, sealed: oddText(3 * 1024 * 1024) })),
      };
    });
    const answers = await Promise.all(heavy.map((one) => store.messages.keepMessage(one)));
    expect(answers).toEqual(heavy.map(() => ({ kind: 'kept' })));
    for (const one of heavy)
      expect(textOf((await store.content.sealedMessage(one.message.id, DESK)) ?? '')).toBe(
        one.recipients[0]?.sealed,
      );
  });
});

test('evidence of a refusal is kept without a message', async () => {
  const row = evidence({ event: 'SubmissionRejection', at: NOW });
  await store.messages.keepRejection(row);
  expect(await db.sql`select message, jws from evidence where id = ${row.id}`).toEqual([
    { message: null, jws: row.jws },
  ]);
});

test('an unknown submission has no receipt', async () => {
  expect(await store.messages.findReceipt(SENDER, 'never')).toBeUndefined();
});
