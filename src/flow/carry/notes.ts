/** Notes on their way: what is said at endpoints of no message, and the gentle tries of endpoints that are off. */
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

/** Claims up to `limit` notes that are due. Each job given back brings one of them and never rejects. */
export async function claimNotes(gateway: Reaching, limit: number): Promise<readonly Job[]> {
  const now = gateway.now();
  const notes = await gateway.store.endpoints.claimNotes(now, new Date(now.getTime() + LEASE * 1_000), limit);
  return notes.map((note) => () => bring(gateway, note));
}

async function bring(gateway: Reaching, note: ClaimedNote): Promise<void> {
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
    if (says.what === 'probe') await probed(gateway, note, outcome);
    else await told(gateway, note, outcome);
  } catch (fault) {
    const name = fault instanceof Error ? fault.name : 'unknown';
    gateway.log.error('note.fault', { note: note.id, channel: endpoint.channel, fault: name });
  }
}

/** An endpoint that took a try is back; one that did not is tried again, less and less often. */
async function probed(gateway: Issuing, note: ClaimedNote, { kind }: Outcome): Promise<void> {
  const { store, now } = gateway;
  const { endpoint } = note;
  if (kind === 'accepted') await restoreEndpoint(gateway, endpoint, 'probe');
  if (kind === 'accepted' || !isOffByChannel(endpoint)) await store.endpoints.finishNote(note.id);
  else await store.endpoints.finishNote(note.id, nextProbeAt(note.tries, now()));
}

async function told(gateway: Reaching, note: ClaimedNote, outcome: Outcome): Promise<void> {
  const { store, now, random } = gateway;
  // Like a routine message, whatever the channel asks for.
  const again =
    outcome.kind === 'deferred'
      ? nextAttemptAt(note.tries, now(), random(), outcome.retryAfter, LONGEST_WAIT_SECONDS.routine)
      : undefined;
  const isOver = again === undefined || (note.expiresAt !== undefined && again > note.expiresAt);
  await store.endpoints.finishNote(note.id, isOver ? undefined : again);
}

/**
 * Says a note at its endpoint, where somebody who is designated reads there. One that is off is tried for a sign of life
 * only. A certificate that mail may not be encrypted to counts as everywhere else.
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

/** Whether somebody who is switched off for a while is told of it when back. */
const isToldLater = ({ off }: Endpoint, { what }: NoteContent): boolean =>
  isCountedCode(off?.code) && SENT_LATER.includes(what);

/** The way to the page where a person answers what a note asks. A system answers by a call of its own. */
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
