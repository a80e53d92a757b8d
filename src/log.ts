/** The log: one wide line per thing that happened. No personal data, no content, no addresses, no key material. */

/** Field values that may stand in a log line; objects are left out on purpose. */
export type LogFields = Readonly<Record<string, string | number | boolean | undefined>>;

export interface Log {
  info(event: string, fields?: LogFields): void;
  warn(event: string, fields?: LogFields): void;
  error(event: string, fields?: LogFields): void;
}

/** A log that says nothing, for programs whose output is their own. */
export const silentLog: Log = { info: () => {}, warn: () => {}, error: () => {} };
