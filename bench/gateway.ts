/**
 * The gateway of the bench: the real one of the Node entry, in a separate process. Its loop runs only on command, so
 * that accepting and delivering can be measured separately.
 */
import type { AddressInfo } from 'node:net';
import { serve } from '@hono/node-server';
import { pino } from 'pino';
import { createApplication } from '../src/entry/application.ts';
import { readHome } from '../src/entry/home/home.ts';
import { openGateway } from '../src/entry/node.ts';
import { createPinoLog } from '../src/entry/telling/log-pino.ts';
import { runLoop } from '../src/flow/loop/loop.ts';
import { listenToParent } from './child.ts';

// The log is written as in production, but to /dev/null.
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
