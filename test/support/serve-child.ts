/**
 * A gateway in a process of its own, to be killed: `node serve-child.ts <home folder> [seconds its clock is ahead]`.
 * Writes its port when it serves. A number sent to it sets its clock, and is answered when it counts.
 */
import { readHome } from '../../src/entry/home/home.ts';
import { serveGateway } from '../../src/entry/server/serving.ts';
import { silentLog } from '../../src/log.ts';

const [, , home = '', given = '0'] = process.argv;
let ahead = Number(given);
process.on('message', (seconds) => {
  ahead = Number(seconds);
  process.send?.('set');
});
// Nobody is left to kill it.
process.on('disconnect', () => process.exit());
const now = (): Date => new Date(Date.now() + ahead * 1_000);
const { address } = await serveGateway(readHome(home, {}), silentLog, { now });
process.stdout.write(`${address.port}\n`);
