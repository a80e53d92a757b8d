/** The statement by which an authority confirms an endpoint of a focal point of its country if nobody there can. */
import { z } from 'zod';
import { digest } from '../message/consignment.ts';
import { hexId } from '../message/message.ts';
import { CHANNELS, SHOWN_CONTENT } from '../party/channel.ts';
import { country, did, instant, officerId, slug } from '../party/designation.ts';

export const endpointStatementSchema = z.strictObject({
  kind: z.literal('endpoint'),
  authority: country,
  country,
  gateway: did,
  focal_point: did,
  slug,
  /** Id of the endpoint, and of the entry of the gateway's log that asked. */
  endpoint: hexId,
  asked: hexId,
  channel: z.enum(CHANNELS),
  officer: officerId.nullable(),
  /** The officer's known names; null for a system, or if none are stored. */
  known_as: z.array(z.string().min(1).max(200)).max(50).nullable(),
  shows: z.enum(SHOWN_CONTENT),
  address: z.string().min(1).max(2_048),
  /** The recipient's certificate, PEM. */
  certificate: z.string().max(65_536).nullable(),
  /** SHA-256 over everything that the endpoint grants. A changed endpoint is not confirmed by this statement. */
  grants: digest,
  from: instant,
  until: instant,
});
export type EndpointStatement = z.infer<typeof endpointStatementSchema>;
