/** Routes for health: alive and ready. No answer names a person, a case or an address. */
import { Hono } from 'hono';
import { CHANNELS, type Endpoint } from '../domain/party/channel.ts';
import { present } from '../domain/words/present.ts';
import { RETRY_AFTER_SECONDS } from '../domain/words/retry-after.ts';
import { checkSchema } from '../flow/schema.ts';
import type { Watching } from '../gateway-parts.ts';
import { SchemaMismatch } from '../store/schema-version.ts';
import { hasMetricsKey } from './metrics.ts';

/**
 * How many endpoints that are off are named, to a caller with the key of the metrics; everybody else gets only their number.
 * They do not make the gateway unready, because the other endpoints work.
 */
const SHOWN = 50;

/** What the operator must do before the gateway is ready: docs/operate.md, *At three in the morning*. */
const WAITING_FOR = { 'not-adopted': 'amanat grants adopt', 'log-broken': 'operator-log' } as const;

const offAs = ({ id, channel, off }: Endpoint) => ({
  endpoint: id,
  channel,
  code: off?.code ?? null,
  since: off?.since?.toISOString() ?? null,
});

/** Why the gateway is not ready: a schema that does not fit, with both versions, or a database that is down. */
function missing({ parts }: Watching, fault: unknown): Record<string, unknown> {
  if (fault instanceof SchemaMismatch) {
    const { database, program } = fault;
    return { waiting_for: 'schema', schema: { database, program } };
  }
  const failing = parts.failing();
  return { waiting_for: 'database', ...present({ not_working: failing.length === 0 ? undefined : failing }) };
}

export function healthRoutes(gateway: Watching): Hono {
  return new Hono()
    .get('/healthz', (context) => context.json({ status: 'alive' }))
    .get('/readyz', async (context) => {
      try {
        await checkSchema(gateway);
        const off = await gateway.store.endpoints.endpointsOff();
        const grants = gateway.guard.state();
        if (grants !== 'ready')
          return context.json({ status: 'not-ready', waiting_for: WAITING_FOR[grants] }, 503);
        const notStarted = gateway.channels.filter((one) => !gateway.adapters.has(one));
        const notWorking = gateway.parts.failing();
        return context.json({
          // Both statuses accept messages: one broken part must not stop the others.
          status: notStarted.length + notWorking.length === 0 ? 'ready' : 'degraded',
          channels: CHANNELS.filter((one) => gateway.adapters.has(one)),
          not_started: notStarted,
          not_working: notWorking,
          alarms: await gateway.store.ledger.alarmCount(),
          endpoints_off: off.length,
          ...present({
            off: hasMetricsKey(gateway, context.req.header('authorization'))
              ? off.slice(0, SHOWN).map(offAs)
              : undefined,
          }),
        });
      } catch (fault) {
        context.header('retry-after', String(RETRY_AFTER_SECONDS));
        return context.json({ status: 'not-ready', ...missing(gateway, fault) }, 503);
      }
    });
}
