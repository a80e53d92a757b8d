/** What every adapter owes its caller, whatever its channel. An adapter's test calls this once, with its rig. */
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Adapter, Arrival, Outcome, Parcel } from '../../src/domain/carriage/adapter.ts';
import { leavesOpen } from '../../src/domain/carriage/attempt.ts';
import { PROBLEMS } from '../../src/domain/words/error.ts';

export interface AdapterRig {
  readonly adapter: Adapter;
  /** A message this channel can carry; the same parcel on every call. */
  message(): Parcel;
  evidence(): Parcel;
  /** What the peer answers from now on. */
  peer(mode: PeerMode): void;
  /** Parcels the peer really took. */
  taken(): number;
  /** A request that is proven and useful; absent where nothing comes in by this channel. */
  genuine?(): Request;
  /** The same from somebody who holds no secret. */
  forged(): Request;
  oversized(): Request;
  /** What stands in the content only, and must appear in no outcome, refusal or error. */
  readonly forbidden: readonly string[];
  close(): Promise<void>;
}

export type PeerMode = 'accept' | 'defer' | 'reject' | 'hang' | 'break';

/** Registers the suite; `setup` is called afresh for each test. */
export function adapterConformance(name: string, setup: () => Promise<AdapterRig>): void {
  describe(`the ${name} adapter keeps the contract`, () => {
    let rig: AdapterRig;
    beforeEach(async () => {
      rig = await setup();
    });
    afterEach(async () => {
      await rig.close();
    });

    describe('sending', () => sending(() => rig));
    describe('receiving', () => receiving(() => rig));
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

function receiving(rig: () => AdapterRig): void {
  it('takes what is genuine', async () => {
    const request = rig().genuine?.();
    if (request === undefined) return;
    const arrivals = await receive(rig(), request);
    expect(arrivals.some((one) => one.kind !== 'refused')).toBe(true);
  });

  it('refuses a forgery with one bland word', async () => {
    const refusal = await refused(rig(), rig().forged());
    if (rig().genuine) expect(PROBLEMS[refusal.code].status).toBe(401);
  });

  it('refuses what is too large', async () => {
    const refusal = await refused(rig(), rig().oversized());
    if (rig().genuine) expect(refusal.code).toBe('too-large');
  });

  it.each(['GET', 'HEAD', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'])('refuses %s', async (method) => {
    await refused(rig(), new Request(rig().forged().url, { method }));
  });

  it('never throws at garbage, proven or not', async () => {
    const source = () => (rig().genuine ?? rig().forged)();
    const garbage = fc.oneof(
      fc.uint8Array({ maxLength: 512 }),
      fc.json().map((text) => new TextEncoder().encode(text)),
    );
    await fc.assert(
      fc.asyncProperty(garbage, fc.boolean(), async (bytes, withHeaders) => {
        const like = source();
        const headers = withHeaders ? like.headers : { 'content-type': 'application/json' };
        await receive(rig(), new Request(like.url, { method: 'POST', headers, body: new Uint8Array(bytes) }));
      }),
      { numRuns: 40 },
    );
  });
}

/** No answer came: it is tried again, and what a recall cannot reach names it, for the peer may have taken it. */
function expectOpen(outcome: Outcome | undefined): void {
  if (outcome !== undefined) expect(leavesOpen({ outcome: outcome.kind, code: outcome.code })).toBe(true);
}

/** Sends and holds the outcome, or the error, to the contract's manners; undefined for a throw, which means deferred. */
async function send(rig: AdapterRig, parcel: Parcel, signal?: AbortSignal): Promise<Outcome | undefined> {
  try {
    const outcome = await rig.adapter.send(parcel, signal ?? AbortSignal.timeout(4_000));
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
