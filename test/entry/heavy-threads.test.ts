/** What takes long is done beside the process's own thread, with the same result. */
import { afterAll, describe, expect, it } from 'vitest';
import { JSON_BOUNDS } from '../../src/domain/json-bounds.ts';
import { heavyThreads } from '../../src/entry/heavy-threads.ts';
import { HEAVY } from '../../src/seal/heavy.ts';
import { sealedMarks } from '../../src/seal/sealed-message.ts';
import { person, RECIPIENT, refusalOf, SENDER, textMessage } from '../support/people.ts';

const threads = heavyThreads(2);
const aside = threads.heavyFor(1e9);
afterAll(() => threads.close());

const sender = await person(SENDER);
const recipient = await person(RECIPIENT, 'P-256', 'P-256');
const message = textMessage({ body: { text: 'ខ'.repeat(300_000) } });

describe('threads for what takes long', () => {
  it('are not asked where it is short', () => {
    expect(threads.heavyFor(1_000)).toBe(HEAVY);
    expect(threads.heavyFor(1_000_000)).not.toBe(HEAVY);
  });

  it('sign, seal, open and read as the own thread does', async () => {
    const jws = await aside.sign(message, sender.signing);
    const { sealed, digest, text } = await aside.seal(jws, [recipient.opening.publicJwk], 'A256CBC-HS512');
    expect(JSON.parse(text)).toEqual(sealed);
    expect(await aside.marks(sealed)).toEqual({ ...sealedMarks(sealed), text });
    expect(await aside.kids(text)).toEqual([recipient.opening.kid]);
    expect(await HEAVY.marks(sealed)).toMatchObject({ digest });
    const opened = await aside.open(text, [recipient.opening]);
    expect(opened).toEqual({ jws, signer: sender.did });
    const keys = [sender.signing.publicJwk];
    expect(await aside.read(opened.jws, keys, RECIPIENT)).toEqual(message);
    expect(await HEAVY.read(opened.jws, keys, RECIPIENT)).toEqual(message);
  });

  it('refuse with the same code', async () => {
    const jws = await HEAVY.sign(message, sender.signing);
    const other = await person(SENDER);
    expect(await refusalOf(() => aside.read(jws, [other.signing.publicJwk], RECIPIENT))).toBe(
      'signature-invalid',
    );
    expect(await refusalOf(() => aside.kids('{}'))).toBe('jose-malformed');
    const many = Buffer.from(`[${'[],'.repeat(30_000)}[]]`);
    expect(await refusalOf(() => aside.parse(many, JSON_BOUNDS.message))).toBe('too-large');
  });

  it('tell a fault as a fault, and go on', async () => {
    await expect(aside.kids('no JSON')).rejects.toThrow(/a thread met a fault: SyntaxError/);
    expect(await aside.parse(Buffer.from('[1]'), JSON_BOUNDS.small)).toEqual([1]);
  });

  it('do many things at once, and leave the own thread free', async () => {
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

  it('reject what was under way when they end, and are started anew', async () => {
    const more = heavyThreads(1);
    const jws = more.heavyFor(1e9).sign(message, sender.signing);
    const failed = expect(jws).rejects.toThrow('a thread ended before its work did');
    await more.close();
    await failed;
    expect(await more.heavyFor(1e9).parse(Buffer.from('[1]'), JSON_BOUNDS.small)).toEqual([1]);
    await more.close();
  });
});
