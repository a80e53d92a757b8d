/** A gateway in a process of its own, to be killed: `node serve-child.ts <home folder> <seconds its clock is ahead>`. */
import { readHome } from '../../src/entry/home.ts';
import { serveGateway } from '../../src/entry/node.ts';
import { silentLog } from '../../src/log.ts';

const [path = '', ahead = '0'] = process.argv.slice(2);
await serveGateway(readHome(path, {}), silentLog, () => new Date(Date.now() + Number(ahead) * 1_000));
process.stdout.write('ready\n');
