/**
 * A request becomes a formal letter: in the attaché's mail, for both parties with their keys, on the reader's page;
 * and its code proves it.
 */
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Letter } from '../../src/domain/message/letter.ts';
import { TypesetFault } from '../../src/domain/message/letter.ts';
import type { Designation } from '../../src/domain/party/designation.ts';
import { addAccessKey } from '../../src/entry/enrolling/enrol.ts';
import { phrasesFromFiles } from '../../src/entry/phrases-from-files.ts';
import { createTypesetter } from '../../src/entry/typst/typst.ts';
import { makeLetterCopy } from '../../src/flow/content/letter-copy.ts';
import { makeLinks } from '../../src/flow/content/links.ts';
import { extendLedger } from '../../src/flow/ledger/ledger.ts';
import { workUntilIdle } from '../../src/flow/loop/loop.ts';
import { createLetterWriter } from '../../src/paper/letter.ts';
import { ATTACHE, type Certificates, FROM, openPacket } from '../adapters/email/rig.ts';
import { openBrowser } from '../support/browser.ts';
import { eachOf } from '../support/each-of.ts';
import { readPdfText, scanCode } from '../support/letters.ts';
import { type MailHouse, makeMailHouse } from '../support/mail-house.ts';
import type { MailServer } from '../support/outside/mail-server.ts';
import { catchRefusal } from '../support/people.ts';
import { GATEWAY_URL, type Rig, type RigPartner } from '../support/rig.ts';
import { expectQuietLog, makeOfficer, PRIVATE_TEXT, postMessage } from '../support/story.ts';

let all: MailHouse;
let house: Rig;
let mail: MailServer;
let known: Certificates;
let shelter: RigPartner;
let attache: Designation;
let attacheKey: string;

beforeAll(async () => {
  all = await makeMailHouse();
  ({ house, mail, known, shelter, attache } = all);
  attacheKey = await addAccessKey(house.gateway, attache.focal_point, 'test');
});

afterAll(async () => {
  expectQuietLog(house, [ATTACHE, FROM]);
  await all?.close();
});

const [PERSON = '', PLACE = '', CASE = ''] = PRIVATE_TEXT;

const request = (to: readonly string[], over: object = {}) => ({
  to,
  type: 'request',
  urgency: 'urgent',
  handling: 'H1',
  lang: 'en',
  body: {
    kind: 'nationality-verification',
    case_number: CASE,
    question: `Is ${PERSON} of ${PLACE} your national?`,
    persons: [{ ref: 'p1', prs_FirstName: PERSON, prs_Citizenship: ['ID'] }],
  },
  ...over,
});

/** Posts, and has it come to the attaché's mailbox. */
async function delivered(body: object): Promise<string> {
  const id = await postMessage(shelter, body);
  await house.drain();
  return id;
}

const ask = (path: string, key?: string): Promise<Response> =>
  Promise.resolve(
    house.app.request(`${GATEWAY_URL}${path}`, {
      headers: key === undefined ? {} : { authorization: `Bearer ${key}` },
    }),
  );

async function letter(id: string, key: string, query = ''): Promise<Buffer> {
  const answer = await ask(`/v1/messages/${id}/letter${query}`, key);
  expect(answer.status).toBe(200);
  expect(answer.headers.get('content-type')).toBe('application/pdf');
  expect(answer.headers.get('cache-control')).toBe('no-store');
  return Buffer.from(await answer.arrayBuffer());
}

const yearHere = new Date(Date.now() + 7 * 3_600_000).getUTCFullYear();

test('the packet has the letter, and each party gets the same one by its key, under one number', async () => {
  const id = await postMessage(shelter, request(['attache']));
  await house.drain();
  const packet = await openPacket(mail.received.at(-1)?.raw ?? Buffer.alloc(0), known.rsa, known.authority);
  const enclosed = packet.file('packet.pdf');
  const text = (await readPdfText(enclosed)).replaceAll(/\s+/g, ' ');
  for (const part of [PERSON, CASE, `SHELTER/${yearHere}/0001`, 'Permintaan: Verifikasi kewarganegaraan'])
    expect(text).toContain(part);
  expect((await letter(id, attacheKey)).equals(enclosed)).toBe(true);
  expect((await letter(id, shelter.accessKey)).equals(enclosed)).toBe(true);

  const second = await delivered(request(['attache']));
  expect(await readPdfText(await letter(second, attacheKey, '?lang=en'))).toContain(
    `SHELTER/${yearHere}/0002`,
  );
  expect((await letter(id, attacheKey)).equals(enclosed)).toBe(true);
});

test('a recipient’s system gets it after the message has arrived, not before; each retrieval is logged', async () => {
  const id = await postMessage(shelter, request(['attache']));
  const early = await ask(`/v1/messages/${id}/letter`, attacheKey);
  expect([early.status, (await early.json()).type]).toEqual([409, 'urn:amanat:problem:not-handed-over']);
  expect(await readPdfText(await letter(id, shelter.accessKey))).toContain(PERSON);
  const attaches = { message: id, party: attache.focal_point } as const;
  for (const by of ['system', 'operator'] as const)
    expect(await catchRefusal(() => makeLetterCopy(house.gateway, { ...attaches, by }))).toBe(
      'not-handed-over',
    );
  await house.drain();
  expect(await readPdfText(await letter(id, attacheKey))).toContain(PERSON);
  const lines = house.lines.filter((one) => one.event === 'letter.made' && one.fields['message'] === id);
  expect(lines.map((one) => one.fields)).toEqual(
    Array.from({ length: 2 }, () => ({ message: id, by: 'system', languages: 'km id' })),
  );
});

test('languages follow the countries unless others are requested', async () => {
  const id = await delivered(request(['attache']));
  const text = await readPdfText(await letter(id, attacheKey, '?lang=ms&lang=en'));
  expect(text).toContain('Permohonan');
  expect(text).toContain('Request: Verification of nationality');
  const refused = await ask(`/v1/messages/${id}/letter?lang=xx`, attacheKey);
  expect([refused.status, (await refused.json()).type]).toEqual([422, 'urn:amanat:problem:invalid-body']);
});

test('nobody else gets it: no key, another’s key, another gateway’s message', async () => {
  const id = await postMessage(shelter, request(['attache']));
  const other = await house.partner({
    slug: 'other',
    name: 'Other',
    country: 'KH',
    officers: [makeOfficer()],
  });
  expect((await ask(`/v1/messages/${id}/letter`)).status).toBe(401);
  for (const message of [id, 'f'.repeat(32), 'no-id'])
    expect((await ask(`/v1/messages/${message}/letter`, other.accessKey)).status).toBe(404);
});

test('a system gets no letter of a message that others sent under H2 or H3; its officers have it in the packet', async () => {
  for (const restricted of [{ handling: 'H2' }, { handling: 'H3', handling_note: 'Not to employers.' }]) {
    const id = await postMessage(shelter, request(['attache'], restricted));
    const refused = await ask(`/v1/messages/${id}/letter`, attacheKey);
    expect([refused.status, (await refused.json()).type]).toEqual([
      403,
      'urn:amanat:problem:handling-restricted',
    ]);
    expect(await readPdfText(await letter(id, shelter.accessKey))).toContain(PERSON);
    await house.drain();
    const packet = await openPacket(mail.received.at(-1)?.raw ?? Buffer.alloc(0), known.rsa, known.authority);
    expect(await readPdfText(packet.file('packet.pdf'))).toContain(PERSON);
  }
});

test('no letter is made of a message that the gateway cannot open, and a runtime without typesetter says so', async () => {
  const id = await delivered(request(['attache']));
  const { writeLetter: _, ...bare } = house.gateway;
  expect(await catchRefusal(() => makeLetterCopy(bare, { message: id, by: 'operator' }))).toBe(
    'runtime-unsupported',
  );
  await house.database.sql`delete from sealed_message where message = ${id}`;
  expect((await ask(`/v1/messages/${id}/letter`, attacheKey)).status).toBe(404);
});

test('a page that cannot be set does not delay its packet; mail and log say that it is missing', async () => {
  const fault = Object.assign(new TypesetFault('letter', ['glyph-missing']), { message: PERSON });
  const broken = { ...house.gateway, writeLetter: () => Promise.reject(fault) };
  await house.drain();
  await postMessage(shelter, request(['attache']));
  const before = mail.received.length;
  await workUntilIdle(broken);
  expect(mail.received.length).toBe(before + 1);
  const packet = await openPacket(mail.received.at(-1)?.raw ?? Buffer.alloc(0), known.rsa, known.authority);
  expect(packet.text).toContain(PERSON);
  expect(packet.text).toContain(phrasesFromFiles()('id', 'email-letter-missing'));
  expect(() => packet.file('packet.pdf')).toThrow();
  expect(house.lines.find((line) => line.event === 'letter.fault')?.fields).toMatchObject({
    fault: 'TypesetFault',
    diagnostics: 'glyph-missing',
  });
});

test('no file of the sender is in the packet under a name that the gateway uses', async () => {
  const file = (filename: string) => ({
    filename,
    media_type: 'application/pdf',
    base64: Buffer.from(`of the sender: ${filename}`).toString('base64'),
  });
  const names = ['packet.pdf', 'message.jws.json'];
  const { body } = request(['attache']);
  await delivered(
    request(['attache'], {
      body: { ...body, question: `"\u20dd ${PERSON}: a\u20dd, "b\u{1e8d0}" } \\` },
      attachments: names.map(file),
    }),
  );
  const packet = await openPacket(mail.received.at(-1)?.raw ?? Buffer.alloc(0), known.rsa, known.authority);
  expect(await readPdfText(packet.file('packet.pdf'))).toContain(PERSON);
  expect(JSON.parse(packet.file('message.jws.json').toString())).toHaveProperty('signatures');
  for (const name of eachOf(names))
    expect(packet.file(`attachment-${name}`).toString()).toBe(`of the sender: ${name}`);
  expect(packet.text).toContain('attachment-packet.pdf (application/pdf');
  expect(packet.text).not.toContain(phrasesFromFiles()('id', 'email-letter-missing'));
});

test('a drill is marked and takes no number', async () => {
  const drill = await delivered(
    request(['attache'], { type: 'drill', body: { exercise: 'X1', text: 'Invented exercise' } }),
  );
  const text = await readPdfText(await letter(drill, attacheKey, '?lang=en'));
  expect(text.trimStart()).toMatch(/^DRILL – EXERCISE ONLY/);
  expect(text).not.toMatch(/SHELTER\/\d/);
});

test('the code’s page shows when, where and under which digest, but neither who nor what', async () => {
  const id = await delivered(request(['attache']));
  const before = await openBrowser(house.app, GATEWAY_URL).open(`/proof/${id}`);
  expect(before.status).toBe(200);
  expect(before.text).toContain('Not in the ledger yet');
  await extendLedger(house.gateway);
  const page = await openBrowser(house.app, GATEWAY_URL).open(`/proof/${id}`);
  const { message, evidence } = (await house.gateway.store.messages.readMessage(id)) ?? {
    message: undefined,
    evidence: [],
  };
  const place = await house.gateway.store.ledger.ledgerPlace(evidence[0]?.id ?? '');
  expect(page.text).toContain(`<dd>${place?.index}</dd>`);
  expect(page.text).toContain(`id="${message?.digest}"`);
  const [digits = ''] =
    /[0-9A-F]{4}(?: [0-9A-F]{4}){3}/.exec(await readPdfText(await letter(id, attacheKey))) ?? [];
  expect(page.text.split(digits)).toHaveLength(5);
  for (const word of [...PRIVATE_TEXT, 'Shelter', 'shelter', 'Attach', 'attache', 'request', 'urgent', 'H1'])
    expect(page.text.slice(page.text.indexOf('<main>')).replaceAll(/ id="[\w-]{43}"/g, '')).not.toContain(
      word,
    );
  expect(page.headers.get('content-security-policy')).toContain("default-src 'none'");
});

test('a phone that scans the code on the paper comes to that page, and shows the same digest', async () => {
  const draw = createLetterWriter(phrasesFromFiles(), createTypesetter('svg'));
  const drawn: Uint8Array[] = [];
  const writeLetter = async (one: Letter) => {
    const bytes = await draw(one);
    drawn.push(bytes);
    return bytes;
  };
  await house.drain();
  const id = await postMessage(shelter, request(['attache']));
  await workUntilIdle({ ...house.gateway, writeLetter });
  const digest = (await house.gateway.store.messages.readMessage(id))?.message.digest;
  const code = scanCode(drawn[0] ?? new Uint8Array());
  expect(code).toBe(`${GATEWAY_URL}/proof/${id}#${digest}`);
  const page = await openBrowser(house.app, GATEWAY_URL).open(code);
  expect(page.status).toBe(200);
  expect(page.text).toContain(`<section class="same" id="${digest}">`);
});

test('edited evidence is proven to nobody', async () => {
  const id = await postMessage(shelter, request(['attache']));
  await extendLedger(house.gateway);
  await house.database.sql`
    update evidence set jws = jsonb_set(jws::jsonb, '{payload}', to_jsonb(rtrim(translate(encode(convert_to(
      '{"by":"did:web:gateway.test"}', 'UTF8'), 'base64'), '+/', '-_'), '=')))::text
    where message = ${id} and event = 'SubmissionAcceptance'`;
  const page = await openBrowser(house.app, GATEWAY_URL).open(`/proof/${id}`);
  expect(page.status).toBe(422);
  expect(page.text).not.toContain(id);
});

test('a message that was never accepted here gets the same answer, whatever it is', async () => {
  const answers = await Promise.all(
    ['f'.repeat(32), 'x', '%00', house.gateway.newId()].map((one) =>
      openBrowser(house.app, GATEWAY_URL).open(`/proof/${one}`),
    ),
  );
  expect(answers.map((one) => one.status)).toEqual([404, 404, 404, 404]);
  expect(new Set(answers.map((one) => one.text)).size).toBe(1);
});
test('the reader’s page gives the letter to the officer who opened it', async () => {
  const id = await postMessage(shelter, request(['attache']));
  const delivery = (await house.gateway.store.deliveries.findDelivery(id, attache.focal_point)) ?? '';
  const held = await house.gateway.store.deliveries.readDelivery(delivery);
  if (held === undefined) throw new Error('the delivery is gone');
  const phone = { ...held.endpoint, shows: 'notice' as const };
  const { read = '' } = await makeLinks(house.gateway, attache, held.delivery, phone);
  const officers = openBrowser(house.app, GATEWAY_URL);
  const token = read.slice(read.lastIndexOf('/') + 1);
  expect((await openBrowser(house.app, GATEWAY_URL).submit('/r/wrong/letter')).status).toBe(404);
  await officers.open(read);
  const opened = await officers.submit(`/r/${token}`);
  expect(opened.text).toContain(`formaction="/r/${token}/letter"`);
  const pdf = await officers.submit(`/r/${token}/letter`);
  expect(pdf.status).toBe(200);
  expect(pdf.text.startsWith('%PDF-1.7')).toBe(true);
  expect(pdf.headers.get('content-disposition')).toContain('.pdf');
  expect((await openBrowser(house.app, GATEWAY_URL).submit(`/r/${token}/letter`)).status).toBe(410);
});

test('one party can have only a few copies made at once, and does not delay another', async () => {
  const id = await postMessage(shelter, request(['attache']));
  await workUntilIdle(house.gateway);
  const waiting: (() => void)[] = [];
  const writeLetter = () => new Promise<Uint8Array>((made) => waiting.push(() => made(new Uint8Array([1]))));
  const slow = { ...house.gateway, writeLetter };
  const copy = (party: string) => makeLetterCopy(slow, { message: id, by: 'officer', party });
  const sender = shelter.designation.focal_point;
  const copies = [1, 2, 3, 4].map(() => copy(sender));
  await expect.poll(() => waiting.length).toBe(4);
  expect(await catchRefusal(() => copy(sender))).toBe('busy');
  const other = copy(attache.focal_point);
  await expect.poll(() => waiting.length).toBe(5);
  for (const made of waiting) made();
  expect(await Promise.all([...copies, other])).toHaveLength(5);
});
