/** The form with which an officer accepts or declines a message, or settles a contradiction. */
import type { Context } from 'hono';
import { Refusal } from '../domain/words/error.ts';
import { DECLINE_REASONS } from '../domain/words/vocabulary.ts';
import type { GivenAcknowledgement } from '../flow/acknowledgement/recording.ts';
import type { Admitting } from '../gateway-parts.ts';
import { readFields } from './visitor.ts';

/** @throws Refusal `invalid-body`, `ground-required`, and as `receive` */
export async function readAcknowledgementForm(
  gateway: Admitting,
  context: Context,
): Promise<Pick<GivenAcknowledgement, 'decision' | 'ground' | 'settles'>> {
  const form = await readFields(gateway, context);
  const ground = DECLINE_REASONS.find((one) => one === form.get('ground'));
  const ids = form.get('settles')?.split(' ');
  const settles = ids === undefined ? {} : { settles: ids };
  if (form.get('decision') === 'accepted') return { decision: 'accepted', ...settles };
  if (form.get('decision') !== 'declined')
    throw new Refusal('invalid-body', 'decision must be accepted or declined');
  if (ground === undefined) throw new Refusal('ground-required', 'to decline, a ground is required');
  return { decision: 'declined', ground, ...settles };
}
