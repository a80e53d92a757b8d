/** The demo's mail server is strict: it accepts nothing before STARTTLS. */
import { connect } from 'node:net';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type MailServer, startMailServer } from '../support/outside/mail-server.ts';
import { PATIENCE } from '../support/patience.ts';

let server: MailServer;
beforeAll(async () => {
  server = await startMailServer();
});
afterAll(() => server.close());

it('accepts no mail in clear text', async () => {
  const heard = await converse(server.port, ['EHLO peer.example', 'MAIL FROM:<a@peer.example>', 'QUIT']);
  expect(heard).toContain('250-STARTTLS');
  expect(heard).toContain('530 5.7.0 Must issue a STARTTLS command first');
  expect(server.received).toHaveLength(0);
});

/** Says one line after each answer, and gives back all that was answered. */
function converse(port: number, lines: readonly string[]): Promise<string> {
  const left = [...lines];
  let heard = '';
  return new Promise((resolve, reject) => {
    const socket = connect(port, '127.0.0.1');
    socket.setTimeout(PATIENCE, () => socket.destroy(new Error('no answer')));
    socket.on('data', (part) => {
      heard += String(part).replaceAll('\r\n', '\n');
      const next = /^\d{3} .*\n$/m.test(String(part).replaceAll('\r\n', '\n')) ? left.shift() : undefined;
      if (next !== undefined) socket.write(`${next}\r\n`);
    });
    socket.on('error', reject);
    socket.on('close', () => resolve(heard));
  });
}
