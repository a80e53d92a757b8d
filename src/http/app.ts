/** The application: a value with `fetch`, which works in every runtime. */
import { type Context, Hono, type MiddlewareHandler } from 'hono';
import { routePath } from 'hono/route';
import { secureHeaders } from 'hono/secure-headers';
import { type ProblemCode, Refusal } from '../domain/words/error.ts';
import type { Gateway } from '../gateway.ts';
import type { Storing } from '../gateway-parts.ts';
import { acknowledgementRoutes } from './acknowledgements.ts';
import { channelRoutes } from './channels.ts';
import { confirmationRoutes } from './confirmations.ts';
import { consignmentRoutes } from './consignments.ts';
import { directoryRoutes } from './directory.ts';
import { healthRoutes } from './health.ts';
import { ledgerRoutes } from './ledger.ts';
import { createLimiting, type MarkOf } from './limiting.ts';
import { messageRoutes } from './messages.ts';
import { publicMetricsRoutes } from './metrics.ts';
import { openapiRoutes } from './openapi.ts';
import { answerProblem } from './problem.ts';
import { relayRoutes } from './relay.ts';
import { threadRoutes } from './threads.ts';

type Env = { Variables: { instance: string } };

/** Every route that is not a page. */
const ADDRESSES = [
  '/v1/consignments',
  '/v1/relay',
  '/v1/relay/evidence',
  '/v1/relay/statements',
  '/v1/relay/withdrawals',
  '/v1/focal-points/:slug/messages',
  '/v1/focal-points/:slug/acknowledgements',
  '/v1/focal-points/:slug/endpoints/:id/confirmation',
  '/channels/:channel',
  '/v1/messages/:id',
  '/v1/messages/:id/letter',
  '/v1/threads',
  '/v1/threads/:thid',
  '/v1/evidence/:id/proof',
  '/v1/directory',
  '/v1/openapi.json',
  '/fp/:slug/did.json',
  '/.well-known/did.json',
  '/.well-known/amanat.json',
  '/ledger/checkpoint',
  '/ledger/vkey',
  '/ledger/tile/*',
  '/ledger/cosignatures',
  '/ledger/alarms',
  '/healthz',
  '/readyz',
  '/metrics',
] as const;

/** Routes that answer also while the grants are not verified. */
const OPEN_ANYWAY: ReadonlySet<string> = new Set(['/healthz', '/readyz', '/metrics']);

/** @throws Refusal `not-ready` until an operator has adopted the grants, or while the operator's log does not verify */
function checkGrants({ guard }: Storing): void {
  const state = guard.state();
  if (state === 'ready') return;
  const why =
    state === 'not-adopted' ? 'an operator has to confirm its grants' : 'its operator’s log is broken';
  throw new Refusal('not-ready', `the gateway is closed: ${why}`);
}

/** Refusals that come before any page is called; a browser gets them as a page and not as a problem document. */
const MET_BEFORE: readonly string[] = ['too-many-requests', 'not-ready'] satisfies readonly ProblemCode[];

/** Whether the caller is a browser, which shows the answer to a person. */
const isForPerson = (context: Context, thrown: unknown): boolean =>
  thrown instanceof Refusal &&
  MET_BEFORE.includes(thrown.code) &&
  context.req.header('accept')?.includes('text/html') === true;

/** Logs each call in one line, with its route and never its path, because paths contain one-time tokens. */
const logCalls =
  ({ log, newId }: Pick<Gateway, 'log' | 'newId'>): MiddlewareHandler<Env> =>
  async (context, next) => {
    const started = performance.now();
    const instance = newId();
    context.set('instance', instance);
    await next();
    log.info('http', {
      instance,
      method: context.req.method,
      route: routePath(context, -1),
      status: context.res.status,
      ms: Math.round(performance.now() - started),
    });
  };

/** Answers 405 for a method that a route does not have. */
function refuseOtherMethods(app: Hono<Env>): void {
  for (const path of ADDRESSES) {
    // Without metrics on this listener the address does not exist: 404.
    if (path === '/metrics' && !app.routes.some((route) => route.path === path)) continue;
    app.all(path, () => {
      throw new Refusal('method-not-allowed', 'this address does not accept this method');
    });
  }
}

/** Answers a browser with the page of the refusal. */
type RefusedPage = (context: Context, thrown: unknown) => Promise<Response>;

/**
 * Builds the application of a gateway. `pages` are the officers' pages; the entry passes them in, because `http` and `web` do not
 * import each other. `markOf` distinguishes unauthenticated callers. `refusedPage` makes the pages of refusals for browsers, which
 * get problem documents if it is absent.
 */
export function createApp(
  gateway: Gateway,
  pages: Hono,
  markOf: MarkOf,
  refusedPage?: RefusedPage,
): Hono<Env> {
  const app = new Hono<Env>();
  app.use(logCalls(gateway));
  app.use(
    secureHeaders({
      referrerPolicy: 'no-referrer',
      xFrameOptions: 'DENY',
      crossOriginResourcePolicy: 'same-origin',
    }),
  );
  app.use(createLimiting(gateway, markOf));
  app.use(async (context, next) => {
    if (!OPEN_ANYWAY.has(context.req.path)) checkGrants(gateway);
    await next();
  });
  app.onError((thrown, context) =>
    refusedPage !== undefined && isForPerson(context, thrown)
      ? refusedPage(context, thrown)
      : answerProblem(gateway, context, thrown, context.get('instance')),
  );
  app.notFound((context) =>
    answerProblem(
      gateway,
      context,
      new Refusal('not-found', 'there is nothing at this address'),
      context.get('instance'),
    ),
  );
  app.route('/v1', messageRoutes(gateway));
  app.route('/v1', threadRoutes(gateway));
  app.route('/v1', acknowledgementRoutes(gateway));
  app.route('/v1', confirmationRoutes(gateway));
  app.route('/v1', consignmentRoutes(gateway));
  app.route('/v1', relayRoutes(gateway));
  app.route('/', directoryRoutes(gateway));
  app.route('/', ledgerRoutes(gateway));
  app.route('/', channelRoutes(gateway));
  app.route('/', healthRoutes(gateway));
  app.route('/', publicMetricsRoutes(gateway));
  app.route('/v1', openapiRoutes(gateway.url));
  app.route('/', pages);
  refuseOtherMethods(app);
  return app;
}
