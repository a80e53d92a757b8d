/** Problem documents (RFC 9457): every refusal in one form, from the error table. */
import type { Context } from 'hono';
import { PROBLEMS, problemType, Refusal } from '../domain/words/error.ts';
import { present } from '../domain/words/present.ts';
import { RETRY_AFTER_SECONDS } from '../domain/words/retry-after.ts';
import type { Storing } from '../gateway-parts.ts';
import { isDatabaseDown } from '../store/database-fault.ts';

/** `Retry-After`, in seconds, for a call that needs a newer gateway. */
const RETRY_NEWER = 3_600;

/** Makes the document of a refusal. `evidence` is the signed rejection, if the sender was authenticated. */
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
 * Turns an exception into a refusal. A database that is down is not a fault of the gateway, and another place logs it once. The
 * answer to a fault gives only the id under which it is logged here.
 */
function refusalFor(gateway: Storing, thrown: unknown, instance: string): Refusal {
  if (thrown instanceof Refusal) return thrown;
  if (isDatabaseDown(thrown)) return new Refusal('database-down', 'the gateway cannot reach its database');
  const fault = thrown instanceof Error ? thrown : new Error('unknown');
  gateway.log.error('http.fault', { instance, fault: fault.name, at: firstFrame(fault) });
  return new Refusal('fault', 'the gateway has an internal fault');
}

/** Turns an exception into an answer. */
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

/** The place of the fault in our code. The message of another library's error is not logged, because it may contain values. */
function firstFrame(fault: Error): string {
  const line = fault.stack?.split('\n').find((one) => /\/(src|adapters)\//.test(one)) ?? '';
  return line.match(/(?:src|adapters)\/[\w./-]+:\d+/)?.[0] ?? 'outside';
}
