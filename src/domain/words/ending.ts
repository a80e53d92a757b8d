/** Something that ends by itself, such as a designation or a certificate. */

export interface Ending {
  /** What it is: `designation`, `agreement`, `gateway`, `anchor`, `mail-certificate`, `endpoint-certificate`,
   * `revocation-list`. */
  readonly what: string;
  /** A slug, a host or an id: never a person’s name. */
  readonly name: string;
  readonly until: Date;
}

const DAY = 86_400_000;

/** Days left until an end, rounded down; negative once it is past. */
export const daysUntil = (until: Date, now: Date): number =>
  Math.floor((until.getTime() - now.getTime()) / DAY);
