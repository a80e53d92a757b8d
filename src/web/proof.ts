/**
 * The public page behind the code on a letter, in all four languages, because the reader is not known. The digest of the letter is
 * after `#` in the code, and browsers do not send that part. If it is the digest of the message, the browser finds it on the page
 * and shows the line that says so, without a script.
 */
import { type Context, Hono } from 'hono';
import { html } from 'hono/html';
import { shortenDigest } from '../domain/message/letter.ts';
import { hexId } from '../domain/message/message.ts';
import { Refusal } from '../domain/words/error.ts';
import { LANGUAGES } from '../domain/words/vocabulary.ts';
import { type AcceptanceProof, findAcceptanceProof } from '../flow/content/letter-proof.ts';
import type { Phrasing, Showing } from '../gateway-parts.ts';
import { type Html, PAGE_HEADERS, renderFacts, renderPage } from './page.ts';
import { answerRefusedPage } from './refused.ts';

/** Formats 32 bytes as pairs of hex digits. */
const hex = (bytes: Uint8Array): string =>
  [...bytes].map((byte) => byte.toString(16).padStart(2, '0')).join('');

/** Shows times in UTC: the reader is not known, and the zone of a focal point would tell where it is. */
function shown({ translate: words }: Phrasing, lang: string, proven: AcceptanceProof): Html {
  const translate = (id: string): string => words(lang, id);
  const { ledger } = proven;
  return html`<section lang="${lang}"><h1>${translate('proof-title')}</h1>
    ${renderFacts([
      [translate('proof-accepted'), words({ lang, zone: 'UTC' }, 'moment', { at: proven.acceptedAt })],
      [translate('proof-gateway'), proven.gateway],
      [translate('proof-message'), proven.message],
      [translate('proof-digest'), html`<strong>${shortenDigest(proven.digest)}</strong>`],
      [translate('proof-ledger'), ledger === undefined ? translate('proof-waiting') : String(ledger.index)],
      ...(ledger === undefined
        ? []
        : [[translate('proof-checkpoint'), `${ledger.size} · ${hex(ledger.root)}`] as const]),
    ])}
    <p>${translate('proof-compare')}</p><p class="soft">${translate('proof-nothing-else')}</p></section>`;
}

/** Shown only while the address in the browser ends with this digest. */
const same = ({ translate: words }: Phrasing, digest: string): Html =>
  html`<section class="same" id="${digest}">${LANGUAGES.map((lang) => html`<p lang="${lang}">${words(lang, 'proof-same')}</p>`)}</section>`;

export function proofRoutes(gateway: Showing): Hono {
  const proven = async (context: Context): Promise<Response> => {
    for (const [name, value] of Object.entries(PAGE_HEADERS)) context.header(name, value);
    try {
      const id = hexId.safeParse(context.req.param('id'));
      if (!id.success) throw new Refusal('not-found', 'there is no proof at this address');
      const found = await findAcceptanceProof(gateway, id.data);
      const content = LANGUAGES.map((lang) => shown(gateway, lang, found));
      return context.html(renderPage('id', 'Amanat', html`${same(gateway, found.digest)}${content}`));
    } catch (thrown) {
      return answerRefusedPage(gateway, context, thrown, 'proof');
    }
  };
  return new Hono().get('/proof/:id', proven);
}
