/** Invites an officer to Telegram: the address of a start page, also as a QR code, which the operator hands over in person. */
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

/** Makes the invitation; the endpoint is created when the officer uses it. */
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

/** The document for the operator. */
export interface InvitationDocument extends Readonly<Record<string, unknown>> {
  readonly start_page: string;
  readonly good_for_days: number;
}

/** Tells the operator when the linked account comes into use. */
export const LINKING_NOTICE: readonly string[] = [
  'The first account of a focal point is in use at once. A later one is in use after an officer of the focal point, or its',
  'own system, has confirmed it: they are notified when it is linked. If nobody can: amanat endpoint confirm ID --draft FILE.',
];

/** Lines for a person: the address as text and as a QR code. */
export const linesOfInvitation = (document: InvitationDocument): readonly string[] => [
  ...formatPairs(
    Object.entries(document).map(([name, value]) => [name.replaceAll('_', ' '), String(value ?? '–')]),
  ),
  '',
  renderUnicodeCompact(document.start_page),
  '',
  'Hand over the start page in person, never through Telegram: anybody who has it can set the PIN.',
];
