/** What is asked and answered about threads, as the OpenAPI description tells it. */
import { z } from 'zod';
import { determination, personRef } from '../domain/message/body-parts.ts';
import { hexId, MESSAGE_NAMES } from '../domain/message/message.ts';
import { country, did, instant } from '../domain/party/designation.ts';
import { HANDLING_CODES, URGENCIES } from '../domain/words/vocabulary.ts';
import { PAGE_LIMIT } from '../flow/thread/list.ts';

/** What may be asked of one thread. */
export const threadQuerySchema = z.object({
  at: instant.optional().describe('As of then, by what is dated no later; as of now where left out'),
});

export const threadsQuerySchema = threadQuerySchema.extend({
  limit: z.coerce.number().int().min(1).max(PAGE_LIMIT).default(50),
  after: z.string().max(64).optional().describe('`next` of the page before'),
});

const seconds = z.int().min(0);
const type = z.enum(MESSAGE_NAMES);

const act = z.strictObject({
  act: z.enum(['acknowledge', 'answer', 'clarify', 'reassign', 'accept-manifest', 'grant', 'purge']),
  owner: did.describe('The one focal point that owes it'),
  country,
  message: hexId,
  type,
  urgency: z.enum(URGENCIES),
  recipient: did.describe('Of the recipients of the message, the one it is about'),
  drill: z.boolean(),
  since: instant,
  until: instant.describe('By the agreement’s clock and the owner’s working time'),
});
const open = act.extend({
  overdue_seconds: seconds,
  no_way: z
    .boolean()
    .describe('Its owner has no way yet: the operator of the owner’s gateway has to give the desk one'),
});
const sum = z.strictObject({ country, seconds, overdue_seconds: seconds });

const waiting = z
  .strictObject({
    sides: z.array(sum.extend({ elapsed: seconds.describe('Acts owed at the same time counted once') })),
    acts: z.array(sum.extend({ act: act.shape.act })),
    steps: z.array(
      act.extend({ ended: instant.nullable(), open: z.boolean(), seconds, overdue_seconds: seconds }),
    ),
  })
  .describe('Round the clock; drills are steps and in no sum');

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
  facts: z.record(z.string(), z.unknown()).describe('HTCDS members, of each what was told last'),
  differences: z
    .record(z.string(), z.array(z.strictObject({ value: z.unknown(), message: hexId, from: did })))
    .describe('Members that say who somebody is and were told differently, the latest last'),
  determinations: z.array(
    determination.extend({
      told: z.array(z.strictObject({ message: hexId, from: did, to: z.array(did) })),
    }),
  ),
  review: z.boolean().describe('Two determinations differ: non-punishment is to be reviewed'),
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
  turn: open.nullable().describe('Of the open acts the one that is due first'),
  open: z.array(open),
  waiting,
  messages: z.array(message).describe('Those that the caller sent or was sent'),
  linked: z.array(z.strictObject({ thid: hexId, link: z.enum(['parent', 'child']) })),
  unreadable: z
    .array(hexId)
    .describe('Messages and evidence that cannot be read any more; the operator is told'),
  persons: z.array(person).optional().describe('Where the gateway holds the caller’s keys'),
  unread: z
    .array(hexId)
    .optional()
    .describe(
      'Messages that may tell of persons and are not in it: not come yet, H2 or H3, taken back, purged',
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
      owed: open.nullable().describe('The most pressing act that the caller owes itself'),
      open: z.int(),
      unreadable: z.int().describe('Messages and evidence of it that cannot be read any more'),
    }),
  ),
  next: z.string().nullable(),
  complete: z.boolean().describe('False where threads long untouched were left out'),
  unreadable: z.array(hexId).describe('Threads that cannot be read any more; the operator is told'),
});
