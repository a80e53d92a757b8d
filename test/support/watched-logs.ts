/** Evidence by the dozen, and a view of a gateway's log from outside. */

import { issueEvidence } from '../../src/flow/evidence/issue.ts';
import { noteKeysOf, originOfLedger } from '../../src/flow/ledger/keys.ts';
import { readBundle } from '../../src/ledger/bundle.ts';
import type { KnownLog } from '../../src/ledger/signed-checkpoint.ts';
import { pathOfBundle } from '../../src/ledger/tile-path.ts';
import type { EvidenceRow } from '../../src/store/contracts/message-rows.ts';
import type { Rig } from './rig.ts';

/** Keeps signed rejections: the least evidence there is. @returns their rows, in the order of issue */
export async function issueMany(house: Rig, count: number): Promise<readonly EvidenceRow[]> {
  const { gateway } = house;
  const rows: EvidenceRow[] = [];
  for (let n = 0; n < count; n += 1) {
    const sender = 'did:web:gateway.test:fp:shelter';
    const row = await issueEvidence(gateway, {
      event: 'SubmissionRejection',
      sender,
      at: gateway.now(),
      reason: 'expired',
      rests_on: undefined,
    });
    await gateway.store.messages.keepRejection(row);
    rows.push(row);
  }
  return rows;
}

/**
 * The same, until the gateway has so much evidence in all: setting it up left entries of the operator's log.
 * @returns all rows, in the order of issue
 */
export async function issueUpTo(
  house: Rig,
  total: number,
): Promise<readonly Pick<EvidenceRow, 'id' | 'jws'>[]> {
  const rows = () =>
    house.database.sql<{ id: string; jws: string }[]>`select id, jws from evidence order by seq`;
  await issueMany(house, total - (await rows()).length);
  return (await rows()).map((row) => ({ ...row }));
}

/** A gateway's log as its readers know it, with the witnesses given. */
export const describeKnownLog = (house: Rig, witnesses: readonly Rig[] = []): KnownLog => ({
  origin: originOfLedger(house.gateway.url),
  keys: noteKeysOf(house.gateway.url, [house.gateway.key.publicJwk], 'ed25519'),
  witnesses: witnesses.flatMap(({ gateway }) =>
    noteKeysOf(gateway.url, [gateway.key.publicJwk], 'cosignature'),
  ),
});

export const fetchFrom = async (house: Rig, path: string): Promise<Response> =>
  house.app.request(`${house.gateway.url}${path}`);

export const fetchBytes = async (house: Rig, path: string): Promise<Uint8Array> =>
  new Uint8Array(await (await fetchFrom(house, path)).arrayBuffer());

/** The first entries of a log, as it serves them; at most 256. */
export const fetchLogEntries = async (house: Rig, width: number): Promise<readonly Uint8Array[]> =>
  readBundle(await fetchBytes(house, `/ledger/${pathOfBundle({ index: 0, width })}`), width);

/** Codes of the alarms a gateway has, in order. */
export async function listAlarms(house: Rig): Promise<readonly string[]> {
  const rows = await house.database.sql<{ code: string }[]>`select code from alarm order by id`;
  return rows.map((row) => row.code);
}
