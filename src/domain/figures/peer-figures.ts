/** What waits on other gateways, for an operator to be woken by. */
export interface PeerFigures {
  /** How long entries of the own ledger have waited for their first cosignature; 0 where none wait. */
  readonly uncosignedSeconds: number;
  /** How long ago each watched ledger was last read to its end. */
  readonly unread: readonly { readonly ledger: string; readonly seconds: number }[];
  /** Withdrawals that a gateway has not signed for yet, one for each of them and gateway. */
  readonly withdrawalsWaiting: number;
  /** Evidence of other gateways that is kept aside until a program runs here that reads it. */
  readonly evidenceAside: number;
}
