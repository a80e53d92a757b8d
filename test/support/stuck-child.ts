/**
 * A gateway in a separate process whose loop can be blocked: `node stuck-child.ts <home folder> <seconds>`. It writes
 * its port when it serves; the command `stand` blocks its loop for ever, and `compute` until it has had 0.3 s of
 * the processor. The program itself has no such commands.
 */
import { readHome } from '../../src/entry/home/home.ts';
import { serveGateway } from '../../src/entry/server/serving.ts';
import { startWatchdog } from '../../src/entry/server/watchdog.ts';
import { silentLog } from '../../src/log.ts';

const [, , home = '', seconds = '10'] = process.argv;
process.on('disconnect', () => process.exit());
process.on('message', (command) => {
  const began = process.cpuUsage();
  const used = (): number => process.cpuUsage(began).user + process.cpuUsage(began).system;
  while (command === 'stand' || used() < 300_000);
  process.send?.('computed');
});
const { address } = await serveGateway(readHome(home, process.env), silentLog);
startWatchdog({ seconds: Number(seconds) });
process.stdout.write(`${address.port}\n`);
