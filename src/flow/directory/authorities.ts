/**
 * Finds the authorities whose certificate is missing here, or not valid now, so that statements in force
 * cannot be used. These statements are not verified, so only those in the operator's log are read, and only
 * countries are reported.
 */

import { instant, isInForceAt } from '../../domain/party/designation.ts';
import { isEndedBy, withdrawalSchema } from '../../domain/party/in-force.ts';
import type { Gateway } from '../../gateway.ts';
import { authorityOfKid, isCertificateValidAt } from '../../seal/authority.ts';
import type { Jws } from '../../seal/jws.ts';
import { digestOfPayload, peekStatement } from '../../seal/statement.ts';
import { isObject } from '../../seal/strict-json.ts';

/** An authority whose certificate is needed. */
export interface NeededAuthority {
  /** ISO 3166-1 alpha-2. */
  readonly country: string;
  /** `missing`: no certificate of the key is known. `invalid`: one is known, but it is not valid now. */
  readonly why: 'missing' | 'invalid';
  /** How many statements in force cannot be used without it. */
  readonly statements: number;
}

type Authorities = Pick<Gateway, 'anchors' | 'guard' | 'now' | 'store'>;

/** Lists the authorities whose certificate a statement in force needs, by country. */
export async function listNeededAuthorities(gateway: Authorities): Promise<readonly NeededAuthority[]> {
  const { anchors, guard, store } = gateway;
  const now = gateway.now();
  const rows = await store.directory.readStatements(now);
  const counted = newestOf(guard.statements());
  const withdrawals = rows.withdrawals.flatMap(
    (text) => withdrawalSchema.safeParse(read(text)?.payload).data ?? [],
  );
  const isEnded = ({ focal_point, country, from }: Payload): boolean =>
    withdrawals.some((one) =>
      isEndedBy(one, { focal_point: String(focal_point), country: String(country), from: String(from) }),
    );
  const signers = [...rows.designations, ...rows.agreements, ...rows.gateways].flatMap((text) => {
    const one = read(text);
    const counts = one !== undefined && counted.has(one.digest);
    return counts && isInForce(one.payload, now) && !isEnded(one.payload) ? one.kids : [];
  });
  const lacking = signers.flatMap((kid) => faultOfSigner(anchors, kid, now) ?? []);
  return [...Map.groupBy(lacking, ({ country, why }) => `${country} ${why}`).values()]
    .flatMap(([one, ...more]) => (one === undefined ? [] : [{ ...one, statements: more.length + 1 }]))
    .toSorted((a, b) => a.country.localeCompare(b.country));
}

type Payload = Readonly<Record<string, unknown>>;

/** The fault of a signer's certificate; undefined if there is none. */
function faultOfSigner(
  anchors: Authorities['anchors'],
  kid: string,
  now: Date,
): Pick<NeededAuthority, 'country' | 'why'> | undefined {
  const known = anchors.filter((one) => one.kid === kid);
  const country = authorityOfKid(kid)?.country;
  if (country === undefined || known.some((one) => isCertificateValidAt(one, now))) return undefined;
  return { country, why: known.length === 0 ? 'missing' : 'invalid' };
}

/** The digest of each party's newest statement in the log. */
const newestOf = (named: ReturnType<Gateway['guard']['statements']>): ReadonlySet<string> =>
  new Set([...named.values()].flatMap((ofKind) => [...ofKind.values()].flatMap((all) => all.slice(-1))));

/** The claims of a kept text, not verified; undefined if it is no statement. */
function read(text: string) {
  try {
    const jws = JSON.parse(text) as Jws;
    const { payload, kids } = peekStatement(jws);
    return isObject(payload) ? { payload, kids, digest: digestOfPayload(jws) } : undefined;
  } catch {
    return undefined;
  }
}

function isInForce({ from, until }: Payload, now: Date): boolean {
  const [begins, ending] = [instant.safeParse(from), instant.safeParse(until)];
  return begins.success && ending.success && isInForceAt({ from: begins.data, until: ending.data }, now);
}
