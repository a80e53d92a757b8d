/** The log of the Workers entry: the platform collects what the console prints. One JSON line a thing. */
import type { Log, LogFields } from '../../log.ts';

/** Writes through `print`, the console where left out. Lines read like those of the Node entry. */
// biome-ignore lint/suspicious/noConsole: on Workers the console is the log
export function createConsoleLog(now: () => Date, print: (line: string) => void = console.log): Log {
  const write =
    (level: number) =>
    (event: string, fields?: LogFields): void =>
      print(JSON.stringify({ level, time: now().toISOString(), event, ...fields }));
  return { info: write(30), warn: write(40), error: write(50) };
}
