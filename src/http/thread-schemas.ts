/** The queries and answers about threads, for validation and for the OpenAPI description. */
import { z } from 'zod';
import { determination, personRef } from '../domain/message/body-parts.ts';
import { hexId, MESSAGE_NAMES } from '../domain/message/message.ts';
import { country, did, instant } from '../domain/party/designation.ts';
import { HANDLING_CODES, URGENCIES } from '../domain/words/vocabulary.ts';
import { PAGE_LIMIT } from '../flow/thread/list.ts';

/** The query of one thread. */
export const threadQuerySchema = z.object({
  at: instant.optional().describe('The state at this time, from records dated no later (default: now)'),
});

export const threadsQuerySchema = threadQuerySchema.extend({
  limit: z.coerce.number().int().min(1).max(PAGE_LIMIT).default(50),
  after: z.string().max(64).optional().describe('`next` of the previous page'),
});

const seconds = z.int().min(0);
const type = z.enum(MESSAGE_NAMES);

const act = z.strictObject({
  act: z.enum(['acknowledge', 'answer', 'clarify', 'reassign', 'accept-manifest', 'grant', 'purge']),
  owner: did.describe('The focal point that owes the act'),
  country,
  message: hexId,
  type,
  urgency: z.enum(URGENCIES),
  recipient: did.describe('The recipient of the message that the act is about'),
  drill: z.boolean(),
  since: instant,
  until: instant.describe('The deadline, by the agreement’s clock and the owner’s working time'),
});
const open = act.extend({
  overdue_seconds: seconds,
  no_way: z
    .boolean()
    .describe('The owner has no endpoint yet: the operator of the owner’s gateway must add one'),
});
const sum = z.strictObject({ country, seconds, overdue_seconds: seconds });

const waiting = z
  .strictObject({
    sides: z.array(sum.extend({ elapsed: seconds.describe('Acts due at the same time are counted once') })),
    acts: z.array(sum.extend({ act: act.shape.act })),
    steps: z.array(
      act.extend({ ended: instant.nullable(), open: z.boolean(), seconds, overdue_seconds: seconds }),
    ),
  })
  .describe('Counts day and night; drills are listed as steps but not in the sums');

const state = z.enum(['waiting', 'acknowledged', 'declined', 'failed', 'recalled']);

const message = z.strictObject({
  id: hexId,
  type,
  from: did,
  to: z.array(did),
  about: hexId.nullable(),
  urgency: z.enum(URGENCIES),
  handling: z.enum(HANDLING_CODES),
  accepted_at: instant,
  state,
  recipients: z.array(z.strictObject({ to: did, state })),
});

const person = z.strictObject({
  ref: personRef,
  facts: z.record(z.string(), z.unknown()).describe('HTCDS members, each with its latest value'),
  differences: z
    .record(z.string(), z.array(z.strictObject({ value: z.unknown(), message: hexId, from: did })))
    .describe('Identifying members with different values, the latest last'),
  determinations: z.array(
    determination.extend({
      told: z.array(z.strictObject({ message: hexId, from: did, to: z.array(did) })),
    }),
  ),
  review: z.boolean().describe('Two determinations differ: the non-punishment principle must be reviewed'),
});

export const threadSchema = z.strictObject({
  thid: hexId,
  as_of: instant,
  parties: z.array(
    z.strictObject({
      did,
      slug: z.string().nullable(),
      name: z.string().nullable(),
      country: country.nullable(),
    }),
  ),
  turn: open.nullable().describe('The open act that is due first'),
  open: z.array(open),
  waiting,
  messages: z.array(message).describe('The messages that the caller sent or received'),
  linked: z.array(z.strictObject({ thid: hexId, link: z.enum(['parent', 'child']) })),
  unreadable: z
    .array(hexId)
    .describe('Messages and evidence that can no longer be read; the operator is notified'),
  persons: z.array(person).optional().describe('Only if the gateway holds the caller’s keys'),
  unread: z
    .array(hexId)
    .optional()
    .describe(
      'Messages that may describe persons but are left out: not arrived yet, H2 or H3, recalled, or purged',
    ),
});

export const threadsSchema = z.strictObject({
  as_of: instant,
  threads: z.array(
    z.strictObject({
      thid: hexId,
      type,
      from: did,
      messages: z.int(),
      last_at: instant,
      turn: open,
      owed: open.nullable().describe('The act with the earliest deadline that the caller itself owes'),
      open: z.int(),
      unreadable: z.int().describe('How many of its messages and pieces of evidence can no longer be read'),
    }),
  ),
  next: z.string().nullable(),
  complete: z.boolean().describe('False if threads without recent activity were left out'),
  unreadable: z.array(hexId).describe('Threads that can no longer be read; the operator is notified'),
});
