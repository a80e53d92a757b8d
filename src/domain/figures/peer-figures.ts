/** Work that waits on other gateways, for the operator's alerts. */
export interface PeerFigures {
  /** Seconds for which entries of the own ledger have waited for their first cosignature; 0 if none wait. */
  readonly uncosignedSeconds: number;
  /** Seconds since each watched ledger was last read to its end. */
  readonly unread: readonly { readonly ledger: string; readonly seconds: number }[];
  /** Withdrawals that a gateway has not confirmed yet, one for each withdrawal and gateway. */
  readonly withdrawalsWaiting: number;
  /** Evidence of other gateways that this program cannot read yet and that is kept for a newer one. */
  readonly evidenceAside: number;
}
