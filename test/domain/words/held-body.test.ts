import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  BODY_LIMITS,
  type BodyLimits,
  bytesOfBody,
  createBodies,
  type HeldBody,
  type SpillFile,
} from '../../../src/domain/words/held-body.ts';
import { catchRefusal } from '../../support/people.ts';
import { assertProperty } from '../../support/property.ts';

const KIB = 1_024;

/** Files in memory, and how many are open. */
function disk() {
  const files = { open: 0, opened: 0 };
  const open = async (): Promise<SpillFile> => {
    files.open += 1;
    files.opened += 1;
    let bytes = Buffer.alloc(0);
    return {
      append: async (more) => {
        bytes = Buffer.concat([bytes, more]);
      },
      async *pieces(from, until) {
        for (let at = from; at < until; at += 1_000) yield bytes.subarray(at, Math.min(until, at + 1_000));
      },
      close: () => {
        files.open -= 1;
      },
    };
  };
  return { files, open };
}

const limits = (over: Partial<BodyLimits> = {}): BodyLimits => ({ ...BODY_LIMITS, ...over });

async function held(
  bodies: ReturnType<typeof createBodies>,
  bytes: Uint8Array,
  piece = 10_000,
  holder?: string,
) {
  const holding = bodies.begin(holder);
  try {
    for (let at = 0; at < bytes.length; at += piece) await holding.add(bytes.subarray(at, at + piece));
    return await holding.end();
  } catch (fault) {
    holding.release();
    throw fault;
  }
}

const some = (length: number): Uint8Array => Uint8Array.from({ length }, (_, n) => (n * 31 + (n >> 8)) % 256);

async function between(body: HeldBody, from: number, until: number): Promise<Buffer> {
  const parts: Uint8Array[] = [];
  for await (const piece of body.pieces(from, until)) parts.push(new Uint8Array(piece));
  return Buffer.concat(parts);
}

describe('a held body', () => {
  it('gives back the same bytes, whole and in part, from memory and from disk', async () => {
    const { files, open } = disk();
    await assertProperty(
      fc.asyncProperty(
        fc.nat(600 * KIB),
        fc.integer({ min: 1, max: 90_000 }),
        fc.nat(600 * KIB),
        fc.nat(600 * KIB),
        async (length, piece, one, other) => {
          const bytes = some(length);
          const body = await held(createBodies(limits(), open), bytes, piece);
          expect(body.size).toBe(length);
          expect(Buffer.compare(await bytesOfBody(body), bytes)).toBe(0);
          const [from, until] = [Math.min(one, other, length), Math.min(Math.max(one, other), length)];
          expect(Buffer.compare(await between(body, from, until), bytes.subarray(from, until))).toBe(0);
          expect(body.isLarge).toBe(length > 196 * KIB);
          body.release();
          body.release();
        },
      ),
      { numRuns: 30 },
    );
    expect(files.opened).toBeGreaterThan(0);
    expect(files.open).toBe(0);
  });

  it('is refused if there is no more space in total, and accepted when there is some', async () => {
    const bodies = createBodies(limits({ memory: 340 * KIB }));
    const first = await held(bodies, some(200 * KIB));
    expect(await catchRefusal(() => held(bodies, some(200 * KIB)))).toBe('busy');
    expect((await held(bodies, some(10 * KIB))).size).toBe(10 * KIB);
    first.release();
    expect((await held(bodies, some(200 * KIB))).size).toBe(200 * KIB);
  });

  it('goes to disk if the others leave no memory', async () => {
    const { files, open } = disk();
    const bodies = createBodies(limits({ memory: 200 * KIB }), open);
    const all = await Promise.all([1, 2, 3].map(() => held(bodies, some(150 * KIB))));
    expect(files.open).toBeGreaterThan(0);
    for (const one of all) expect(Buffer.compare(await bytesOfBody(one), some(150 * KIB))).toBe(0);
    for (const one of all) one.release();
    expect(files.open).toBe(0);
  });

  it.each([
    ['bodies', { bodies: 1 }],
    ['files', { files: 1 }],
    ['bytes of disk', { disk: 1_000 * KIB }],
  ])('is bounded in %s', async (_what, bound) => {
    const { open } = disk();
    const bodies = createBodies(limits(bound), open);
    const first = await held(bodies, some(600 * KIB));
    expect(await catchRefusal(() => held(bodies, some(600 * KIB)))).toBe('busy');
    first.release();
    const again = await held(bodies, some(600 * KIB));
    again.release();
  });

  it.each([
    ['bodies', { bodies: 8 }, 1],
    ['files', { files: 8 }, 600],
    ['bytes of disk', { disk: 6_000 * KIB }, 600],
    ['bytes of memory', { memory: 600 * KIB, each: 200 * KIB, files: 0 }, 60],
  ])('leaves space for others in %s, however much one caller sends', async (_what, bound, size) => {
    const { files, open } = disk();
    const bodies = createBodies(limits(bound), open);
    const kept: HeldBody[] = [];
    const fill = async (holder: string): Promise<void> => {
      const before = kept.length;
      const refused = await catchRefusal(async () => {
        for (;;) kept.push(await held(bodies, some(size * KIB), 10_000, holder));
      });
      expect(refused).toBe('busy');
      expect(kept.length).toBeGreaterThan(before);
    };
    await fill('one');
    await fill('other');
    kept.push(await held(bodies, some(size * KIB), 10_000, 'third'));
    for (const one of kept) one.release();
    expect(files.open).toBe(0);
  });

  it('is processed in turn if it is large', async () => {
    const { open } = disk();
    const bodies = createBodies(limits({ turns: 2 }), open);
    let [running, most] = [0, 0];
    const work = async (): Promise<void> => {
      running += 1;
      most = Math.max(most, running);
      await new Promise((resolve) => setTimeout(resolve, 5));
      running -= 1;
    };
    const large = await held(bodies, some(600 * KIB));
    const small = await held(bodies, some(1 * KIB));
    const failing = bodies.inTurn(large, () => Promise.reject(new Error('it failed')));
    await expect(failing).rejects.toThrow('it failed');
    await Promise.all(Array.from({ length: 9 }, () => bodies.inTurn(large, work)));
    expect(most).toBe(2);
    await Promise.all(Array.from({ length: 9 }, () => bodies.inTurn(small, work)));
    expect(most).toBe(9);
  });
});
