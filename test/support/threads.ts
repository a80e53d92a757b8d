/** Threads as partners' systems ask for them, at one gateway or at both. */
import { expect } from 'vitest';
import type { z } from 'zod';
import { threadSchema as schema } from '../../src/http/thread-schemas.ts';
import type { Rig, RigPartner } from './rig.ts';

type Asker = Pick<RigPartner, 'accessKey'>;
export type ReadThread = z.infer<typeof schema>;

/** The answer to a partner at this path of its gateway. */
export const fetchJson = (house: Rig, partner: Asker, path: string): Promise<Response> =>
  Promise.resolve(
    house.app.request(`${house.gateway.url}${path}`, {
      headers: { authorization: `Bearer ${partner.accessKey}` },
    }),
  );

/** A thread as a partner sees it, of the form that the description promises. */
export async function fetchCheckedThread(
  house: Rig,
  partner: Asker,
  thid: string,
  at?: Date,
): Promise<ReadThread> {
  const query = at === undefined ? '' : `?at=${at.toISOString()}`;
  const answer = await fetchJson(house, partner, `/v1/threads/${thid}${query}`);
  const text = await answer.text();
  expect(answer.status, text).toBe(200);
  return schema.parse(JSON.parse(text));
}

/** What both sides of a thread must report alike. */
export const agreedPartOf = ({ turn, open, waiting, messages, parties, as_of }: ReadThread) => ({
  turn,
  open,
  waiting,
  messages,
  as_of,
  parties: parties.map((one) => one.did),
});

interface Side {
  readonly house: Rig;
  readonly partner: Asker;
}

/** Asks both sides as of the same instant; turn, waiting and messages must be the same. */
export async function expectAlike(thid: string, one: Side, other: Side): Promise<ReadThread> {
  const at = new Date(Math.max(one.house.gateway.now().getTime(), other.house.gateway.now().getTime()));
  const [mine, yours] = await Promise.all([
    fetchCheckedThread(one.house, one.partner, thid, at),
    fetchCheckedThread(other.house, other.partner, thid, at),
  ]);
  expect(agreedPartOf(mine)).toEqual(agreedPartOf(yours));
  return mine;
}
