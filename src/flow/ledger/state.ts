/**
 * The state of the ledgers: our own, who has cosigned it, those that this gateway watches, and the alarms.
 */
import type { AlarmNote } from '../../domain/evidence/alarm.ts';
import type { PeerFigures } from '../../domain/figures/peer-figures.ts';
import { Refusal } from '../../domain/words/error.ts';
import type { Issuing, Judging, Storing, Verifying } from '../../gateway-parts.ts';
import { timeOfCosignature } from '../../ledger/cosignature.ts';
import { isSignatureBy, readNote } from '../../ledger/note.ts';
import { utf8BytesOf } from '../../ledger/note-key.ts';
import type { KeptAlarm, LedgerOverview } from '../../store/contracts/ledger-rows.ts';
import { makeOperatorAct } from '../operator/operator-act.ts';
import { hasLedger, noteKeysOf, originOfLedger, readPeers } from './keys.ts';

/** Most alarms shown: a fault may repeat itself. */
const ALARMS = 200;

/** Another gateway's ledger, as far as this one has read it. */
interface Watched {
  readonly ledger: string;
  /** Number of verified entries. */
  readonly size: number;
  /** When it was last read to its end; null if never. */
  readonly read_at: string | null;
  readonly unread_seconds: number;
  /** The checkpoint of ours that this gateway last cosigned; null if none. */
  readonly cosigned: { readonly size: number; readonly at: string } | null;
}

export interface LedgerState {
  /** Null if the gateway's key is on a curve that cannot sign notes. */
  readonly own: {
    readonly ledger: string;
    readonly size: number;
    /** When its newest checkpoint was signed; null if there is none. */
    readonly signed_at: string | null;
    readonly uncosigned_seconds: number;
  } | null;
  readonly watched: readonly Watched[];
  readonly alarms: readonly KeptAlarm[];
}

/** The state of all ledgers that this gateway keeps or watches. */
export async function readLedgerState(gateway: Verifying): Promise<LedgerState> {
  const overview = await gateway.store.ledger.ledgerOverview();
  const { last } = overview;
  const watched = await watchedOf(gateway, overview);
  const own = {
    ledger: originOfLedger(gateway.url),
    size: last?.size ?? 0,
    signed_at: last?.at.toISOString() ?? null,
    uncosigned_seconds: watched.length === 0 ? 0 : secondsSince(gateway, overview.uncosignedSince),
  };
  return {
    own: hasLedger(gateway) ? own : null,
    watched,
    alarms: await gateway.store.ledger.alarms(ALARMS),
  };
}

/** The same in a few numbers, and how many gateways are still to be told of a withdrawal. */
export async function readPeerFigures(gateway: Judging): Promise<PeerFigures> {
  const overview = await gateway.store.ledger.ledgerOverview();
  const watched = await watchedOf(gateway, overview);
  return {
    // If nobody watches, no cosignature is awaited.
    uncosignedSeconds: watched.length === 0 ? 0 : secondsSince(gateway, overview.uncosignedSince),
    unread: watched.map(({ ledger, unread_seconds: seconds }) => ({ ledger, seconds })),
    withdrawalsWaiting: await gateway.store.directory.withdrawalsWaiting(),
    evidenceAside: await gateway.store.messages.asideCount(),
  };
}

const secondsSince = (gateway: Storing, at: Date | undefined): number =>
  at === undefined ? 0 : Math.max(0, Math.round((gateway.now().getTime() - at.getTime()) / 1_000));

async function watchedOf(gateway: Judging, overview: LedgerOverview): Promise<readonly Watched[]> {
  const peers = await readPeers(gateway);
  return peers.map((peer): Watched => {
    const ledger = originOfLedger(peer.url);
    const row = overview.watched.find(({ origin }) => origin === ledger);
    const keys = noteKeysOf(peer.url, peer.keys.signing, 'cosignature');
    return {
      ledger,
      size: row?.size ?? 0,
      read_at: row?.seenAt?.toISOString() ?? null,
      unread_seconds: secondsSince(gateway, row?.seenAt ?? row?.since),
      cosigned: cosignedBy(keys, overview),
    };
  });
}

/**
 * The newest of our checkpoints with a cosignature by one of these keys. Cosignatures were verified when they
 * came.
 */
function cosignedBy(keys: ReturnType<typeof noteKeysOf>, { cosigned }: LedgerOverview): Watched['cosigned'] {
  for (const { size, note } of cosigned)
    for (const signature of readNote(utf8BytesOf(note)).signatures)
      if (keys.some((key) => isSignatureBy(key, signature)))
        return { size, at: new Date(timeOfCosignature(signature) * 1_000).toISOString() };
  return null;
}

/**
 * Marks an alarm as examined by a named operator. The alarm stays, with the operator's note.
 * @throws Refusal `not-found` if there is no such alarm; `already-exists` if it was marked before
 */
export async function resolveAlarm(gateway: Issuing, id: number, { by, note }: AlarmNote): Promise<void> {
  const act = makeOperatorAct(gateway, { act: 'alarm.settled', subject: String(id) });
  if (await gateway.store.ledger.markAlarm(id, { by, note, at: gateway.now() }, act)) return;
  const alarms = await gateway.store.ledger.alarms(Number.MAX_SAFE_INTEGER);
  if (alarms.some((one) => one.id === id))
    throw new Refusal(
      'already-exists',
      'somebody has resolved this alarm already; see "amanat ledger status"',
    );
  throw new Refusal('not-found', 'there is no such alarm; see "amanat ledger status"');
}
