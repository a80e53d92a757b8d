/** Inviting an officer: the address of a start page, to be handed over in person, also as a code for a camera. */
import { renderUnicodeCompact } from 'uqr';
import {
  INVITATION_DAYS,
  type InvitationOptions,
  inviteOfficer,
  urlOfStartPage,
} from '../entry/enrolling/inviting.ts';
import { makeUsageFailure } from '../entry/failure.ts';
import type { DecidedEndpoint, EndpointFlags } from './endpoint-terms.ts';
import type { OpenedHome } from './opened-home.ts';
import { formatPairs } from './output.ts';

/** Makes the invitation; the endpoint comes to be when the officer uses it. */
export async function inviteToTelegram(
  { gateway }: OpenedHome,
  { rank }: EndpointFlags,
  { designation, officer, shows, lang }: DecidedEndpoint,
  inviting: InvitationOptions = {},
): Promise<InvitationDocument> {
  if (officer === undefined)
    throw makeUsageFailure('missing: --officer', 'A Telegram account belongs to a named officer.');
  const draft = {
    focalPoint: designation.focal_point,
    channel: 'telegram',
    shows,
    lang,
    rank,
    officer: officer.id,
  } as const;
  const { token } = await inviteOfficer(gateway, draft, inviting);
  return {
    channel: 'telegram',
    shows,
    rank,
    start_page: urlOfStartPage(gateway.url, token),
    good_for_days: INVITATION_DAYS,
  };
}

/** What the operator is given. */
export interface InvitationDocument extends Readonly<Record<string, unknown>> {
  readonly start_page: string;
  readonly good_for_days: number;
}

/** What becomes of the account once it is linked. */
export const LINKING_NOTICE: readonly string[] = [
  'The first account of a desk counts at once. A further one counts once an officer of the desk, or its own system,',
  'confirms it: they are told when it is linked. Where nobody can: amanat endpoint confirm ID --draft FILE.',
];

/** For a person: the address, and the same as a code for the officer's camera. */
export const linesOfInvitation = (document: InvitationDocument): readonly string[] => [
  ...formatPairs(
    Object.entries(document).map(([name, value]) => [name.replaceAll('_', ' '), String(value ?? '–')]),
  ),
  '',
  renderUnicodeCompact(document.start_page),
  '',
  'Hand the start page over in person, and never through Telegram: whoever has it sets the PIN.',
];
