/**
 * A bounded amount that many callers take from, so that nobody can take it from all others: one caller holds at most as
 * much as is left then. The first one has at most a half, another one a half of the rest, and so on.
 */
export class FairShare {
  #left: number;
  readonly #held = new Map<string, number>();

  constructor(most: number) {
    this.#left = most;
  }

  /**
   * Takes an amount, if it is there.
   * @param holder who takes it; where that is not known, only the whole is bounded
   */
  tryTake(amount: number, holder?: string): boolean {
    const left = this.#left - amount;
    const held = this.#of(holder) + amount;
    if (left < 0 || (holder !== undefined && held > left)) return false;
    this.#left = left;
    this.#set(holder, held);
    return true;
  }

  /** Gives back what was taken. */
  give(amount: number, holder?: string): void {
    this.#left += amount;
    this.#set(holder, this.#of(holder) - amount);
  }

  #of(holder: string | undefined): number {
    return holder === undefined ? 0 : (this.#held.get(holder) ?? 0);
  }

  /** Remembers only who holds something. */
  #set(holder: string | undefined, amount: number): void {
    if (holder === undefined) return;
    if (amount > 0) this.#held.set(holder, amount);
    else this.#held.delete(holder);
  }
}
