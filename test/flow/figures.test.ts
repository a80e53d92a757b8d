/**
 * Figures at two gateways: both count the same messages between them, and measures only if they may read
 * them.
 */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { FigureRow } from '../../src/domain/figures/figures.ts';
import { csvOfReport } from '../../src/flow/figures/csv.ts';
import { compileReport, type FiguresReport } from '../../src/flow/figures/figures.ts';
import { type AcrossBorder, makeAcrossBorder, makeLaterVersion } from '../support/across.ts';
import { addHook } from '../support/confirmed.ts';
import type { RigPartner } from '../support/rig.ts';
import { concludeAgreement } from '../support/signed-statements.ts';
import { makeOfficer, makeReportPost, PRIVATE_TEXT, postMessage } from '../support/story.ts';

const HOUR = 3_600;
const AGREEMENT = 'id-kh-test';

let all: AcrossBorder;
let from: Date;
let to: Date;
let asOf: Date;
let reports: { readonly kh: FiguresReport; readonly id: FiguresReport };

const later = (seconds: number): void => {
  for (const { house } of [all.kh, all.id]) house.pass(seconds);
};

async function sent(by: RigPartner, body: object): Promise<string> {
  const id = await postMessage(by, body);
  await all.waitUntilIdle();
  return id;
}

async function taken(by: RigPartner, message: string): Promise<void> {
  const word = { message, decision: 'accepted', officer: 'o1' };
  expect((await by.post('acknowledgements', word)).status).toBe(201);
  await all.waitUntilIdle();
}

const indication = (slug: string, measure: string) =>
  makeReportPost([slug], {
    type: 'indication',
    body: {
      persons: [{ ref: 'p1', prs_FirstName: PRIVATE_TEXT[0] }],
      where: { country: 'KH', name: PRIVATE_TEXT[1] },
      happened: 'Invented.',
      checklist: {
        languages: ['ind'],
        documents_seen: [],
        documents_missing: ['passport'],
        fear: [],
        recruiter: { known: 'unknown' },
        route: { from: 'Invented' },
        money: { debt: 'unknown' },
        companions: null,
        minors: null,
      },
      measure,
    },
  });

/** The figures of the period as this side counts them. */
const reportAt = (side: 'kh' | 'id', over: object = {}): Promise<FiguresReport> =>
  compileReport(all[side].house.gateway, { agreement: AGREEMENT, from, to, asOf, ...over });

const rowOf = (one: FiguresReport, want: Partial<FigureRow>): FigureRow | undefined => {
  const whole = { side: null, type: null, detail: null, ...want };
  return one.rows.find((row) =>
    Object.entries(whole).every(([name, value]) => row[name as keyof FigureRow] === value),
  );
};

beforeAll(async () => {
  all = await makeAcrossBorder();
  const { kh, id, shelter, focalPoint } = all;
  const shown = makeLaterVersion(kh.house.gateway.now(), { suppress_under: 1 });
  for (const { house } of [kh, id])
    await concludeAgreement(house.gateway, [house.authorities.ID, house.authorities.KH], shown);
  // Sent within one country, so it is not counted between the two.
  const unit = await kh.house.partner({
    slug: 'unit',
    name: 'unit',
    country: 'KH',
    officers: [makeOfficer()],
  });
  await addHook(kh.house.gateway, unit.designation.focal_point, { address: `${all.peer.url}/unit` });
  await sent(
    shelter,
    makeReportPost(['desk'], { body: { ...makeReportPost([]).body, happened: 'before the period' } }),
  );
  later(60);
  from = kh.house.gateway.now();
  await sent(shelter, makeReportPost(['unit']));
  await taken(focalPoint, await sent(shelter, makeReportPost(['desk'])));
  const answered = makeReportPost(['desk'], {
    type: 'request',
    body: {
      kind: 'welfare-check',
      persons: makeReportPost([]).body.persons,
      question: 'Invented?',
      place: undefined,
    },
  });
  const asked = await postMessage(shelter, answered);
  await all.waitUntilIdle();
  later(HOUR / 2);
  await taken(focalPoint, asked);
  later(2 * HOUR);
  await sent(
    focalPoint,
    makeReportPost(['shelter'], {
      type: 'refusal',
      about: asked,
      body: { ground: 'not-found' },
    }),
  );
  for (const measure of ['departure-postponed', 'departure-postponed', 'passport-refused'])
    await taken(shelter, await sent(focalPoint, indication('shelter', measure)));
  await taken(
    focalPoint,
    await sent(shelter, makeReportPost(['desk'], { type: 'drill', body: { exercise: 'E', text: 'T' } })),
  );
  later(60);
  to = kh.house.gateway.now();
  later(60);
  await sent(shelter, makeReportPost(['desk']));
  later(60);
  asOf = kh.house.gateway.now();
  later(60);
  reports = { kh: await reportAt('kh'), id: await reportAt('id') };
});
afterAll(() => all?.close());

describe('both gateways', () => {
  test('count the same, except for measures', () => {
    const { kh, id } = reports;
    const common = (one: FiguresReport) => ({
      ...one,
      by: '',
      made: '',
      rows: one.rows.filter((row) => row.figure !== 'messages' || row.detail === null),
    });
    expect(common(kh)).toEqual(common(id));
    expect(kh.by).not.toBe(id.by);
  });

  test('count only messages that crossed the border in the period', () => {
    const { kh } = reports;
    expect(rowOf(kh, { figure: 'messages' })).toMatchObject({ count: 6 });
    expect(rowOf(kh, { figure: 'messages', side: 'KH', type: 'report' })).toMatchObject({ count: 1 });
    expect(rowOf(kh, { figure: 'cases' })).toMatchObject({ count: 5 });
    expect(rowOf(kh, { figure: 'cases', side: 'ID', type: 'refusal' })).toBeUndefined();
  });

  test('show how long each side took, and what was late', () => {
    const { id } = reports;
    const answer = rowOf(id, { figure: 'answer', side: 'ID', type: 'request' });
    expect(answer?.count).toBe(1);
    expect(answer?.median).toBeGreaterThanOrEqual(2.5 * HOUR);
    expect(answer?.median).toBeLessThan(2.6 * HOUR);
    expect(rowOf(id, { figure: 'answer', side: 'ID', type: 'request', detail: 'overdue' })?.count).toBe(1);
    const acknowledged = rowOf(id, { figure: 'acknowledge', side: 'ID', type: 'request', detail: 'in-time' });
    expect(acknowledged?.count).toBe(1);
  });

  test('leave drills out of everything except their own figures', () => {
    const { id } = reports;
    const drills = id.rows.filter((row) => row.type === 'drill');
    expect([...new Set(drills.map((row) => row.figure))]).toEqual(['drill-messages', 'drill-acknowledge']);
    expect(rowOf(id, { figure: 'drill-acknowledge', side: 'ID', type: 'drill' })?.count).toBe(1);
  });

  test('as of an earlier time use nothing later', async () => {
    const early = { asOf: from };
    expect((await reportAt('kh', early)).rows).toEqual([]);
  });
});

test('measures are counted if the gateway may read them: here both may, the sender’s by its own copy', () => {
  const measures = (one: FiguresReport) =>
    one.rows
      .filter((row) => row.figure === 'messages' && row.type === 'indication' && row.detail !== null)
      .map((row) => [row.side, row.detail, row.count]);
  for (const one of [reports.kh, reports.id])
    expect(measures(one)).toEqual([
      ['ID', 'departure-postponed', 2],
      ['ID', 'passport-refused', 1],
    ]);
});

test('measures whose content is deleted are counted as unread', async () => {
  const { database } = all.id.house;
  const [first] = await database.sql<
    { id: string }[]
  >`select id from message where type = 'indication' limit 1`;
  await database.sql`delete from sealed_message where message = ${first?.id ?? ''}`;
  const { rows } = await reportAt('id');
  const details = rows.filter((row) => row.figure === 'messages' && row.type === 'indication');
  expect(details.find((row) => row.detail === 'unread')).toMatchObject({ side: 'ID', count: 1 });
  expect(details.find((row) => row.detail === null)).toMatchObject({ count: 3 });
});

test('threads come in pages, each thread exactly once', async () => {
  const { store } = all.kh.house.gateway;
  const page = (after: string, limit: number) =>
    store.letters.threadsUnder({ agreement: AGREEMENT, from, to, after }, limit);
  const whole = await page('', 100);
  const pages: string[] = [];
  for (let some = await page('', 2); some.length > 0; some = await page(pages.at(-1) ?? '', 2))
    pages.push(...some);
  expect(pages).toEqual(whole);
  // Messages of the period within the country are read as well, and then not counted.
  expect(whole).toHaveLength(7);
});

test('there is no report for an unknown agreement', async () => {
  await expect(reportAt('kh', { agreement: 'none' })).rejects.toMatchObject({ code: 'not-found' });
});

test('has no personal data, and leaves out small counts if the agreement says so', async () => {
  for (const text of [JSON.stringify(reports), csvOfReport(reports.kh)])
    for (const word of PRIVATE_TEXT) expect(text).not.toContain(word);
  const { kh, id } = all;
  const third = { ...makeLaterVersion(asOf, { suppress_under: 5 }), version: 3 };
  for (const { house } of [kh, id])
    await concludeAgreement(house.gateway, [house.authorities.ID, house.authorities.KH], third);
  const hidden = await reportAt('kh', { asOf: kh.house.gateway.now() });
  expect(hidden.suppress_under).toBe(5);
  expect(rowOf(hidden, { figure: 'messages' })).toMatchObject({ count: 6 });
  const cases = hidden.rows.filter((row) => !row.figure.startsWith('drill-'));
  const small = cases.filter((row) => (row.count ?? 5) < 5);
  expect(small).toEqual([]);
  expect(rowOf(hidden, { figure: 'messages', side: 'KH' })).toMatchObject({ count: null, suppressed: true });
});

describe('the report as CSV', () => {
  const cells = (one: FiguresReport): readonly string[] => csvOfReport(one).split('\r\n');

  test('is one table with a header and a line for each figure', () => {
    const [head, ...lines] = cells(reports.kh);
    expect(head).toBe(
      'agreement,version,from,to,as_of,figure,side,type,detail,count,median_seconds,p90_seconds,suppressed',
    );
    expect(lines.at(-1)).toBe('');
    expect(lines).toHaveLength(reports.kh.rows.length + 1);
    expect(lines[0]).toBe(
      `${AGREEMENT},2,${from.toISOString()},${to.toISOString()},${asOf.toISOString()},cases,,,,5,,,false`,
    );
  });

  test('contains no formula for a spreadsheet, whatever the names are', () => {
    const [row] = reports.kh.rows;
    const made = (type: string) => {
      const agreement = { ...reports.kh.agreement, id: '-1' };
      return cells({ ...reports.kh, agreement, rows: row === undefined ? [] : [{ ...row, type }] })[1];
    };
    expect(made('=1+1')).toMatch(/^'-1,.*,'=1\+1,/);
    expect(made('@a,"b')).toContain(`,"'@a,""b",`);
    expect(made('a\nb')).toContain(',"a\nb",');
  });
});
