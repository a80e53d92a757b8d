/** Something with an end date, such as a designation or a certificate. */

export interface Ending {
  /**
   * The kind: `designation`, `agreement`, `gateway`, `anchor`, `mail-certificate`, `endpoint-certificate`,
   * `revocation-list`.
   */
  readonly what: string;
  /** A slug, a host or an id; never the name of a person. */
  readonly name: string;
  readonly until: Date;
}

const DAY = 86_400_000;

/** Days left until the end, rounded down; negative after it. */
export const daysUntil = (until: Date, now: Date): number =>
  Math.floor((until.getTime() - now.getTime()) / DAY);
