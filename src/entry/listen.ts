/** Where a gateway listens. */
import type { Values } from '../config.ts';

export interface Listening {
  readonly host: string;
  readonly port: number;
}

/** Where to listen: `AMANAT_LISTEN` as `host:port`, else the host and port of the gateway's own URL. */
export function listenOn(values: Values, url: string): Listening {
  const named = values['AMANAT_LISTEN'];
  const { hostname, port, protocol } = new URL(named === undefined ? url : `http://${named}`);
  return { host: hostname, port: port === '' ? (protocol === 'https:' ? 443 : 80) : Number(port) };
}
