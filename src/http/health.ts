/** Health: alive, ready, and the numbers. Nothing here names a person, a case or an address. */
import { Hono } from 'hono';
import { CHANNELS } from '../domain/channel.ts';
import { endingsOf } from '../flow/directory/expiry.ts';
import { peerFigures } from '../flow/ledger/ledger-state.ts';
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
    })
    .get('/metrics', async (context) => {
      context.header('content-type', 'text/plain; version=0.0.4; charset=utf-8');
      const [endings, peers] = await Promise.all([endingsOf(gateway), peerFigures(gateway)]);
      return context.body(await gateway.metrics.render(endings, peers));
    });
}
