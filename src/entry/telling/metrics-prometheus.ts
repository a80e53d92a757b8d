/** Metrics of the Node entry, for Prometheus. Labels are channels, codes and states, and slugs or ids of what expires; never a person
 * and never a case. */
import { Counter, Gauge, Histogram, Registry } from '@prometheus-io/client';
import type { Ending } from '../../domain/words/ending.ts';
import type { Metrics } from '../../metrics.ts';
import type { Store } from '../../store/store.ts';
import { linesOfPeers } from './metrics-peers.ts';

export function createPrometheusMetrics(store: Store, now: () => Date): Metrics {
  const registers = [new Registry()];
  const counted = { ...countDeliveries(registers), ...countFaults(registers) };
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
  const endpointsOff = new Gauge({
    name: 'amanat_endpoints_off',
    help: 'Endpoints that are off, by channel and reason',
    labelNames: ['channel', 'code'],
    registers,
  });
  const expires = endingsGauge(registers);
  return {
    ...counted,
    render: async (endings, peers) => {
      const at = now();
      const figures = await store.letters.countForMetrics(at);
      show(expires, endings, at);
      deliveries.reset();
      for (const { channel, state, count } of figures.deliveries) deliveries.set({ channel, state }, count);
      oldest.set(figures.oldestDueSeconds);
      endpointsOff.reset();
      for (const { channel, code, count } of figures.off) endpointsOff.set({ channel, code }, count);
      return [await registers[0]?.metrics(), ...linesOfPeers(peers), ''].join('\n');
    },
  };
}

const counterIn =
  (registers: Registry[]) =>
  <T extends string>(name: string, help: string, labelNames: T[]) =>
    new Counter({ name, help, labelNames, registers });

/** Makes the counters of submissions, evidence, attempts and acknowledgements of this process. */
function countDeliveries(
  registers: Registry[],
): Pick<Metrics, 'submission' | 'told' | 'attempt' | 'decision'> {
  const counter = counterIn(registers);
  const submissions = counter('amanat_submissions_total', 'Submissions by route and answer', [
    'way',
    'answer',
  ]);
  const told = counter('amanat_evidence_told_total', 'Evidence that other gateways sent, by answer', [
    'answer',
  ]);
  const attempts = counter('amanat_attempts_total', 'Delivery attempts by channel and outcome', [
    'channel',
    'outcome',
  ]);
  const seconds = new Histogram({
    name: 'amanat_attempt_seconds',
    help: 'Duration of delivery attempts',
    labelNames: ['channel'],
    buckets: [0.01, 0.05, 0.2, 1, 5, 20, 60],
    registers,
  });
  const decisions = counter(
    'amanat_decisions_total',
    'Acknowledgements of named officers by result and proof',
    ['result', 'how'],
  );
  return {
    submission: (way, answer) => submissions.inc({ way, answer }),
    told: (answer) => told.inc({ answer }),
    attempt: (channel, outcome, took) => {
      attempts.inc({ channel, outcome });
      seconds.observe({ channel }, took);
    },
    decision: (result, how) => decisions.inc({ result, how }),
  };
}

/** Makes the counters of faults of this process. */
function countFaults(
  registers: Registry[],
): Pick<Metrics, 'certificate' | 'limited' | 'unreadable' | 'complaint' | 'alarm'> {
  const counter = counterIn(registers);
  const certificates = counter(
    'amanat_certificates_doubted_total',
    'Findings on recipients’ certificates when mail had to be encrypted to them',
    ['finding'],
  );
  const limited = counter('amanat_limited_total', 'Calls refused because a limit was reached, by limit', [
    'policy',
  ]);
  const unreadable = counter(
    'amanat_unreadable_total',
    'Attempts to read a kept record that can no longer be read, by kind of record',
    ['what'],
  );
  const complaints = counter(
    'amanat_evidence_complaints_total',
    'Invalid evidence of other gateways, by the code of the violated rule',
    ['code'],
  );
  const alarms = counter('amanat_ledger_alarms_total', 'Alarms about ledgers and grants, by code', ['code']);
  return {
    certificate: (finding) => certificates.inc({ finding }),
    limited: (policy) => limited.inc({ policy }),
    unreadable: (what) => unreadable.inc({ what }),
    complaint: (code) => complaints.inc({ code }),
    alarm: (code) => alarms.inc({ code }),
  };
}

const endingsGauge = (registers: Registry[]) =>
  new Gauge({
    name: 'amanat_expires_seconds',
    help: 'Seconds until designations, agreements, anchors and certificates expire; negative after that',
    labelNames: ['what', 'name'],
    registers,
  });

function show(gauge: ReturnType<typeof endingsGauge>, endings: readonly Ending[], at: Date): void {
  gauge.reset();
  for (const { what, name, until } of endings)
    gauge.set({ what, name }, Math.round((until.getTime() - at.getTime()) / 1_000));
}
