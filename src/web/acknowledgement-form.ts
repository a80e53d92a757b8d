/** The form with which an officer accepts or declines a message, or settles a contradiction. */
import type { Context } from 'hono';
import { html } from 'hono/html';
import { Refusal } from '../domain/words/error.ts';
import type { Reader } from '../domain/words/phrases.ts';
import { DECLINE_REASONS } from '../domain/words/vocabulary.ts';
import type { GivenAcknowledgement } from '../flow/acknowledgement/issuing.ts';
import type { Admitting, Phrasing } from '../gateway-parts.ts';
import type { Html } from './page.ts';
import { readFields } from './visitor.ts';

/** Renders one button to accept; declining needs one step more and a reason. */
export function renderAcknowledgementForm(
  gateway: Phrasing,
  reader: Reader,
  action: string,
  settles: readonly string[] = [],
): Html {
  const say = gateway.translate;
  const settled =
    settles.length === 0 ? '' : html`<input type="hidden" name="settles" value="${settles.join(' ')}">`;
  return html`<form method="post" action="${action}">${settled}
    <button name="decision" value="accepted">${say(reader, 'page-acknowledge')}</button>
  </form>
  <details><summary>${say(reader, 'page-decline')}</summary>
    <form method="post" action="${action}">${settled}
      <label>${say(reader, 'page-ground')} <select name="ground" required><option value=""></option>
        ${DECLINE_REASONS.map((ground) => html`<option value="${ground}">${say(reader, `ground-${ground}`)}</option>`)}
      </select></label>
      <button class="stop" name="decision" value="declined">${say(reader, 'page-decline')}</button>
    </form>
  </details>`;
}

/** Reads what the officer gave. @throws Refusal `invalid-body`, `ground-required`, and as `receive` */
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
