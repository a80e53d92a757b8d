/** The directory: who is designated and what is agreed, as verified statements, read from the store when needed. */
import type { Agreement } from '../domain/agreement.ts';
import type { Endpoint } from '../domain/channel.ts';
import { Refusal } from '../domain/error.ts';
import { type Designation, did, slug } from '../domain/party.ts';
import type { Gateway } from '../gateway.ts';
import { type Anchor, verifyAgreement, verifyDesignation } from '../seal/authority.ts';

/** What is known of some parties at one moment. */
export interface Directory {
  readonly designations: readonly Designation[];
  readonly agreements: readonly Agreement[];
  readonly endpoints: readonly Endpoint[];
}

type Statement = Designation | Agreement;

/** Statements are verified once; a text that verified stays verified under the same anchors. */
const verified = new WeakMap<readonly Anchor[], Map<string, Statement>>();
const REMEMBERED = 5_000;

async function once<T extends Statement>(
  gateway: Gateway,
  text: string,
  verify: (jws: unknown) => Promise<T>,
): Promise<T | undefined> {
  const memory = verified.get(gateway.anchors) ?? new Map<string, Statement>();
  verified.set(gateway.anchors, memory);
  const known = memory.get(text);
  if (known !== undefined) return known as T;
  try {
    const statement = await verify(JSON.parse(text));
    if (memory.size >= REMEMBERED) memory.clear();
    memory.set(text, statement);
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

/** Reads and verifies what is known of the parties (DIDs or slugs), or of everybody. */
export async function directoryOf(gateway: Gateway, parties?: readonly string[]): Promise<Directory> {
  const rows = await gateway.store.directory(parties?.filter(isParty));
  const now = gateway.now();
  const [designations, agreements] = await Promise.all([
    Promise.all(
      rows.designations.map((text) =>
        once(gateway, text, (jws) => verifyDesignation(jws, gateway.anchors, now)),
      ),
    ),
    Promise.all(
      rows.agreements.map((text) => once(gateway, text, (jws) => verifyAgreement(jws, gateway.anchors, now))),
    ),
  ]);
  return {
    designations: designations.filter(present),
    agreements: agreements.filter(present),
    endpoints: rows.endpoints,
  };
}

/** The designation of a DID or slug, if there is one. */
export const find = (directory: Directory, party: string): Designation | undefined =>
  directory.designations.find((one) => one.focal_point === party || one.slug === party);

/** The designation of a DID that must be there, because a row refers to it. */
export function known(directory: Directory, party: string): Designation {
  const found = find(directory, party);
  if (found === undefined) throw new Error('a party to a kept message is not in the directory');
  return found;
}
