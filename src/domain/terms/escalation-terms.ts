/** What an agreement says about reminders: the most there may be, and when they go up to deputy and supervisor. */
import { z } from 'zod';

/** A share of a clock in percent: 50 is half time, 100 the deadline, 200 as long again after it. */
const share = z.int().min(1).max(1_000);

export const remindersSchema = z.strictObject({
  /** The most reminders for one act of one focal point, with those to deputy and supervisors. */
  max: z.int().min(0).max(20).default(6),
  /** Reminders for one person within these minutes are combined into one notice. */
  digest_minutes: z.int().min(0).max(1_440).default(15),
});
type ReminderTerms = z.infer<typeof remindersSchema>;
export const DEFAULT_REMINDERS: ReminderTerms = { max: 6, digest_minutes: 15 };

export const escalationSchema = z
  .strictObject({
    /** Before the deadline, at the endpoint that was reached. At the deadline the same endpoint is reminded again. */
    half: share.default(50),
    /** The focal point's next endpoint. Further ones follow at even distances before the deputy's time. */
    failover: share.default(125),
    deputy: share.default(150),
    /** The supervisors of both sides. */
    supervisor: share.default(200),
  })
  .refine(
    (one) => one.half < 100 && 100 < one.failover && one.failover < one.deputy && one.deputy < one.supervisor,
    'must rise: half below 100, then failover, deputy, supervisor above it',
  );
type EscalationTerms = z.infer<typeof escalationSchema>;
export const DEFAULT_ESCALATION: EscalationTerms = { half: 50, failover: 125, deputy: 150, supervisor: 200 };
