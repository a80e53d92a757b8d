/** The reader's pages: looking changes nothing, acting works once, and no text of a sender can act on the page. */
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { makeLinks } from '../../src/flow/content/links.ts';
import { peekStatement } from '../../src/seal/statement.ts';
import { type BrowserPage, openBrowser, type TestBrowser } from '../support/browser.ts';
import { addHook } from '../support/confirmed.ts';
import { GATEWAY_URL, makeRig, type Rig, type RigPartner } from '../support/rig.ts';

const officer = { id: 'o1', name: 'Ibu <b>Invented</b>', role: 'officer', lang: 'id' } as const;
const HOSTILE = `<script>alert('x')</script>"><img src=x onerror=alert(1)>`;

const DESK = 'did:web:gateway.test:fp:desk';

let house: Rig;
let shelter: RigPartner;
/** The newest message, with a fresh link of each kind. */
let id: string;
let links: { read: string; acknowledge: string };

beforeAll(async () => {
  house = await makeRig();
  const name = 'Shelter "<i>Invented</i>"';
  shelter = await house.partner({ slug: 'shelter', name, country: 'KH', officers: [officer] });
  const focalPoint = await house.designate({
    slug: 'desk',
    name: 'Desk',
    country: 'ID',
    officers: [officer],
  });
  await addHook(house.gateway, focalPoint.focal_point, { shows: 'notice', lang: 'id', officer: officer.id });
});

afterAll(() => house?.close());

beforeEach(async () => {
  const answer = await shelter.post('messages', {
    to: ['desk'],
    type: 'report',
    urgency: 'immediate',
    handling: 'H3',
    handling_note: HOSTILE,
    lang: 'en',
    body: {
      persons: [{ ref: 'p1', prs_FirstName: HOSTILE, prs_Citizenship: ['ID'] }],
      where: { country: 'KH', name: HOSTILE },
      happened: `${HOSTILE}\nSecond line.`,
      consent: { con_Consent: true },
    },
    attachments: [{ filename: `a" onclick="x.txt`, media_type: 'text/plain', base64: btoa(HOSTILE) }],
  });
  id = (await answer.json()).id;
  links = await freshLinks();
});

async function freshLinks() {
  const { store } = house.gateway;
  const held = await store.deliveries.readDelivery((await store.deliveries.findDelivery(id, DESK)) ?? '');
  if (held === undefined) throw new Error('no delivery');
  const focalPoint = { custody: 'gateway' } as Parameters<typeof makeLinks>[1];
  const { read = '', acknowledge = '' } = await makeLinks(
    house.gateway,
    focalPoint,
    held.delivery,
    held.endpoint,
  );
  return { read, acknowledge };
}

const visitor = (): TestBrowser => openBrowser(house.app, GATEWAY_URL);

const status = async () => (await shelter.status(id)).json();

const events = async (): Promise<string[]> =>
  (await status()).evidence.map((jws: unknown) => (peekStatement(jws).payload as { event: string }).event);

/** A page in all four languages that says no. */
function expectRefused(page: BrowserPage, code: number, phrase: string): void {
  expect(page.status).toBe(code);
  for (const lang of ['id', 'ms', 'km', 'en']) {
    expect(page.text).toContain(`<p lang="${lang}">${house.gateway.translate(lang, phrase)}</p>`);
  }
}

describe('reading', () => {
  test('looking at a link, as previews and scanners do, uses nothing and shows no content', async () => {
    for (let n = 0; n < 3; n += 1) {
      const page = await visitor().open(links.read);
      expect([page.status, page.forms]).toEqual([200, [new URL(links.read).pathname]]);
      expect(page.text).not.toContain('Second line');
      expect(page.text).toContain('SEGERA');
    }
    expect(await events()).toEqual(['SubmissionAcceptance']);
  });

  test('opening works once, is evidence, and the same browser may load it again', async () => {
    const reader = visitor();
    const opened = await reader.submit(links.read);
    expect(opened.status).toBe(200);
    expect(opened.text).toContain('Second line.');
    expect((await reader.submit(links.read)).status).toBe(200);
    expect(await events()).toEqual(['SubmissionAcceptance', 'ContentHandover']);
    const proof = peekStatement((await status()).evidence[1]).payload;
    expect(proof).toMatchObject({
      officer: { id: 'o1' },
      attestation: { how: 'one-time-link' },
      custody: 'gateway',
    });

    expectRefused(await visitor().submit(links.read), 410, 'page-refused-link-used');
    expectRefused(await visitor().open(links.read), 410, 'page-refused-link-used');
    house.pass(16 * 60);
    expectRefused(await reader.submit(links.read), 410, 'page-refused-link-used');
  });

  test('of two browsers at once one opens', async () => {
    const pages = await Promise.all([visitor(), visitor(), visitor()].map((one) => one.submit(links.read)));
    expect(pages.map((one) => one.status).sort()).toEqual([200, 410, 410]);
  });

  test('a message that cannot be opened is refused without using the link, with evidence once', async () => {
    const sql = house.database.connect();
    const swap = (from: string) =>
      sql`update sealed_message s set jwe = o.jwe from sealed_message o where s.message = ${id} and o.message = ${from} and o.party = s.party`;
    const [kept] = await sql`select jwe from sealed_message where message = ${id} and party = ${DESK}`;
    const answer = await shelter.post('messages', {
      to: ['desk'],
      type: 'text',
      urgency: 'routine',
      handling: 'H0',
      lang: 'en',
      body: { text: 'Another.' },
    });
    await swap((await answer.json()).id);
    const reader = visitor();
    for (let n = 0; n < 2; n += 1) expectRefused(await reader.submit(links.read), 422, 'page-refused-other');
    expect(await events()).toEqual(['SubmissionAcceptance', 'ContentHandoverFailure']);
    expect(peekStatement((await status()).evidence[1]).payload).toMatchObject({
      officer: { id: 'o1' },
      reason: 'misaddressed',
      reason_uri: 'urn:amanat:reason:misaddressed',
    });
    await sql`update sealed_message set jwe = ${kept?.['jwe']} where message = ${id} and party = ${DESK}`;
    await sql.end();
    expect((await reader.submit(links.read)).status).toBe(200);
    expect(await events()).toEqual(['SubmissionAcceptance', 'ContentHandoverFailure', 'ContentHandover']);
  });

  test('a reader decides on the opened page', async () => {
    const reader = visitor();
    const [action = ''] = (await reader.submit(links.read)).forms;
    const done = await reader.submit(action, { decision: 'accepted' });
    expect(done.text).toContain(house.gateway.translate('id', 'decision-accepted'));
    expect(await status()).toMatchObject({ state: 'acknowledged' });
    expect((await reader.submit(links.read)).forms).toEqual([]);
  });

  test('the page shows who acknowledges, and the language of the sender’s text', async () => {
    const { text } = await visitor().submit(links.read);
    const [as = ''] = house.gateway.translate('id', 'page-as', { officer: '|' }).split('|');
    expect(text.split('<section>').find((part) => part.includes('name="decision"'))).toContain(`<p>${as}`);
    expect(text).toMatch(/<dd><span lang="en">[^<]*\nSecond line\.<\/span>/);
    expect(text).not.toContain(`lang="en">${house.gateway.translate('id', 'country-ID')}`);
  });

  test('a sender’s text is text, in every place', async () => {
    const page = await visitor().submit(links.read);
    expect(page.text).not.toMatch(/<script|<img|<i>|<b>Invented/);
    expect(page.text).not.toMatch(/<[^>]+ on\w+=/);
    expect(page.text).toContain('&lt;script&gt;');
  });

  test('an attachment is saved, never shown, and only by the officer who opened the message', async () => {
    const reader = visitor();
    const [, path = ''] = /formaction="([^"]+)"/.exec((await reader.submit(links.read)).text) ?? [];
    const file = await reader.submit(path);
    expect([file.status, file.text]).toEqual([200, HOSTILE]);
    expect(file.headers.get('content-type')).toBe('application/octet-stream');
    expect(file.headers.get('content-disposition')).toMatch(/^attachment;/);
    expect(file.headers.get('content-disposition')).not.toMatch(/onclick="/);
    expect(file.headers.get('cache-control')).toBe('no-store');
    expectRefused(await visitor().submit(path), 410, 'page-refused-link-used');
    expect((await reader.submit(path.replace(/\d+$/, '7'))).status).toBe(404);
  });
});

describe('acknowledging', () => {
  test('one button, without script, once', async () => {
    const reader = visitor();
    const page = await reader.open(links.acknowledge);
    const [accept = '', decline = ''] = page.forms;
    expect([accept, decline]).toEqual([new URL(links.acknowledge).pathname, accept]);
    const done = await reader.submit(accept, { decision: 'accepted' });
    expect(done.status).toBe(200);
    expect(await status()).toMatchObject({
      state: 'acknowledged',
      recipients: [{ acknowledgement: { decision: 'accepted', officer: { name: officer.name } } }],
    });
    const stranger = await visitor().submit(accept, { decision: 'declined', ground: 'other' });
    expectRefused(stranger, 410, 'page-refused-link-used');
    expect((await events()).filter((one) => one.startsWith('Consignment'))).toEqual([
      'ConsignmentAcceptance',
    ]);
  });

  test('declining asks for a reason, and a refused form leaves the link unused', async () => {
    const reader = visitor();
    expect((await reader.open(links.acknowledge)).text).toContain('<select name="ground" required>');
    const wrong: Record<string, string>[] = [
      { decision: 'declined' },
      { decision: 'declined', ground: 'mood' },
      { decision: 'maybe' },
      {},
      { decision: 'accepted', more: 'x'.repeat(20_000) },
    ];
    for (const fields of wrong) {
      const page = await reader.submit(links.acknowledge, fields);
      expect([413, 422]).toContain(page.status);
    }
    expect(await status()).toMatchObject({ state: 'waiting' });
    const done = await reader.submit(links.acknowledge, { decision: 'declined', ground: 'not-our-national' });
    expect(done.text).toContain(house.gateway.translate('id', 'ground-not-our-national'));
    expect(await status()).toMatchObject({ state: 'declined' });
  });

  test('if somebody was faster, the page says so and has no buttons', async () => {
    const second = await freshLinks();
    await visitor().submit(links.acknowledge, { decision: 'accepted' });
    const page = await visitor().open(second.acknowledge);
    expect(page.forms).toEqual([]);
    expect(page.text).toContain(`<h1>${house.gateway.translate('id', 'page-thanks')}</h1>`);
    expect(page.text).toContain(house.gateway.translate('id', 'decision-accepted'));
  });
});

describe('links that lead nowhere', () => {
  test('a form’s address that is opened as a page leads back to the page, and uses nothing', async () => {
    const before = await visitor().open(links.read);
    for (const form of ['pin', 'decision', `thread/${id}`])
      expect((await visitor().open(`${links.read}/${form}`)).text).toBe(before.text);
    expect((await visitor().open(`${links.acknowledge}/pin`)).forms).toHaveLength(2);
    expect(await events()).toEqual(['SubmissionAcceptance']);
    const nowhere = `${'A'.repeat(43)}`;
    expectRefused(await visitor().open(`/r/${nowhere}/pin`), 404, 'page-refused-link-unknown');
    expectRefused(await visitor().open(`/c/${nowhere}/pin`), 404, 'confirm-ended');
    expectRefused(await visitor().open('/r/%2F%2Felsewhere.test/pin'), 404, 'page-refused-link-unknown');
  });

  test('unknown, changed, of another kind, expired', async () => {
    const unknown = `/a/${'A'.repeat(43)}`;
    const changed = `${links.acknowledge.slice(0, -1)}${links.acknowledge.endsWith('A') ? 'B' : 'A'}`;
    const swapped = links.acknowledge.replace('/a/', '/r/');
    for (const url of [unknown, changed, swapped, '/r/%00', `/r/${'x'.repeat(5_000)}`]) {
      expectRefused(await visitor().open(url), 404, 'page-refused-link-unknown');
      expectRefused(await visitor().submit(url, { decision: 'accepted' }), 404, 'page-refused-link-unknown');
    }
    house.pass(8 * 86_400);
    expectRefused(await visitor().open(links.read), 410, 'page-refused-link-expired');
    expectRefused(await visitor().submit(links.read), 410, 'page-refused-link-expired');
    expectRefused(
      await visitor().submit(links.acknowledge, { decision: 'accepted' }),
      410,
      'page-refused-link-expired',
    );
  });

  test('every page forbids script, frames and caching, and no log line has a token', async () => {
    const reader = visitor();
    const pages = [
      await reader.open(links.read),
      await reader.submit(links.read),
      await reader.open(links.acknowledge),
      await reader.open('/r/unknown'),
      await reader.submit(links.acknowledge, {}),
    ];
    for (const { headers, text } of pages) {
      const policy = headers.get('content-security-policy') ?? '';
      expect(policy).toMatch(/default-src 'none'.*form-action 'self'.*frame-ancestors 'none'/);
      expect(policy).not.toContain('script-src');
      expect(headers.get('cache-control')).toBe('no-store');
      expect(headers.get('referrer-policy')).toBe('no-referrer');
      expect(text).not.toMatch(/<script|https?:\/\/(?!gateway\.test)/);
    }
    const cookie = pages[0]?.headers.getSetCookie().join() ?? '';
    expect(cookie).toMatch(/HttpOnly/i);
    expect(cookie).toMatch(/Secure/i);
    expect(cookie).toMatch(/SameSite=Lax/i);
    const log = JSON.stringify(house.lines);
    for (const url of Object.values(links)) expect(log).not.toContain(url.slice(-43));
    expect(log).not.toMatch(/Invented|script/);
  });
});
