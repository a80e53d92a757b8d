/** Identifies the visitor of a page by cookies, and checks that a form was posted from a page of this gateway. */
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

/** SameSite is Lax: the browser sends the cookie when a link in a chat is opened, but not with a form of another site. */
const cookie = (gateway: Verifying, maxAge: number) =>
  ({ httpOnly: true, sameSite: 'Lax', secure: isSecure(gateway), path: '/', maxAge }) as const;

/** Gives the browser a random name, so that a reader on a bad line can load the page again without a new link. */
export function nameBrowser(gateway: Showing, context: Context): string {
  const known = getCookie(context, BROWSER);
  if (known !== undefined && TOKEN.test(known)) return known;
  const fresh = gateway.newToken();
  setCookie(context, BROWSER, fresh, cookie(gateway, 3_600));
  return fresh;
}

/** Reads the visitor from the cookies; ignores a cookie that is not one of our tokens. */
export function readVisitor(gateway: Showing, context: Context): PageVisitor {
  const browser = nameBrowser(gateway, context);
  const session = isSecure(gateway) ? getCookie(context, OFFICER, 'host') : getCookie(context, OFFICER);
  return session !== undefined && TOKEN.test(session) ? { browser, session } : { browser };
}

/** Sets the cookie with the token of the session that the PIN opened. */
export function keepSession(gateway: Verifying, context: Context, token: string): void {
  const options = cookie(gateway, PIN_SESSION_MS / 1_000);
  if (isSecure(gateway)) setCookie(context, OFFICER, token, { ...options, secure: true, prefix: 'host' });
  else setCookie(context, OFFICER, token, options);
}

/**
 * Deletes the session's cookie. Browsers keep pages for the back button, also pages that must not be stored, until a cookie of the
 * site changes. Deleting it makes them load the page again.
 */
export function forgetSession(gateway: Verifying, context: Context): void {
  const options = cookie(gateway, 0);
  if (isSecure(gateway)) setCookie(context, OFFICER, '', { ...options, secure: true, prefix: 'host' });
  else setCookie(context, OFFICER, '', options);
  context.header('clear-site-data', '"cache"');
}

/**
 * Checks that a form was posted from a page of this gateway. The pages send no referrer, and then browsers give the origin as
 * `null`. So Fetch Metadata decides, and the origin only if it is given.
 * @throws Refusal `cross-site`
 */
export function checkSameSite(gateway: Verifying, context: Context): void {
  const site = context.req.header('sec-fetch-site');
  const origin = context.req.header('origin') ?? 'null';
  const isOurs = site === undefined ? origin === 'null' || origin === gateway.url : isOwnSite(site);
  if (!isOurs) throw new Refusal('cross-site', 'the form was posted from another site');
}

/** Whether the call comes from this site. `none` means that the person made it, for example by loading the page again. */
const isOwnSite = (site: string): boolean => site === 'same-origin' || site === 'none';

/** Reads the fields of a form. @throws Refusal as `receiveSmallBody` */
export async function readFields({ bodies }: Admitting, context: Context): Promise<URLSearchParams> {
  const bytes = await receiveSmallBody(context.req.raw, BODY_LIMIT_BY_ROUTE.form, bodies);
  return new URLSearchParams(new TextDecoder().decode(bytes));
}
