/** Routes for threads: whose turn it is, for the focal point whose access key is used. */
import { type Context, Hono } from 'hono';
import type { z } from 'zod';
import { hexId, LIMITS } from '../domain/message/message.ts';
import type { KnownPerson } from '../domain/message/persons.ts';
import { Refusal } from '../domain/words/error.ts';
import { describeIssue, faultsOf, sentenceOfFaults } from '../domain/words/schema-faults.ts';
import { mayReadFor, readThreadPersons } from '../flow/thread/content.ts';
import { listOpenThreads } from '../flow/thread/list.ts';
import { showThread } from '../flow/thread/thread.ts';
import type { Storing, Unsealing } from '../gateway-parts.ts';
import { findCaller } from './access.ts';
import { threadQuerySchema, threadsQuerySchema } from './thread-schemas.ts';

/** @throws Refusal `invalid-body`, which names the parameter */
function asked<T extends z.ZodObject>(schema: T, context: Context): z.output<T> {
  const read = schema.safeParse(context.req.query(), { error: describeIssue });
  if (read.success) return read.data;
  throw new Refusal('invalid-body', `query ${sentenceOfFaults(faultsOf(read.error.issues))}`);
}

/** Reads the time of the query. It may be slightly in the future, because both sides compare answers for one instant and their clocks differ. */
function asOf(gateway: Storing, at: string | undefined): Date {
  const now = gateway.now();
  if (at === undefined) return now;
  const then = new Date(at);
  if (then.getTime() > now.getTime() + LIMITS.skew * 1_000)
    throw new Refusal('invalid-body', 'query /at: must not be in the future');
  return then;
}

const personJson = ({ ref, facts, differences, determinations, reviews }: KnownPerson) => ({
  ref,
  facts,
  differences,
  determinations,
  review: reviews.length > 0,
});

export function threadRoutes(gateway: Unsealing): Hono {
  return new Hono()
    .get('/threads', async (context) => {
      const party = await findCaller(gateway, context);
      const { at, ...page } = asked(threadsQuerySchema, context);
      context.header('cache-control', 'no-store');
      return context.json(await listOpenThreads(gateway, party, { ...page, asOf: asOf(gateway, at) }));
    })
    .get('/threads/:thid', async (context) => {
      const party = await findCaller(gateway, context);
      const thid = hexId.safeParse(context.req.param('thid'));
      const { at } = asked(threadQuerySchema, context);
      const shown = thid.success ? await showThread(gateway, thid.data, party, asOf(gateway, at)) : undefined;
      if (shown === undefined) throw new Refusal('not-found', 'there is no such thread for this access key');
      context.header('cache-control', 'no-store');
      if (!(await mayReadFor(gateway, party))) return context.json(shown.json);
      const { persons, unread } = await readThreadPersons(gateway, shown.state.parts, party);
      return context.json({ ...shown.json, persons: persons.map(personJson), unread });
    });
}
