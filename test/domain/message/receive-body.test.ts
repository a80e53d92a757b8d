import { describe, expect, it } from 'vitest';
import { type BodyLimit, receiveBody, receiveSmallBody } from '../../../src/domain/message/receive-body.ts';
import { BODY_LIMITS, bytesOfBody, createBodies } from '../../../src/domain/words/held-body.ts';
import { catchRefusal } from '../../support/people.ts';

const door: BodyLimit = { bytes: 1_000, seconds: 5 };
const bodies = createBodies(BODY_LIMITS);

/** A request whose body comes as these pieces, and then as `end` says. */
function request(
  pieces: readonly string[],
  end: 'ends' | 'breaks' | 'waits' = 'ends',
  headers = {},
): Request {
  const waiting = pieces.map((one) => new TextEncoder().encode(one));
  const body = new ReadableStream({
    pull(stream) {
      const piece = waiting.shift();
      if (piece !== undefined) stream.enqueue(piece);
      else if (end === 'ends') stream.close();
      else if (end === 'breaks') stream.error(new Error('cut'));
      else return new Promise(() => {});
      return undefined;
    },
  });
  return new Request('http://gateway.test/', {
    method: 'POST',
    body,
    headers,
    duplex: 'half',
  } as RequestInit);
}

describe('receiving', () => {
  it('returns the received bytes', async () => {
    const body = await receiveBody(request(['{"a":', '1}']), door, bodies);
    expect(Buffer.from(await bytesOfBody(body)).toString()).toBe('{"a":1}');
    body.release();
    expect(
      await receiveSmallBody(new Request('http://gateway.test/', { method: 'POST' }), door, bodies),
    ).toEqual(new Uint8Array());
  });

  it.each([
    ['too large as it says', () => request(['1'], 'ends', { 'content-length': '1001' }), 'too-large'],
    ['too large without saying so', () => request(['x'.repeat(600), 'x'.repeat(600)]), 'too-large'],
    ['broken off', () => request(['{'], 'breaks'), 'malformed-json'],
  ])('refuses a body that is %s', async (_what, make, code) => {
    expect(await catchRefusal(() => receiveSmallBody(make(), door, bodies))).toBe(code);
  });

  it('refuses what is too slow', async () => {
    const hasty = { ...door, seconds: 0.2 };
    expect(await catchRefusal(() => receiveSmallBody(request(['{'], 'waits'), hasty, bodies))).toBe(
      'too-slow',
    );
  });

  it('counts JSON while it arrives, and reads no further than necessary', async () => {
    const json = { values: 5, members: 5, depth: 3, string: 100 };
    let given = 0;
    const body = new ReadableStream({
      pull(stream) {
        given += 1;
        stream.enqueue(new TextEncoder().encode('[],'.repeat(10)));
      },
    });
    const endless = new Request('http://gateway.test/', {
      method: 'POST',
      body,
      duplex: 'half',
    } as RequestInit);
    expect(await catchRefusal(() => receiveBody(endless, { ...door, bytes: 1e9, json }, bodies))).toBe(
      'too-large',
    );
    expect(given).toBeLessThan(10);
    expect(await catchRefusal(() => receiveBody(request(['[1,2,3,4,5]']), { ...door, json }, bodies))).toBe(
      'too-large',
    );
  });

  it('keeps nothing of a refused body', async () => {
    const small = createBodies({ ...BODY_LIMITS, memory: 8 * 1_024, bodies: 1 });
    for (let n = 0; n < 20; n += 1)
      expect(
        await catchRefusal(() => receiveBody(request(['x'.repeat(600), 'x'.repeat(600)]), door, small)),
      ).toBe('too-large');
    const body = await receiveBody(request(['x'.repeat(600)]), door, small);
    expect(body.size).toBe(600);
  });
});
