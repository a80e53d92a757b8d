/** The form by which an officer accepts or declines, or says which of two words stands. */
import type { Context } from 'hono';
import { readBounded } from '../domain/bounded.ts';
import { Refusal } from '../domain/error.ts';
import { SETTLED_AT_ONCE } from '../domain/evidence.ts';
import { DECLINE_GROUNDS } from '../domain/vocabulary.ts';
import type { Word } from '../flow/word/answer.ts';

/** More than the fields of our forms ever take: an id is 32 digits and what parts it from the next. */
const FORM_BYTES = 1_024 + 33 * SETTLED_AT_ONCE;

/** @throws Refusal `too-large`, `invalid-body`, `ground-required` */
export async function wordOf(context: Context): Promise<Pick<Word, 'decision' | 'ground' | 'settles'>> {
  const bytes = await readBounded(context.req.raw.body, FORM_BYTES).catch(() => undefined);
  if (bytes === undefined) throw new Refusal('too-large', `the form is larger than ${FORM_BYTES} bytes`);
  const form = new URLSearchParams(new TextDecoder().decode(bytes));
  const ground = DECLINE_GROUNDS.find((one) => one === form.get('ground'));
  const ids = form.get('settles')?.split(' ');
  const settles = ids === undefined ? {} : { settles: ids };
  if (form.get('decision') === 'accepted') return { decision: 'accepted', ...settles };
  if (form.get('decision') !== 'declined')
    throw new Refusal('invalid-body', 'decision must be accepted or declined');
  if (ground === undefined) throw new Refusal('ground-required', 'declining needs a ground');
  return { decision: 'declined', ground, ...settles };
}
