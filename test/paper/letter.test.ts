/** The formal letter as PDF: in both languages, in every script of the region, the same bytes each time. */
import { encode } from 'uqr';
import { expect, test } from 'vitest';
import type { Letter } from '../../src/domain/message/letter.ts';
import { phrasesFromFiles } from '../../src/entry/phrases-from-files.ts';
import { createTypesetter } from '../../src/entry/typst/typst.ts';
import { createLetterWriter, makeLetterPage } from '../../src/paper/letter.ts';
import { eachOf } from '../support/each-of.ts';
import {
  makeLetter,
  makeManyScriptLetter,
  makeRareLetter,
  NAMES,
  RARE_NAMES,
  readersIn,
  readPdfMeta,
  readPdfText,
} from '../support/letters.ts';

const translate = phrasesFromFiles();
const write = createLetterWriter(translate, createTypesetter());
/** Lines are broken where the page is narrow: the text as it reads. */
const read = async (one: Letter): Promise<string> =>
  (await readPdfText(await write(one))).replaceAll(/\s+/g, ' ');

test.each([
  [['km', 'id'], ['Permintaan']],
  [
    ['id', 'ms'],
    ['Permintaan', 'Permohonan'],
  ],
  [
    ['ms', 'en'],
    ['Permohonan', 'Request'],
  ],
  [['en'], ['Request', 'Verification of nationality']],
] as const)(
  'in %s: subject, labels and coded values are in each, texts by people once',
  async (languages, expected) => {
    const text = await read(makeLetter({ readers: readersIn(...languages) }));
    for (const phrase of eachOf(expected)) expect(text).toContain(phrase);
    expect(text.match(/CONTOH-2026-0417/g)).toHaveLength(1);
    expect(text.match(/Melati/g)).toHaveLength(1);
    for (const lang of languages.filter((one) => one !== 'km')) {
      expect(text).toContain(translate(lang, 'value-PossibleVictimOfTrafficking'));
      expect(text).toContain(translate(lang, 'letter-acknowledge-by'));
      expect(text).toContain(translate(lang, 'handling-H2'));
    }
  },
);

test('every label, heading and coded value is in Khmer and in Indonesian', () => {
  const page = makeLetterPage(makeLetter(), translate);
  const labels = [...page.head, page.subject, ...page.groups.flatMap((group) => group.rows.slice(0, 3))]
    .map((row) => row.labels)
    .filter((label) => label[0]?.text !== 'foto-p1.jpg');
  for (const label of [...labels, page.handling, page.opening, page.closing, page.proof.words]) {
    expect(label.map((one) => one.lang)).toEqual(['km', 'id']);
    expect(label[0]?.text).toMatch(/[\u1780-\u17ff]/);
    expect(label[1]?.text).not.toBe(label[0]?.text);
  }
});

test('it has number, parties, deadlines, signature and the beginning of the digest', async () => {
  const text = await read(makeLetter({ readers: readersIn('id', 'en') }));
  for (const part of [
    'GDI-PP/2026/0012',
    'Konsuler Contoh',
    'versi 1',
    'Sok Example',
    'Supervisor',
    '3 November 2026, 06:05 UTC',
    '6 November 2026, 04:05 UTC',
    'foto-p1.jpg',
    '9F86 D081 884C 7D65',
    'Its gateway keeps the key for it',
  ])
    expect(text).toContain(part);
});

test('names in Thai, Lao, Burmese and Vietnamese are shown as they were written', async () => {
  const text = await read(makeManyScriptLetter());
  expect(text).not.toContain('[U+');
  const plain = text.replaceAll(/\s/g, '');
  // Readers put marks in orders of their own: every letter of the name must be there, and Vietnamese as it is.
  for (const name of Object.values(NAMES))
    for (const one of name.replaceAll(' ', '')) expect(plain).toContain(one);
  expect(text).toContain(NAMES.VN);
  expect(text).toContain(NAMES.TH);
});

test('names in Chinese, Tamil and Arabic are shown as they were written', async () => {
  const text = await read(makeRareLetter());
  expect(text).not.toContain('[U+');
  // Tamil and Arabic are drawn in an order of their own; Chinese is not.
  for (const name of [RARE_NAMES.CN, RARE_NAMES.TW]) expect(text).toContain(name);
  const plain = text.normalize('NFKC').replaceAll(/\s/g, '');
  for (const name of [RARE_NAMES.IN, RARE_NAMES.YE])
    for (const one of name.normalize('NFKC').replaceAll(' ', '')) expect(plain).toContain(one);
});

test('a character without a glyph in any font is shown by its code point; nothing is lost or stops the letter', async () => {
  const question = '王小明 said “😀” \u{13000} "no" \\ \u202e done';
  const text = await read(
    makeLetter({ readers: readersIn('en') }, { body: { kind: 'case-status', question } }),
  );
  expect(text).toContain('王小明 said “[U+1F600]” [U+13000] "no" \\');
  expect(text).toContain('done');
});

test('a mark without a glyph is shown by its code point beside its character, and affects no other character', async () => {
  const question = '"\u{1e8d0} he said, a\u{1e8d0} b \\\u{1e8d0} } "\u20dd';
  const text = await read(
    makeLetter({ readers: readersIn('en') }, { body: { kind: 'case-status', question } }),
  );
  expect(text).toContain('"[U+1E8D0] he said, a[U+1E8D0] b \\[U+1E8D0] } "');
  expect(text.match(/\[U\+/g)).toHaveLength(3);
});

test.each([
  ['half a surrogate pair', 'a \ud800 b'],
  ['marks without end', `e${'\u0301'.repeat(60)}`],
  ['what cannot be seen', 'a\u200b\u200c\u200d\u2060\ufeff\u00ad\u034f\u17b4b'],
  ['control characters', 'a\u0000\u0007\u2028b'],
  ['characters for private use', 'a\ue000\uf0a7\u{f0000}王b'],
  ['Khmer that no reader could spell', '\u17d2\u17d2ក\u17d2\u17b6\u17b6្្'],
  ['Burmese that no reader could spell', '\u1039\u1039က\u1031\u1031\u103b'],
  ['marks of many scripts on one letter', 'a\u17d2\u0e47\u0bcd\u064b\u302a王\u0301\u20dd'],
  ['emoji in sequence', '👩‍👩‍👧 🇰🇭 1️⃣'],
  [
    'a thousand characters that no font has',
    String.fromCodePoint(...Array.from({ length: 1_000 }, (_, n) => 0x4e00 + n)),
  ],
])('%s cannot stop a letter', async (_, question) => {
  expect(
    await read(makeLetter({ readers: readersIn('km', 'en') }, { body: { kind: 'case-status', question } })),
  ).toContain('GDI-PP');
});

test('texts by people are never read as markup', async () => {
  const hostile = '#panic("x") $x$ *bold* @ref <label> #read("/etc/passwd") \\u{41} "]}';
  const text = await read(
    makeLetter({ readers: readersIn('en') }, { body: { kind: 'case-status', question: hostile } }),
  );
  expect(text).toContain('#panic("x") $x$ *bold* @ref <label>');
  expect(text).toContain('#read("/etc/passwd")');
});

test('the same letter has the same bytes, also from another typesetter; another letter does not', async () => {
  const one = await write(makeLetter());
  const again = await createLetterWriter(translate, createTypesetter())(makeLetter());
  expect(Buffer.from(again).equals(Buffer.from(one))).toBe(true);
  const other = await write(makeLetter({ number: { text: 'GDI-PP/2026/0013', by: 'sender' } }));
  expect(Buffer.from(other).equals(Buffer.from(one))).toBe(false);
});

test('it is PDF/A-2a, tagged, in its first language, dated by the message, with no names in its metadata', async () => {
  const pdf = await write(makeLetter());
  const raw = Buffer.from(pdf).toString('latin1');
  expect(raw).toMatch(/<pdfaid:part>2<\/pdfaid:part>/);
  expect(raw).toMatch(/<pdfaid:conformance>A<\/pdfaid:conformance>/);
  const { info } = await readPdfMeta(pdf);
  expect(info).toMatchObject({ Title: 'GDI-PP/2026/0012 – សំណើ', Language: 'km' });
  expect(String(info['CreationDate'])).toMatch(/^D:20261103/);
  expect(info['Author']).toBeUndefined();
  const known = JSON.stringify(info);
  for (const word of ['Melati', 'Contoh', 'Sok', 'CONTOH-2026']) expect(known).not.toContain(word);
});

test('the code has the address of the proof and the digest, and nothing else', () => {
  const { qr } = makeLetterPage(makeLetter(), translate).proof;
  const { url, digest } = makeLetter().proof;
  const expected = encode(`${url}#${digest}`, { ecc: 'M', border: 0 });
  const dark = expected.data.flat().filter(Boolean).length;
  expect(qr.match(/M\d+,\d+h/g)).toHaveLength(dark);
  expect(qr).toContain(`viewBox="0 0 ${expected.size * 10} ${expected.size * 10}"`);
});

test('a drill says so first of all and has no number; a relayed letter has the recipient’s number', async () => {
  const { number: _, ...unnumbered } = makeLetter({ type: 'drill', readers: readersIn('id', 'en') });
  const drill = await read(unnumbered);
  expect(drill.trimStart().startsWith('LATIHAN')).toBe(true);
  expect(drill).not.toContain('2026/00');
  const registered = await read(
    makeLetter({ readers: readersIn('en'), number: { text: 'POS/2026/0001', by: 'recipient' } }),
  );
  expect(registered).toContain('Number at the recipient');
});

test('a long text continues on further pages, each with number and page', async () => {
  const question = 'A line of a long account that goes on. '.repeat(400);
  const text = await read(
    makeLetter({ readers: readersIn('en') }, { body: { kind: 'case-status', question } }),
  );
  expect(text.match(/account/g)).toHaveLength(400);
  expect(text).toMatch(/Page 2 \/ \d/);
});

test.each([
  ['a word that has no end', 'q'.repeat(5_000)],
  ['wide letters', 'Q'.repeat(2_000)],
  ['spaces at which no line may end', 'q\u00a0'.repeat(2_000)],
  ['both directions', 'بq1'.repeat(1_000)],
])('everything is within the page: %s', async (_what, question) => {
  const of = async (said: string): Promise<string> =>
    readPdfText(await write(makeLetter({ readers: readersIn('en') }, { body: { question: said } })));
  const count = (said: string): number => said.split(/q/i).length - 1;
  const [text, without] = [await of(question), await of('-')];
  expect(count(text) - count(without)).toBe(count(question));
});

test('marks piled on one letter are counted and not drawn', async () => {
  const question = `so a${'\u0301'.repeat(15_000)} it is`;
  const text = await readPdfText(
    await write(makeLetter({ readers: readersIn('en') }, { body: { question } })),
  );
  expect(text).toContain('[+14992]');
  expect(text.length).toBeLessThan(5_000);
});

test.each([[['Odd-Invented']], ['Odd-Invented'], [{ of: 'Odd-Invented' }], ['case-status '], [7]])(
  'a request of the kind %j, which this version does not know, is a letter that leaves nothing out',
  (kind) => {
    const readers = readersIn('id', 'en');
    const page = makeLetterPage(makeLetter({ readers }, { body: { kind, question: 'Berapa?' } }), translate);
    expect(page.subject.values.map(({ text }) => text)).toEqual(['Permintaan', 'Request']);
    const [told] =
      JSON.stringify(kind)
        .match(/[\w-]+/g)
        ?.slice(-1) ?? [];
    expect(JSON.stringify(page.groups)).toContain(told);
  },
);

test('a person of whom nothing is said but that it is one stands in the letter', async () => {
  const persons = [{ ref: 'p1' }, { ref: 'p2', prs_FirstName: 'Melati' }, {}];
  const text = await read(makeLetter({ readers: readersIn('en') }, { body: { persons } }));
  for (const heading of ['PERSON 1 (p1)', 'PERSON 2 (p2)', 'PERSON 3 (3)']) expect(text).toContain(heading);
});
