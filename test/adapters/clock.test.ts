/** Every channel shows an instant in the zone of the focal point that reads it, whatever its language. */
import { describe, expect, test } from 'vitest';
import { composeSummary } from '../../adapters/email/summary-text.ts';
import { composeNote } from '../../adapters/telegram/note.ts';
import { composeEvidenceNotice, composeNotice, type Translate } from '../../adapters/telegram/notice.ts';
import { composeReminder } from '../../adapters/telegram/reminder.ts';
import { type Parcel, readerOf } from '../../src/domain/carriage/adapter.ts';
import { phrasesFromFiles } from '../../src/entry/phrases-from-files.ts';
import { makeLetterPage } from '../../src/paper/letter.ts';
import { makeLetter } from '../support/letters.ts';
import {
  makeEvidenceParcel,
  makeMessageParcel,
  makeReportMessage,
  makeRevisionParcel,
  makeTestReminderParcel,
} from '../support/parcels.ts';

const translate = phrasesFromFiles();

/** 16:30 UTC: of three readers one has the next day already, and one has it in half an hour. */
const AT = new Date('2026-11-20T16:30:00Z');
const READERS = [
  ['Nunukan, which reads Indonesian', 'id', 'Asia/Makassar', '21 November 2026 pukul 00.30 WITA'],
  ['Phnom Penh, which reads English', 'en', 'Asia/Phnom_Penh', '20 November 2026, 23:30 ICT'],
  ['Kuala Lumpur, which reads Malay', 'ms', 'Asia/Kuala_Lumpur', '21 November 2026, 00:30 MYT'],
] as const;

interface Place {
  readonly lang: 'id' | 'en' | 'ms';
  readonly zone: string;
}

const toldOf = ({ lang, zone }: Place) => ({
  endpoint: { lang },
  zone,
  summary: { sentAt: AT, acknowledgeBy: AT, answerBy: AT },
});
const noteOf = (place: Place): Extract<Parcel, { kind: 'note' }> => {
  const { endpoint, zone } = makeMessageParcel(toldOf(place));
  const says = { what: 'key-made', key: 'secret', at: AT.toISOString() } as const;
  return {
    kind: 'note',
    delivery: 'n',
    endpoint,
    zone,
    focalPoint: { did: 'd', name: 'Invented' },
    says,
    at: AT,
  };
};
const evidenceOf = (place: Place) =>
  makeEvidenceParcel({ ...toldOf(place), evidence: { at: AT.toISOString() } });
const remindersOf = (place: Place, count: number) => {
  const { summary } = makeMessageParcel(toldOf(place));
  const items = Array.from({ length: count }, () => ({ until: AT, at: AT, summary }));
  return makeTestReminderParcel({ ...toldOf(place), items });
};
const sayOf =
  (parcel: Parameters<typeof readerOf>[0]): Translate =>
  (id, values) =>
    translate(readerOf(parcel), id, values);
const noticeOf = (parcel: Parameters<typeof composeNotice>[0] & Parameters<typeof readerOf>[0]): string =>
  composeNotice(parcel, sayOf(parcel)).text;

const SURFACES: Readonly<Record<string, (place: Place) => string>> = {
  'a notice in a chat': (place) => noticeOf(makeMessageParcel(toldOf(place), 'notice')),
  'a notice of what an officer said': (place) =>
    noticeOf(
      makeRevisionParcel({
        ...toldOf(place),
        decision: { decision: 'accepted', officer: 'Sari Invented', at: AT },
      }),
    ),
  'a notice of an opening': (place) => noticeOf(makeRevisionParcel({ ...toldOf(place), openedAt: AT })),
  'a notice of a recall': (place) => noticeOf({ ...makeRevisionParcel(toldOf(place)), recalledAt: AT }),
  'evidence in a chat': (place) => {
    const parcel = evidenceOf(place);
    return composeEvidenceNotice(parcel.evidence, parcel.summary, sayOf(parcel)).text;
  },
  'a reminder in a chat': (place) =>
    composeReminder(remindersOf(place, 1), sayOf(remindersOf(place, 1))).text,
  'reminders in one notice': (place) =>
    composeReminder(remindersOf(place, 2), sayOf(remindersOf(place, 2))).text,
  'a note in a chat': (place) => composeNote(noteOf(place), sayOf(noteOf(place))).text,
  'a mail with a packet': (place) => composeSummary(makeMessageParcel(toldOf(place)), translate),
  'a mail of a notice': (place) =>
    composeSummary(makeMessageParcel(toldOf(place), 'notice'), translate, 'signed-only'),
  'what a mail says of an hour': (place) => {
    const message = makeReportMessage({ body: { when: AT.toISOString() } });
    return composeSummary(makeMessageParcel({ ...toldOf(place), summary: {}, message }), translate);
  },
  'evidence by mail': (place) => composeSummary(evidenceOf(place), translate),
  'reminders by mail': (place) => composeSummary(remindersOf(place, 2), translate),
  'a note by mail': (place) => composeSummary(noteOf(place), translate),
  'a letter': (place) =>
    JSON.stringify(
      makeLetterPage(
        makeLetter({ readers: [place], acceptedAt: AT, acknowledgeBy: AT, answerBy: AT }),
        translate,
      ),
    ),
};

describe.each(READERS)('%s', (_, lang, zone, hour) => {
  test.each(Object.keys(SURFACES))('%s', (surface) => {
    const text = SURFACES[surface]?.({ lang, zone }) ?? '';
    expect(text).toContain(hour);
    const [own = ''] = hour.match(/[A-Z]+$/) ?? [];
    const zones = new Set(text.match(/(?<=\d{2}[:.]\d{2} )(?:[A-Z]{3,4}(?:[+-]\d+)?)/g));
    // Surfaces that also tell of another hour name no other zone for it.
    expect([...zones]).toEqual([own]);
  });
});

test('a letter shows each office the time of its own zone, and shows it once if both are the same', () => {
  const hours = (...places: readonly Place[]): readonly string[] => {
    const page = makeLetterPage(makeLetter({ readers: places, acknowledgeBy: AT }), translate);
    return page.closing.map(({ text }) => text.replaceAll('\u200b', ''));
  };
  const nunukan = { lang: 'id', zone: 'Asia/Makassar' } as const;
  const [id, ms] = hours(nunukan, { lang: 'ms', zone: 'Asia/Kuala_Lumpur' });
  expect(id).toContain('21 November 2026 pukul 00.30 WITA');
  expect(ms).toContain('21 November 2026, 00:30 MYT');
  const both = hours(nunukan, { lang: 'id', zone: 'Asia/Jakarta' });
  expect(both).toHaveLength(1);
  expect(both[0]).toContain('21 November 2026 pukul 00.30 WITA / 20 November 2026 pukul 23.30 WIB');
});
