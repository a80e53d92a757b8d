/** Every reader of accepted messages at one gateway: each must get an answer, whatever the message is. */
import { expect } from 'vitest';
import { Refusal } from '../../src/domain/words/error.ts';
import { exportCase } from '../../src/flow/case/export.ts';
import { makeLetterCopy } from '../../src/flow/content/letter-copy.ts';
import { readMessageStatus } from '../../src/flow/evidence/status.ts';
import { compileReport } from '../../src/flow/figures/figures.ts';
import { readThreadPersons } from '../../src/flow/thread/content.ts';
import { listOpenThreads } from '../../src/flow/thread/list.ts';
import { jsonOfThread, readThreadState } from '../../src/flow/thread/thread.ts';
import type { Gateway } from '../../src/gateway.ts';
import { verifyGood } from './case-files.ts';

/** What is read: messages and threads kept at this gateway, and the focal points homed there. */
export interface ReadingScope {
  readonly gateway: Gateway;
  readonly parties: readonly { readonly did: string; readonly inCustody: boolean }[];
  readonly messages: readonly string[];
  readonly threads: readonly string[];
  /** The messages of which letters are made: setting pages takes long. */
  readonly letters: readonly string[];
  readonly since: Date;
}

export async function readEverything(reading: ReadingScope): Promise<void> {
  const { gateway, parties, messages, threads } = reading;
  const asOf = gateway.now();
  for (const { did, inCustody } of parties) {
    for (const id of messages) {
      const status = await readMessageStatus(gateway, id, did);
      expect(status?.unreadable ?? []).toEqual([]);
    }
    for (const thread of threads) {
      const standing = await readThreadState(gateway, thread, did, asOf);
      if (standing === undefined) continue;
      expect((await jsonOfThread(gateway, standing, did)).unreadable).toEqual([]);
      if (inCustody) await readThreadPersons(gateway, standing.parts, did);
    }
    expect((await listOpenThreads(gateway, did, { asOf, limit: 100 })).unreadable).toEqual([]);
    for (const message of reading.letters) await letter(gateway, message, did);
  }
  const to = new Date(asOf.getTime() + 86_400_000);
  expect(
    (await compileReport(gateway, { agreement: 'id-kh-test', from: reading.since, to })).unreadable,
  ).toBe(0);
  for (const thread of threads) await exported(gateway, thread);
}

/** A letter, or a refusal that says why there is none; never a fault. */
async function letter(gateway: Gateway, message: string, party: string): Promise<void> {
  try {
    const pdf = await makeLetterCopy(gateway, { message, party, by: 'system' });
    expect(Buffer.from(pdf.subarray(0, 5)).toString()).toBe('%PDF-');
  } catch (fault) {
    if (!(fault instanceof Refusal) || fault.code === 'fault') throw fault;
  }
}

/** The file verifies, and nothing was left out of it. */
async function exported(gateway: Gateway, thread: string): Promise<void> {
  if ((await gateway.store.threads.messageIdsOf(thread)).length === 0) return;
  const lost: unknown[] = [];
  const file = await exportCase(gateway, { id: thread, contents: false, leftOut: (one) => lost.push(one) });
  expect(lost).toEqual([]);
  await verifyGood(file, gateway.anchors);
}
