/** What may be owed for one message by one focal point. */

/**
 * `reassign`: send it elsewhere, or close the case. `clarify`: answer what the other side asks before it can answer.
 * `accept-manifest`, `grant` and `purge` are what a handover, a permission request and a recall wait for.
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
