/** What waits on other gateways, in the Prometheus text format: the same on both runtimes. */
import type { PeerFigures } from '../../domain/figures/peer-figures.ts';

/** One gauge: its name, what it says, and a line for each set of labels. */
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
    'How long entries of the own ledger have waited for a first cosignature; 0 where none wait',
    [` ${uncosignedSeconds}`],
  ),
  ...gauge(
    'amanat_ledger_unread_seconds',
    'How long ago the ledger of another gateway was last read to its end, and fitted',
    unread.map(({ ledger, seconds }) => `{ledger="${ledger}"} ${seconds}`),
  ),
  ...gauge('amanat_withdrawals_waiting', 'Withdrawals that another gateway has not signed for yet', [
    ` ${withdrawalsWaiting}`,
  ]),
  ...gauge(
    'amanat_evidence_aside',
    'Evidence of other gateways that is kept until a newer program runs here that reads it',
    [` ${evidenceAside}`],
  ),
];
