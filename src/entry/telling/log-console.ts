/** The log of the Workers entry: the platform collects the console's output. One JSON line for each event. */
import type { Log, LogFields } from '../../log.ts';

/** Makes a log that writes with `print` (default: the console), in the format of the Node entry. */
// biome-ignore lint/suspicious/noConsole: on Workers the console is the log
export function createConsoleLog(now: () => Date, print: (line: string) => void = console.log): Log {
  const write =
    (level: number) =>
    (event: string, fields?: LogFields): void =>
      print(JSON.stringify({ level, time: now().toISOString(), event, ...fields }));
  return { info: write(30), warn: write(40), error: write(50) };
}
