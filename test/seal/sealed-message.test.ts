import { Buffer } from 'node:buffer';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { sealedMessage } from '../../src/domain/message/consignment.ts';
import { LIMITS, type Message } from '../../src/domain/message/message.ts';
import { sha256 } from '../../src/seal/digest.ts';
import type { ContentEncryption } from '../../src/seal/jwe.ts';
import {
  openSealed,
  readMessage,
  sealedDigest,
  sealedKids,
  sealedMarks,
  sealFor,
  signMessage,
} from '../../src/seal/sealed-message.ts';
import { signStatement } from '../../src/seal/statement.ts';
import { keysOf, person, RECIPIENT, refusalOf, SENDER, textMessage } from '../support/people.ts';
import { assertProperty } from '../support/property.ts';

const ENC: readonly ContentEncryption[] = ['A256CBC-HS512', 'A256GCM'];
const sender = await person(SENDER);
const recipient = await person(RECIPIENT);
const stranger = await person('did:web:elsewhere.test:fp:stranger');
const expected = { recipient: RECIPIENT, keysOf: keysOf(sender, stranger) };

describe('a sealed message', () => {
  it.each(
    (['Ed25519', 'P-256'] as const).flatMap((sign) =>
      (['X25519', 'P-256'] as const).flatMap((agree) => ENC.map((enc) => [sign, agree, enc] as const)),
    ),
  )('is signed on %s, sealed on %s with %s, opened and read', async (sign, agree, enc) => {
    const [from, to] = [await person(SENDER, sign), await person(RECIPIENT, undefined, agree)];
    const sealed = await sealFor(await signMessage(textMessage(), from.signing), [to.opening.publicJwk], enc);
    expect(sealedMessage.parse(sealed)).toEqual(sealed);
    const jws = await openSealed(JSON.parse(JSON.stringify(sealed)), [stranger.opening, to.opening]);
    const read = await readMessage(jws, { recipient: RECIPIENT, keysOf: keysOf(from) });
    expect(read).toEqual(textMessage());
  });

  it('carries any message there and back', async () => {
    const attachments = fc.array(fc.uint8Array({ maxLength: 400 }), { maxLength: 3 });
    await assertProperty(
      fc.asyncProperty(fc.string({ unit: 'grapheme' }), attachments, async (text, files) => {
        const one = textMessage({
          body: { text },
          attachments: files.map((file, n) => ({
            id: `a${n}`,
            filename: 'a.bin',
            media_type: 'application/octet-stream',
            byte_count: file.length,
            data: { base64: Buffer.from(file).toString('base64url') },
          })),
        });
        const sealed = await sealFor(
          await signMessage(one, sender.signing),
          [recipient.opening.publicJwk],
          'A256GCM',
        );
        expect(await readMessage(await openSealed(sealed, [recipient.opening]), expected)).toEqual(one);
      }),
      { numRuns: 40 },
    );
  });

  it('is sealed to the last X25519 key a recipient lists, which is its newest, else to its last', async () => {
    const p256 = (await person(RECIPIENT, undefined, 'P-256')).opening.publicJwk;
    const jws = await signMessage(textMessage(), sender.signing);
    const renamed = { ...p256, kid: `${RECIPIENT}#p256` };
    const old = { ...(await person(RECIPIENT)).opening.publicJwk, kid: `${RECIPIENT}#old` };
    const older = {
      ...(await person(RECIPIENT, undefined, 'P-256')).opening.publicJwk,
      kid: `${RECIPIENT}#p0`,
    };
    const current = recipient.opening.publicJwk;
    expect(sealedKids(await sealFor(jws, [renamed, old, current], 'A256GCM'))).toEqual([current.kid]);
    expect(sealedKids(await sealFor(jws, [old, current, renamed], 'A256GCM'))).toEqual([current.kid]);
    expect(sealedKids(await sealFor(jws, [older, renamed], 'A256GCM'))).toEqual([renamed.kid]);
    expect(await refusalOf(() => sealFor(jws, [sender.signing.publicJwk], 'A256GCM'))).toBe(
      'unknown-recipient',
    );
  });

  it('has a digest anyone can compute, which changes with its every sealing', async () => {
    const jws = await signMessage(textMessage(), sender.signing);
    const [one, two] = [
      await sealFor(jws, [recipient.opening.publicJwk], 'A256GCM'),
      await sealFor(jws, [recipient.opening.publicJwk], 'A256GCM'),
    ];
    expect(sealedMarks(one)).toEqual({ digest: sealedDigest(one), kids: sealedKids(one) });
    expect(sealedDigest(one)).toBe(sha256([one.protected, one.iv, one.ciphertext, one.tag].join('.')));
    expect(sealedDigest(two)).not.toBe(sealedDigest(one));
  });

  it('names its recipients in apv, which cannot be renamed', async () => {
    const sealed = await sealFor(
      await signMessage(textMessage(), sender.signing),
      [recipient.opening.publicJwk],
      'A256GCM',
    );
    const renamed = {
      ...sealed,
      recipients: sealed.recipients.map((one) => ({ ...one, header: { kid: stranger.opening.kid } })),
    };
    expect(await refusalOf(() => sealedDigest(renamed))).toBe('jose-header-refused');
  });
});

describe('what does not open', () => {
  const bits = (text: string): fc.Arbitrary<string> =>
    fc.tuple(fc.nat({ max: text.length - 1 }), fc.nat({ max: 7 })).map(([at, bit]) => {
      const bytes = Buffer.from(text);
      bytes[at] = (bytes[at] ?? 0) ^ (1 << bit);
      return bytes.toString('latin1');
    });

  it.each(ENC)('a single flipped bit anywhere is refused (%s)', async (enc) => {
    const sealed = await sealFor(
      await signMessage(textMessage(), sender.signing),
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
        expect(codes).toContain(await refusalOf(() => openSealed(one, [recipient.opening])));
      }),
      { numRuns: 300 },
    );
  });

  it('a flipped bit of the bytes themselves is refused with the one bland answer', async () => {
    const sealed = await sealFor(
      await signMessage(textMessage(), sender.signing),
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
      answers.push(await openSealed(one, [recipient.opening]).catch((error: unknown) => String(error)));
    answers.push(await openSealed(sealed, [stranger.opening]).catch((error: unknown) => String(error)));
    answers.push(await openSealed(sealed, []).catch((error: unknown) => String(error)));
    expect(new Set(answers)).toEqual(
      new Set(['Refusal: decryption-failed: the sealed message could not be opened']),
    );
  });

  it('a plaintext that is no JWS is refused like one that cannot be decrypted', async () => {
    const jws = { payload: 'not base64url', signatures: [] };
    const sealed = await sealFor(jws, [recipient.opening.publicJwk], 'A256GCM');
    expect(await refusalOf(() => openSealed(sealed, [recipient.opening]))).toBe('decryption-failed');
  });

  it('too much to seal is refused before it is sealed', async () => {
    const jws = { payload: 'A'.repeat(LIMITS.sealedMessage), signatures: [] };
    expect(await refusalOf(() => sealFor(jws, [recipient.opening.publicJwk], 'A256GCM'))).toBe('too-large');
  });
});

describe('a signed message', () => {
  const signed = (over: Partial<Message> = {}, by = sender) => signMessage(textMessage(over), by.signing);

  it('is read by someone who is no recipient where no recipient is asked for', async () => {
    expect(await readMessage(await signed(), { keysOf: expected.keysOf })).toEqual(textMessage());
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
    const sealed = await sealFor(whole, [recipient.opening.publicJwk], 'A256CBC-HS512');
    const read = await readMessage(await openSealed(sealed, [recipient.opening]), expected);
    expect(read.attachments[0]?.byte_count).toBe(LIMITS.attachments);
    const more = await signed({ attachments: [file(LIMITS.attachments + 1)] });
    expect(await refusalOf(() => readMessage(more, expected))).toBe('too-large');
  });

  it('is refused where signer and sender differ', async () => {
    expect(await refusalOf(async () => readMessage(await signed({}, stranger), expected))).toBe(
      'misaddressed',
    );
  });

  it('is refused where it is not addressed to the reader: a recipient cannot pass it on', async () => {
    const elsewhere = { ...expected, recipient: stranger.did };
    expect(await refusalOf(async () => readMessage(await signed(), elsewhere))).toBe('misaddressed');
  });

  it('is refused where nobody is known by the sender’s name, or by that key', async () => {
    expect(await refusalOf(async () => readMessage(await signed(), { keysOf: keysOf() }))).toBe(
      'unknown-sender',
    );
    const other = { ...sender.signing, kid: `${SENDER}#other` };
    const jws = await signMessage(textMessage(), other);
    expect(await refusalOf(() => readMessage(jws, expected))).toBe('unknown-sender');
  });

  it('is refused where another key signed under the sender’s name', async () => {
    const impostor = await person(SENDER);
    expect(await refusalOf(async () => readMessage(await signed({}, impostor), expected))).toBe(
      'signature-invalid',
    );
    const otherCurve = await person(SENDER, 'P-256');
    expect(await refusalOf(async () => readMessage(await signed({}, otherCurve), expected))).toBe(
      'signature-invalid',
    );
  });

  it('is refused with two signatures, or with the same one twice', async () => {
    const [one, two] = [await signed(), await signed({}, stranger)];
    const both = { payload: one.payload, signatures: [...one.signatures, ...two.signatures] };
    const twice = { payload: one.payload, signatures: [...one.signatures, ...one.signatures] };
    expect(await refusalOf(() => readMessage(both, expected))).toBe('jose-malformed');
    expect(await refusalOf(() => readMessage(twice, expected))).toBe('jose-malformed');
  });

  it('is refused where the payload was changed', async () => {
    const jws = await signed();
    const payload = Buffer.from(JSON.stringify(textMessage({ handling: 'H2' }))).toString('base64url');
    expect(await refusalOf(() => readMessage({ ...jws, payload }, expected))).toBe('signature-invalid');
  });

  it('is refused where its body does not fit the schema, naming no value', async () => {
    const jws = await signMessage({ ...textMessage(), lang: 'Secret' } as unknown as Message, sender.signing);
    const error = await readMessage(jws, expected).catch((one: unknown) => String(one));
    expect(error).toMatch(/^Refusal: invalid-body: \/lang/);
    expect(error).not.toContain('Secret');
  });

  it('is not taken for a statement, nor a statement for it', async () => {
    const statement = await signStatement('evidence', textMessage(), [sender.signing]);
    expect(await refusalOf(() => readMessage(statement, expected))).toBe('jose-header-refused');
  });
});
