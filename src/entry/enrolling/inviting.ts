/**
 * Invites officers: an operator hands over a start page in person. On it the officer sets the PIN and gets the code that
 * links the chat account. Neither goes through the chat.
 */
import type { Channel } from '../../domain/party/channel.ts';
import { START_CODE_MS } from '../../domain/party/pin.ts';
import { present } from '../../domain/words/present.ts';
import { chatCodeOf, START_PATH } from '../../flow/account/start.ts';
import { makeOperatorAct } from '../../flow/operator/operator-act.ts';
import { digestOf } from '../../seal/digest.ts';
import { completeEndpointDraft, type EndpointDraft, type EnrollingGateway } from './enrol.ts';

/** How many days a start page can be used. */
export const INVITATION_DAYS = START_CODE_MS / 86_400_000;

export interface Invitation {
  /** The token that opens the start page. Returned once. */
  readonly token: string;
  /** The code that links the account in the chat. The start page shows it; it opens no page. */
  readonly code: string;
}

export interface InvitationOptions {
  /** Whether the account is added to the officer's others; if absent, it replaces them. */
  readonly beside?: boolean;
  /** Whether the officer sets a new PIN; if absent and a PIN exists, the page asks for that one. */
  readonly newPin?: boolean;
}

/** Makes the address of the start page. */
export const urlOfStartPage = (url: string, token: string): string => `${url}${START_PATH}${token}`;

/**
 * Makes a start page on which an officer sets a PIN and links a chat account.
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
  // The page is kept first: without it the code alone would link an account.
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
 * Makes a start page on which an officer sets a PIN, which replaces an existing one.
 * @returns its token, once
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
  /** The id of the endpoint that is linked next: its link code is accepted only after the page was used. */
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
