/** Statements that were verified, remembered no longer than the anchors they verified under are valid. */

import type { Designation, Digested } from '../../domain/party/designation.ts';
import type { GatewayDesignation } from '../../domain/party/gateway-designation.ts';
import type { Withdrawal } from '../../domain/party/in-force.ts';
import type { Agreement } from '../../domain/terms/agreement.ts';
import { type BoundedMemory, createBoundedMemory } from '../../domain/words/bounded-memory.ts';
import { Refusal } from '../../domain/words/error.ts';
import type { Gateway } from '../../gateway.ts';
import type { Anchor } from '../../seal/authority.ts';
import type { Jws } from '../../seal/jws.ts';
import { digestOfPayload } from '../../seal/statement.ts';

export type RememberedStatement = Designation | Withdrawal | Agreement | GatewayDesignation;

/** Statements that verified, under the same anchors: as long as no certificate of these ends. */
const verified = new WeakMap<readonly Anchor[], BoundedMemory<Digested<RememberedStatement>>>();
const REMEMBERED = 5_000;

/** When what verifies now has to be verified again: the first end of an anchor that is valid now. */
const untilAnchorEnds = (anchors: readonly Anchor[], now: Date): Date | undefined =>
  anchors
    .map((one) => one.until)
    .filter((end) => end > now)
    .toSorted((one, other) => one.getTime() - other.getTime())[0];

interface Remembering {
  /** As what a text is verified: what is one kind of statement is no other. */
  readonly as: RememberedStatement['kind'];
  /** The instant it is verified at; left out, it is verified as of its own beginning. */
  readonly at?: Date;
}

/**
 * Verifies a kept text, once for as long as its verdict holds.
 * @returns what it says; undefined where it does not verify, which the log tells
 */
export async function verifyOnce<T extends RememberedStatement>(
  gateway: Pick<Gateway, 'anchors' | 'log'>,
  text: string,
  verify: (jws: unknown) => Promise<T>,
  { as, at }: Remembering,
): Promise<Digested<T> | undefined> {
  const memory =
    verified.get(gateway.anchors) ?? createBoundedMemory<Digested<RememberedStatement>>(REMEMBERED);
  verified.set(gateway.anchors, memory);
  // Remembered apart: what verified as of its beginning need not verify now.
  const name = `${as} ${at === undefined ? 'then' : 'now'} ${text}`;
  const known = memory.get(name, at);
  if (known !== undefined) return known as unknown as Digested<T>;
  try {
    const jws = JSON.parse(text) as Jws;
    const statement = { ...(await verify(jws)), digest: digestOfPayload(jws) };
    // What verified as of its own beginning stays so.
    memory.keep(name, statement, at && untilAnchorEnds(gateway.anchors, at));
    return statement;
  } catch (fault) {
    // A row that does not verify is as good as absent: the database is not trusted with who may speak.
    gateway.log.error('directory.statement-refused', {
      code: fault instanceof Refusal ? fault.code : 'fault',
    });
    return undefined;
  }
}
