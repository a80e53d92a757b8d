/** The acts that a focal point may owe for a message. */

/**
 * `reassign`: send the message elsewhere, or close the case. `clarify`: answer a question of the other side, which
 * needs it to answer. A handover waits for `accept-manifest`, a permission request for `grant`, a recall for
 * `purge`.
 */
export const ACTS = [
  'acknowledge',
  'answer',
  'clarify',
  'reassign',
  'accept-manifest',
  'grant',
  'purge',
] as const;
export type ActName = (typeof ACTS)[number];
