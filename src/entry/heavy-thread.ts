/** A thread that does what takes long for a large message: one call at a time, by name, answered under its number. */
import { parentPort } from 'node:worker_threads';
import { Refusal } from '../domain/error.ts';
import { HEAVY, type Heavy } from '../seal/heavy.ts';

export interface Call {
  readonly id: number;
  readonly name: keyof Heavy;
  readonly given: readonly unknown[];
}

export type Answer = { readonly id: number } & (
  | { readonly value: unknown }
  | { readonly refusal: Pick<Refusal, 'code' | 'detail'> }
  | { readonly fault: string }
);

async function answered({ id, name, given }: Call): Promise<Answer> {
  try {
    const work = HEAVY[name] as (...args: readonly unknown[]) => Promise<unknown>;
    return { id, value: await work(...given) };
  } catch (error) {
    if (error instanceof Refusal) return { id, refusal: { code: error.code, detail: error.detail } };
    return { id, fault: error instanceof Error ? error.name : 'unknown' };
  }
}

parentPort?.on('message', (call: Call) => void answered(call).then((one) => parentPort?.postMessage(one)));
