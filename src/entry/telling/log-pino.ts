/** The log of the Node entry: pino, one JSON line for each event. */
import { type DestinationStream, pino } from 'pino';
import type { Log } from '../../log.ts';

/** Makes a log that writes to `destination` (default: standard error, because standard output is for answers). */
export function createPinoLog(level: string, destination: DestinationStream = pino.destination(2)): Log {
  const log = pino({ level, base: null, timestamp: pino.stdTimeFunctions.isoTime }, destination);
  return {
    info: (event, fields) => log.info({ event, ...fields }),
    warn: (event, fields) => log.warn({ event, ...fields }),
    error: (event, fields) => log.error({ event, ...fields }),
  };
}
