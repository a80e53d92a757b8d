/** The store's part in working with gateways of other versions: what they read, and evidence newer than this program. */

/** Evidence of a newer version, as another gateway signed it; its signature verifies. */
export interface AsideRow {
  /** DID of the gateway that signed it. */
  readonly gateway: string;
  /** Of its payload. */
  readonly digest: string;
  /** JWS as text. */
  readonly jws: string;
}

export interface VersionStore {
  /** Takes the next look at what a gateway reads, where that is due. @returns false where it is not, or another process has it */
  claimReads(gateway: string, now: Date, next: Date): Promise<boolean>;
  /** Keeps the signed capability document of a gateway; undefined where it has none. */
  keepReads(gateway: string, statement: string | undefined, now: Date): Promise<void>;
  /** The document kept last, JWS as text. */
  readsOf(gateway: string): Promise<string | undefined>;
  /** Keeps evidence aside, the same once. @returns false where the gateway has as much there as it may */
  keepAside(row: AsideRow, now: Date): Promise<boolean>;
  /** What is kept aside, of each gateway in turn and the oldest of it first. */
  keptAside(limit: number): Promise<readonly AsideRow[]>;
  /** How many pieces are kept aside. */
  asideCount(): Promise<number>;
  dropAside(row: Pick<AsideRow, 'gateway' | 'digest'>): Promise<void>;
}
