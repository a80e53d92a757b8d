/** A gateway in a process of its own, to be killed: `node serve-child.ts <home folder>`. */
import { readHome } from '../../src/entry/home.ts';
import { serveGateway } from '../../src/entry/node.ts';
import { silentLog } from '../../src/log.ts';

await serveGateway(readHome(process.argv[2] ?? '', {}), silentLog);
process.stdout.write('ready\n');
