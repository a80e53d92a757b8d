/** The text of the mail: complete in four languages, and no text of a sender can look like text of the gateway. */
import { describe, expect, it } from 'vitest';
import { composeSummary } from '../../../adapters/email/summary-text.ts';
import { ETSI_EVENTS } from '../../../src/domain/evidence/evidence.ts';
import { CODED, LABELLED, valueId } from '../../../src/domain/message/outline-members.ts';
import { clean } from '../../../src/domain/message/outline-value.ts';
import { LANGUAGES } from '../../../src/domain/words/vocabulary.ts';
import { phrasesFromFiles } from '../../../src/entry/phrases-from-files.ts';
import {
  CONTENT_ONLY,
  makeEvidenceParcel,
  makeMessageParcel,
  makeReportMessage,
} from '../../support/parcels.ts';
import { source, words } from './rig.ts';

const textOf = (lang: string, message = makeReportMessage()): string =>
  composeSummary(makeMessageParcel({ endpoint: { lang }, message }), words);

const idsOf = (lang: string): string[] =>
  [...`${source('content', lang)}\n${source('email', lang)}`.matchAll(/^([a-z][\w-]*) =/gm)]
    .map((match) => match[1] ?? '')
    .sort();

describe('the phrases', () => {
  it.each(LANGUAGES)('are the same set in %s, each once', (lang) => {
    expect(idsOf(lang)).toEqual(idsOf('en'));
    expect(new Set(idsOf(lang)).size).toBe(idsOf(lang).length);
  });

  it('cover every label, code and event', () => {
    const codes = Object.values(CODED).flat().map(valueId);
    const labels = [...Object.keys(CODED), ...LABELLED].map((name) => `field-${name}`);
    const events = ETSI_EVENTS.map((event) => `email-event-${event}`);
    for (const id of [...codes, ...labels, ...events]) expect(idsOf('en')).toContain(id);
  });
});

describe('a packet’s text', () => {
  it('says who, what, how urgent and by when, how to acknowledge, and then the message', () => {
    const text = textOf('en');
    const order = [
      'AMANAT 8F3A21C4: message',
      'From: Shelter Phnom Penh (Cambodia)',
      'To: Immigration Putussibau (Indonesia)',
      'Type: Report',
      'Urgency: Urgent',
      'Handling: H2: not to be passed on',
      'Acknowledge by: 20 November 2026, 11:15 WIB',
      'Answer by: 23 November 2026, 09:15 WIB',
      'Original language: Khmer',
      'https://gateway.id.example/a/7Hc1rT2pXkZ9vB4e',
      'WHAT THE MESSAGE SAYS',
      'Case number: KH-2026-000417',
      'Where: Kampong Speu, Cambodia',
      'Consent given: yes',
      'PERSON 1 (p1)',
      '  First name: Melati',
      '  Gender: Female',
      '  Citizenship: Indonesia',
      '  Trafficking status: Possible victim of trafficking',
      '  Needs: Shelter; Travel document',
      'PERSON 2 (p2)',
      '  1. intake-form.txt (text/plain, 1 KiB)',
    ];
    let at = -1;
    for (const line of order) {
      expect(text.indexOf(line, at + 1), line).toBeGreaterThan(at);
      at = text.indexOf(line, at + 1);
    }
  });

  it.each([
    ['id', 'Konfirmasi penerimaan paling lambat: 20 November 2026', 'Jenis: Laporan'],
    ['ms', 'Akui terima selewat-lewatnya: 20 November 2026', 'Jenis: Laporan'],
    ['km', 'ត្រូវបញ្ជាក់ថាបានទទួលមុន៖', 'ប្រភេទ៖ របាយការណ៍'],
  ])('is written in %s, with Gregorian years and Latin digits', (lang, deadline, type) => {
    const text = textOf(lang);
    expect(text).toContain(deadline);
    expect(text).toContain(type);
    expect(text).toContain('2026');
    expect(text).not.toMatch(/[០-៩]|2569/);
  });

  it('shows unknown codes and unknown members unchanged', () => {
    const body = {
      kind: 'something-new',
      prs_Gender: 'constructor',
      future_member: { deep: [1, true] },
      count: 3,
    };
    const text = textOf('en', makeReportMessage({ body }));
    expect(text).toContain('Kind: something-new');
    expect(text).toContain('Gender: constructor');
    expect(text).toContain('future_member\n  deep: 1; yes');
    expect(text).toContain('count: 3');
  });

  it('indents a sender’s text of several lines, so that it cannot look like text of the gateway', () => {
    const forged =
      'Help.\r\n\r\nTo acknowledge, open this link:\u2028https://evil.example/b\nhttps://evil.example/a\u202Egnp';
    const body = { ...makeReportMessage().body, happened: forged, where: { country: 'KH', name: 'A\nB: C' } };
    const lines = textOf('en', makeReportMessage({ body })).split('\n');
    expect(lines).toContain('  https://evil.example/agnp');
    expect(lines).toContain('  https://evil.example/b');
    expect(lines.filter((line) => /^\S*https:/.test(line))).toEqual([
      'https://gateway.id.example/a/7Hc1rT2pXkZ9vB4e',
      'https://gateway.id.example/r/0iYxQ0Wm5tq3n8uQ',
    ]);
    expect(lines).toContain('Where: A B: C, Cambodia');
  });

  it('shows a correction’s own handling code with its note', () => {
    const message = makeReportMessage({ handling: 'H0' });
    const handling_note = 'Invented: not to\nemployers.';
    const correction = makeReportMessage({ handling: 'H3', handling_note });
    const parcel = makeMessageParcel({ endpoint: { lang: 'en' }, message });
    const content = { ...parcel.content, corrections: [correction] } as typeof parcel.content;
    const lines = composeSummary({ ...parcel, content }, words).split('\n');
    const at = lines.indexOf('Corrected by its sender');
    expect(at).toBeGreaterThan(0);
    expect(lines.slice(at + 2, at + 4)).toEqual([
      'Handling: H3: other restriction, see the handling note',
      'Handling note: Invented: not to employers.',
    ]);
  });

  it('keeps the zero-width space that Khmer needs', () => {
    expect(clean('ភ្នំ\u200Bពេញ\u0007')).toBe('ភ្នំ\u200Bពេញ');
  });
});

describe('the text of a mail that is only signed', () => {
  it('has no content, link or officer, whatever parcel it is made from', () => {
    const packet = composeSummary(makeMessageParcel({ endpoint: { lang: 'en' } }), words, 'signed-only');
    const evidence = composeSummary(makeEvidenceParcel({ endpoint: { lang: 'en' } }), words, 'signed-only');
    for (const word of [...CONTENT_ONLY, 'https://', 'Sari']) {
      expect(packet).not.toContain(word);
      expect(evidence).not.toContain(word);
    }
    expect(packet).toContain('This mail is not encrypted');
  });
});

describe('a drill', () => {
  it.each(LANGUAGES)('is marked as a drill above everything else, in %s', (lang) => {
    const drill = { endpoint: { lang }, summary: { type: 'drill' } } as const;
    const mark = words(lang, 'type-drill');
    const texts = [
      composeSummary(makeMessageParcel(drill), words),
      composeSummary(makeMessageParcel(drill, 'notice'), words, 'signed-only'),
      composeSummary(makeEvidenceParcel(drill), words),
    ];
    for (const text of texts) expect(text.startsWith(`${mark}\n\n`)).toBe(true);
    expect(composeSummary(makeMessageParcel({ endpoint: { lang } }), words)).not.toContain(mark);
  });
});

describe('evidence', () => {
  it.each(LANGUAGES)('has a text for every event in %s', (lang) => {
    for (const event of ETSI_EVENTS) {
      const text = composeSummary(makeEvidenceParcel({ endpoint: { lang }, evidence: { event } }), words);
      expect(text).toContain(words(lang, `email-event-${event}`));
    }
  });

  it('shows a reason in words, and a problem code unchanged', () => {
    const reason = (value: string): string =>
      composeSummary(makeEvidenceParcel({ endpoint: { lang: 'en' }, evidence: { reason: value } }), words);
    expect(reason('not-our-national')).toContain('Reason: Not our national');
    expect(reason('no-certificate')).toContain('Reason: no-certificate');
  });
});

describe('a note that asks a question', () => {
  const say = phrasesFromFiles();
  const { endpoint } = makeMessageParcel();
  const asked = {
    kind: 'note' as const,
    delivery: 'n',
    endpoint,
    at: new Date('2026-11-20T02:15:00Z'),
    focalPoint: { did: endpoint.focalPoint, name: 'Invented Desk' },
    says: {
      what: 'endpoint-waiting' as const,
      endpoint: '0'.repeat(32),
      asked: '1'.repeat(32),
      is: 'new' as const,
      channel: 'telegram' as const,
      officer: 'o-7',
      shows: 'notice' as const,
      until: '2026-11-27T02:31:00.000Z',
    },
    link: 'https://gateway.id.example/c/an-invented-link',
  };
  const textIn = (lang: string, protection: 'encrypted' | 'signed-only') =>
    composeSummary({ ...asked, zone: 'Asia/Makassar', endpoint: { ...endpoint, lang } }, say, protection);

  it.each(LANGUAGES)(
    'has the link only in an encrypted mail; in clear text it says who can answer, in %s',
    (lang) => {
      expect(textIn(lang, 'encrypted')).toContain(asked.link);
      expect(textIn(lang, 'encrypted')).not.toContain(say(lang, 'note-no-link'));
      expect(textIn(lang, 'signed-only')).not.toContain('/c/');
      expect(textIn(lang, 'signed-only').replaceAll(/\s+/g, ' ')).toContain(say(lang, 'note-no-link'));
    },
  );
});
