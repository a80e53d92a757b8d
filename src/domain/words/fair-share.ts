/**
 * A bounded amount that many callers share. One caller may hold at most as much as is left after it takes: the
 * first caller gets at most a half, the next a half of the rest, and so on. So nobody can take everything.
 */
export class FairShare {
  #left: number;
  readonly #held = new Map<string, number>();

  constructor(most: number) {
    this.#left = most;
  }

  /**
   * Takes an amount if it is available.
   * @param holder who takes it; if unknown, only the whole is bounded
   */
  tryTake(amount: number, holder?: string): boolean {
    const left = this.#left - amount;
    const held = this.#of(holder) + amount;
    if (left < 0 || (holder !== undefined && held > left)) return false;
    this.#left = left;
    this.#set(holder, held);
    return true;
  }

  /** Returns an amount that was taken. */
  give(amount: number, holder?: string): void {
    this.#left += amount;
    this.#set(holder, this.#of(holder) - amount);
  }

  #of(holder: string | undefined): number {
    return holder === undefined ? 0 : (this.#held.get(holder) ?? 0);
  }

  /** Stores only holders that hold something. */
  #set(holder: string | undefined, amount: number): void {
    if (holder === undefined) return;
    if (amount > 0) this.#held.set(holder, amount);
    else this.#held.delete(holder);
  }
}
