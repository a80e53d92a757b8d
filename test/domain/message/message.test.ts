/** What a message may contain: ids, file names, attachments, and the plain post from which it is made. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  attachmentSchema,
  countAttachmentBytes,
  hexId,
  LIMITS,
  mediaType,
  messageSchema,
} from '../../../src/domain/message/message.ts';
import {
  acknowledgementSchema,
  attachmentsOf,
  submissionSchema,
} from '../../../src/domain/message/submission.ts';
import { did, keyId, slug } from '../../../src/domain/party/designation.ts';
import { makeTextMessage } from '../../support/people.ts';
import { assertProperty } from '../../support/property.ts';

const takes = (schema: { safeParse(value: unknown): { success: boolean } }, value: unknown): boolean =>
  schema.safeParse(value).success;

describe('ids', () => {
  test('a message id is exactly 32 lower-case hex digits', () => {
    expect(takes(hexId, '0190a0b0c0d07e008000000000000001')).toBe(true);
    for (const wrong of ['0190A0B0C0D07E008000000000000001', `${'0'.repeat(32)}\n`, '0'.repeat(31), ' ']) {
      expect(takes(hexId, wrong)).toBe(false);
    }
  });

  test('a DID is a did:web without path tricks', () => {
    for (const good of ['did:web:gateway.test:fp:desk', 'did:web:127.0.0.1%3A8080:fp:desk']) {
      expect([takes(did, good), takes(keyId, `${good}#open-1`)]).toEqual([true, true]);
    }
    const wrong = [
      'did:web:a/b',
      'did:web:a:..%2f',
      'did:key:z6Mk',
      'did:web:a?x',
      'did:web:a#k',
      'did:web:A',
    ];
    for (const one of wrong) expect(takes(did, one)).toBe(false);
  });

  test('a slug is short, lower case, and neither begins nor ends with a hyphen', () => {
    for (const good of ['a', 'pos-putussibau', 'a'.repeat(48)]) expect(takes(slug, good)).toBe(true);
    for (const wrong of ['', '-a', 'a-', 'A', 'a_b', 'a'.repeat(49), 'a\n'])
      expect(takes(slug, wrong)).toBe(false);
  });

  test('a media type is type/subtype without parameters', () => {
    expect(takes(mediaType, 'application/vnd.oasis.opendocument.text')).toBe(true);
    for (const wrong of ['text', 'text/html; charset=x', 'text/a/b', 'text/a\n']) {
      expect(takes(mediaType, wrong)).toBe(false);
    }
  });
});

const post = (base64: string, name = 'a.pdf') => ({
  to: ['desk'],
  type: 'text',
  urgency: 'routine',
  handling: 'H0',
  lang: 'en',
  body: {},
  attachments: [{ filename: name, media_type: 'application/pdf', base64 }],
});

describe('a plain post', () => {
  test('any bytes in base64 become base64url of the same bytes', () => {
    const property = fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
      const parsed = submissionSchema.parse(post(Buffer.from(bytes).toString('base64')));
      const list = attachmentsOf(parsed);
      expect(attachmentSchema.safeParse(list[0]).success).toBe(true);
      expect(list[0]).toMatchObject({ id: 'a1', byte_count: bytes.length });
      expect(Buffer.from(list[0]?.data.base64 ?? '', 'base64url')).toEqual(Buffer.from(bytes));
      expect(countAttachmentBytes(list)).toBe(bytes.length);
    });
    assertProperty(property);
  });

  test.each(['QQ', 'QQ=', 'QQ===', 'Q Q=', 'QQ==\n', 'QQ-_', '====', 'data:,x'])(
    'refuses %j as base64',
    (text) => {
      expect(takes(submissionSchema, post(text))).toBe(false);
    },
  );

  test('an attachment of ten MiB is judged without exhausting the matcher', () => {
    const text = Buffer.alloc(LIMITS.attachments, 7).toString('base64');
    expect(takes(submissionSchema, post(text))).toBe(true);
    expect(takes(submissionSchema, post(`${text.slice(0, -4)}!!!!`))).toBe(false);
  });

  test('H3 needs a restriction; a reason must be one of the list', () => {
    expect(takes(submissionSchema, { ...post(''), handling: 'H3' })).toBe(false);
    expect(takes(submissionSchema, { ...post(''), handling: 'H3', handling_note: 'Not to employers.' })).toBe(
      true,
    );
    const word = { message: '0'.repeat(32), officer: 'o1' };
    expect(takes(acknowledgementSchema, { ...word, decision: 'accepted' })).toBe(true);
    expect(takes(acknowledgementSchema, { ...word, decision: 'declined', ground: 'unlawful' })).toBe(true);
    expect(takes(acknowledgementSchema, { ...word, decision: 'declined', ground: 'mood' })).toBe(false);
  });

  test('a member that is not in the schema is refused', () => {
    expect(takes(submissionSchema, { ...post(''), from: 'did:web:gateway.test:fp:other' })).toBe(false);
    expect(takes(messageSchema, { ...makeTextMessage(), from_prior: 'x' })).toBe(false);
  });
});
