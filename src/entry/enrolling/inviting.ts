/**
 * Inviting officers: an operator hands over a start page in person. On it the officer sets the PIN, and gets the code by
 * which the chat's account is linked; neither passes through the chat.
 */
import type { Channel } from '../../domain/party/channel.ts';
import { START_CODE_MS } from '../../domain/party/pin.ts';
import { present } from '../../domain/words/present.ts';
import { chatCodeOf, START_PATH } from '../../flow/account/start.ts';
import { makeOperatorAct } from '../../flow/operator/operator-act.ts';
import { digestOf } from '../../seal/digest.ts';
import { completeEndpointDraft, type EndpointDraft, type EnrollingGateway } from './enrol.ts';

/** Days in which an officer can use a start page. */
export const INVITATION_DAYS = START_CODE_MS / 86_400_000;

export interface Invitation {
  /** Opens the start page. Given back once. */
  readonly token: string;
  /** By which the account is linked in the chat. The start page shows it; it opens nothing here. */
  readonly code: string;
}

export interface InvitationOptions {
  /** The account is linked beside the officer's others; it takes their place where left out. */
  readonly beside?: boolean;
  /** A new PIN is set although there is one, which is given in its place where left out. */
  readonly newPin?: boolean;
}

/** The address of the start page. */
export const urlOfStartPage = (url: string, token: string): string => `${url}${START_PATH}${token}`;

/**
 * Makes a start page by which an officer sets a PIN and links an account of a chat.
 * @throws Refusal `unknown-officer`
 */
export async function inviteOfficer(
  opened: EnrollingGateway,
  draft: Omit<EndpointDraft, 'address' | 'officer'> & { readonly officer: string },
  { beside = false, newPin = false }: InvitationOptions = {},
): Promise<Invitation> {
  const token = opened.newToken();
  const code = chatCodeOf(token);
  const endpoint = await completeEndpointDraft(opened, draft);
  const expiresAt = new Date(opened.now().getTime() + START_CODE_MS);
  // The page first: without it the code for the chat would count by itself.
  const whose = { ...endpoint, officer: draft.officer };
  await keepStart(opened, whose, { id: endpoint.id, token, newPin, links: true, expiresAt });
  await opened.store.links.keepLinkCode(
    {
      hash: digestOf(code),
      endpoint,
      expiresAt,
      ...present({ beside: beside || undefined }),
      invitedBy: opened.operator,
    },
    makeOperatorAct(opened, { act: 'officer.invited', subject: endpoint.id }),
  );
  return { token, code };
}

/**
 * Makes a start page by which an officer sets a PIN, in place of one that there is.
 * @returns its token, given back once
 * @throws Refusal `unknown-officer`
 */
export async function inviteToSetPin(
  opened: EnrollingGateway,
  of: { readonly focalPoint: string; readonly officer: string; readonly lang: string },
): Promise<string> {
  const token = opened.newToken();
  const channel: Channel = 'telegram';
  const { knownAs } = await completeEndpointDraft(opened, { ...of, channel, shows: 'notice' });
  const expiresAt = new Date(opened.now().getTime() + START_CODE_MS);
  const whose = { ...of, ...present({ knownAs: knownAs || undefined }) };
  await keepStart(opened, whose, { id: opened.newId(), token, newPin: true, links: false, expiresAt });
  return token;
}

interface Whose {
  readonly focalPoint: string;
  readonly officer: string;
  readonly lang: string;
  readonly knownAs?: readonly string[];
}

interface Start {
  /** That of the endpoint where an account is linked next: its link code counts once the page was used. */
  readonly id: string;
  readonly token: string;
  readonly newPin: boolean;
  readonly links: boolean;
  readonly expiresAt: Date;
}

function keepStart(
  opened: EnrollingGateway,
  { focalPoint, officer, lang, knownAs }: Whose,
  { token, ...start }: Start,
): Promise<void> {
  return opened.store.pins.keepStartCode(
    { ...start, hash: digestOf(token), focalPoint, officer, lang, ...present({ knownAs }) },
    (act, subject) => makeOperatorAct(opened, { act, subject }),
    opened.now(),
  );
}
