/** A client that does not give up: it repeats broken calls with the same bytes and the same id. */
import { setTimeout as sleep } from 'node:timers/promises';

/** Milliseconds between attempts, and the time limit for one call. */
const PAUSE = 100;
const PATIENCE = 300_000;
const ONE_TRY = 60_000;

/** The request of one attempt; made again each time, because signatures carry the time of the attempt. */
export type CallMaker = () => Promise<{ readonly url: string; readonly init: RequestInit }>;

/** A completely received answer. */
export interface ReadAnswer {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
}

/**
 * Calls until the answer is final: network faults and 5xx are tried again.
 * @throws Error if that takes too long
 */
export async function callUntilAnswered(make: CallMaker, patience = PATIENCE): Promise<ReadAnswer> {
  const deadline = performance.now() + patience;
  let last = 'no answer';
  do {
    const { url, init } = await make();
    try {
      const response = await fetch(url, {
        ...init,
        redirect: 'manual',
        signal: AbortSignal.timeout(ONE_TRY),
      });
      const text = await response.text();
      if (response.status < 500) return { status: response.status, headers: response.headers, text };
      last = `status ${response.status}`;
    } catch {
      last = 'a broken connection';
    }
    // Unreferenced, so that a waiting client does not keep a stopped process alive.
    await sleep(PAUSE, undefined, { ref: false });
  } while (performance.now() < deadline);
  throw new Error(`the gateway did not answer in time: ${last}`);
}

/** A refused call: the problem document (RFC 9457), whose type names the kind of refusal. */
export class CallRefused extends Error {
  /** The last part of its `type`. */
  readonly code: string;
  /** The answer had a signed rejection. */
  readonly isSigned: boolean;

  constructor(what: string, { status, text }: ReadAnswer) {
    super(`${what} was refused: ${status} ${text.slice(0, 400)}`);
    this.name = 'Refused';
    const { type, evidence } = problemIn(text);
    this.code = String(type ?? '').replace(/^.*[/#:]/, '');
    this.isSigned = evidence !== undefined;
  }
}

function problemIn(text: string): { readonly type?: unknown; readonly evidence?: unknown } {
  try {
    return Object(JSON.parse(text));
  } catch {
    return {};
  }
}

/** The JSON of a 2xx answer. @throws Refused */
export function readAccepted<T>(what: string, answer: ReadAnswer): T {
  if (answer.status >= 200 && answer.status < 300) return JSON.parse(answer.text) as T;
  throw new CallRefused(what, answer);
}
