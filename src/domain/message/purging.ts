/** What evidence says of a purge: why, what went, and which copies are out of reach. */
import { z } from 'zod';
import { ALL_CHANNELS } from '../party/channel.ts';
import { did, instant } from '../party/designation.ts';
import { hexId } from './message.ts';

/** `recall`: its originator took it back. `retention`: it was kept as long as the agreement says. */
export const PURGE_CAUSES = ['recall', 'retention'] as const;
export type PurgeCause = (typeof PURGE_CAUSES)[number];

/** What a gateway holds of a message's content. */
export const PURGED_PARTS = ['sealed-message', 'own-copy', 'consignment'] as const;
export type PurgedPart = (typeof PURGED_PARTS)[number];

/** A copy out of reach: by which way it left, to whom, and when; `unsure` where it may have, and nobody here knows. */
const unpurged = z.strictObject({
  to: did,
  channel: z.enum(ALL_CHANNELS),
  rank: z.int().min(0).max(1_000),
  at: instant,
  unsure: z.literal(true).optional(),
});
export type UnpurgedCopy = z.infer<typeof unpurged>;

/** The part of purge evidence that says what went and what could not. */
export const purgeSchema = z.strictObject({
  cause: z.enum(PURGE_CAUSES),
  /** The recall message, for that cause. */
  recall: hexId.optional(),
  /** Empty where the gateway holds nothing of the message (any more). */
  gone: z.array(z.enum(PURGED_PARTS)).max(PURGED_PARTS.length),
  unpurged: z.array(unpurged).max(2_000),
});
export type PurgeClaim = z.infer<typeof purgeSchema>;
