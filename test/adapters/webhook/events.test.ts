/** Every event that the webhook adapter can post is described, and matches its description. */
import { expect, test } from 'vitest';
import { composePartnerEvent, type PostedParcel } from '../../../adapters/webhook/payload.ts';
import type { NoteContent } from '../../../src/domain/carriage/endpoint-note.ts';
import { PARTNER_EVENTS } from '../../../src/domain/carriage/partner-event.ts';
import { makeOpenapiDocument } from '../../../src/http/openapi.ts';
import {
  makeEvidenceParcel,
  makeMessageParcel,
  makeRevisionParcel,
  makeTestReminderParcel,
} from '../../support/parcels.ts';

/** One of each thing that a note can say: the compiler asks for the rest. */
const SAYS: { readonly [What in NoteContent['what']]: Extract<NoteContent, { what: What }> | NoteContent } = {
  test: { what: 'test' },
  probe: { what: 'probe' },
  'account-replaced': { what: 'account-replaced' },
  'account-unlinked': { what: 'account-unlinked' },
  'pin-set': { what: 'pin-set', officer: 'o1' },
  'pin-locked': { what: 'pin-locked', officer: 'o1' },
  'pin-locked-other': { what: 'pin-locked-other', officer: 'o1' },
  'account-confirmed': { what: 'account-confirmed' },
  'endpoint-waiting': {
    what: 'endpoint-waiting',
    endpoint: '0'.repeat(32),
    asked: '1'.repeat(32),
    channel: 'telegram',
    officer: 'o-7',
    shows: 'notice',
    is: 'new',
    until: '2026-11-27T02:31:00.000Z',
  },
  'endpoint-counts': {
    what: 'endpoint-counts',
    by: 'confirmed',
    endpoint: '0'.repeat(32),
    asked: '1'.repeat(32),
    channel: 'webhook',
    officer: null,
    shows: 'packet',
  },
  'key-made': { what: 'key-made', key: 'secret', at: '2026-11-20T02:31:00.000Z' },
  'endpoint-off': {
    what: 'endpoint-off',
    endpoint: 'endpoint-2',
    channel: 'telegram',
    code: 'blocked',
    at: '2026-11-20T02:31:00.000Z',
  },
};

const at = new Date('2026-11-20T02:15:00.000Z');
const { endpoint } = makeMessageParcel();
const focalPoint = { did: endpoint.focalPoint, name: 'Invented Desk' };
const drill = { summary: { type: 'drill' } };

const POSTED: readonly PostedParcel[] = [
  makeMessageParcel(),
  makeMessageParcel({}, 'sealed'),
  makeMessageParcel(drill, 'notice'),
  makeEvidenceParcel(),
  makeEvidenceParcel(drill),
  makeTestReminderParcel(),
  makeTestReminderParcel({ items: [{ officer: 'o-7' }] }),
  { ...makeRevisionParcel(), recalledAt: at },
  ...Object.values(SAYS).map((says) => ({
    kind: 'note' as const,
    delivery: 'n',
    endpoint,
    zone: 'Asia/Makassar',
    focalPoint: focalPoint,
    says,
    at,
  })),
];

test.each(POSTED.map((one) => [composePartnerEvent(one).type, one] as const))(
  '%s matches its schema',
  (type, one) => {
    const schema = PARTNER_EVENTS.find((event) => event.type === type)?.schema;
    expect(schema?.safeParse(JSON.parse(JSON.stringify(composePartnerEvent(one))))).toMatchObject({
      success: true,
    });
  },
);

test('OpenAPI lists all of them, and no others', () => {
  const { webhooks } = makeOpenapiDocument('https://gateway.test') as { webhooks: Record<string, unknown> };
  const sent = new Set(POSTED.map((one) => composePartnerEvent(one).type));
  expect(Object.keys(webhooks).sort()).toEqual([...sent].sort());
  for (const [type, event] of Object.entries(webhooks))
    expect(event).toMatchObject({
      post: {
        requestBody: {
          content: { 'application/json': { schema: { properties: { type: { enum: [type] } } } } },
        },
      },
    });
});
