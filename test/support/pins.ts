/**
 * PINs as officers set and enter them, only through the pages. Everything that opens content from a chat link uses
 * this file.
 */
import type { Application } from '../../src/entry/application.ts';
import {
  type Invitation,
  type InvitationOptions,
  inviteOfficer,
  inviteToSetPin,
} from '../../src/entry/enrolling/inviting.ts';
import type { Gateway } from '../../src/gateway.ts';
import { type BrowserPage, openBrowser, type TestBrowser } from './browser.ts';

/** The PIN of every invented officer. */
export const TEST_PIN = '739154';

/** A gateway and its application. */
export interface ServedApplication {
  readonly gateway: Gateway;
  readonly app: Application;
}

/** Goes through a start page: sets the PIN, or enters the existing one. */
export async function passStartPage(
  { gateway, app }: ServedApplication,
  token: string,
  pin = TEST_PIN,
): Promise<BrowserPage> {
  const officer = openBrowser(app, gateway.url);
  const page = await officer.open(`/start/${token}`);
  const isSet = page.text.includes('name="again"');
  const done = await officer.submit(`/start/${token}`, isSet ? { pin, again: pin } : { pin });
  if (done.status !== 200) throw new Error(`the start page answered ${done.status}`);
  return done;
}

type Draft = Parameters<typeof inviteOfficer>[1];

/** The start code of a chat for an officer, who has set a PIN on the start page. */
export async function makeChatCode(
  house: ServedApplication,
  draft: Draft,
  how?: InvitationOptions,
): Promise<string> {
  const invited: Invitation = await inviteOfficer(house.gateway, draft, how);
  await passStartPage(house, invited.token);
  return invited.code;
}

/** Sets an officer's PIN, whatever it was before. */
export async function setPin(
  house: ServedApplication,
  of: { readonly focalPoint: string; readonly officer: string },
  pin = TEST_PIN,
): Promise<void> {
  await passStartPage(house, await inviteToSetPin(house.gateway, { ...of, lang: 'id' }), pin);
}

/** Opens a link, and enters the PIN if the page asks for it. */
export async function openWithPin(reader: TestBrowser, url: string, pin = TEST_PIN): Promise<BrowserPage> {
  const page = await reader.open(url);
  const [action = ''] = page.forms;
  return action.endsWith('/pin') ? reader.submit(action, { pin }) : page;
}

/** A browser in which the officer of a link has entered the PIN. */
export async function openProvenBrowser(
  { gateway, app }: ServedApplication,
  url: string,
  pin = TEST_PIN,
): Promise<TestBrowser> {
  const reader = openBrowser(app, gateway.url);
  await openWithPin(reader, url, pin);
  return reader;
}
