/** Alarms: codes for faults of a ledger or a grant. Operators, logs and other gateways share them. */
import { z } from 'zod';
import { name, plainText } from '../words/text.ts';

export const ALARM_CODES = [
  // A witness finds these in the log of another gateway.
  /** A signature of a checkpoint does not verify, our own cosignature included, or the checkpoint is of another log. */
  'signature-wrong',
  /** The log has fewer entries than its earlier checkpoint. */
  'log-shrunk',
  /** The log has two roots for one size. */
  'split-view',
  /** The entries do not give the signed root: the log no longer begins with the entries that were seen before. */
  'history-rewritten',
  /** The log does not show all the entries that its checkpoint covers. */
  'entries-missing',
  /** An entry differs from what was read first. */
  'entry-changed',
  // A gateway finds these in its own database.
  /** Evidence or the tiles above it differ from what was logged, or stand in another place. */
  'evidence-changed',
  /** Evidence that is in the log is gone, or its place is. */
  'evidence-missing',
  /** The tiles at the end of the log do not match the last checkpoint. Nothing more is appended. */
  'ledger-broken',
  /** A row grants something without a record of that grant. The row is ignored. */
  'grant-refused',
  /** The operator's log was changed. Nothing in the database grants anything. */
  'operator-log-broken',
  /** A focal point says that an endpoint that was added for it is wrong. */
  'endpoint-refused',
] as const;
export type AlarmCode = (typeof ALARM_CODES)[number];

/** A named operator's note on an alarm. It names nobody of a case. */
export const alarmNoteSchema = z.strictObject({
  by: name(120),
  note: plainText(1_000),
});
export type AlarmNote = z.infer<typeof alarmNoteSchema>;
