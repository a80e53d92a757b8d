/** No agreement, no traffic: what an agreement covers, by which channels, how fast, and which endpoints are used. */
import { describe, expect, test } from 'vitest';
import { type Endpoint, NO_ENDPOINT } from '../../../src/domain/party/channel.ts';
import type { Designation, Digested } from '../../../src/domain/party/designation.ts';
import type { GatewayDesignation } from '../../../src/domain/party/gateway-designation.ts';
import {
  type Agreement,
  agreementSchema,
  allowedChannels,
  type Carriage,
  clockForUrgency,
  DEFAULT_CLOCKS,
} from '../../../src/domain/terms/agreement.ts';
import { deadlinesOf, secondsOverdue } from '../../../src/domain/terms/deadline.ts';
import {
  findRoute,
  firstEndpointsOf,
  type IntendedCarriage,
  nextEndpointsOf,
} from '../../../src/domain/terms/routing.ts';
import { catchRefusal } from '../../support/people.ts';

const NOW = new Date('2026-11-20T02:00:00Z');
const SHELTER = { did: 'did:web:gateway.test:fp:shelter', country: 'KH' };
const DESK = { did: 'did:web:gateway.test:fp:desk', country: 'ID' };

const digest = 'd'.repeat(43);

const signed = (over: object = {}): Digested<Agreement> => ({
  ...agreementSchema.parse({
    kind: 'agreement',
    id: 'id-kh',
    version: 1,
    title: 'Test',
    parties: ['ID', 'KH'],
    rules: [{ from: ['KH'], to: ['ID'], types: ['report', 'text'] }],
    from: '2026-01-01T00:00:00Z',
    until: '2027-01-01T00:00:00Z',
    ...over,
  }),
  digest,
});

const carriage = (over: Partial<Carriage> = {}): Carriage => ({
  from: SHELTER,
  to: DESK,
  name: 'report',
  handling: 'H1',
  ...over,
});

const rule = (over: object) => ({
  rules: [{ from: ['KH'], to: ['ID'], types: ['report'], ...over }],
});

describe('what an agreement covers', () => {
  const all = ['webhook', 'telegram', 'email'];
  test.each<[string, object, Partial<Carriage>, readonly string[]]>([
    ['a rule between countries', {}, {}, all],
    ['a rule between focal points', rule({ from: [SHELTER.did], to: [DESK.did] }), {}, all],
    ['not the other way round', {}, { from: DESK, to: SHELTER }, []],
    ['not another type', {}, { name: 'closure' }, []],
    ['not another handling', rule({ handling: ['H0'] }), {}, []],
    ['not another focal point', rule({ from: [DESK.did] }), {}, []],
    ['only the channels it names', rule({ channels: ['email'] }), {}, ['email']],
    ['not a country that is no party', {}, { to: { ...DESK, country: 'MY' } }, []],
    ['not before it begins', { from: '2026-11-20T02:00:01Z' }, {}, []],
    ['from the moment it begins', { from: '2026-11-20T02:00:00Z' }, {}, all],
    ['not from the moment it ends', { until: '2026-11-20T02:00:00Z' }, {}, []],
  ])('%s', (_name, over, asked, channels) => {
    expect(allowedChannels(signed(over), carriage(asked), NOW)).toEqual(channels);
  });

  test('a party named by DID must still be of a party country', () => {
    const named = signed({ rules: [{ from: ['KH'], to: [DESK.did], types: ['report'] }] });
    expect(allowedChannels(named, carriage({ to: { ...DESK, country: 'MY' } }), NOW)).toEqual([]);
  });

  test('two rules are combined, each channel once', () => {
    const one = { from: ['KH'], to: ['ID'], types: ['report'] };
    const both = signed({
      rules: [
        { ...one, channels: ['email'] },
        { ...one, channels: ['email', 'webhook'] },
      ],
    });
    expect(allowedChannels(both, carriage(), NOW)).toEqual(['email', 'webhook']);
  });
});

describe('clocks', () => {
  test('are the agreement’s own, else 30 min / 2 h / 24 h and 8 h / 3 days / 7 days', () => {
    const own = signed({ clocks: { urgent: { acknowledge: 600, answer: 3_600 } } });
    expect(clockForUrgency(own, 'urgent')).toEqual({ acknowledge: 600, answer: 3_600 });
    expect(clockForUrgency(own, 'routine')).toBe(DEFAULT_CLOCKS.routine);
    expect(clockForUrgency(undefined, 'immediate')).toEqual({ acknowledge: 30 * 60, answer: 8 * 3_600 });
    expect(DEFAULT_CLOCKS.urgent).toEqual({ acknowledge: 2 * 3_600, answer: 3 * 86_400 });
    expect(DEFAULT_CLOCKS.routine).toEqual({ acknowledge: 86_400, answer: 7 * 86_400 });
  });

  test('a sender may ask for a later deadline, never for an earlier one', () => {
    const at = NOW.getTime() / 1_000;
    const clock = { acknowledge: 600, answer: 3_600 };
    expect(deadlinesOf(clock, NOW, {}).acknowledgeBy.getTime()).toBe((at + 600) * 1_000);
    expect(deadlinesOf(clock, NOW, { acknowledge_by: at + 60 }).acknowledgeBy.getTime()).toBe(
      (at + 600) * 1_000,
    );
    expect(deadlinesOf(clock, NOW, { answer_by: at + 7_200 }).answerBy.getTime()).toBe((at + 7_200) * 1_000);
  });

  test('overdue counts whole seconds until the act is done', () => {
    const late = new Date(NOW.getTime() + 90_999);
    expect(secondsOverdue(NOW, undefined, late)).toBe(90);
    expect(secondsOverdue(NOW, undefined, NOW)).toBe(0);
    expect(secondsOverdue(late, undefined, NOW)).toBe(0);
    expect(secondsOverdue(NOW, late, late)).toBe(0);
  });
});

const party = (
  one: { did: string; country: string },
  over: Partial<Designation> = {},
): Digested<Designation> => ({
  digest,
  kind: 'designation',
  authority: one.country,
  focal_point: one.did,
  slug: one.did.split(':').at(-1) ?? '',
  name: 'Invented',
  country: one.country,
  gateway: 'did:web:gateway.test',
  custody: 'gateway',
  officers: [],
  keys: { signing: [], agreement: [] },
  enc: ['A256CBC-HS512'],
  from: '2026-01-01T00:00:00Z',
  until: '2027-01-01T00:00:00Z',
  ...over,
});

const endpoint = (id: string, over: Partial<Endpoint> = {}): Endpoint => ({
  id,
  focalPoint: DESK.did,
  channel: 'webhook',
  address: 'https://partner.test/',
  rank: 1,
  shows: 'packet',
  lang: 'en',
  enabled: true,
  ...over,
});

/** Another gateway, and the way to it. */
const PEER: GatewayDesignation = {
  kind: 'gateway',
  authority: 'ID',
  country: 'ID',
  gateway: 'did:web:far.test',
  url: 'https://far.test',
  name: 'Invented',
  keys: { signing: [] },
  from: '2026-01-01T00:00:00Z',
  until: '2027-01-01T00:00:00Z',
};
const way = (over: Partial<Endpoint> = {}): Endpoint =>
  endpoint('way', { focalPoint: PEER.gateway, channel: 'relay', address: PEER.url, ...over });

/** Routes the report over these endpoints and agreements. */
const routed = (
  endpoints: readonly Endpoint[],
  agreements: readonly Digested<Agreement>[] = [signed()],
  over: Partial<Designation> = {},
  intended: Partial<IntendedCarriage> = {},
) =>
  findRoute(
    { name: 'report', handling: 'H1', ...intended },
    { sender: party(SHELTER), recipient: party(DESK, over) },
    { here: 'did:web:gateway.test', gateways: [PEER], agreements, endpoints },
    NOW,
  );

describe('routing', () => {
  test('goes by rank, over enabled endpoints of the recipient on agreed channels', () => {
    const list = [
      endpoint('b', { rank: 2 }),
      endpoint('c'),
      endpoint('a'),
      endpoint('off', { enabled: false }),
      endpoint('other', { focalPoint: SHELTER.did }),
      endpoint('mail', { channel: 'email' }),
    ];
    const agreed = signed(rule({ channels: ['webhook'] }));
    expect(routed(list, [agreed]).endpoints.map((one) => one.id)).toEqual(['a', 'c', 'b']);
  });

  test('gives each custody what it may show', () => {
    const list = [endpoint('p'), endpoint('s', { shows: 'sealed' }), endpoint('n', { shows: 'notice' })];
    expect(routed(list).endpoints.map((one) => one.id)).toEqual(['n', 'p']);
    expect(routed(list, [signed()], { custody: 'own' }).endpoints.map((one) => one.id)).toEqual(['n', 's']);
  });

  test('uses the agreement that began last, and of two versions the higher', () => {
    const old = signed({ id: 'old' });
    const first = signed({ id: 'new', from: '2026-06-01T00:00:00Z' });
    const second = signed({ id: 'new', from: '2026-06-01T00:00:00Z', version: 2 });
    expect(routed([endpoint('a')], [old, second, first]).agreement).toBe(second);
  });

  test('a version that began replaces the one before permanently, but no other agreement', async () => {
    const list = [endpoint('a')];
    const first = signed();
    const from = '2026-11-20T02:00:00Z';
    const second = signed({ version: 2, from, ...rule({ types: ['text'] }) });
    const other = signed({ id: 'other', from: '2026-01-01T00:00:00Z' });
    expect(await catchRefusal(() => routed(list, [first, second]))).toBe('not-covered');
    expect(routed(list, [first, second, other]).agreement).toBe(other);
    const before = new Date(Date.parse(from) - 1);
    expect(routed(list, [first, second], {}, { agreedAt: before }).agreement).toBe(first);
    const ended = signed({ version: 2, from: '2026-02-01T00:00:00Z', until: '2026-03-01T00:00:00Z' });
    expect(await catchRefusal(() => routed(list, [first, ended]))).toBe('not-covered');
  });

  test('a message accepted under a version continues under that version alone', async () => {
    const list = [endpoint('a'), endpoint('mail', { channel: 'email' })];
    const first = signed(rule({ channels: ['email'] }));
    const second = signed({ version: 2, from: '2026-02-01T00:00:00Z', ...rule({ channels: ['webhook'] }) });
    const under = { under: { id: 'id-kh', version: 1 } };
    const found = routed(list, [first, second], {}, under);
    expect([found.agreement, found.endpoints.map((one) => one.id)]).toEqual([first, ['mail']]);
    expect(await catchRefusal(() => routed(list, [second], {}, under))).toBe('not-covered');
    const late = { ...under, agreedAt: new Date('2027-01-01T00:00:00Z') };
    expect(await catchRefusal(() => routed(list, [first, second], {}, late))).toBe('not-covered');
  });

  test('a recipient homed elsewhere is reached through its gateway, whatever its own endpoints are', async () => {
    const far = { gateway: PEER.gateway };
    const agreed = [signed(rule({ channels: ['webhook'] }))];
    const found = routed([endpoint('a'), way(), endpoint('b', { channel: 'relay' })], agreed, far).endpoints;
    expect(found.map((one) => one.id)).toEqual(['way']);
    for (const wrong of [{ enabled: false }, { address: 'https://elsewhere.test' }, { focalPoint: DESK.did }])
      expect(routed([endpoint('a'), way(wrong)], agreed, far).endpoints).toEqual([]);
    const stranger = { gateway: 'did:web:nobody.test' };
    const toNobody = way({ focalPoint: stranger.gateway });
    expect(routed([toNobody], agreed, stranger)).toMatchObject({ endpoints: [], isAbroad: true });
    expect(await catchRefusal(() => routed([way()], [], far))).toBe('not-covered');
    expect(await catchRefusal(() => routed([], [], far))).toBe('not-covered');
  });

  test('a recipient without an endpoint gets a delivery that waits', () => {
    for (const list of [[], [endpoint('a', { shows: 'sealed' })], [endpoint('a', { enabled: false })]]) {
      const found = routed(list);
      expect([found.endpoints, firstEndpointsOf(found)]).toEqual([[], [NO_ENDPOINT]]);
    }
  });

  test('refuses what must not be sent, with a reason', async () => {
    expect(await catchRefusal(() => routed([endpoint('a')], []))).toBe('not-covered');
    expect(await catchRefusal(() => routed([], []))).toBe('not-covered');
    const ended = { until: '2026-11-20T02:00:00Z' };
    expect(await catchRefusal(() => routed([endpoint('a')], [signed()], ended))).toBe('designation-ended');
  });

  test('tries all endpoints of one rank together, then the next rank', () => {
    const list = [endpoint('a'), endpoint('b'), endpoint('c', { rank: 7 })];
    const ids = (tried: readonly string[]) => nextEndpointsOf(list, new Set(tried)).map((one) => one.id);
    expect(ids([])).toEqual(['a', 'b']);
    expect(ids(['a'])).toEqual(['b']);
    expect(ids(['a', 'b'])).toEqual(['c']);
    expect(ids(['a', 'b', 'c'])).toEqual([]);
  });
});
