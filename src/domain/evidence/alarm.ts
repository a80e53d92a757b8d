/** Alarms: what can be wrong with a ledger, in codes that operators, logs and other gateways share. */
import { z } from 'zod';
import { name, plainText } from '../words/text.ts';

export const ALARM_CODES = [
  // Found by a witness, in the log of another gateway.
  /** A checkpoint whose signature, ours under it included, does not verify, or that is of another log. */
  'signature-wrong',
  /** Fewer entries than it stood to before. */
  'log-shrunk',
  /** Two roots for one size. */
  'split-view',
  /** The entries do not make the root that was signed: what was seen before is not the beginning of what is there. */
  'history-rewritten',
  /** It stands to entries that it does not show. */
  'entries-missing',
  /** An entry is not what it was when it was first read. */
  'entry-changed',
  // Found by a gateway in its own database.
  /** Evidence, or the tiles over it, are not what was put into the log, or not where. */
  'evidence-changed',
  /** Evidence that stands in the log is gone, or its place is. */
  'evidence-missing',
  /** The tiles at the end of the log are not those of the last checkpoint: nothing more is put into it. */
  'ledger-broken',
  /** A row of the database grants what nobody granted: it counts as absent. */
  'grant-refused',
  /** The operator's log is not what was recorded: nothing is granted by what is in the database. */
  'operator-log-broken',
  /** A desk says that an endpoint that was added for it is wrong. */
  'endpoint-refused',
] as const;
export type AlarmCode = (typeof ALARM_CODES)[number];

/** What a named operator says of an alarm. Nobody in a case is named in it. */
export const alarmNoteSchema = z.strictObject({
  by: name(120),
  note: plainText(1_000),
});
export type AlarmNote = z.infer<typeof alarmNoteSchema>;
