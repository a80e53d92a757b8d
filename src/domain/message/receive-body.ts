/** The one reader of posted bodies: bounded in bytes and time, and held until the sender is authenticated. */
import { Refusal } from '../words/error.ts';
import {
  type Bodies,
  type BodySource,
  bytesOfBody,
  type HeldBody,
  type IncomingBody,
} from '../words/held-body.ts';
import { type JsonBounds, JsonCounter } from '../words/json-count.ts';
import { JSON_BOUNDS } from './json-bounds.ts';
import { LIMITS, MAX_SETTLED_AT_ONCE } from './message.ts';

/** The limits of one API route. */
export interface BodyLimit {
  readonly bytes: number;
  /** Seconds for the whole body to arrive. */
  readonly seconds: number;
  /** Bounds of its JSON, if they do not depend on the sender. They are counted while the body arrives. */
  readonly json?: JsonBounds;
}

const KIB = 1_024;
const SMALL = { bytes: LIMITS.smallPost, seconds: 30 } as const;

/** The limits of each API route. */
export const BODY_LIMIT_BY_ROUTE = {
  /** `POST /v1/consignments` */
  consignment: { bytes: LIMITS.consignment, seconds: 300, json: JSON_BOUNDS.jws },
  /** `POST /v1/focal-points/:slug/messages` */
  assistedPost: { bytes: LIMITS.assistedPost, seconds: 300 },
  /** `POST /v1/focal-points/:slug/acknowledgements` */
  acknowledgement: SMALL,
  /** `POST /v1/relay`: a consignment of the largest size and the receipt for it. */
  relay: { bytes: LIMITS.consignment + LIMITS.smallPost, seconds: 300, json: JSON_BOUNDS.relay },
  /** `POST /v1/relay/evidence`, `/v1/relay/statements` and `/v1/relay/withdrawals`: a statement in base64. */
  relayedStatement: { bytes: 2 * LIMITS.smallPost, seconds: 30 },
  /** `POST /ledger/cosignatures` and `/ledger/alarms`: a note with a few signatures; ours are below one KiB. */
  note: { bytes: 16 * KIB, seconds: 30 },
  /** The forms of our own pages. An id is 32 digits and a separator. */
  form: { bytes: KIB + 33 * MAX_SETTLED_AT_ONCE, seconds: 30 },
  /**
   * `POST /channels/telegram`. An update repeats the message it answers, and a Khmer text of 4,096 characters is 24
   * KiB of JSON escapes. If a genuine update were refused, Telegram would hold back the officer's later taps.
   */
  update: { bytes: 256 * KIB, seconds: 30 },
} as const satisfies Record<string, BodyLimit>;

/**
 * Receives a body and holds it.
 * @throws Refusal `too-large`, `too-slow`, `busy`, `malformed-json`; also if the connection breaks
 */
export async function receiveBody(incoming: Request, limit: BodyLimit, bodies: Bodies): Promise<HeldBody> {
  checkBodyLength(incoming, limit);
  const holding = bodies.begin(bodies.holderOf?.(incoming));
  try {
    await fill(bodies.sourceOf?.(incoming) ?? streamed(incoming.body), limit, holding);
    return await holding.end();
  } catch (fault) {
    holding.release();
    throw fault;
  }
}

/**
 * Refuses compressed bodies, because signatures cover the bytes that were sent. @throws Refusal
 * `wrong-content-type`
 */
export function checkBodyEncoding({ headers }: Pick<Request, 'headers'>): void {
  const coding = headers.get('content-encoding')?.trim().toLowerCase() ?? '';
  if (coding !== '' && coding !== 'identity')
    throw new Refusal('wrong-content-type', 'the body is compressed; send it without content-encoding');
}

/** Checks the announced length before anything is read. @throws Refusal `too-large` */
export function checkBodyLength({ headers }: Pick<Request, 'headers'>, limit: BodyLimit): void {
  if (Number(headers.get('content-length') ?? 0) > limit.bytes) throw tooLarge(limit);
}

/** Receives a small body and returns its bytes; nothing stays held. @throws Refusal as {@link receiveBody} */
export async function receiveSmallBody(
  incoming: Request,
  limit: BodyLimit,
  bodies: Bodies,
): Promise<Uint8Array> {
  const body = await receiveBody(incoming, limit, bodies);
  try {
    return await bytesOfBody(body);
  } finally {
    body.release();
  }
}

const tooLarge = ({ bytes }: BodyLimit): Refusal =>
  new Refusal('too-large', `the body is larger than ${bytes} bytes`);

async function fill(source: BodySource, limit: BodyLimit, holding: IncomingBody): Promise<void> {
  const count = limit.json && new JsonCounter(limit.json);
  const clock = deadline(limit);
  try {
    let length = 0;
    for (;;) {
      const piece = await clock.before(source.next());
      if (piece === undefined) return count?.end();
      length += piece.length;
      if (length > limit.bytes) throw tooLarge(limit);
      count?.take(piece);
      await holding.add(piece);
    }
  } catch (fault) {
    source.stop();
    throw fault;
  } finally {
    clock.stop();
  }
}

/** Bounds the time for all pieces together. */
function deadline({ seconds }: BodyLimit) {
  let isLate = false;
  let onLate = (): void => {};
  const timer = setTimeout(() => {
    isLate = true;
    onLate();
  }, seconds * 1_000);
  const tooSlow = () => new Refusal('too-slow', `the body did not arrive within ${seconds} seconds`);
  return {
    before: (next: Promise<Uint8Array | undefined>) =>
      new Promise<Uint8Array | undefined>((resolve, reject) => {
        onLate = () => reject(tooSlow());
        if (isLate) onLate();
        next.then(resolve, () => reject(new Refusal('malformed-json', 'the body ended too early')));
      }),
    stop: () => clearTimeout(timer),
  };
}

/** The body of a request, from the platform's stream. */
function streamed(body: ReadableStream<Uint8Array> | null): BodySource {
  const reader = body?.getReader();
  return {
    next: async () => (await reader?.read())?.value,
    // Not awaited: the peer decides when a cancel ends.
    stop: () => void reader?.cancel().catch(() => {}),
  };
}
