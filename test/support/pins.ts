/** PINs as officers set and give them, through the pages alone. Whatever opens content by a link of a chat goes through here. */
import type { Application } from '../../src/entry/application.ts';
import { type Invited, type Inviting, invite, invitePin } from '../../src/entry/enrolling/inviting.ts';
import type { Gateway } from '../../src/gateway.ts';
import { type Browser, browser, type Page } from './browser.ts';

/** What every invented officer chooses. */
export const PIN = '739154';

/** A gateway and its application. */
export interface Served {
  readonly gateway: Gateway;
  readonly app: Application;
}

/** Goes through a start page: sets the PIN, or gives the one there is. */
export async function passStart({ gateway, app }: Served, token: string, pin = PIN): Promise<Page> {
  const officer = browser(app, gateway.url);
  const page = await officer.open(`/start/${token}`);
  const isSet = page.text.includes('name="again"');
  const done = await officer.submit(`/start/${token}`, isSet ? { pin, again: pin } : { pin });
  if (done.status !== 200) throw new Error(`the start page answered ${done.status}`);
  return done;
}

type Draft = Parameters<typeof invite>[1];

/** The start code of a chat for an officer, who has set a PIN on the start page. */
export async function chatCode(house: Served, draft: Draft, how?: Inviting): Promise<string> {
  const invited: Invited = await invite(house.gateway, draft, how);
  await passStart(house, invited.token);
  return invited.code;
}

/** Sets an officer's PIN, whatever it was. */
export async function setPin(
  house: Served,
  of: { readonly focalPoint: string; readonly officer: string },
  pin = PIN,
): Promise<void> {
  await passStart(house, await invitePin(house.gateway, { ...of, lang: 'id' }), pin);
}

/** Opens a link; where the page asks for the PIN, gives it. */
export async function openWithPin(reader: Browser, url: string, pin = PIN): Promise<Page> {
  const page = await reader.open(url);
  const [action = ''] = page.forms;
  return action.endsWith('/pin') ? reader.submit(action, { pin }) : page;
}

/** A browser in which the officer of a link gave the PIN. */
export async function provenAt({ gateway, app }: Served, url: string, pin = PIN): Promise<Browser> {
  const reader = browser(app, gateway.url);
  await openWithPin(reader, url, pin);
  return reader;
}
