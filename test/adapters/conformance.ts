/** What every adapter owes its caller, whatever its channel. An adapter's test calls this once, with its rig. */
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Adapter, Arrival, Outcome, Parcel } from '../../src/domain/carriage/adapter.ts';
import { mayBeTaken } from '../../src/domain/carriage/attempt.ts';
import { PROBLEMS } from '../../src/domain/words/error.ts';
import { never, PATIENCE } from '../support/patience.ts';
import { assertProperty } from '../support/property.ts';

export interface AdapterRig {
  readonly adapter: Adapter;
  /** A message this channel can carry; the same parcel on every call. */
  message(): Parcel;
  evidence(): Parcel;
  /** What the peer answers from now on. */
  peer(mode: PeerMode): void;
  /** Parcels the peer really took. */
  taken(): number;
  /** A request that is proven and useful; where nothing comes in by this channel, the likeliest one. */
  genuine(): Request;
  /** The same from somebody who holds no secret. */
  forged(): Request;
  oversized(): Request;
  /** What stands in the content only, and must appear in no outcome, refusal or error. */
  readonly forbidden: readonly string[];
  close(): Promise<void>;
}

/** Seconds, longer than any test: an adapter's own patience under this suite, so that it is the signal that ends a send. */
export const UNHURRIED = PATIENCE / 1_000;

export type PeerMode = 'accept' | 'defer' | 'reject' | 'hang' | 'break';

/**
 * Registers the suite; `setup` is called afresh for each test.
 * @param incoming what the channel brings in: an adapter that takes nothing says so, and is held to refuse all
 */
export function adapterConformance(
  name: string,
  incoming: 'takes arrivals' | 'takes nothing in',
  setup: () => Promise<AdapterRig>,
): void {
  describe(`the ${name} adapter keeps the contract`, () => {
    let rig: AdapterRig;
    beforeEach(async () => {
      rig = await setup();
      expect(rig.forbidden.filter((one) => one !== '')).not.toEqual([]);
    });
    afterEach(async () => {
      await rig.close();
    });

    describe('sending', () => sending(() => rig));
    if (incoming === 'takes arrivals') describe('receiving', () => receiving(() => rig));
    else describe('receiving nothing', () => refusing(() => rig));
  });
}

function sending(rig: () => AdapterRig): void {
  it.each(['message', 'evidence'] as const)('hands over a %s once', async (kind) => {
    rig().peer('accept');
    const outcome = await send(rig(), rig()[kind]());
    expect(outcome?.kind).toBe('accepted');
    expect(rig().taken()).toBe(1);
  });

  it('may be asked to send the same parcel again', async () => {
    rig().peer('accept');
    expect((await send(rig(), rig().message()))?.kind).toBe('accepted');
    expect((await send(rig(), rig().message()))?.kind).toBe('accepted');
    expect(rig().taken()).toBe(2);
  });

  it('tells a peer that says later from one that says no', async () => {
    rig().peer('defer');
    expect((await send(rig(), rig().message()))?.kind).toBe('deferred');
    rig().peer('reject');
    expect((await send(rig(), rig().message()))?.kind).toBe('rejected');
    expect(rig().taken()).toBe(0);
  });

  it('lets go of a peer that hangs when its signal ends', async () => {
    rig().peer('hang');
    const abort = new AbortController();
    const sent = send(rig(), rig().message(), abort.signal);
    setTimeout(() => abort.abort(), 150);
    expectOpen(await sent);
  });

  it('does not begin when its signal has ended already', async () => {
    rig().peer('accept');
    expect(['deferred', undefined]).toContain(
      (await send(rig(), rig().message(), AbortSignal.abort()))?.kind,
    );
    expect(rig().taken()).toBe(0);
  });

  it('never takes a broken connection for a yes', async () => {
    rig().peer('break');
    expectOpen(await send(rig(), rig().message()));
  });

  it('works again after the peer has recovered', async () => {
    rig().peer('break');
    await send(rig(), rig().message());
    rig().peer('accept');
    expect((await send(rig(), rig().message()))?.kind).toBe('accepted');
  });
}

const OTHER_METHODS = ['GET', 'HEAD', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'] as const;

const GARBAGE = fc.oneof(
  fc.uint8Array({ maxLength: 512 }),
  fc.json().map((text) => new TextEncoder().encode(text)),
);

function receiving(rig: () => AdapterRig): void {
  it('takes what is genuine', async () => {
    const arrivals = await receive(rig(), rig().genuine());
    expect(arrivals.map((one) => one.kind)).toEqual([expect.not.stringMatching('refused')]);
  });

  it('refuses a forgery with one bland word', async () => {
    const refusal = await refused(rig(), rig().forged());
    expect(PROBLEMS[refusal.code].status).toBe(401);
  });

  it('refuses what is too large', async () => {
    expect((await refused(rig(), rig().oversized())).code).toBe('too-large');
  });

  it.each(OTHER_METHODS)('refuses %s', async (method) => {
    await refused(rig(), new Request(rig().forged().url, { method }));
  });

  it('refuses garbage that nobody has proven', async () => {
    await assertProperty(
      fc.asyncProperty(GARBAGE, async (bytes) => {
        await refused(rig(), garbage(rig().genuine().url, bytes, { 'content-type': 'application/json' }));
      }),
      { numRuns: 40 },
    );
  });

  it('answers garbage under the headers of what is proven, and never throws', async () => {
    await assertProperty(
      fc.asyncProperty(GARBAGE, async (bytes) => {
        const { url, headers } = rig().genuine();
        expect(await receive(rig(), garbage(url, bytes, headers))).toBeInstanceOf(Array);
      }),
      { numRuns: 40 },
    );
  });
}

/** Nothing comes in by this channel: whatever is brought is unknown there, the likeliest and the largest too. */
function refusing(rig: () => AdapterRig): void {
  const unknown = async (request: Request): Promise<void> => {
    expect((await refused(rig(), request)).code).toBe('not-found');
  };

  it.each(['genuine', 'forged', 'oversized'] as const)('refuses what is %s', (kind) =>
    unknown(rig()[kind]()),
  );

  it.each(OTHER_METHODS)('refuses %s', (method) => unknown(new Request(rig().forged().url, { method })));

  it('refuses garbage', async () => {
    await assertProperty(
      fc.asyncProperty(GARBAGE, (bytes) => unknown(garbage(rig().genuine().url, bytes, {}))),
      { numRuns: 40 },
    );
  });
}

const garbage = (url: string, bytes: Uint8Array, headers: HeadersInit): Request =>
  new Request(url, { method: 'POST', headers, body: new Uint8Array(bytes) });

/** No answer came: it is tried again, and what a recall cannot reach names it, for the peer may have taken it. */
function expectOpen(outcome: Outcome | undefined): void {
  expect(outcome === undefined || mayBeTaken({ outcome: outcome.kind, code: outcome.code })).toBe(true);
}

/** Sends and holds the outcome, or the error, to the contract's manners; undefined for a throw, which means deferred. */
async function send(rig: AdapterRig, parcel: Parcel, signal?: AbortSignal): Promise<Outcome | undefined> {
  try {
    const outcome = await rig.adapter.send(parcel, signal ?? never());
    expect(outcome.code).toMatch(/^[a-z0-9-]{1,40}$/);
    expectDiscreet(rig, JSON.stringify(outcome));
    return outcome;
  } catch (error) {
    if (error instanceof Error && error.name === 'AssertionError') throw error;
    expectDiscreet(rig, String(error));
    return undefined;
  }
}

async function receive(rig: AdapterRig, request: Request): Promise<readonly Arrival[]> {
  const arrivals = await rig.adapter.receive(request);
  for (const arrival of arrivals) {
    if (arrival.kind !== 'refused') continue;
    expect(Object.keys(PROBLEMS)).toContain(arrival.code);
    expectDiscreet(rig, arrival.detail);
  }
  return arrivals;
}

async function refused(rig: AdapterRig, request: Request): Promise<Extract<Arrival, { kind: 'refused' }>> {
  const arrivals = await receive(rig, request);
  const [only] = arrivals;
  expect(arrivals).toHaveLength(1);
  if (only?.kind !== 'refused') throw new Error('was not refused');
  return only;
}

function expectDiscreet(rig: AdapterRig, text: string): void {
  for (const secret of rig.forbidden) expect(text).not.toContain(secret);
}
