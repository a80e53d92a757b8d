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
        const notStarted = gateway.channels.filter((one) => !gateway.adapters.has(one));
        const notWorking = gateway.parts.failing();
        return context.json({
          // Both take messages: a part that does not work must not stop the others.
          status: notStarted.length + notWorking.length === 0 ? 'ready' : 'degraded',
          channels: CHANNELS.filter((one) => gateway.adapters.has(one)),
          not_started: notStarted,
          not_working: notWorking,
          alarms: await gateway.store.alarmCount(),
        });
      } catch {
        return context.json({ status: 'not-ready', waiting_for: 'database' }, 503);
      }
    });
}
