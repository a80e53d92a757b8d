/** The log: one line with many fields for each event. No personal data, no content, no addresses, no key material. */

/** The permitted field values of a log line; no objects, which could carry personal data. */
export type LogFields = Readonly<Record<string, string | number | boolean | undefined>>;

export interface Log {
  info(event: string, fields?: LogFields): void;
  warn(event: string, fields?: LogFields): void;
  error(event: string, fields?: LogFields): void;
}

/** A log that writes nothing, for programs that print their own output. */
export const silentLog: Log = { info: () => {}, warn: () => {}, error: () => {} };
