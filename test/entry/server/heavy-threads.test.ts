/** Heavy work is done on threads beside the main one, with the same result. */
import { afterAll, describe, expect, it } from 'vitest';
import { CONSIGNMENT_TYPE } from '../../../src/domain/message/consignment.ts';
import { JSON_BOUNDS } from '../../../src/domain/message/json-bounds.ts';
import { textOf } from '../../../src/domain/words/long-text.ts';
import { createHeavyThreads } from '../../../src/entry/server/heavy-threads.ts';
import { digestOf } from '../../../src/seal/digest.ts';
import { HEAVY_WORK, type SealingSender } from '../../../src/seal/heavy-work.ts';
import type { ConsignmentInput } from '../../../src/seal/make-consignment.ts';
import { marksOfSealed } from '../../../src/seal/sealed-message.ts';
import {
  makeWebhookSecret,
  readWebhookSigner,
  readWebhookVerifier,
  verifyWebhook,
} from '../../../src/seal/webhook-signature.ts';
import {
  catchRefusal,
  makePerson,
  makeTextMessage,
  RECIPIENT_DID,
  SENDER_DID,
} from '../../support/people.ts';

const threads = createHeavyThreads(2);
const aside = threads.heavyFor(1e9);
afterAll(() => threads.close());

const sender = await makePerson(SENDER_DID);
const recipient = await makePerson(RECIPIENT_DID, 'P-256', 'P-256');
const message = makeTextMessage({ body: { text: 'ខ'.repeat(300_000) } });
const { created_time, expires_time, urgency, handling, thid } = message;
const enc = 'A256CBC-HS512' as const;
const job: ConsignmentInput = {
  message,
  signer: sender.signing,
  own: { to: SENDER_DID, keys: [sender.opening.publicJwk], enc },
  recipients: [{ to: RECIPIENT_DID, keys: [recipient.opening.publicJwk], enc }],
  head: {
    id: message.id,
    typ: message.typ,
    type: CONSIGNMENT_TYPE,
    from: SENDER_DID,
    to: ['did:web:gateway.test'],
    created_time,
    expires_time,
    body: { message_type: 'text', urgency, handling, thid },
  },
};

describe('threads for heavy work', () => {
  it('are not used for short work', () => {
    expect(threads.heavyFor(1_000)).toBe(HEAVY_WORK);
    expect(threads.heavyFor(1_000_000)).not.toBe(HEAVY_WORK);
  });

  it('sign, seal, read and open like the main thread', async () => {
    const made = await aside.consign(job);
    const [part] = made.sealed;
    // Bytes, which were not copied.
    for (const text of [made.text, made.ownCopy, part?.text]) expect(text).toBeInstanceOf(Uint8Array);
    const payload = Buffer.from(JSON.parse(textOf(made.text)).payload, 'base64url');
    expect([await aside.digest(payload), digestOf(payload)]).toEqual([made.digest, made.digest]);
    const found = await aside.consignment(payload, JSON_BOUNDS.consignment);
    expect(found).toEqual(await HEAVY_WORK.consignment(payload, JSON_BOUNDS.consignment));
    expect(found).toEqual({ id: message.id, head: made.head, parts: [{ to: RECIPIENT_DID, ...part }] });
    const text = part?.text ?? '';
    expect(marksOfSealed(await aside.parsed(text)).digest).toBe(part?.digest);
    for (const [kept, { kid }] of [
      [text, recipient.opening],
      [made.ownCopy, sender.opening],
    ] as const)
      expect(await aside.kids(kept)).toEqual([kid]);
    const from = { did: sender.did, signing: [sender.signing.publicJwk] };
    for (const one of [aside, HEAVY_WORK]) {
      expect(await one.open(text, [recipient.opening], from, RECIPIENT_DID)).toMatchObject({ message });
      expect(await one.open(made.ownCopy, [sender.opening], from, undefined)).toMatchObject({ message });
    }
  });

  it('make and sign a post', async () => {
    const secret = makeWebhookSecret(crypto.getRandomValues(new Uint8Array(32)));
    const body = await aside.json({ message });
    expect(JSON.parse(textOf(body))).toEqual({ message });
    const now = new Date();
    const timestamp = Math.floor(now.getTime() / 1_000);
    const signed = await aside.signCall([await readWebhookSigner(secret)], { id: 'call', timestamp, body });
    const verified = verifyWebhook([await readWebhookVerifier(secret)], new Headers(signed), body, now);
    expect(await verified).toEqual({ id: 'call', verifier: 0 });
  });

  it('read a partner’s post', async () => {
    const attachments = [{ filename: 'scan.pdf', media_type: 'application/pdf', base64: 'a+/b+A==' }];
    const post = {
      to: ['desk'],
      type: 'text',
      urgency: 'routine',
      handling: 'H0',
      lang: 'en',
      body: {},
    };
    const read = await aside.post(Buffer.from(JSON.stringify({ ...post, attachments })));
    expect(read).toMatchObject({ submission: post, files: [{ byte_count: 4, data: { base64: 'a-_b-A' } }] });
    expect(read.submission).not.toHaveProperty('attachments');
  });

  it('refuse with the same code', async () => {
    const { sealed } = await HEAVY_WORK.consign(job);
    const other = await makePerson(SENDER_DID);
    const opened = (from: SealingSender) =>
      aside.open(sealed[0]?.text ?? '', [recipient.opening], from, RECIPIENT_DID);
    const signing = [other.signing.publicJwk];
    expect(await catchRefusal(() => opened({ did: SENDER_DID, signing }))).toBe('signature-invalid');
    expect(await catchRefusal(() => opened({ did: RECIPIENT_DID, signing }))).toBe('misaddressed');
    expect(await catchRefusal(() => aside.open('{}', [], { did: SENDER_DID, signing }, RECIPIENT_DID))).toBe(
      'jose-malformed',
    );
    expect(await catchRefusal(() => aside.post(Buffer.from('{}')))).toBe('invalid-body');
    expect(await catchRefusal(() => aside.kids('{}'))).toBe('jose-malformed');
    const many = Buffer.from(`[${'[],'.repeat(30_000)}[]]`);
    expect(await catchRefusal(() => aside.parse(many, JSON_BOUNDS.message))).toBe('too-large');
  });

  it('report a fault as a fault, and continue', async () => {
    await expect(aside.kids('no JSON')).rejects.toThrow(/a thread met a fault: SyntaxError/);
    expect(await aside.parse(Buffer.from('[1]'), JSON_BOUNDS.small)).toEqual([1]);
  });

  it('do many things at once, and leave the main thread free', async () => {
    const bytes = Buffer.from(
      JSON.stringify(Array.from({ length: 15_000 }, (_, n) => ({ n })).slice(0, 9_000)),
    );
    let turns = 0;
    const timer = setInterval(() => {
      turns += 1;
    }, 1);
    const all = await Promise.all(Array.from({ length: 20 }, () => aside.parse(bytes, JSON_BOUNDS.message)));
    clearInterval(timer);
    expect(all).toHaveLength(20);
    expect(turns).toBeGreaterThan(0);
  });

  it('reject work in progress when they end, and are started again', async () => {
    const more = createHeavyThreads(1);
    const made = more.heavyFor(1e9).consign(job);
    const failed = expect(made).rejects.toThrow('a thread ended before its work did');
    await more.close();
    await failed;
    expect(await more.heavyFor(1e9).parse(Buffer.from('[1]'), JSON_BOUNDS.small)).toEqual([1]);
    await more.close();
  });
});
