/** The log of the Node entry: pino, one JSON line a thing. */
import { type DestinationStream, pino } from 'pino';
import type { Log } from '../../log.ts';

/** Writes to `destination`, standard error where left out: standard output belongs to the program's own answers. */
export function createPinoLog(level: string, destination: DestinationStream = pino.destination(2)): Log {
  const log = pino({ level, base: null, timestamp: pino.stdTimeFunctions.isoTime }, destination);
  return {
    info: (event, fields) => log.info({ event, ...fields }),
    warn: (event, fields) => log.warn({ event, ...fields }),
    error: (event, fields) => log.error({ event, ...fields }),
  };
}
