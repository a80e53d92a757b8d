/** The directory: who is designated and what is agreed, as verified statements, read from the store when needed. */
import type { Agreement } from '../../domain/agreement.ts';
import { type BoundedMemory, boundedMemory } from '../../domain/bounded-memory.ts';
import type { Endpoint } from '../../domain/channel.ts';
import { Refusal } from '../../domain/error.ts';
import { type GatewayDesignation, peerOf } from '../../domain/gateway-designation.ts';
import { standing, versionAt, type Withdrawal } from '../../domain/key-life.ts';
import { type Designation, type Digested, did, slug } from '../../domain/party.ts';
import type { Gateway } from '../../gateway.ts';
import { type Anchor, verifyAgreement, verifyDesignation } from '../../seal/authority.ts';
import { verifyGateway } from '../../seal/gateway-statement.ts';
import type { Jws } from '../../seal/jws.ts';
import { payloadDigest, peek } from '../../seal/statement.ts';
import { isObject } from '../../seal/strict-json.ts';
import { verifyWithdrawal } from '../../seal/withdrawal.ts';
import type { DirectoryRows } from '../../store/records.ts';

/** A withdrawal, and the JWS as text by which its authority said so. */
export interface KeptWithdrawal extends Withdrawal {
  readonly statement: string;
}

/** What is known of some parties at one moment. */
export interface Directory {
  /** DID of this gateway. */
  readonly here: string;
  /** One of each focal point, as it counts now: a withdrawn one has ended, a retired key is not in it. */
  readonly designations: readonly Digested<Designation>[];
  readonly withdrawals: readonly KeptWithdrawal[];
  /** Every version. */
  readonly agreements: readonly Digested<Agreement>[];
  /** One of each gateway, as it counts now. */
  readonly gateways: readonly Digested<GatewayDesignation>[];
  readonly endpoints: readonly Endpoint[];
}

type Statement = Designation | Withdrawal | Agreement | GatewayDesignation;

/** Statements that verified, under the same anchors: as long as no certificate of these ends. */
const verified = new WeakMap<readonly Anchor[], BoundedMemory<Digested<Statement>>>();
const REMEMBERED = 5_000;

/** When what verifies now has to be verified again: the first end of an anchor that is valid now. */
const untilAnchorEnds = (anchors: readonly Anchor[], now: Date): Date | undefined =>
  anchors
    .map((one) => one.until)
    .filter((end) => end > now)
    .toSorted((one, other) => one.getTime() - other.getTime())[0];

/** The instant a text was verified at; left out, it is verified as of its own beginning. */
interface Remembering {
  readonly name?: string;
  readonly at?: Date;
}

/** What verifying takes of a gateway. */
type Verifier = Pick<Gateway, 'anchors' | 'store' | 'log'>;

async function once<T extends Statement>(
  gateway: Pick<Verifier, 'anchors' | 'log'>,
  text: string,
  verify: (jws: unknown) => Promise<T>,
  { name = text, at }: Remembering = {},
): Promise<Digested<T> | undefined> {
  const memory = verified.get(gateway.anchors) ?? boundedMemory<Digested<Statement>>(REMEMBERED);
  verified.set(gateway.anchors, memory);
  const known = memory.get(name, at);
  if (known !== undefined) return known as unknown as Digested<T>;
  try {
    const jws = JSON.parse(text) as Jws;
    const statement = { ...(await verify(jws)), digest: payloadDigest(jws) };
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

const present = <T>(one: T | undefined): one is T => one !== undefined;

/** What cannot be a party is not asked for: key ids and paths come from anybody, and a database takes no NUL. */
const isParty = (text: string): boolean => did.safeParse(text).success || slug.safeParse(text).success;

/** When a statement says that it begins; not verified. */
function beginning(jws: unknown): Date {
  const { payload } = peek(jws);
  return new Date(isObject(payload) ? String(payload['from']) : Number.NaN);
}

/**
 * The withdrawals among the rows. A withdrawal does not pass with the certificate of who signed it: it is verified as
 * of the time it begins.
 */
async function withdrawalsIn(gateway: Verifier, rows: DirectoryRows): Promise<readonly KeptWithdrawal[]> {
  const verify = (jws: unknown) => verifyWithdrawal(jws, gateway.anchors, beginning(jws));
  const found = await Promise.all(
    rows.withdrawals.map(async (statement) => {
      const one = await once(gateway, statement, verify);
      return one && { ...one, statement };
    }),
  );
  return found.filter(present);
}

/** Every designation of a focal point there ever was, in the order in which they begin, and its withdrawals. */
export interface History {
  readonly versions: readonly Digested<Designation>[];
  readonly withdrawals: readonly KeptWithdrawal[];
}

/** Reads the history of a focal point, each version verified as of the time it begins. */
export async function historyOf(gateway: Verifier, party: string): Promise<History> {
  const rows = await gateway.store.directory([party].filter(isParty));
  const verify = (jws: unknown) => verifyDesignation(jws, gateway.anchors, beginning(jws));
  // Remembered apart: what verified then need not verify now.
  const versions = await Promise.all(
    rows.designations.map((text) => once(gateway, text, verify, { name: `then ${text}` })),
  );
  // A row says whose statement it holds, and so does the statement: only what was signed counts.
  const own = versions.filter(present).filter((one) => one.focal_point === party);
  return { versions: own, withdrawals: await withdrawalsIn(gateway, rows) };
}

/** Every designation of a gateway that is kept, each verified as of the time it begins. */
export const gatewayHistory = async (
  gateway: Verifier,
  did: string,
): Promise<readonly GatewayDesignation[]> =>
  (await gatewayVersions(gateway)).filter((one) => one.gateway === did);

/** The same of every gateway. */
export async function gatewayVersions(gateway: Verifier): Promise<readonly GatewayDesignation[]> {
  const { gateways } = await gateway.store.directory([]);
  const verify = (jws: unknown) => verifyGateway(jws, gateway.anchors, beginning(jws));
  const versions = await Promise.all(
    gateways.map((text) => once(gateway, text, verify, { name: `then ${text}` })),
  );
  return versions.filter(present);
}

/** Of each focal point what counts now. */
const counting = (
  designations: readonly Digested<Designation>[],
  withdrawals: readonly Withdrawal[],
  now: Date,
): readonly Digested<Designation>[] =>
  [...Map.groupBy(designations, (one) => one.focal_point).values()]
    .map((versions) => standing(versions, withdrawals, now))
    .filter(present);

/** Of each gateway the version that counts now. */
const connected = (
  gateways: readonly Digested<GatewayDesignation>[],
  now: Date,
): readonly Digested<GatewayDesignation>[] =>
  [...Map.groupBy(gateways, (one) => one.gateway).values()]
    .map((versions) => versionAt(versions, now))
    .filter(present);

/** Reads and verifies what is known of the parties (DIDs or slugs), or of everybody. */
export async function directoryOf(
  gateway: Verifier & Pick<Gateway, 'did' | 'now'>,
  parties?: readonly string[],
): Promise<Directory> {
  const now = gateway.now();
  const rows = await gateway.store.directory(parties?.filter(isParty), now);
  const withdrawals = await withdrawalsIn(gateway, rows);
  const [designations, agreements, gateways] = await Promise.all([
    Promise.all(
      rows.designations.map((text) =>
        once(gateway, text, (jws) => verifyDesignation(jws, gateway.anchors, now), { at: now }),
      ),
    ),
    Promise.all(
      rows.agreements.map((text) =>
        once(gateway, text, (jws) => verifyAgreement(jws, gateway.anchors, now), { at: now }),
      ),
    ),
    Promise.all(
      rows.gateways.map((text) =>
        once(gateway, text, (jws) => verifyGateway(jws, gateway.anchors, now), { at: now }),
      ),
    ),
  ]);
  return {
    here: gateway.did,
    designations: counting(designations.filter(present), withdrawals, gateway.now()),
    withdrawals,
    agreements: agreements.filter(present),
    gateways: connected(gateways.filter(present), now),
    endpoints: rows.endpoints,
  };
}

/**
 * The designation of a DID or slug, if there is one. A slug is unique on its gateway only: the one homed here is meant,
 * else the only one there is anywhere.
 */
export function find(directory: Directory, party: string): Digested<Designation> | undefined {
  const byDid = directory.designations.find((one) => one.focal_point === party);
  if (byDid !== undefined) return byDid;
  const named = directory.designations.filter((one) => one.slug === party);
  return named.find((one) => isHome(directory, one)) ?? (named.length === 1 ? named[0] : undefined);
}

const isHome = (directory: Directory, one: Designation): boolean => one.gateway === directory.here;

/** The same among the focal points homed here: others have their pages, keys and ways in at their own gateway. */
export function findHomed(directory: Directory, party: string): Digested<Designation> | undefined {
  const found = find(directory, party);
  return found !== undefined && isHome(directory, found) ? found : undefined;
}

/**
 * The designation of another gateway, in force.
 * @throws Refusal `unknown-gateway`
 */
export function peer(directory: Directory, gateway: string, at: Date): GatewayDesignation {
  const found = peerOf(directory, gateway, at);
  if (found === undefined || found.gateway === directory.here)
    throw new Refusal('unknown-gateway', 'the gateway is not designated, or its designation is not in force');
  return found;
}

/** The designation of a DID that must be there, because a row refers to it. */
export function known(directory: Directory, party: string): Digested<Designation> {
  const found = find(directory, party);
  if (found === undefined) throw new Error('a party to a kept message is not in the directory');
  return found;
}
