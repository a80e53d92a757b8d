/** Remembers verified statements, no longer than the anchors under which they verified are valid. */

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

/** Verified statements, by the anchors under which they verified. */
const verified = new WeakMap<readonly Anchor[], BoundedMemory<Digested<RememberedStatement>>>();
const REMEMBERED = 5_000;

/** When a verified statement must be verified again: the first end of an anchor that is valid now. */
const untilAnchorEnds = (anchors: readonly Anchor[], now: Date): Date | undefined =>
  anchors
    .map((one) => one.until)
    .filter((end) => end > now)
    .toSorted((one, other) => one.getTime() - other.getTime())[0];

interface Remembering {
  /** The kind as which a text is verified: a statement of one kind must not pass as another. */
  readonly as: RememberedStatement['kind'];
  /** The instant as of which it is verified. If absent: as of its own start. */
  readonly at?: Date;
}

/**
 * Verifies a kept text, once for as long as the result is valid.
 * @returns its claims; undefined if it does not verify, which is logged
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
  // Kept under different names: a statement that verified as of its start may not verify now.
  const name = `${as} ${at === undefined ? 'then' : 'now'} ${text}`;
  const known = memory.get(name, at);
  if (known !== undefined) return known as unknown as Digested<T>;
  try {
    const jws = JSON.parse(text) as Jws;
    const statement = { ...(await verify(jws)), digest: digestOfPayload(jws) };
    // A statement that verified as of its own start stays valid for that instant.
    memory.keep(name, statement, at && untilAnchorEnds(gateway.anchors, at));
    return statement;
  } catch (fault) {
    // A row that does not verify counts as absent: the database is not trusted with who may sign.
    gateway.log.error('directory.statement-refused', {
      code: fault instanceof Refusal ? fault.code : 'fault',
    });
    return undefined;
  }
}
