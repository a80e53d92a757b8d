/**
 * The operator's log: what an administrator, or the program by itself, did to a gateway. Each entry is evidence of the event
 * `OperatorAct`, about no message, and holds no personal data: ids, slugs and handles only.
 */
import { z } from 'zod';
import { digest } from './consignment.ts';
import { hexId } from './message.ts';

/** Every act that is recorded, by what it was done to. */
export const OPERATOR_ACTS = [
  'gateway.made',
  'channel.set',
  'designation.imported',
  'withdrawal.imported',
  'agreement.imported',
  'gateway.imported',
  'endpoint.added',
  'endpoint.set',
  'endpoint.disabled',
  'endpoint.enabled',
  'endpoint.removed',
  'endpoint.confirmed',
  'officer.invited',
  'officer.linked',
  'officer.unlinked',
  'access-key.made',
  'access-key.revoked',
  'secret.made',
  'secret.ended',
  'custody-key.made',
  'roster.set',
  'grants.adopted',
  'master.rotated',
  'master.finished',
  'gateway-key.rotated',
  'gateway-key.finished',
  'message.retried',
  'retention.run',
  'alarm.settled',
  'drill.started',
  'case.exported',
  'letter.made',
] as const;
export type OperatorActCode = (typeof OPERATOR_ACTS)[number];

/** The program itself, as who did something. */
export const BY_GATEWAY = 'gateway';

/** An operator's handle, or an officer's id where an officer confirmed: letters, digits, dot, hyphen, underscore. */
export const operatorHandle = z
  .string()
  .regex(/^[A-Za-z0-9][A-Za-z0-9._-]{0,39}$/, 'must be a handle: letters, digits, . - _, at most 40');

/** What an act was done to: an opaque id, a slug, a DID, an agreement and its version. Ids are base64url, too. */
export const actSubject = z
  .string()
  .regex(/^[A-Za-z0-9_-][A-Za-z0-9._:%#/-]{0,255}$/, 'must be an id, a slug or a DID');

/** What one entry says. */
export const operatorAct = z.strictObject({
  act: z.enum(OPERATOR_ACTS),
  subject: actSubject,
  who: operatorHandle,
  /** The entry whose act is over by this one. */
  ends: hexId.optional(),
  /** From 1 without gaps. */
  place: z.int().min(1).max(Number.MAX_SAFE_INTEGER),
  /** SHA-256 of the payload of the entry before it; absent in the first. */
  previous: digest.optional(),
});
export type OperatorAct = z.infer<typeof operatorAct>;
