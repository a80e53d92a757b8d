/** The page on which an officer confirms or refuses a new endpoint of the focal point, or a change of one. */
import { type Context, Hono } from 'hono';
import { html } from 'hono/html';
import type { Endpoint } from '../domain/party/channel.ts';
import { shortenAddress } from '../domain/party/confirmation.ts';
import { Refusal } from '../domain/words/error.ts';
import type { Reader } from '../domain/words/phrases.ts';
import { type ConfirmDecision, confirmByLink, decisionOfAct } from '../flow/endpoint/confirming.ts';
import { type ConfirmQuestion, readQuestion } from '../flow/endpoint/question.ts';
import type { Gateway } from '../gateway.ts';
import type { Admitting, Phrasing, Reaching } from '../gateway-parts.ts';
import { fingerprintOfCertificate } from '../seal/certificate-end.ts';
import { createPageAnswerer } from './answering.ts';
import { type Html, renderFacts, renderPage } from './page.ts';
import { renderNotYou } from './pin-page.ts';
import { readFields, readVisitor } from './visitor.ts';

/** Pages by token: GET only shows, POST records the decision. */
export function confirmRoutes(gateway: Reaching): Hono {
  const answer = createPageAnswerer(gateway);
  return new Hono()
    .get('/c/:token', (context) => {
      const { token } = context.req.param();
      const visitor = readVisitor(gateway, context);
      return answer(context, 'confirm', async () =>
        questionPage(gateway, await readQuestion(gateway, token, visitor), token),
      );
    })
    .post('/c/:token', (context) => {
      const { token } = context.req.param();
      const visitor = readVisitor(gateway, context);
      return answer(context, 'confirm', async () => {
        const word = await wordIn(gateway, context);
        return questionPage(gateway, await confirmByLink(gateway, token, visitor, word), token);
      });
    });
}

/** @throws Refusal `invalid-body`, and as `receive` */
async function wordIn(gateway: Admitting, context: Context): Promise<ConfirmDecision> {
  const word = (await readFields(gateway, context)).get('decision');
  if (word === 'confirmed' || word === 'refused') return word;
  throw new Refusal('invalid-body', 'decision must be confirmed or refused');
}

function questionPage(gateway: Phrasing, question: ConfirmQuestion, token: string): Html {
  const { designation, reader, zone, isShared, isNew, isOpen } = question;
  const { lang } = reader;
  const shownTo = { lang, zone };
  const say = gateway.translate;
  const title = say(
    lang,
    isOpen ? (isNew ? 'confirm-title-new' : 'confirm-title-changed') : closedTitle(question),
  );
  return renderPage(
    lang,
    `Amanat ${designation.name}`,
    html`<section><h1>${title}</h1><p>${say(lang, 'page-as', { officer: reader.name })}</p>
    ${asked(gateway, shownTo, question)}</section>
    <section>${isOpen ? form(gateway, lang, token) : outcome(gateway, shownTo, question)}${isShared ? renderNotYou(gateway, lang, 'confirm', token) : ''}</section>`,
  );
}

/** The heading of what is asked no more: how it was answered, or only that it is over. */
function closedTitle({ judgement: said }: ConfirmQuestion): string {
  const word = said === undefined ? 'expired' : decisionOfAct(said);
  return word === 'expired' ? 'confirm-title-over' : `confirm-${word}`;
}

type Fact = readonly [string, Html | string];

/** Renders the question: who will read, by which channel, address and certificate, what of it is new, and who requested it when. */
function asked({ translate: say }: Phrasing, reader: Reader, question: ConfirmQuestion): Html {
  const { designation, endpoint, officer, since, who } = question;
  const { channel } = endpoint;
  const isThere =
    question.isOpen ||
    (question.judgement !== undefined && decisionOfAct(question.judgement) === 'confirmed');
  const value = (name: Changed): Html | string => {
    const [now, before] = [told(name, endpoint), question.before && told(name, question.before)];
    const isSame = question.before === undefined || isUnchanged(name, endpoint, question.before);
    if (isSame) return say(reader, ...now);
    // Two different values can look the same after shortening.
    const isAlike = before !== undefined && say(reader, ...before) === say(reader, ...now);
    const old = isAlike ? say(reader, 'confirm-another') : say(reader, ...(before ?? ['confirm-none']));
    return html`<strong>${say(reader, ...now)}</strong><br><span class="soft">${say(reader, 'confirm-before', { value: old })}</span>`;
  };
  return renderFacts([
    [say(reader, 'confirm-desk'), designation.name],
    [say(reader, 'confirm-who'), whoReads(question, say, reader, officer?.name)],
    [say(reader, 'confirm-channel'), say(reader, `note-channel-${channel}`)],
    ...(isThere ? [[say(reader, 'confirm-address'), value('address')] as const] : []),
    ...(isThere && hasCertificate(question)
      ? certificateFacts(say, reader, question, value('certificate'))
      : []),
    [say(reader, 'confirm-shows'), value('shows')],
    ...(since === undefined
      ? []
      : [[say(reader, 'confirm-since'), say(reader, 'moment', { at: since })] as const]),
    ...(who === undefined ? [] : [[say(reader, 'confirm-by'), who] as const]),
  ]);
}

type Changed = 'address' | 'certificate' | 'shows';
type Say = Gateway['translate'];
type Phrase = readonly [id: string, values?: { readonly value: string }];

/** A value of an endpoint, as the page shows it: both ends of an address, the fingerprint of a certificate, never a secret. */
function told(name: Changed, { channel, address, certificate, shows }: Endpoint): Phrase {
  if (name === 'shows') return [`confirm-shows-${shows}`];
  if (name === 'address') return ['confirm-value', { value: shortenAddress(channel, address) }];
  const print = certificate === undefined ? undefined : fingerprintOfCertificate(certificate);
  // Spaces between the pairs, so that a small phone breaks the line between two of them.
  return print === undefined ? ['confirm-none'] : ['confirm-value', { value: print.replaceAll(':', ' ') }];
}

const isUnchanged = (name: Changed, one: Endpoint, other: Endpoint): boolean => one[name] === other[name];

const hasCertificate = ({ endpoint, before }: ConfirmQuestion): boolean =>
  endpoint.certificate !== undefined || before?.certificate !== undefined;

/** The certificate to which mail is encrypted, and how long the old one stays valid. */
function certificateFacts(
  translate: Say,
  reader: Reader,
  { endpoint, before }: ConfirmQuestion,
  value: Html | string,
): Fact[] {
  const until = before === undefined ? undefined : endpoint.oldCertificate?.until;
  return [
    [translate(reader, 'confirm-certificate'), value],
    ...(until === undefined
      ? []
      : [[translate(reader, 'confirm-overlap'), translate(reader, 'moment', { at: until })] as const]),
  ];
}

/** The officer who will read there; after a change of name also the old name. */
function whoReads(
  { endpoint, before }: ConfirmQuestion,
  translate: Say,
  reader: Reader,
  name: string | undefined,
): Html | string {
  const now = name ?? endpoint.officer ?? translate(reader, 'confirm-system');
  const names = before?.knownAs ?? [];
  if (before === undefined || (endpoint.knownAs ?? []).length === names.length) return now;
  const value = names.join(', ');
  return html`<strong>${now}</strong><br><span class="soft">${translate(reader, 'confirm-before', { value })}</span><br>${translate(reader, 'confirm-same-person')}`;
}

const form = ({ translate: say }: Phrasing, lang: string, token: string): Html =>
  html`<p>${say(lang, 'confirm-ask')}</p><form method="post" action="/c/${token}">
    <button name="decision" value="confirmed">${say(lang, 'confirm-yes')}</button>
    <button class="stop" name="decision" value="refused">${say(lang, 'confirm-no')}</button></form>`;

/** Renders the recorded decision, of whichever officer. */
function outcome(
  { translate: say }: Phrasing,
  reader: Reader,
  { judgement: said, judgedBy: saidBy }: ConfirmQuestion,
): Html {
  if (said === undefined) return html`<p>${say(reader, 'confirm-over')}</p>`;
  const word = decisionOfAct(said);
  const by = said.judged?.by;
  const who =
    saidBy?.name ??
    (by !== undefined && 'statement' in by
      ? say(reader, 'confirm-authority')
      : by !== undefined && 'secret' in by
        ? say(reader, 'confirm-system')
        : undefined);
  const at = say(reader, 'moment', { at: new Date(said.at) });
  return html`<p><strong>${say(reader, `confirm-${word}`)}</strong><br>
    <span class="soft">${who === undefined ? at : `${who}, ${at}`}</span></p>${word === 'refused' ? html`<p>${say(reader, 'confirm-refused-next')}</p>` : ''}`;
}
