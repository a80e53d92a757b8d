/** Answers a call to a link: with the page, with the question for the PIN, or with the reason of a refusal. */
import type { Context } from 'hono';
import { Refusal } from '../domain/words/error.ts';
import type { LinkPurpose } from '../flow/acknowledgement/pin-question.ts';
import type { Showing } from '../gateway-parts.ts';
import { type Html, PAGE_HEADERS } from './page.ts';
import { renderPinPage } from './pin-page.ts';
import { answerRefusedPage } from './refused.ts';
import { checkSameSite } from './visitor.ts';

/** The answer where the page must not be shown: the question for the PIN, or the reason. */
async function notShown(
  gateway: Showing,
  context: Context,
  purpose: LinkPurpose,
  thrown: unknown,
): Promise<Response> {
  if (!(thrown instanceof Refusal) || thrown.code !== 'pin-needed')
    return answerRefusedPage(gateway, context, thrown, purpose);
  return renderPinPage(gateway, context, purpose).then(
    (asked) => context.html(asked, context.req.method === 'POST' ? 403 : 200),
    (refused) => answerRefusedPage(gateway, context, refused, purpose),
  );
}

type Make = () => Promise<Html | Response>;

/** Makes a handler that answers with the page, or with what replaces it if it must not be shown. */
export const createPageAnswerer =
  (gateway: Showing) =>
  async (context: Context, purpose: LinkPurpose, make: Make): Promise<Response> => {
    for (const [name, value] of Object.entries(PAGE_HEADERS)) context.header(name, value);
    try {
      if (context.req.method === 'POST') checkSameSite(gateway, context);
      const made = await make();
      return made instanceof Response ? made : context.html(made);
    } catch (thrown) {
      return notShown(gateway, context, purpose, thrown);
    }
  };
