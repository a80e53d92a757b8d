import { afterEach, describe, expect, it } from 'vitest';
import type { TurnLine } from '../../demo/timeline.ts';
import { type DemoRun, readFiles, readJsonLines, startDemo } from '../support/demo.ts';
import { eachOf } from '../support/each-of.ts';

/** One story is limited to less than this by the demo itself. */

/** Slug of the desk whose turn it is and its act, and the minutes for which each side was waited for, in tens. */
type Row = readonly [turn: string | null, waiting: Readonly<Record<string, number>>];

const idMy = (turn: string | null, ID: number, MY: number): Row => [turn, { ID, MY }];
const khId = (turn: string | null, KH: number, ID: number): Row => [turn, { KH, ID }];

const STORIES: Readonly<Record<string, { readonly messages: number; readonly rows: readonly Row[] }>> = {
  indication: {
    messages: 5,
    rows: [
      idMy('icqs-lubok-antu acknowledge', 0, 0),
      idMy(null, 0, 30),
      idMy('pos-badau acknowledge', 0, 30),
      idMy('pos-badau clarify', 10, 30),
      idMy('icqs-lubok-antu acknowledge', 50, 30),
      idMy(null, 50, 50),
      idMy('konsulat-kuching acknowledge', 50, 50),
      idMy('pos-badau acknowledge', 70, 50),
      idMy(null, 90, 50),
      idMy('icqs-lubok-antu acknowledge', 90, 50),
      idMy(null, 90, 110),
    ],
  },
  repatriation: {
    messages: 11,
    rows: [
      khId('attache-phnom-penh acknowledge', 0, 0),
      khId(null, 0, 30),
      khId('imigrasi-jakarta acknowledge', 0, 30),
      khId('imigrasi-jakarta answer', 0, 60),
      khId('shelter-phnom-penh acknowledge', 0, 1_260),
      khId(null, 0, 1_260),
      khId('imigrasi-jakarta acknowledge', 0, 1_260),
      khId('imigrasi-jakarta answer', 0, 1_280),
      khId('shelter-phnom-penh acknowledge', 0, 1_880),
      khId(null, 10, 1_880),
      khId('exit-permits-phnom-penh acknowledge', 10, 1_880),
      khId('exit-permits-phnom-penh answer', 60, 1_880),
      khId('imigrasi-jakarta acknowledge', 1_860, 1_880),
      khId(null, 1_860, 1_880),
      khId('imigrasi-jakarta acknowledge', 1_860, 1_880),
      khId('imigrasi-jakarta accept-manifest', 1_860, 1_900),
      khId('shelter-phnom-penh acknowledge', 1_860, 2_000),
      khId(null, 1_870, 2_000),
      khId('shelter-phnom-penh acknowledge', 1_870, 2_000),
      khId(null, 1_930, 2_000),
      khId('attache-phnom-penh acknowledge', 1_930, 2_000),
      khId(null, 1_930, 2_030),
    ],
  },
  permission: {
    messages: 5,
    rows: [
      khId('pos-putussibau acknowledge', 0, 0),
      khId(null, 0, 20),
      khId(null, 0, 20),
      khId('shelter-phnom-penh acknowledge', 0, 20),
      khId('shelter-phnom-penh grant', 30, 20),
      khId('pos-putussibau acknowledge', 150, 20),
      khId(null, 150, 30),
      khId('police-phnom-penh acknowledge', 150, 30),
      khId('police-phnom-penh answer', 180, 30),
      khId('pos-putussibau acknowledge', 1_620, 30),
      khId(null, 1_620, 40),
    ],
  },
  recall: {
    messages: 2,
    rows: [
      khId('attache-phnom-penh acknowledge', 0, 0),
      khId('imigrasi-jakarta acknowledge', 0, 20),
      khId('attache-phnom-penh acknowledge', 0, 40),
      khId(null, 0, 50),
    ],
  },
  escalation: {
    messages: 1,
    rows: [
      khId('pos-putussibau acknowledge', 0, 0),
      khId('pos-putussibau acknowledge', 0, 60),
      khId('pos-putussibau acknowledge', 0, 120),
      khId('pos-putussibau acknowledge', 0, 150),
      khId('pos-putussibau acknowledge', 0, 180),
      khId('pos-putussibau acknowledge', 0, 240),
      khId(null, 0, 250),
    ],
  },
  // A drill is in no figure: nobody was waited for.
  drill: {
    messages: 2,
    rows: [
      khId('pos-putussibau acknowledge', 0, 0),
      khId('desk-phnom-penh acknowledge', 0, 0),
      khId(null, 0, 0),
    ],
  },
};

/** What the story's steps themselves take is less than ten minutes: the demo ends before. */
const rowOf = ({ turn, waiting }: TurnLine): Row => [
  turn === null ? null : `${turn.owner.split(':fp:')[1]} ${turn.act}`,
  Object.fromEntries(
    Object.entries(waiting).map(([country, seconds]) => [country, Math.floor(seconds / 600) * 10]),
  ),
];

const hoursOf = ({ since, until }: NonNullable<TurnLine['turn']>): number =>
  (Date.parse(until) - Date.parse(since)) / 3_600_000;

/** Bodies of one type, as partners' systems got them: the payload that the sender signed. */
const bodiesOf = (out: string, type: string): readonly Record<string, unknown>[] =>
  readJsonLines<{ body: string }>(readFiles(out, 'webhook')['received.jsonl'] ?? '')
    .map(({ body }) => JSON.parse(body) as { data: { type?: string; jws?: { payload: string } } })
    .filter(({ data }) => data.type === type && data.jws !== undefined)
    .map(({ data }) => JSON.parse(Buffer.from(data.jws?.payload ?? '', 'base64url').toString('utf8')).body);

/** What must have reached the other side, where a story is about that. */
const ARRIVED: Readonly<Record<string, (out: string) => void>> = {
  indication: (out) => {
    const [body] = bodiesOf(out, 'indication');
    expect(body).toMatchObject({ measure: 'departure-postponed', checklist: { companions: 1, minors: 0 } });
    expect(body?.['checklist']).toHaveProperty('fear', ['others-answer', 'rehearsed-answers']);
  },
  repatriation: (out) => {
    expect(bodiesOf(out, 'acceptance')).toMatchObject([
      {
        persons: [
          { ref: 'p1', accepted: true },
          { ref: 'p2', accepted: true },
          { ref: 'p3', accepted: false, ground: 'unfit-to-travel' },
        ],
      },
    ]);
  },
};

describe('the demo --story', () => {
  let demo: DemoRun | undefined;
  afterEach(() => demo?.clear());
  const play = async (...flags: readonly string[]): Promise<readonly Record<string, unknown>[]> => {
    demo = startDemo(['--json', ...flags]);
    expect(await demo.ended, demo.errors.join('\n')).toBe(0);
    return demo.lines.map((line) => JSON.parse(line) as Record<string, unknown>);
  };

  it.each(Object.entries(STORIES))(
    'plays %s, and both gateways report after each step whose turn it is and who waited how long',
    async (name, { messages, rows }) => {
      const lines = await play('--story', name, '--out', '<out>');
      const turns = lines.filter((line): line is Record<string, unknown> & TurnLine => 'turn' in line);

      expect(turns.map(rowOf)).toEqual(rows);
      // Each begins with something urgent, to be acknowledged within two hours.
      expect(turns[0]?.turn && hoursOf(turns[0].turn)).toBe(2);
      expect(lines.at(-1)).toMatchObject({ result: 'ok', messages, gateways: 2 });
      const { exports } = lines.at(-1) as { exports: readonly object[] };
      expect(exports).toHaveLength(2);
      for (const one of eachOf(exports)) expect(one).toMatchObject({ verified: true, cosigned: true });
      expect(demo?.left()).toEqual([]);
      ARRIVED[name]?.(demo?.out ?? '');
    },
  );

  it('knows no other story', async () => {
    demo = startDemo(['--story', 'fairytale']);
    expect(await demo.ended).toBe(2);
    expect(demo.errors.join('\n')).toContain('indication, repatriation');
  });
});
