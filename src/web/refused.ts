/** A page for what could not be done: in all four languages, because before a link is known nobody knows who reads. */
import type { Context } from 'hono';
import { html } from 'hono/html';
import { PROBLEMS, type ProblemCode, Refusal } from '../domain/error.ts';
import { TRY_AGAIN_SECONDS } from '../domain/retry-after.ts';
import { LANGUAGES } from '../domain/vocabulary.ts';
import type { Gateway } from '../gateway.ts';
import { isDown } from '../store/fault.ts';
import { page } from './page.ts';

/** What has a sentence of its own; everything else shares one. */
const TOLD: readonly ProblemCode[] = [
  'link-used',
  'link-expired',
  'link-unknown',
  'recalled',
  'content-gone',
  'database-down',
];

/**
 * The page and the status of what was thrown: of a refusal, and of a database that is down. A fault is thrown on.
 * `phrase` is said for other refusals, where they have a sentence of their own.
 */
export async function refusedPage(
  { words }: Gateway,
  context: Context,
  thrown: unknown,
  phrase = 'page-refused-other',
): Promise<Response> {
  const code = codeOf(thrown);
  const { status } = PROBLEMS[code];
  const said = TOLD.includes(code) ? `page-refused-${code}` : phrase;
  if (status === 503) context.header('retry-after', String(TRY_AGAIN_SECONDS));
  const lines = LANGUAGES.map((lang) => html`<p lang="${lang}">${words(lang, said)}</p>`);
  return context.html(await page('id', 'Amanat', html`<section>${lines}</section>`), status);
}

function codeOf(thrown: unknown): ProblemCode {
  if (thrown instanceof Refusal) return thrown.code;
  if (isDown(thrown)) return 'database-down';
  throw thrown;
}
