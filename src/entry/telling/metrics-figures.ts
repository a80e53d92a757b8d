/**
 * Metrics of the Workers entry: only figures from the database. An isolate lives for minutes and there are many at once, so a
 * counter in memory would count only for one isolate. What Node counts for each request or attempt is a line in the log here.
 */
import type { Metrics } from '../../metrics.ts';
import type { Store } from '../../store/store.ts';
import { linesOfPeers } from './metrics-peers.ts';

/** Makes the metrics, with the names and labels of the Node entry. */
export const createFiguresMetrics = (store: Store, now: () => Date): Metrics => ({
  submission: () => {},
  told: () => {},
  attempt: () => {},
  decision: () => {},
  certificate: () => {},
  limited: () => {},
  complaint: () => {},
  unreadable: () => {},
  alarm: () => {},
  render: async (endings, peers) => {
    const at = now();
    const { deliveries, oldestDueSeconds, off } = await store.letters.countForMetrics(at);
    return [
      '# HELP amanat_deliveries Deliveries by channel and state',
      '# TYPE amanat_deliveries gauge',
      ...deliveries.map(
        (one) => `amanat_deliveries{channel="${one.channel}",state="${one.state}"} ${one.count}`,
      ),
      '# HELP amanat_oldest_due_seconds How long the oldest due delivery has waited',
      '# TYPE amanat_oldest_due_seconds gauge',
      `amanat_oldest_due_seconds ${oldestDueSeconds}`,
      '# HELP amanat_endpoints_off Endpoints that are off, by channel and reason',
      '# TYPE amanat_endpoints_off gauge',
      ...off.map(
        ({ channel, code, count }) => `amanat_endpoints_off{channel="${channel}",code="${code}"} ${count}`,
      ),
      ...linesOfPeers(peers),
      '# HELP amanat_expires_seconds Seconds until designations, agreements, anchors and certificates expire; negative after that',
      '# TYPE amanat_expires_seconds gauge',
      ...endings.map(
        ({ what, name, until }) =>
          `amanat_expires_seconds{what="${what}",name="${name}"} ${Math.round((until.getTime() - at.getTime()) / 1_000)}`,
      ),
      '',
    ].join('\n');
  },
});
