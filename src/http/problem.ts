/** Problem documents (RFC 9457): every refusal in one shape, from the one table. */
import type { Context } from 'hono';
import { PROBLEMS, problemType, Refusal } from '../domain/words/error.ts';
import { present } from '../domain/words/present.ts';
import { RETRY_AFTER_SECONDS } from '../domain/words/retry-after.ts';
import type { Storing } from '../gateway-parts.ts';
import { isDatabaseDown } from '../store/database-fault.ts';

/** Seconds after which a gateway may have been upgraded. */
const RETRY_NEWER = 3_600;

/** The document for a refusal. `evidence` is the signed rejection, where the sender was proven. */
export function documentOfProblem(refusal: Refusal, instance: string): Record<string, unknown> {
  const { status, title, help } = PROBLEMS[refusal.code];
  return {
    type: problemType(refusal.code),
    title,
    status,
    detail: `${refusal.detail}. ${help}`,
    instance: `urn:amanat:request:${instance}`,
    ...present({
      'violated-policies': refusal.policy === undefined ? undefined : [refusal.policy],
      evidence: refusal.evidence === undefined ? undefined : JSON.parse(refusal.evidence),
    }),
  };
}

/**
 * What was thrown, as a refusal. A database that is down is no fault of the gateway's own, and is logged once where it is
 * noticed; a fault says nothing of itself but the id under which it is logged here.
 */
function refusalFor(gateway: Storing, thrown: unknown, instance: string): Refusal {
  if (thrown instanceof Refusal) return thrown;
  if (isDatabaseDown(thrown)) return new Refusal('database-down', 'the gateway cannot reach what it keeps');
  const fault = thrown instanceof Error ? thrown : new Error('unknown');
  gateway.log.error('http.fault', { instance, fault: fault.name, at: firstFrame(fault) });
  return new Refusal('fault', 'the gateway met a fault of its own');
}

/** Turns whatever was thrown into an answer. */
export function answerProblem(
  gateway: Storing,
  context: Context,
  thrown: unknown,
  instance: string,
): Response {
  const refusal = refusalFor(gateway, thrown, instance);
  const { status } = PROBLEMS[refusal.code];
  context.header('content-type', 'application/problem+json');
  if (status === 401) context.header('www-authenticate', 'Bearer realm="amanat"');
  const wait = refusal.code === 'newer-version' ? RETRY_NEWER : RETRY_AFTER_SECONDS;
  if (status === 503) context.header('retry-after', String(wait));
  return context.body(JSON.stringify(documentOfProblem(refusal, instance)), status);
}

/** Where in our code it happened; the message of a foreign error may carry values and is not logged. */
function firstFrame(fault: Error): string {
  const line = fault.stack?.split('\n').find((one) => /\/(src|adapters)\//.test(one)) ?? '';
  return line.match(/(?:src|adapters)\/[\w./-]+:\d+/)?.[0] ?? 'outside';
}
