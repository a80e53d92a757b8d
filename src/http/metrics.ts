/**
 * Routes of the metrics for Prometheus. They show volumes and slugs of focal points, so they are not public: they have their own
 * listener, or a key on the public one. With neither they are not served.
 */
import { type Context, Hono } from 'hono';
import { Refusal } from '../domain/words/error.ts';
import { listEndings } from '../flow/directory/expiry.ts';
import { readPeerFigures } from '../flow/ledger/state.ts';
import type { Watching } from '../gateway-parts.ts';
import { isSameText } from '../seal/digest.ts';
import { answerProblem } from './problem.ts';

/** The metrics on the public listener; no route where they have their own listener, or no key. */
export function publicMetricsRoutes(gateway: Watching): Hono {
  const { own, key } = gateway.metricsAccess;
  return own || key === undefined ? new Hono() : metricsRoutes(gateway);
}

/** The application of the metrics' own listener. If a key is set, it is required here too. */
export function createMetricsApp(gateway: Watching): Hono {
  const app = metricsRoutes(gateway);
  const refused = (context: Context, thrown: unknown) =>
    answerProblem(gateway, context, thrown, gateway.newId());
  app.onError((thrown, context) => refused(context, thrown));
  app.notFound((context) => refused(context, new Refusal('not-found', 'there is nothing at this address')));
  return app;
}

const metricsRoutes = (gateway: Watching): Hono =>
  new Hono().get('/metrics', async (context) => {
    checkKey(gateway, context.req.header('authorization'));
    const [endings, peers] = await Promise.all([listEndings(gateway), readPeerFigures(gateway)]);
    context.header('content-type', 'text/plain; version=0.0.4; charset=utf-8');
    context.header('cache-control', 'no-store');
    return context.body(await gateway.metrics.render(endings, peers));
  });

/** @throws Refusal `access-denied` */
function checkKey(gateway: Watching, given: string | undefined): void {
  if (gateway.metricsAccess.key !== undefined && !hasMetricsKey(gateway, given))
    throw new Refusal('access-denied', 'the key of the metrics is missing or not valid');
}

/** Whether the metrics have a key and the `Authorization` header carries it. */
export const hasMetricsKey = ({ metricsAccess: { key } }: Watching, given = ''): boolean =>
  key !== undefined && isSameText(given, `Bearer ${key}`);
