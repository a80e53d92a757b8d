/** Inviting an officer: the address of a start page, to be handed over in person, also as a code for a camera. */
import { renderUnicodeCompact } from 'uqr';
import { CODE_DAYS, type Inviting, invite, startPageOf } from '../entry/enrolling/inviting.ts';
import { usage } from '../entry/failure.ts';
import type { EndpointFlags, Settled } from './endpoint-terms.ts';
import type { Office } from './office.ts';
import { pairs } from './output.ts';

/** Makes the invitation; the endpoint comes to be when the officer uses it. */
export async function inviteToTelegram(
  { gateway }: Office,
  { rank }: EndpointFlags,
  { desk, officer, shows, lang }: Settled,
  inviting: Inviting = {},
): Promise<StartDocument> {
  if (officer === undefined)
    throw usage('missing: --officer', 'A Telegram account belongs to a named officer.');
  const draft = {
    focalPoint: desk.focal_point,
    channel: 'telegram',
    shows,
    lang,
    rank,
    officer: officer.id,
  } as const;
  const { token } = await invite(gateway, draft, inviting);
  return {
    channel: 'telegram',
    shows,
    rank,
    start_page: startPageOf(gateway.url, token),
    good_for_days: CODE_DAYS,
  };
}

/** What the operator is given. */
export interface StartDocument extends Readonly<Record<string, unknown>> {
  readonly start_page: string;
  readonly good_for_days: number;
}

/** What becomes of the account once it is linked. */
export const FURTHER: readonly string[] = [
  'The first account of a desk counts at once. A further one counts once an officer of the desk, or its own system,',
  'confirms it: they are told when it is linked. Where nobody can: amanat endpoint confirm ID --draft FILE.',
];

/** For a person: the address, and the same as a code for the officer's camera. */
export const startLines = (document: StartDocument): readonly string[] => [
  ...pairs(
    Object.entries(document).map(([name, value]) => [name.replaceAll('_', ' '), String(value ?? '–')]),
  ),
  '',
  renderUnicodeCompact(document.start_page),
  '',
  'Hand the start page over in person, and never through Telegram: whoever has it sets the PIN.',
];
