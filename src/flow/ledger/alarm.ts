/** Alarms: kept once, counted, logged for the operator, and signed for the other gateway's operator. */
import { ALARM_CODES, type AlarmCode } from '../../domain/evidence/alarm.ts';
import { Refusal } from '../../domain/words/error.ts';
import type { Issuing, Naming } from '../../gateway-parts.ts';
import { readDecimal } from '../../ledger/checkpoint.ts';
import { isSignatureBy, readNote, verifyNote, writeNote } from '../../ledger/note.ts';
import { createNoteVerifier, signNoteText } from '../../ledger/note-key.ts';
import { digestOf } from '../../seal/digest.ts';
import type { WrongGrant } from '../operator/guard.ts';
import { makeNoteSigner, noteKeysOf, originOfLedger, readPeers } from './keys.ts';

export interface LedgerFinding {
  readonly code: AlarmCode;
  /** Size of the checkpoint, or index of the entry. */
  readonly place: number;
  readonly root?: Uint8Array;
  /** The signed note that proves it, if there is one. */
  readonly note?: string;
}

/** Raises an alarm about a log. The same finding again is the same alarm. */
export const raiseAlarm = (gateway: Issuing, origin: string, finding: LedgerFinding): Promise<void> =>
  keep(gateway, originOfLedger(gateway.url), origin, finding);

async function keep(gateway: Issuing, by: string, origin: string, finding: LedgerFinding): Promise<void> {
  const isNew = await gateway.store.ledger.keepAlarm({ by, origin, ...finding, at: gateway.now() });
  if (!isNew) return;
  gateway.metrics.alarm(finding.code);
  gateway.log.error('ledger.alarm', { code: finding.code, ledger: origin, place: finding.place, by });
}

/** First line of an alarm about another gateway's log, a note signed with our key. */
const FIRST_LINE = 'amanat-alarm/v1';

/** Signs an alarm for another gateway about its own log: first line, origin, code and place, as a note. */
export async function signAlarmNote(
  gateway: Naming,
  origin: string,
  finding: LedgerFinding,
): Promise<string> {
  const text = [FIRST_LINE, origin, finding.code, String(finding.place), ''].join('\n');
  return writeNote({ text, signatures: [await signNoteText(text, makeNoteSigner(gateway, 'ed25519'))] });
}

/**
 * Takes an alarm that another gateway raised about this gateway's log.
 * @throws Refusal `ledger-malformed`, `ledger-refused`, `too-large`
 */
export async function takeAlarm(gateway: Issuing, bytes: Uint8Array): Promise<void> {
  const note = readNote(bytes);
  const peers = await readPeers(gateway);
  const keys = peers.flatMap((one) => noteKeysOf(one.url, one.keys.signing, 'ed25519'));
  const [signed] = await verifyNote(note, keys.map(createNoteVerifier));
  const by = keys.find((key) => signed !== undefined && isSignatureBy(key, signed))?.name ?? '';
  const [first, origin, named, decimal = '', ...rest] = note.text.split('\n');
  const code = ALARM_CODES.find((one) => one === named);
  const place = readDecimal(decimal);
  if (first !== FIRST_LINE || code === undefined || place === undefined || rest.join() !== '')
    throw new Refusal('ledger-malformed', 'this is not an alarm');
  if (origin !== originOfLedger(gateway.url))
    throw new Refusal('ledger-refused', 'the alarm is of another log');
  await keep(gateway, by, origin, { code, place, note: writeNote(note) });
}

/**
 * Logs a refused grant, and raises the alarm once for each row. Never rejects: the caller was refused
 * already.
 */
export async function raiseGrantAlarm(gateway: Issuing, { code, kind, id }: WrongGrant): Promise<void> {
  gateway.log.error('grant.refused', { code, kind: kind ?? 'log', id });
  const root = new Uint8Array(Buffer.from(digestOf(`${kind ?? 'log'} ${id}`), 'base64url'));
  try {
    await raiseAlarm(gateway, originOfLedger(gateway.url), { code, place: 0, root });
  } catch (fault) {
    gateway.log.error('alarm.fault', { code, fault: fault instanceof Error ? fault.name : 'unknown' });
  }
}
