/** Faults are in plain words, each with its place, and nothing that was sent is repeated. */
import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { evidenceSchema } from '../../../src/domain/evidence/evidence.ts';
import { consignmentSchema } from '../../../src/domain/message/consignment.ts';
import { MESSAGE_NAMES, messageSchema } from '../../../src/domain/message/message.ts';
import { PROTOCOL } from '../../../src/domain/message/protocol.ts';
import { readSubmission } from '../../../src/domain/message/read-submission.ts';
import { acknowledgementSchema, submissionSchema } from '../../../src/domain/message/submission.ts';
import { designationSchema } from '../../../src/domain/party/designation.ts';
import { agreementSchema } from '../../../src/domain/terms/agreement.ts';
import { parseBySchema } from '../../../src/domain/words/checked.ts';
import { Refusal } from '../../../src/domain/words/error.ts';
import { findFaults } from '../../../src/domain/words/schema-faults.ts';

function refusalIn(act: () => unknown): Refusal {
  try {
    act();
  } catch (fault) {
    if (fault instanceof Refusal) return fault;
  }
  throw new Error('nothing was refused');
}

const POST = {
  to: ['desk'],
  type: 'text',
  urgency: 'routine',
  handling: 'H0',
  lang: 'en',
  body: { text: 'x' },
};

describe('places and words', () => {
  test.each([
    [{ ...POST, urgency: undefined }, ['/urgency: is missing']],
    [{ ...POST, body: 7 }, ['/body: must be an object']],
    [{ ...POST, to: [] }, ['/to: must have at least 1 entries']],
    [{ ...POST, urgency: 'soon' }, ['/urgency: must be one of "immediate", "urgent", "routine"']],
    [{ ...POST, handling: 'H3' }, ['/handling_note: H3 needs a note that says what is restricted']],
    [{ ...POST, secret_of_mine: 1 }, ['the whole: has 1 member(s) that are not in the schema']],
    [
      { ...POST, attachments: [{ filename: 'a.pdf', media_type: 'x', base64: '*' }] },
      [
        '/attachments/0/media_type: must be a media type',
        '/attachments/0/base64: must be base64 with padding',
      ],
    ],
  ])('of a post: %#', (post, faults) => {
    expect(findFaults(submissionSchema, post)).toEqual(faults);
  });

  test('a union of texts lists the allowed texts', () => {
    const [fault = ''] = findFaults(submissionSchema, { ...POST, to: ['No Slug'] });
    expect(fault).toMatch(/^\/to\/0: must .*, or must .*, or must be country:CC or group:name$/);
  });

  test('a union by a member names the chosen form, and its faults', () => {
    const { body } = PROTOCOL.request;
    expect(findFaults(body, { kind: 'exit-permit', question: 'x' }, 'body')).toEqual([
      '/body/persons: is missing (kind is "exit-permit")',
    ]);
    expect(findFaults(body, { kind: 'my-secret' }, 'body')[0]).toMatch(
      /^\/body\/kind: must be one of "nationality-verification", /,
    );
  });

  test('a union of objects names what the closest of them lacks', () => {
    const nearest = z.union([
      z.strictObject({ is: z.literal('a'), one: z.string(), two: z.string() }),
      z.strictObject({ is: z.literal('b'), three: z.string() }),
    ]);
    expect(findFaults(nearest, { is: 'a', one: 'x' }, 'part')).toEqual(['/part/two: is missing']);
    const times = z.union([z.literal('24x7'), z.strictObject({ from: z.string() })]);
    expect(findFaults(times, {})).toEqual(['/from: is missing']);
    expect(findFaults(times, 7)).toEqual(['the whole: must be "24x7", or must be an object']);
  });

  test('members in a pointer are escaped (RFC 6901)', () => {
    expect(findFaults(z.strictObject({ 'a/b~c': z.string() }), {})).toEqual(['/a~1b~0c: is missing']);
  });
});

test('faults of the head and of the body of a post are reported together', () => {
  const post = { ...POST, type: 'report', urgency: 'soon', body: { happened: 7 } };
  const { code, detail } = refusalIn(() => readSubmission(post));
  expect(code).toBe('invalid-body');
  expect(detail).toContain('/urgency: must be one of');
  expect(detail).toContain('/body/happened: must be a text');
  // What comes from a tip is no fault of the post.
  const drafted = { ...post, type: 'indication', from_tip: '0'.repeat(32), body: {} };
  expect(refusalIn(() => readSubmission(drafted)).detail).not.toContain('/body');
});

test('at most ten are named, and the others counted', () => {
  const many = refusalIn(() => parseBySchema(z.array(z.string()), Array(25).fill(7)));
  expect(many.detail.split('; ')).toHaveLength(11);
  expect(many.detail).toMatch(/; and 15 more$/);
});

describe('every schema reports in the program’s own words, and none repeats what was sent', () => {
  const SECRET = 'Invented-Person-of-the-case';
  const schemas = [
    ...MESSAGE_NAMES.map((name) => [name, PROTOCOL[name].body] as const),
    ['post', submissionSchema] as const,
    ['word', acknowledgementSchema] as const,
    ['message', messageSchema] as const,
    ['consignment', consignmentSchema] as const,
    ['evidence', evidenceSchema] as const,
    ['designation', designationSchema] as const,
    ['agreement', agreementSchema] as const,
  ];
  const wrong: readonly unknown[] = [
    undefined,
    null,
    7,
    SECRET,
    [],
    [SECRET],
    true,
    {},
    { [SECRET]: SECRET },
  ];

  /** Something wrong at every member that the schema says it misses, and within it, to some depth. */
  function* wrongIn(schema: z.ZodType, depth = 0): Generator<unknown> {
    yield* wrong;
    if (!(schema instanceof z.ZodObject) || depth > 2) return;
    for (const [member, inner] of Object.entries(schema.shape))
      for (const value of wrongIn(inner as z.ZodType, depth + 1)) yield { [member]: value };
  }

  test.each(schemas)('%s', (_name, schema) => {
    let count = 0;
    for (const value of wrongIn(schema)) {
      for (const fault of findFaults(schema, value)) {
        count += 1;
        expect(fault).toMatch(/^(?:\/|the whole: )/);
        expect(fault).not.toMatch(/Invalid|expected|received|Too |Unrecognized|undefined|NaN/);
        expect(fault.split(': ').slice(1).join(': ')).not.toContain(SECRET);
      }
    }
    expect(count).toBeGreaterThan(8);
  });
});
