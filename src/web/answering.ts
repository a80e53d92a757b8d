/** Answering at a link: with the page, with the question for the PIN, or with why not. */
import type { Context } from 'hono';
import { Refusal } from '../domain/words/error.ts';
import type { Purpose } from '../flow/word/asking.ts';
import type { Showing } from '../gateway-parts.ts';
import { type Html, PAGE_HEADERS } from './page.ts';
import { pinPage } from './pin-page.ts';
import { refusedPage } from './refused.ts';
import { checkSameSite } from './visitor.ts';

/** What a page that is not to be shown becomes: the question for the PIN, or why not. */
async function notShown(
  gateway: Showing,
  context: Context,
  purpose: Purpose,
  thrown: unknown,
): Promise<Response> {
  if (!(thrown instanceof Refusal) || thrown.code !== 'pin-needed')
    return refusedPage(gateway, context, thrown, purpose);
  return pinPage(gateway, context, purpose).then(
    (asked) => context.html(asked, context.req.method === 'POST' ? 403 : 200),
    (refused) => refusedPage(gateway, context, refused, purpose),
  );
}

type Make = () => Promise<Html | Response>;

/** Answers with what is made, or with what it becomes where it is not to be shown. */
export const answering =
  (gateway: Showing) =>
  async (context: Context, purpose: Purpose, make: Make): Promise<Response> => {
    for (const [name, value] of Object.entries(PAGE_HEADERS)) context.header(name, value);
    try {
      if (context.req.method === 'POST') checkSameSite(gateway, context);
      const made = await make();
      return made instanceof Response ? made : context.html(made);
    } catch (thrown) {
      return notShown(gateway, context, purpose, thrown);
    }
  };
