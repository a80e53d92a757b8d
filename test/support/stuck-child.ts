/**
 * A gateway in a process of its own whose loop can be made to stand: `node stuck-child.ts <home folder> <seconds>`. Writes
 * its port when it serves; the word `stand` makes its loop stand. No program of ours has such a word.
 */
import { readHome } from '../../src/entry/home/home.ts';
import { serveGateway } from '../../src/entry/server/serving.ts';
import { startWatchdog } from '../../src/entry/server/watchdog.ts';
import { silentLog } from '../../src/log.ts';

const [, , home = '', seconds = '10'] = process.argv;
process.on('disconnect', () => process.exit());
process.on('message', () => {
  for (;;);
});
const { address } = await serveGateway(readHome(home, process.env), silentLog);
startWatchdog({ seconds: Number(seconds) });
process.stdout.write(`${address.port}\n`);
