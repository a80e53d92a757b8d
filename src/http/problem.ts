/** Problem documents (RFC 9457): every refusal in one shape, from the one table. */
import type { Context } from 'hono';
import { PROBLEMS, problemType, Refusal } from '../domain/error.ts';
import type { Gateway } from '../gateway.ts';

/** The document for a refusal. `evidence` is the signed rejection, where the sender was proven. */
export function problemDocument(refusal: Refusal, instance: string): Record<string, unknown> {
  const { status, title, help } = PROBLEMS[refusal.code];
  return {
    type: problemType(refusal.code),
    title,
    status,
    detail: `${refusal.detail}. ${help}`,
    instance: `urn:amanat:request:${instance}`,
    ...(refusal.policy === undefined ? {} : { 'violated-policies': [refusal.policy] }),
    ...(refusal.evidence === undefined ? {} : { evidence: JSON.parse(refusal.evidence) }),
  };
}

/** Turns whatever was thrown into an answer. A fault says nothing of itself but the id under which it was logged. */
export function problem(gateway: Gateway, context: Context, thrown: unknown, instance: string): Response {
  const refusal =
    thrown instanceof Refusal ? thrown : new Refusal('fault', 'the gateway met a fault of its own');
  if (!(thrown instanceof Refusal)) {
    const fault = thrown instanceof Error ? thrown : new Error('unknown');
    gateway.log.error('http.fault', { instance, fault: fault.name, at: firstFrame(fault) });
  }
  const { status } = PROBLEMS[refusal.code];
  context.header('content-type', 'application/problem+json');
  if (status === 401) context.header('www-authenticate', 'Bearer realm="amanat"');
  return context.body(JSON.stringify(problemDocument(refusal, instance)), status);
}

/** Where in our code it happened; the message of a foreign error may carry values and is not logged. */
function firstFrame(fault: Error): string {
  const line = fault.stack?.split('\n').find((one) => /\/(src|adapters)\//.test(one)) ?? '';
  return line.match(/(?:src|adapters)\/[\w./-]+:\d+/)?.[0] ?? 'outside';
}
