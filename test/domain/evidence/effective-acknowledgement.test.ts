/** The acknowledgement in effect is the same on both sides, whatever the order of arrival, with repeats or gaps. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  acknowledgementIn,
  effectiveAcknowledgementOf,
  isSameSettlement,
  type KnownAcknowledgement,
} from '../../../src/domain/evidence/effective-acknowledgement.ts';
import { makeClaims } from '../../support/claims.ts';
import { assertProperty } from '../../support/property.ts';

const AT = Date.parse('2026-11-20T02:00:00Z');

const acknowledgement = (id: string, over: Partial<KnownAcknowledgement> = {}): KnownAcknowledgement => ({
  id,
  decision: 'accepted',
  officer: { id: 'o1', name: 'Invented', role: 'officer' as const },
  at: new Date(AT + Number.parseInt(id.slice(1), 10) * 1_000).toISOString(),
  ...over,
});

const first = acknowledgement('w1');
const other = acknowledgement('w2', { decision: 'declined', ground: 'incomplete', contradicts: 'w1' });
const settling = acknowledgement('w3', { decision: 'declined', ground: 'incomplete', settles: ['w1', 'w2'] });

/** The acknowledgement in effect, and the open ones that contradict it. */
const seen = (words: readonly KnownAcknowledgement[]) => {
  const { effective: given, open } = effectiveAcknowledgementOf(words);
  return [given?.id, open.map((one) => one.id)];
};

describe('a focal point', () => {
  test.each<[string, readonly KnownAcknowledgement[], string | undefined, readonly string[]]>([
    ['without an acknowledgement', [], undefined, []],
    ['with one acknowledgement', [first], 'w1', []],
    ['whose officers contradict each other', [first, other], 'w1', ['w2']],
    ['whose contradicting acknowledgement arrives first', [other], undefined, ['w2']],
    ['that settled the contradiction', [first, other, settling], 'w3', []],
    ['of which only the settling acknowledgement is known', [settling], 'w3', []],
    ['whose first acknowledgement is late', [settling, other], 'w3', []],
    ['whose contradicting acknowledgement is late', [settling, first], 'w3', []],
    [
      'with a second contradiction',
      [first, other, settling, acknowledgement('w4', { contradicts: 'w3' })],
      'w3',
      ['w4'],
    ],
    [
      'that settled the second contradiction',
      [
        first,
        other,
        settling,
        acknowledgement('w4', { contradicts: 'w3' }),
        acknowledgement('w5', { settles: ['w3', 'w4'] }),
      ],
      'w5',
      [],
    ],
  ])('%s', (_name, words, stands, open) => {
    expect(seen(words)).toEqual([stands, open]);
  });

  test.each<[string, readonly KnownAcknowledgement[], string | undefined, readonly string[]]>([
    ['two first words: the earlier stands', [acknowledgement('w2'), acknowledgement('w1')], 'w1', ['w2']],
    [
      'two settlings of the same: the later stands, and they differ',
      [first, other, settling, acknowledgement('w4', { settles: ['w1', 'w2'] })],
      'w4',
      ['w3'],
    ],
    [
      'settlings in a circle: the last stands',
      [acknowledgement('w1', { settles: ['w2', 'w9'] }), acknowledgement('w2', { settles: ['w1', 'w9'] })],
      'w2',
      [],
    ],
    ['a word that settles itself stands', [acknowledgement('w1', { settles: ['w1', 'w9'] })], 'w1', []],
  ])('of a gateway that signs more than an honest one: %s', (_name, words, stands, open) => {
    expect(seen(words)).toEqual([stands, open]);
  });
});

/** Acts of a focal point: its officers acknowledge, or settle a contradiction. */
const acts = fc.array(
  fc.record({
    officer: fc.integer({ min: 1, max: 4 }),
    accepts: fc.boolean(),
    settles: fc.boolean(),
  }),
  { maxLength: 24 },
);

interface Story {
  readonly words: readonly KnownAcknowledgement[];
  readonly stands: string | undefined;
  readonly open: readonly string[];
}

/** The acknowledgements that its gateway signs for these acts, in order, and the one in effect at the end, computed without the rule. */
function storyOf(deeds: readonly { officer: number; accepts: boolean; settles: boolean }[]): Story {
  const words: KnownAcknowledgement[] = [];
  let effective: KnownAcknowledgement | undefined;
  let open: string[] = [];
  for (const deed of deeds) {
    const decision = deed.accepts ? 'accepted' : 'declined';
    const officer = { id: `o${deed.officer}`, name: 'Invented', role: 'officer' as const };
    const id = `w${words.length + 1}`;
    const common = { decision, officer } as const;
    if (deed.settles && effective !== undefined && open.length > 0) {
      effective = acknowledgement(id, { ...common, settles: [effective.id, ...open] });
      open = [];
      words.push(effective);
    } else if (!deed.settles && effective === undefined) {
      effective = acknowledgement(id, common);
      words.push(effective);
    } else if (!deed.settles && effective !== undefined && effective.decision !== decision) {
      words.push(acknowledgement(id, { ...common, contradicts: effective.id }));
      open.push(id);
    }
  }
  return { words, stands: effective?.id, open };
}

describe('in any order, with any repeats', () => {
  const shuffled = acts
    .map(storyOf)
    .chain((story) =>
      fc.tuple(
        fc.constant(story),
        fc.shuffledSubarray([...story.words, ...story.words], { minLength: story.words.length * 2 }),
      ),
    );

  test('the same acknowledgements give the same one in effect, and the same open ones', () => {
    assertProperty(
      fc.property(shuffled, ([story, arrived]) => {
        const { effective: given, open } = effectiveAcknowledgementOf(arrived);
        expect(given?.id).toBe(story.stands);
        expect(open.map((one) => one.id).toSorted()).toEqual(story.open.toSorted());
      }),
      { numRuns: 500 },
    );
  });

  test('at any time, a settled acknowledgement is not in effect, and every other known one is in effect or open', () => {
    const partly = acts.map(storyOf).chain(({ words }) => fc.shuffledSubarray([...words]));
    assertProperty(
      fc.property(partly, (known) => {
        const { effective: given, open } = effectiveAcknowledgementOf(known);
        const ended = new Set(known.flatMap((one) => one.settles ?? []));
        const standing = given === undefined ? [] : [given.id];
        expect(standing.filter((id) => ended.has(id))).toEqual([]);
        const accounted = new Set([...standing, ...open.map((one) => one.id), ...ended]);
        expect(known.filter((one) => !accounted.has(one.id))).toEqual([]);
      }),
      { numRuns: 500 },
    );
  });
});

test('an acknowledgement is read only from evidence of acceptance or decline', () => {
  const officer = { id: 'o1', name: 'Invented', role: 'officer' as const };
  const evidence = makeClaims({ event: 'ConsignmentRejection', officer, reason: 'duplicate' });
  expect(acknowledgementIn(evidence)).toEqual({
    id: evidence.id,
    decision: 'declined',
    officer,
    ground: 'duplicate',
    at: evidence.at,
  });
  expect(acknowledgementIn(makeClaims({ event: 'ContentHandover', officer }))).toBeUndefined();
  expect(acknowledgementIn(makeClaims({ event: 'ConsignmentAcceptance' }))).toBeUndefined();
});

test('two settlements are the same in whatever order they name the acknowledgements', () => {
  expect(isSameSettlement({ settles: ['a', 'b'] }, { settles: ['b', 'a'] })).toBe(true);
  expect(isSameSettlement({}, {})).toBe(true);
  expect(isSameSettlement({ settles: ['a', 'b'] }, { settles: ['a', 'c'] })).toBe(false);
  expect(isSameSettlement({ settles: ['a', 'b'] }, {})).toBe(false);
});
