import { Buffer } from 'node:buffer';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { sealedMessageSchema } from '../../src/domain/message/consignment.ts';
import { LIMITS, type Message } from '../../src/domain/message/message.ts';
import { digestOf } from '../../src/seal/digest.ts';
import type { ContentEncryption } from '../../src/seal/jwe.ts';
import {
  digestOfSealed,
  kidsOfSealed,
  marksOfSealed,
  openSealedMessage,
  sealMessage,
  signMessage,
  verifyMessage,
} from '../../src/seal/sealed-message.ts';
import { signStatement } from '../../src/seal/statement.ts';
import {
  catchRefusal,
  makeKeyFinder,
  makePerson,
  makeTextMessage,
  RECIPIENT_DID,
  SENDER_DID,
} from '../support/people.ts';
import { assertProperty } from '../support/property.ts';

const ENC: readonly ContentEncryption[] = ['A256CBC-HS512', 'A256GCM'];
const sender = await makePerson(SENDER_DID);
const recipient = await makePerson(RECIPIENT_DID);
const stranger = await makePerson('did:web:elsewhere.test:fp:stranger');
const expected = { recipient: RECIPIENT_DID, keysOf: makeKeyFinder(sender, stranger) };

describe('a sealed message', () => {
  it.each(
    (['Ed25519', 'P-256'] as const).flatMap((sign) =>
      (['X25519', 'P-256'] as const).flatMap((agree) => ENC.map((enc) => [sign, agree, enc] as const)),
    ),
  )('is signed on %s, sealed on %s with %s, opened and read', async (sign, agree, enc) => {
    const [from, to] = [
      await makePerson(SENDER_DID, sign),
      await makePerson(RECIPIENT_DID, undefined, agree),
    ];
    const sealed = await sealMessage(
      await signMessage(makeTextMessage(), from.signing),
      [to.opening.publicJwk],
      enc,
    );
    expect(sealedMessageSchema.parse(sealed)).toEqual(sealed);
    const jws = await openSealedMessage(JSON.parse(JSON.stringify(sealed)), [stranger.opening, to.opening]);
    const read = await verifyMessage(jws, { recipient: RECIPIENT_DID, keysOf: makeKeyFinder(from) });
    expect(read).toEqual(makeTextMessage());
  });

  it('returns any message unchanged', async () => {
    const attachments = fc.array(fc.uint8Array({ maxLength: 400 }), { maxLength: 3 });
    await assertProperty(
      fc.asyncProperty(fc.string({ unit: 'grapheme' }), attachments, async (text, files) => {
        const one = makeTextMessage({
          body: { text },
          attachments: files.map((file, n) => ({
            id: `a${n}`,
            filename: 'a.bin',
            media_type: 'application/octet-stream',
            byte_count: file.length,
            data: { base64: Buffer.from(file).toString('base64url') },
          })),
        });
        const sealed = await sealMessage(
          await signMessage(one, sender.signing),
          [recipient.opening.publicJwk],
          'A256GCM',
        );
        expect(await verifyMessage(await openSealedMessage(sealed, [recipient.opening]), expected)).toEqual(
          one,
        );
      }),
      { numRuns: 40 },
    );
  });

  it('is sealed to the last X25519 key that a recipient lists, which is its newest, else to its last key', async () => {
    const p256 = (await makePerson(RECIPIENT_DID, undefined, 'P-256')).opening.publicJwk;
    const jws = await signMessage(makeTextMessage(), sender.signing);
    const renamed = { ...p256, kid: `${RECIPIENT_DID}#p256` };
    const old = { ...(await makePerson(RECIPIENT_DID)).opening.publicJwk, kid: `${RECIPIENT_DID}#old` };
    const older = {
      ...(await makePerson(RECIPIENT_DID, undefined, 'P-256')).opening.publicJwk,
      kid: `${RECIPIENT_DID}#p0`,
    };
    const current = recipient.opening.publicJwk;
    expect(kidsOfSealed(await sealMessage(jws, [renamed, old, current], 'A256GCM'))).toEqual([current.kid]);
    expect(kidsOfSealed(await sealMessage(jws, [old, current, renamed], 'A256GCM'))).toEqual([current.kid]);
    expect(kidsOfSealed(await sealMessage(jws, [older, renamed], 'A256GCM'))).toEqual([renamed.kid]);
    expect(await catchRefusal(() => sealMessage(jws, [sender.signing.publicJwk], 'A256GCM'))).toBe(
      'unknown-recipient',
    );
  });

  it('has a digest that anyone can compute, and that changes at every sealing', async () => {
    const jws = await signMessage(makeTextMessage(), sender.signing);
    const [one, two] = [
      await sealMessage(jws, [recipient.opening.publicJwk], 'A256GCM'),
      await sealMessage(jws, [recipient.opening.publicJwk], 'A256GCM'),
    ];
    expect(marksOfSealed(one)).toEqual({ digest: digestOfSealed(one), kids: kidsOfSealed(one) });
    expect(digestOfSealed(one)).toBe(digestOf([one.protected, one.iv, one.ciphertext, one.tag].join('.')));
    expect(digestOfSealed(two)).not.toBe(digestOfSealed(one));
  });

  it('binds its recipients in apv, so they cannot be renamed', async () => {
    const sealed = await sealMessage(
      await signMessage(makeTextMessage(), sender.signing),
      [recipient.opening.publicJwk],
      'A256GCM',
    );
    const renamed = {
      ...sealed,
      recipients: sealed.recipients.map((one) => ({ ...one, header: { kid: stranger.opening.kid } })),
    };
    expect(await catchRefusal(() => digestOfSealed(renamed))).toBe('jose-header-refused');
  });
});

describe('messages that do not open', () => {
  const bits = (text: string): fc.Arbitrary<string> =>
    fc.tuple(fc.nat({ max: text.length - 1 }), fc.nat({ max: 7 })).map(([at, bit]) => {
      const bytes = Buffer.from(text);
      bytes[at] = (bytes[at] ?? 0) ^ (1 << bit);
      return bytes.toString('latin1');
    });

  it.each(ENC)('a single flipped bit anywhere is refused (%s)', async (enc) => {
    const sealed = await sealMessage(
      await signMessage(makeTextMessage(), sender.signing),
      [recipient.opening.publicJwk],
      enc,
    );
    const entry = sealed.recipients[0];
    if (entry === undefined) throw new Error('sealed to nobody');
    const flipped = fc.oneof(
      ...(['protected', 'iv', 'ciphertext', 'tag'] as const).map((part) =>
        bits(sealed[part]).map((text) => ({ ...sealed, [part]: text })),
      ),
      bits(entry.encrypted_key).map((text) => ({
        ...sealed,
        recipients: [{ ...entry, encrypted_key: text }],
      })),
      bits(entry.header.kid).map((text) => ({
        ...sealed,
        recipients: [{ ...entry, header: { kid: text } }],
      })),
    );
    const codes = ['decryption-failed', 'jose-malformed', 'jose-header-refused', 'too-large'];
    await assertProperty(
      fc.asyncProperty(flipped, async (one) => {
        expect(codes).toContain(await catchRefusal(() => openSealedMessage(one, [recipient.opening])));
      }),
      { numRuns: 300 },
    );
  });

  it('a flipped bit of the bytes themselves is refused with the same general answer', async () => {
    const sealed = await sealMessage(
      await signMessage(makeTextMessage(), sender.signing),
      [recipient.opening.publicJwk],
      'A256CBC-HS512',
    );
    const entry = sealed.recipients[0];
    const flip = (text: string): string => {
      const bytes = Buffer.from(text, 'base64url');
      bytes[bytes.length - 1] = (bytes.at(-1) ?? 0) ^ 1;
      return bytes.toString('base64url');
    };
    const broken = [
      ...(['iv', 'ciphertext', 'tag'] as const).map((part) => ({ ...sealed, [part]: flip(sealed[part]) })),
      { ...sealed, recipients: [{ ...entry, encrypted_key: flip(entry?.encrypted_key ?? '') }] },
    ];
    const answers = [];
    for (const one of broken)
      answers.push(
        await openSealedMessage(one, [recipient.opening]).catch((error: unknown) => String(error)),
      );
    answers.push(
      await openSealedMessage(sealed, [stranger.opening]).catch((error: unknown) => String(error)),
    );
    answers.push(await openSealedMessage(sealed, []).catch((error: unknown) => String(error)));
    expect(new Set(answers)).toEqual(
      new Set(['Refusal: decryption-failed: the sealed message could not be opened']),
    );
  });

  it('a plaintext that is not a JWS is refused like one that cannot be decrypted', async () => {
    const jws = { payload: 'not base64url', signatures: [] };
    const sealed = await sealMessage(jws, [recipient.opening.publicJwk], 'A256GCM');
    expect(await catchRefusal(() => openSealedMessage(sealed, [recipient.opening]))).toBe(
      'decryption-failed',
    );
  });

  it('too much to seal is refused before it is sealed', async () => {
    const jws = { payload: 'A'.repeat(LIMITS.sealedMessage), signatures: [] };
    expect(await catchRefusal(() => sealMessage(jws, [recipient.opening.publicJwk], 'A256GCM'))).toBe(
      'too-large',
    );
  });
});

describe('a signed message', () => {
  const signed = (over: Partial<Message> = {}, by = sender) => signMessage(makeTextMessage(over), by.signing);

  it('is read by somebody who is not a recipient if no recipient is required', async () => {
    expect(await verifyMessage(await signed(), { keysOf: expected.keysOf })).toEqual(makeTextMessage());
  });

  it('carries the largest attachments the bounds allow', async () => {
    const file = (bytes: number) => ({
      id: 'a1',
      filename: 'a.bin',
      media_type: 'application/octet-stream',
      byte_count: bytes,
      data: { base64: Buffer.alloc(bytes).toString('base64url') },
    });
    const whole = await signed({ attachments: [file(LIMITS.attachments)] });
    const sealed = await sealMessage(whole, [recipient.opening.publicJwk], 'A256CBC-HS512');
    const read = await verifyMessage(await openSealedMessage(sealed, [recipient.opening]), expected);
    expect(read.attachments[0]?.byte_count).toBe(LIMITS.attachments);
    const more = await signed({ attachments: [file(LIMITS.attachments + 1)] });
    expect(await catchRefusal(() => verifyMessage(more, expected))).toBe('too-large');
  });

  it('is refused if signer and sender differ', async () => {
    expect(await catchRefusal(async () => verifyMessage(await signed({}, stranger), expected))).toBe(
      'misaddressed',
    );
  });

  it('is refused if it is not addressed to the reader: a recipient cannot pass it on', async () => {
    const elsewhere = { ...expected, recipient: stranger.did };
    expect(await catchRefusal(async () => verifyMessage(await signed(), elsewhere))).toBe('misaddressed');
  });

  it('is refused if the sender’s name or the key is unknown', async () => {
    expect(await catchRefusal(async () => verifyMessage(await signed(), { keysOf: makeKeyFinder() }))).toBe(
      'unknown-sender',
    );
    const other = { ...sender.signing, kid: `${SENDER_DID}#other` };
    const jws = await signMessage(makeTextMessage(), other);
    expect(await catchRefusal(() => verifyMessage(jws, expected))).toBe('unknown-sender');
  });

  it('is refused if another key signed under the sender’s name', async () => {
    const impostor = await makePerson(SENDER_DID);
    expect(await catchRefusal(async () => verifyMessage(await signed({}, impostor), expected))).toBe(
      'signature-invalid',
    );
    const otherCurve = await makePerson(SENDER_DID, 'P-256');
    expect(await catchRefusal(async () => verifyMessage(await signed({}, otherCurve), expected))).toBe(
      'signature-invalid',
    );
  });

  it('is refused with two signatures, or with the same one twice', async () => {
    const [one, two] = [await signed(), await signed({}, stranger)];
    const both = { payload: one.payload, signatures: [...one.signatures, ...two.signatures] };
    const twice = { payload: one.payload, signatures: [...one.signatures, ...one.signatures] };
    expect(await catchRefusal(() => verifyMessage(both, expected))).toBe('jose-malformed');
    expect(await catchRefusal(() => verifyMessage(twice, expected))).toBe('jose-malformed');
  });

  it('is refused if the payload was changed', async () => {
    const jws = await signed();
    const payload = Buffer.from(JSON.stringify(makeTextMessage({ handling: 'H2' }))).toString('base64url');
    expect(await catchRefusal(() => verifyMessage({ ...jws, payload }, expected))).toBe('signature-invalid');
  });

  it('is refused if its body does not fit the schema, without repeating a value', async () => {
    const jws = await signMessage(
      { ...makeTextMessage(), lang: 'Secret' } as unknown as Message,
      sender.signing,
    );
    const error = await verifyMessage(jws, expected).catch((one: unknown) => String(one));
    expect(error).toMatch(/^Refusal: invalid-body: \/lang/);
    expect(error).not.toContain('Secret');
  });

  it('is not accepted as a statement, nor a statement as a message', async () => {
    const statement = await signStatement('evidence', makeTextMessage(), [sender.signing]);
    expect(await catchRefusal(() => verifyMessage(statement, expected))).toBe('jose-header-refused');
  });
});
