/** Health: alive and ready. Nothing here names a person, a case or an address. */
import { Hono } from 'hono';
import { CHANNELS } from '../domain/channel.ts';
import type { Gateway } from '../gateway.ts';

export function healthRoutes(gateway: Gateway): Hono {
  return new Hono()
    .get('/healthz', (context) => context.json({ status: 'alive' }))
    .get('/readyz', async (context) => {
      try {
        await gateway.store.ready();
        return context.json({
          status: 'ready',
          channels: CHANNELS.filter((one) => gateway.adapters.has(one)),
          not_started: gateway.channels.filter((one) => !gateway.adapters.has(one)),
          alarms: await gateway.store.alarmCount(),
        });
      } catch {
        return context.json({ status: 'not-ready', waiting_for: 'database' }, 503);
      }
    });
}
