/**
 * The numbers for Prometheus. They tell volumes and the slugs of desks, so they are not for everybody: either they have
 * a listener of their own, or a key opens them on the public one. With neither they are not served.
 */
import { type Context, Hono } from 'hono';
import { Refusal } from '../domain/words/error.ts';
import { listEndings } from '../flow/directory/expiry.ts';
import { readPeerFigures } from '../flow/ledger/state.ts';
import type { Watching } from '../gateway-parts.ts';
import { isSameText } from '../seal/digest.ts';
import { answerProblem } from './problem.ts';

/** The address of the numbers on the public listener: none where they have a listener of their own, or no key. */
export function publicMetricsRoutes(gateway: Watching): Hono {
  const { own, key } = gateway.metricsAccess;
  return own || key === undefined ? new Hono() : metricsRoutes(gateway);
}

/** The numbers, and nothing else, for a listener of their own. A key that is set is asked for here as well. */
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

/** Whether there is a key of the numbers, and an `Authorization` header holds it. */
export const hasMetricsKey = ({ metricsAccess: { key } }: Watching, given = ''): boolean =>
  key !== undefined && isSameText(given, `Bearer ${key}`);
