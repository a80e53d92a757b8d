/** The thread for heavy work on large messages: one call at a time, by name; each answer has the number of its call. */
import { parentPort } from 'node:worker_threads';
import type { MailComposition } from '../../../adapters/email/compose.ts';
import { Refusal } from '../../domain/words/error.ts';
import { HEAVY_WORK } from '../../seal/heavy-work.ts';

export interface HeavyCall {
  readonly id: number;
  readonly name: keyof typeof WORK;
  readonly given: readonly unknown[];
}

export type HeavyAnswer = { readonly id: number } & (
  | { readonly value: unknown }
  | { readonly refusal: Pick<Refusal, 'code' | 'detail'> }
  | { readonly fault: string }
);

/** The work by name. The mail libraries are loaded only when mail is composed. */
const WORK = {
  ...HEAVY_WORK,
  composeMail: async (composition: MailComposition): Promise<Uint8Array> =>
    (await import('../../../adapters/email/compose.ts')).composeMail(composition),
};

async function answered({ id, name, given }: HeavyCall): Promise<HeavyAnswer> {
  try {
    const work = WORK[name] as (...args: readonly unknown[]) => Promise<unknown>;
    return { id, value: await work(...given) };
  } catch (error) {
    if (error instanceof Refusal) return { id, refusal: { code: error.code, detail: error.detail } };
    return { id, fault: error instanceof Error ? error.name : 'unknown' };
  }
}

/** The memory of bytes in what was made here, which goes over as it is: nobody here needs it any more. */
function memoryOf(value: unknown): ArrayBuffer[] {
  if (value instanceof Uint8Array) {
    const { buffer, byteLength } = value;
    // Part of a larger piece of memory is copied: the rest may be somebody else's.
    return buffer instanceof ArrayBuffer && buffer.byteLength === byteLength ? [buffer] : [];
  }
  if (typeof value !== 'object' || value === null) return [];
  return Object.values(value).flatMap(memoryOf);
}

parentPort?.on(
  'message',
  (call: HeavyCall) =>
    void answered(call).then((one) => parentPort?.postMessage(one, [...new Set(memoryOf(one))])),
);
