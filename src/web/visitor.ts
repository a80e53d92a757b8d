/** Who asks for a page, by the cookies of the browser; and whether a form was posted from a page of ours. */
import type { Context } from 'hono';
import { getCookie, setCookie } from 'hono/cookie';
import { BODY_LIMIT_BY_ROUTE, receiveSmallBody } from '../domain/message/receive-body.ts';
import { PIN_SESSION_MS } from '../domain/party/pin.ts';
import { Refusal } from '../domain/words/error.ts';
import type { PageVisitor } from '../flow/account/session.ts';
import type { Admitting, Showing, Verifying } from '../gateway-parts.ts';

const BROWSER = 'amanat_browser';
const OFFICER = 'amanat_officer';
const TOKEN = /^[A-Za-z0-9_-]{43}$/;

const isSecure = ({ url }: Verifying): boolean => url.startsWith('https:');

/** Lax: a link that is opened in a chat is a navigation from another site, and brings the cookie; a form from there is not. */
const cookie = (gateway: Verifying, maxAge: number) =>
  ({ httpOnly: true, sameSite: 'Lax', secure: isSecure(gateway), path: '/', maxAge }) as const;

/** A browser's random name: lets a reader on a bad line load the page again without a new link. */
export function nameBrowser(gateway: Showing, context: Context): string {
  const known = getCookie(context, BROWSER);
  if (known !== undefined && TOKEN.test(known)) return known;
  const fresh = gateway.newToken();
  setCookie(context, BROWSER, fresh, cookie(gateway, 3_600));
  return fresh;
}

/** Whoever asks. A cookie that is no token of ours counts as none. */
export function readVisitor(gateway: Showing, context: Context): PageVisitor {
  const browser = nameBrowser(gateway, context);
  const session = isSecure(gateway) ? getCookie(context, OFFICER, 'host') : getCookie(context, OFFICER);
  return session !== undefined && TOKEN.test(session) ? { browser, session } : { browser };
}

/** Gives the browser the token of the session that the PIN opened. */
export function keepSession(gateway: Verifying, context: Context, token: string): void {
  const options = cookie(gateway, PIN_SESSION_MS / 1_000);
  if (isSecure(gateway)) setCookie(context, OFFICER, token, { ...options, secure: true, prefix: 'host' });
  else setCookie(context, OFFICER, token, options);
}

/**
 * Takes the token from the browser again. Whoever goes back in its history then asks for the page anew: browsers keep pages for
 * that, though they are not to be stored, until a cookie of their site changes.
 */
export function forgetSession(gateway: Verifying, context: Context): void {
  const options = cookie(gateway, 0);
  if (isSecure(gateway)) setCookie(context, OFFICER, '', { ...options, secure: true, prefix: 'host' });
  else setCookie(context, OFFICER, '', options);
  context.header('clear-site-data', '"cache"');
}

/**
 * Holds a form to have been posted from a page of ours. Pages send no referrer, and then browsers name the origin as `null`:
 * what they say of the site counts (Fetch Metadata), and an origin only where it is named.
 * @throws Refusal `cross-site`
 */
export function checkSameSite(gateway: Verifying, context: Context): void {
  const site = context.req.header('sec-fetch-site');
  const origin = context.req.header('origin') ?? 'null';
  const isOurs = site === undefined ? origin === 'null' || origin === gateway.url : isOwnSite(site);
  if (!isOurs) throw new Refusal('cross-site', 'the form was posted from another site');
}

/** `none`: the person did it by hand, such as loading the page again. */
const isOwnSite = (site: string): boolean => site === 'same-origin' || site === 'none';

/** The fields of a form. @throws Refusal as `receiveBytes` */
export async function readFields({ bodies }: Admitting, context: Context): Promise<URLSearchParams> {
  const bytes = await receiveSmallBody(context.req.raw, BODY_LIMIT_BY_ROUTE.form, bodies);
  return new URLSearchParams(new TextDecoder().decode(bytes));
}
