/** Purge evidence: the cause, what was deleted, and which copies are out of reach. */
import { z } from 'zod';
import { ALL_CHANNELS } from '../party/channel.ts';
import { did, instant } from '../party/designation.ts';
import { hexId } from './message.ts';

/** `recall`: the originator recalled it. `retention`: the retention period of the agreement has ended. */
const PURGE_CAUSES = ['recall', 'retention'] as const;
export type PurgeCause = (typeof PURGE_CAUSES)[number];

/** The parts of a message's content that a gateway stores. */
const PURGED_PARTS = ['sealed-message', 'own-copy', 'consignment'] as const;
export type PurgedPart = (typeof PURGED_PARTS)[number];

/**
 * A copy out of reach: where it went, by which channel, and when. `unsure` if it may have gone and nobody here
 * knows.
 */
const unpurged = z.strictObject({
  to: did,
  channel: z.enum(ALL_CHANNELS),
  rank: z.int().min(0).max(1_000),
  at: instant,
  unsure: z.literal(true).optional(),
});
export type UnpurgedCopy = z.infer<typeof unpurged>;

/** What was deleted, and what could not be. */
export const purgeSchema = z.strictObject({
  cause: z.enum(PURGE_CAUSES),
  /** The recall message; only for the cause `recall`. */
  recall: hexId.optional(),
  /** Empty if the gateway stores nothing of the message (any more). */
  gone: z.array(z.enum(PURGED_PARTS)).max(PURGED_PARTS.length),
  unpurged: z.array(unpurged).max(2_000),
});
export type PurgeClaim = z.infer<typeof purgeSchema>;
