/** The page of a refusal, in all four languages, because before a link is verified the reader is not known. */
import type { Context } from 'hono';
import { html } from 'hono/html';
import { PROBLEMS, type ProblemCode, Refusal } from '../domain/words/error.ts';
import { RETRY_AFTER_SECONDS } from '../domain/words/retry-after.ts';
import { LANGUAGES } from '../domain/words/vocabulary.ts';
import type { LinkPurpose } from '../flow/acknowledgement/pin-question.ts';
import type { Phrasing } from '../gateway-parts.ts';
import { isDatabaseDown } from '../store/database-fault.ts';
import { PAGE_HEADERS, renderPage } from './page.ts';

/** The kind of the refused page; each kind has its own text for a link that does not work. */
type PageKind = LinkPurpose | 'start' | 'proof';

const LINKS: readonly ProblemCode[] = ['link-used', 'link-expired', 'link-unknown'];

/** Error codes with their own sentence; all others share one. */
const TOLD: readonly ProblemCode[] = [
  ...LINKS,
  'recalled',
  'content-gone',
  'database-down',
  'too-many-requests',
];

/**
 * Answers a refusal, or a database that is down, with a page and its status. Throws any other fault again.
 */
export async function answerRefusedPage(
  { translate: words }: Phrasing,
  context: Context,
  thrown: unknown,
  place: PageKind,
): Promise<Response> {
  const code = codeOf(thrown);
  const { status } = PROBLEMS[code];
  const said = sentence(code, place);
  if (status === 503) context.header('retry-after', String(RETRY_AFTER_SECONDS));
  const lines = LANGUAGES.map((lang) => html`<p lang="${lang}">${words(lang, said)}</p>`);
  return context.html(await renderPage('id', 'Amanat', html`<section>${lines}</section>`), status);
}

/** The same page for a browser that was refused before any page was asked, as by a limit. */
export const refusedBefore =
  (gateway: Phrasing) =>
  (context: Context, thrown: unknown): Promise<Response> => {
    for (const [name, value] of Object.entries(PAGE_HEADERS)) context.header(name, value);
    return answerRefusedPage(gateway, context, thrown, 'read');
  };

function sentence(code: ProblemCode, place: PageKind): string {
  if (place === 'start' && (LINKS.includes(code) || code === 'unknown-officer')) return 'start-refused';
  if (place === 'confirm' && LINKS.includes(code)) return 'confirm-ended';
  if (TOLD.includes(code)) return `page-refused-${code}`;
  return place === 'proof' ? 'proof-unknown' : 'page-refused-other';
}

function codeOf(thrown: unknown): ProblemCode {
  if (thrown instanceof Refusal) return thrown.code;
  if (isDatabaseDown(thrown)) return 'database-down';
  throw thrown;
}
