/** Metrics of the Node entry, for Prometheus. Labels are channels, codes and states, and what ends by its slug or id: never a person,
 * never a case. */
import { Counter, Gauge, Histogram, Registry } from '@prometheus-io/client';
import type { Ending } from '../domain/ending.ts';
import type { Metrics } from '../metrics.ts';
import type { Store } from '../store/store.ts';
import { peerLines } from './metrics-peers.ts';

export function prometheusMetrics(store: Store, now: () => Date): Metrics {
  const registers = [new Registry()];
  const submissions = new Counter({
    name: 'amanat_submissions_total',
    help: 'Submissions by way in and answer',
    labelNames: ['way', 'answer'],
    registers,
  });
  const attempts = new Counter({
    name: 'amanat_attempts_total',
    help: 'Delivery attempts by channel and outcome',
    labelNames: ['channel', 'outcome'],
    registers,
  });
  const seconds = new Histogram({
    name: 'amanat_attempt_seconds',
    help: 'Duration of delivery attempts',
    labelNames: ['channel'],
    buckets: [0.01, 0.05, 0.2, 1, 5, 20, 60],
    registers,
  });
  const decisions = new Counter({
    name: 'amanat_decisions_total',
    help: 'Named officers’ words by result and proof',
    labelNames: ['result', 'how'],
    registers,
  });
  const certificates = new Counter({
    name: 'amanat_certificates_doubted_total',
    help: 'Recipients’ certificates that were not plainly good when something was to be encrypted to them',
    labelNames: ['finding'],
    registers,
  });
  const alarms = new Counter({
    name: 'amanat_ledger_alarms_total',
    help: 'What did not fit in a ledger, the own one or another’s, by code',
    labelNames: ['code'],
    registers,
  });
  const deliveries = new Gauge({
    name: 'amanat_deliveries',
    help: 'Deliveries by channel and state',
    labelNames: ['channel', 'state'],
    registers,
  });
  const oldest = new Gauge({
    name: 'amanat_oldest_due_seconds',
    help: 'How long the oldest due delivery has waited',
    registers,
  });
  const expires = endingsGauge(registers);
  return {
    submission: (way, answer) => submissions.inc({ way, answer }),
    attempt: (channel, outcome, took) => {
      attempts.inc({ channel, outcome });
      seconds.observe({ channel }, took);
    },
    decision: (result, how) => decisions.inc({ result, how }),
    certificate: (finding) => certificates.inc({ finding }),
    alarm: (code) => alarms.inc({ code }),
    render: async (endings, peers) => {
      const at = now();
      const figures = await store.figures(at);
      show(expires, endings, at);
      deliveries.reset();
      for (const { channel, state, count } of figures.deliveries) deliveries.set({ channel, state }, count);
      oldest.set(figures.oldestDueSeconds);
      return [await registers[0]?.metrics(), ...peerLines(peers), ''].join('\n');
    },
  };
}

const endingsGauge = (registers: Registry[]) =>
  new Gauge({
    name: 'amanat_expires_seconds',
    help: 'Seconds until designations, agreements, anchors and certificates end; negative once they have',
    labelNames: ['what', 'name'],
    registers,
  });

function show(gauge: ReturnType<typeof endingsGauge>, endings: readonly Ending[], at: Date): void {
  gauge.reset();
  for (const { what, name, until } of endings)
    gauge.set({ what, name }, Math.round((until.getTime() - at.getTime()) / 1_000));
}
