/** What an agreement says about reminding: how often at most, and how far up when nobody answers. */
import { z } from 'zod';

/** A share of a clock in percent: 50 is half time, 100 the deadline, 200 as late again as there was time. */
const share = z.int().min(1).max(1_000);

export const remindersSchema = z.strictObject({
  /** Reminders for one act of one desk, those to deputy and supervisors among them. */
  max: z.int().min(0).max(20).default(6),
  /** What falls due for one person within this time is told at once. */
  digest_minutes: z.int().min(0).max(1_440).default(15),
});
export type ReminderTerms = z.infer<typeof remindersSchema>;
export const DEFAULT_REMINDERS: ReminderTerms = { max: 6, digest_minutes: 15 };

export const escalationSchema = z
  .strictObject({
    /** Before the deadline, on the endpoint that was reached; again at the deadline. */
    half: share.default(50),
    /** The desk's next endpoint. Further ones are spread evenly up to the deputy's hour. */
    failover: share.default(125),
    deputy: share.default(150),
    /** The supervisors of both sides. */
    supervisor: share.default(200),
  })
  .refine(
    (one) => one.half < 100 && 100 < one.failover && one.failover < one.deputy && one.deputy < one.supervisor,
    'must rise: half below 100, then failover, deputy, supervisor above it',
  );
export type EscalationTerms = z.infer<typeof escalationSchema>;
export const DEFAULT_ESCALATION: EscalationTerms = { half: 50, failover: 125, deputy: 150, supervisor: 200 };
