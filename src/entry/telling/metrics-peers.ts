/** Metrics of what waits for other gateways, in the Prometheus text format; both runtimes use them. */
import type { PeerFigures } from '../../domain/figures/peer-figures.ts';

/** One gauge: its name, its help, and a line for each set of labels. */
const gauge = (name: string, help: string, values: readonly string[]): readonly string[] => [
  `# HELP ${name} ${help}`,
  `# TYPE ${name} gauge`,
  ...values.map((value) => `${name}${value}`),
];

export const linesOfPeers = ({
  uncosignedSeconds,
  unread,
  withdrawalsWaiting,
  evidenceAside,
}: PeerFigures): readonly string[] => [
  ...gauge(
    'amanat_ledger_uncosigned_seconds',
    'How long entries of this ledger have waited for a first cosignature; 0 if none wait',
    [` ${uncosignedSeconds}`],
  ),
  ...gauge(
    'amanat_ledger_unread_seconds',
    'How long ago the ledger of another gateway was last read to its end and verified',
    unread.map(({ ledger, seconds }) => `{ledger="${ledger}"} ${seconds}`),
  ),
  ...gauge(
    'amanat_withdrawals_waiting',
    'Withdrawals that another gateway has not confirmed with evidence yet',
    [` ${withdrawalsWaiting}`],
  ),
  ...gauge(
    'amanat_evidence_aside',
    'Evidence of other gateways that only a newer version of this program can read',
    [` ${evidenceAside}`],
  ),
];
