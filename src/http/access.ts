/** Access keys: bearer keys that belong to one focal point each and are stored as digests. */

import type { Context } from 'hono';
import { shownIdOfAccessKey } from '../domain/party/access-key.ts';
import { Refusal } from '../domain/words/error.ts';
import type { Storing } from '../gateway-parts.ts';
import { hashOfAccessKey } from '../seal/access-key.ts';
import { knownCallerOf } from './limiting.ts';

const KEY = /^Bearer (amk_[A-Za-z0-9_-]{43})$/;

/**
 * Finds the DID of the focal point whose access key the request carries.
 * @throws Refusal `access-denied`, the same for a revoked key and an unknown one; `too-many-requests`
 */
export async function findCaller(gateway: Storing, context: Context): Promise<string> {
  const key = KEY.exec(context.req.header('authorization') ?? '')?.[1];
  const hash = key === undefined ? undefined : hashOfAccessKey(key);
  const focalPoint =
    hash === undefined ? undefined : await gateway.store.secrets.accessKey(hash, gateway.now());
  if (hash === undefined || focalPoint === undefined)
    throw new Refusal('access-denied', 'the access key is missing or not valid');
  knownCallerOf(context).proven('access-key', shownIdOfAccessKey(hash));
  return focalPoint;
}
