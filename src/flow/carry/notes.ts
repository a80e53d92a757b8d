/** Sends notes, which are notifications at endpoints about no message, and probes endpoints that are off. */
import type { Outcome, Parcel } from '../../domain/carriage/adapter.ts';
import { LONGEST_WAIT_SECONDS, nextAttemptAt } from '../../domain/carriage/delivery.ts';
import { isSentThoughOff, type NoteContent, SENT_LATER } from '../../domain/carriage/endpoint-note.ts';
import type { Endpoint } from '../../domain/party/channel.ts';
import type { Designation } from '../../domain/party/designation.ts';
import { isCountedCode, isOffByChannel, nextProbeAt } from '../../domain/party/endpoint-life.ts';
import { isOfficerInPlace } from '../../domain/party/endpoint-officer.ts';
import { present } from '../../domain/words/present.ts';
import type { Issuing, Reaching, Showing } from '../../gateway-parts.ts';
import type { ClaimedNote } from '../../store/contracts/endpoints.ts';
import { makeConfirmLink } from '../content/links.ts';
import { type Directory, findDesignation, readDirectory } from '../directory/directory.ts';
import { findMailbox } from '../directory/mailbox.ts';
import { zoneAt } from '../directory/reader.ts';
import type { Job } from './dispatch.ts';
import { restoreEndpoint } from './endpoint-restoring.ts';
import { reviseNote } from './note-revision.ts';

const LEASE = 60;
const PATIENCE_MS = 30_000;

/** Claims up to `limit` due notes. Each returned job sends one of them and never rejects. */
export async function claimNotes(gateway: Reaching, limit: number): Promise<readonly Job[]> {
  const now = gateway.now();
  const notes = await gateway.store.endpoints.claimNotes(now, new Date(now.getTime() + LEASE * 1_000), limit);
  return notes.map((note) => () => attemptNote(gateway, note));
}

async function attemptNote(gateway: Reaching, note: ClaimedNote): Promise<void> {
  const { endpoint, says } = note;
  try {
    const outcome = await sendNote(gateway, note);
    gateway.log.info('note.attempt', {
      note: note.id,
      endpoint: endpoint.id,
      channel: endpoint.channel,
      says: says.what,
      outcome: outcome.kind,
      code: outcome.code,
    });
    if (says.what === 'probe') await finishProbe(gateway, note, outcome);
    else await finishNote(gateway, note, outcome);
  } catch (fault) {
    const name = fault instanceof Error ? fault.name : 'unknown';
    gateway.log.error('note.fault', { note: note.id, channel: endpoint.channel, fault: name });
  }
}

/** An endpoint that took a probe is restored. One that did not is probed again, less and less often. */
async function finishProbe(gateway: Issuing, note: ClaimedNote, { kind }: Outcome): Promise<void> {
  const { store, now } = gateway;
  const { endpoint } = note;
  if (kind === 'accepted') await restoreEndpoint(gateway, endpoint, 'probe');
  if (kind === 'accepted' || !isOffByChannel(endpoint)) await store.endpoints.finishNote(note.id);
  else await store.endpoints.finishNote(note.id, nextProbeAt(note.tries, now()));
}

async function finishNote(gateway: Reaching, note: ClaimedNote, outcome: Outcome): Promise<void> {
  const { store, now, random } = gateway;
  // Retried on the schedule of a routine message, whatever time the channel asks for.
  const again =
    outcome.kind === 'deferred'
      ? nextAttemptAt(now(), {
          tries: note.tries,
          jitter: random(),
          retryAfter: outcome.retryAfter,
          longest: LONGEST_WAIT_SECONDS.routine,
        })
      : undefined;
  const isOver = again === undefined || (note.expiresAt !== undefined && again > note.expiresAt);
  await store.endpoints.finishNote(note.id, isOver ? undefined : again);
}

/**
 * Sends a note to its endpoint, if its officer is designated. An endpoint that is off gets probes only, and
 * the few notes that are sent to such endpoints. A certificate to which mail may not be encrypted is refused
 * as for any mail.
 */
export async function sendNote(
  gateway: Reaching,
  note: Pick<ClaimedNote, 'id' | 'says' | 'madeAt' | 'endpoint'>,
): Promise<Outcome> {
  const { endpoint, says } = note;
  const directory = await readDirectory(gateway, [endpoint.focalPoint]);
  const designation = findDesignation(directory, endpoint.focalPoint);
  if (designation === undefined || !isOfficerInPlace(designation, endpoint, gateway.now()))
    return { kind: 'rejected', code: 'unknown-officer' };
  if (!endpoint.enabled && !isSentThoughOff(says))
    return isToldLater(endpoint, says)
      ? { kind: 'deferred', code: 'endpoint-disabled' }
      : { kind: 'rejected', code: 'endpoint-disabled' };
  const now = await reviseNote(gateway, endpoint.focalPoint, says);
  if (now === undefined) return { kind: 'rejected', code: 'nothing-to-confirm' };
  return handOver(gateway, directory, designation, { ...note, says: now });
}

/** Whether an endpoint that is off for a while gets the note once it is restored. */
const isToldLater = ({ off }: Endpoint, { what }: NoteContent): boolean =>
  isCountedCode(off?.code) && SENT_LATER.includes(what);

/**
 * A link to the page where an officer answers the note's question. A partner's system answers by an API call
 * instead.
 */
async function linkOf(gateway: Showing, endpoint: Endpoint, says: NoteContent): Promise<string | undefined> {
  const { officer, channel } = endpoint;
  if (says.what !== 'endpoint-waiting' && says.what !== 'endpoint-counts') return undefined;
  const { endpoint: about, asked } = says;
  if (asked === undefined || officer === undefined || channel === 'webhook') return undefined;
  return makeConfirmLink(gateway, { ...endpoint, officer }, { endpoint: about, asked });
}

async function handOver(
  gateway: Reaching,
  directory: Directory,
  designation: Designation,
  { id, says, madeAt: at, endpoint }: Pick<ClaimedNote, 'id' | 'says' | 'madeAt' | 'endpoint'>,
): Promise<Outcome> {
  const adapter = gateway.adapters.get(endpoint.channel);
  if (adapter === undefined) return { kind: 'deferred', code: 'channel-not-running' };
  const readable = findMailbox(gateway, directory, { endpoint, id });
  if ('kind' in readable) return readable;
  const link = await linkOf(gateway, endpoint, says);
  const parcel: Parcel = {
    kind: 'note',
    delivery: id,
    endpoint: readable,
    zone: zoneAt(gateway, directory, designation.focal_point),
    says,
    at,
    focalPoint: { did: designation.focal_point, name: designation.name },
    ...present({ link }),
  };
  try {
    return await adapter.send(parcel, AbortSignal.timeout(PATIENCE_MS));
  } catch (fault) {
    const name = fault instanceof Error ? fault.name : 'unknown';
    gateway.log.error('adapter.fault', { note: id, channel: endpoint.channel, fault: name });
    return { kind: 'deferred', code: 'fault' };
  }
}
