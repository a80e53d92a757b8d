/**
 * The gateway under the bench: the real one of the Node entry, in a process of its own. Its loop runs only when it is
 * told, so that accepting and delivering can be measured apart.
 */
import type { AddressInfo } from 'node:net';
import { serve } from '@hono/node-server';
import { pino } from 'pino';
import { createApplication } from '../src/entry/application.ts';
import { readHome } from '../src/entry/home/home.ts';
import { openGateway } from '../src/entry/node.ts';
import { createPinoLog } from '../src/entry/telling/log-pino.ts';
import { runLoop } from '../src/flow/loop.ts';
import { listenToParent } from './child.ts';

// The log is written as in real use, to where nobody reads it.
const log = createPinoLog('info', pino.destination('/dev/null'));
const opened = await openGateway(readHome(process.env['BENCH_HOME'] ?? '', process.env), log);
const server = serve({ fetch: createApplication(opened.gateway).fetch, hostname: '127.0.0.1', port: 0 });
let stop = new AbortController();
let loop = Promise.resolve();

async function stopLoop(): Promise<void> {
  stop.abort();
  await loop;
}

server.once('listening', () => {
  listenToParent((server.address() as AddressInfo).port, async (word) => {
    if (word === 'start-loop') {
      stop = new AbortController();
      loop = runLoop(opened.gateway, stop.signal);
    } else {
      await stopLoop();
      if (word === 'stop') {
        server.close();
        await opened.close();
      }
    }
  });
});
