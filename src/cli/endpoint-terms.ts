/** Decides what may be sent to an endpoint, from the flags and the focal point's custody. */
import type { CHANNELS, Channel, Shows } from '../domain/party/channel.ts';
import { type Designation, findOfficer, type Officer } from '../domain/party/designation.ts';
import { canShow } from '../domain/terms/routing.ts';
import { Refusal } from '../domain/words/error.ts';
import { present } from '../domain/words/present.ts';
import type { EndpointDraft } from '../entry/enrolling/enrol.ts';
import { makeUsageFailure } from '../entry/failure.ts';
import { findFocalPoint, type OpenedHome } from './opened-home.ts';

export interface EndpointFlags {
  readonly focalPoint: string;
  readonly channel: (typeof CHANNELS)[number];
  readonly address?: string;
  readonly shows?: Shows;
  readonly rank: number;
  readonly lang?: string;
  readonly officer?: string;
  readonly certificate?: string;
  readonly issueCertificate?: string;
  readonly passwordFile?: string;
  readonly signRequest?: string;
  readonly certificateOut?: string;
  readonly secretOut?: string;
}

/** The decided terms, which endpoints of every channel have. */
export interface DecidedEndpoint {
  readonly designation: Designation;
  readonly officer?: Officer;
  readonly shows: Shows;
  readonly lang: string;
}

/** Refuses flags of another channel: ignoring them would let an operator believe that they work. */
export function checkEndpointFlags(flags: EndpointFlags): void {
  const of: readonly (readonly [Channel, readonly (keyof EndpointFlags)[]])[] = [
    ['email', ['certificate', 'issueCertificate', 'passwordFile', 'signRequest', 'certificateOut']],
    ['webhook', ['secretOut']],
  ];
  for (const [channel, names] of of) {
    if (channel !== flags.channel && names.some((name) => flags[name] !== undefined))
      throw makeUsageFailure(`a flag for ${channel} was given with --channel ${flags.channel}`);
  }
  if (flags.channel === 'telegram' && flags.address !== undefined)
    throw makeUsageFailure('--address: not for telegram; the officer links the account with a start link');
}

/** @throws Refusal `unknown-recipient`, `unknown-officer`; Failure `usage` for terms that routing would never use */
export async function decideEndpoint(opened: OpenedHome, flags: EndpointFlags): Promise<DecidedEndpoint> {
  const { designation: focalPoint } = await findFocalPoint(opened, flags.focalPoint);
  const officer = flags.officer === undefined ? undefined : findOfficer(focalPoint, flags.officer);
  if (flags.officer !== undefined && officer === undefined)
    throw new Refusal('unknown-officer', 'the designation of this focal point names no officer of that id');
  const most = focalPoint.custody === 'own' ? 'sealed' : 'packet';
  const shows =
    flags.shows ??
    (flags.channel === 'telegram'
      ? 'notice'
      : flags.channel === 'email' && most === 'sealed'
        ? 'notice'
        : most);
  checkEndpointShows(focalPoint, flags.channel, shows);
  return {
    designation: focalPoint,
    shows,
    lang: flags.lang ?? officer?.lang ?? 'en',
    ...present({ officer }),
  };
}

/** @throws Failure `usage` for content that the channel or the focal point's custody does not allow */
export function checkEndpointShows(designation: Designation, channel: Channel, shows: Shows): void {
  if (channel === 'telegram' && shows !== 'notice')
    throw makeUsageFailure('--shows: telegram carries notices only, never content');
  if (channel === 'email' && shows === 'sealed')
    throw makeUsageFailure(
      '--shows: a mail program opens packets, not sealed messages; give packet or notice',
    );
  if (canShow(designation, { shows })) return;
  throw designation.custody === 'own'
    ? makeUsageFailure(
        '--shows: this focal point holds its own keys, so the gateway cannot open a message to make a packet; give sealed or notice',
      )
    : makeUsageFailure(
        '--shows: the gateway holds this focal point’s keys, so nobody there could open a sealed message; give packet or notice',
      );
}

/** Makes the draft from which enrolling creates the endpoint. */
export const draftOfEndpoint = (
  flags: EndpointFlags,
  { designation, officer, shows, lang }: DecidedEndpoint,
  address: string,
): EndpointDraft => ({
  focalPoint: designation.focal_point,
  channel: flags.channel,
  address,
  shows,
  lang,
  rank: flags.rank,
  ...present({ officer: officer?.id }),
});
