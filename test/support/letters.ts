/** Invented letters, and what a reader finds in the PDF of one. */
import { Resvg } from '@resvg/resvg-js';
import decodeQr from 'qr/decode.js';
import { extractText, getDocumentProxy, getMeta } from 'unpdf';
import type { Letter, LetterReader } from '../../src/domain/message/letter.ts';
import { type Message, typeUriOf } from '../../src/domain/message/message.ts';
import type { Language } from '../../src/domain/words/vocabulary.ts';

const OFFICE = { did: 'did:web:gateway.kh.example:fp:gdi-pp', name: 'នាយកដ្ឋានអន្តោប្រវេសន៍គំរូ', country: 'KH' };
const CONSUL = { did: 'did:web:gateway.id.example:fp:konsuler', name: 'Konsuler Contoh', country: 'ID' };
const ID = '0190a0b0c0d07e008000000000000001';

const message = (over: Partial<Message>): Message => ({
  id: ID,
  typ: 'application/didcomm-plain+json',
  type: typeUriOf('request'),
  from: OFFICE.did,
  to: [CONSUL.did],
  thid: '5f0c0000000000000000000000000001',
  created_time: 1_793_678_706,
  expires_time: 1_794_283_506,
  lang: 'km',
  urgency: 'urgent',
  handling: 'H2',
  body: {
    kind: 'nationality-verification',
    case_number: 'CONTOH-2026-0417',
    question: 'សូមជួយផ្ទៀងផ្ទាត់សញ្ជាតិរបស់បុគ្គលពីររូប ដែលបានរកឃើញនៅថ្ងៃទី ១ ខែវិច្ឆិកា។ ពួកគេគ្មានលិខិតឆ្លងដែនទេ។',
    persons: [
      {
        ref: 'p1',
        prs_FirstName: 'Melati',
        prs_SecondName: 'Contoh',
        prs_Birthdate: '2001-05-14',
        prs_Gender: 'Feminine',
        prs_Citizenship: ['ID'],
        vic_TraffickingStatus: 'PossibleVictimOfTrafficking',
        vic_MethodsOfControl: ['DebtBondage', 'PhysicalThreats'],
      },
      { ref: 'p2', prs_FirstName: 'Budi', prs_SecondName: 'Contoh', prs_Gender: 'Masculine' },
    ],
  },
  attachments: [
    {
      id: 'a1',
      filename: 'foto-p1.jpg',
      media_type: 'image/jpeg',
      byte_count: 30_720,
      data: { base64: 'A'.repeat(40_960) },
    },
  ],
  ...over,
});

/** Offices that read these languages, on the clock of a capital. */
export const readersIn = (...languages: readonly Language[]): readonly LetterReader[] =>
  languages.map((lang) => ({ lang, zone: CAPITALS[lang] }));

const CAPITALS = {
  id: 'Asia/Jakarta',
  ms: 'Asia/Kuala_Lumpur',
  km: 'Asia/Phnom_Penh',
  en: 'UTC',
} as const;

/** A request for verification of nationality, Cambodia to Indonesia. */
export const makeLetter = (
  over: Partial<Omit<Letter, 'message'>> = {},
  said: Partial<Message> = {},
): Letter => ({
  message: message(said),
  type: 'request',
  sender: OFFICE,
  recipients: [CONSUL],
  readers: readersIn('km', 'id'),
  number: { text: 'GDI-PP/2026/0012', by: 'sender' },
  acceptedAt: new Date('2026-11-03T04:05:06Z'),
  acknowledgeBy: new Date('2026-11-03T06:05:06Z'),
  answerBy: new Date('2026-11-06T04:05:06Z'),
  agreement: { title: 'Contoh · គំរូ 2026', version: 1 },
  signatory: { name: 'សុខ គំរូ (Sok Example)', role: 'supervisor' },
  custody: 'gateway',
  proof: {
    url: `https://gateway.kh.example/proof/${ID}`,
    digest: 'n4bQgYhMfWWaL-qgxVrQFaO_TxsrC4Is0V1sFbDwCgg',
  },
  ...over,
});

/** Names in the scripts of countries whose languages have no phrases here. */
export const NAMES = {
  TH: 'สมชาย ใจดี',
  LA: 'ສົມພອນ ແກ້ວມະນີ',
  MM: 'အောင်မြင့် ကျော်',
  VN: 'Nguyễn Thị Hồng Phượng',
} as const;

/** Names in scripts whose fonts are loaded only for a text that needs them. */
export const RARE_NAMES = {
  CN: '汉字简体 王小明',
  TW: '臺灣繁體 陳國樑',
  IN: 'செல்வி எடுத்துக்காட்டு',
  YE: 'مثال بن عبد الله',
} as const;

/** A handover of people whose names are Chinese, Tamil and Arabic, and what was written about them. */
export const makeRareLetter = (): Letter => {
  const { message: handover, ...rest } = makeManyScriptLetter();
  return makeLetter(
    { ...rest, number: { text: 'ICQS/2026/0004', by: 'sender' } },
    {
      ...handover,
      body: {
        when: '2026-11-10T03:00:00Z',
        where: { country: 'MY', name: 'Kompleks Contoh', kind: 'border-post' },
        note: [
          '两名中国公民于十一月一日在金边获救，护照被扣。请尽快核实身份。',
          'இரண்டு பேர் பாதுகாப்பான இடத்தில் உள்ளனர்.',
          'وصل شخصان إلى المأوى في ١ نوفمبر 2026، ولا يحملان جواز سفر (انظر المرفق).',
        ].join('\n'),
        account: 'وصل شخصان إلى المأوى في 1 نوفمبر 2026، ولا يحملان جواز سفر. '.repeat(3),
        persons: Object.entries(RARE_NAMES).map(([country, name], n) => ({
          ref: `p${n + 1}`,
          prs_FirstName: name,
          prs_Citizenship: [country],
        })),
      },
    },
  );
};

/** A handover of four people from four countries, Malaysia to Thailand. */
export const makeManyScriptLetter = (): Letter =>
  makeLetter(
    {
      type: 'handover',
      sender: { did: 'did:web:gateway.my.example:fp:icqs', name: 'ICQS Contoh', country: 'MY' },
      recipients: [{ did: 'did:web:gateway.th.example:fp:post', name: 'ด่านตรวจตัวอย่าง', country: 'TH' }],
      readers: [
        { lang: 'ms', zone: 'Asia/Kuala_Lumpur' },
        { lang: 'en', zone: 'Asia/Bangkok' },
      ],
      number: { text: 'ICQS/2026/0003', by: 'sender' },
      agreement: { title: 'Contoh 2026', version: 2 },
      proof: { ...makeLetter().proof, url: `https://gateway.my.example/proof/${ID}` },
      signatory: { name: 'Siti Contoh', role: 'deputy' },
      custody: 'own',
    },
    {
      type: typeUriOf('handover'),
      lang: 'ms',
      handling: 'H0',
      attachments: [],
      body: {
        when: '2026-11-10T03:00:00Z',
        where: { country: 'MY', name: 'Kompleks Contoh', kind: 'border-post' },
        persons: Object.entries(NAMES).map(([country, name], n) => ({
          ref: `p${n + 1}`,
          prs_FirstName: name,
          prs_Citizenship: [country],
          medical_needs: n === 0,
        })),
      },
    },
  );

/** The text of a PDF as a reader copies it, all pages, in composed form. */
export async function readPdfText(pdf: Uint8Array): Promise<string> {
  const { text } = await extractText(await getDocumentProxy(new Uint8Array(pdf)), { mergePages: true });
  return text.normalize('NFC');
}

/** Where each text of a document ends to the right, in points, and how wide its page is. */
export async function readPdfPlaces(pdf: Uint8Array) {
  const document = await getDocumentProxy(new Uint8Array(pdf));
  const pages = await Promise.all(
    Array.from({ length: document.numPages }, (_, n) => document.getPage(n + 1)),
  );
  const found = await Promise.all(
    pages.map(async (page) => {
      const { width } = page.getViewport({ scale: 1 });
      const { items } = await page.getTextContent();
      return items.flatMap((one) =>
        'str' in one ? [{ text: one.str, right: (one.transform[4] as number) + one.width, width }] : [],
      );
    }),
  );
  return found.flat();
}

/** What the document says about itself. */
export const readPdfMeta = async (pdf: Uint8Array) => getMeta(await getDocumentProxy(new Uint8Array(pdf)));

/** What a phone reads in the code of a letter drawn as SVG, at half the resolution of an office printer. */
export function scanCode(drawn: Uint8Array): string {
  const fitTo = { mode: 'width', value: 1_240 } as const;
  const svg = new TextDecoder().decode(drawn);
  const { pixels, width, height } = new Resvg(svg, {
    fitTo,
    background: 'white',
    font: { loadSystemFonts: false },
  }).render();
  return decodeQr({ width, height, data: pixels });
}
