/** Every answer of a mail server, from a real one, and the outcome that the adapter makes of it. */
import { createServer, type Server } from 'node:net';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { outcomeOfSmtp } from '../../../adapters/email/smtp-answer.ts';
import type { Outcome, Parcel } from '../../../src/domain/carriage/adapter.ts';
import { Refusal } from '../../../src/domain/words/error.ts';
import { present } from '../../../src/domain/words/present.ts';
import { makeLoopbackCertificate } from '../../support/outside/loopback-certificate.ts';
import type { MailFault, MailStage } from '../../support/outside/mail-server.ts';
import { makeMessageParcel, makeRevisionParcel } from '../../support/parcels.ts';
import { never } from '../../support/patience.ts';
import { ATTACHE, certificates, FROM, issueEc, type MailRig, mailbox, NOW, startRig } from './rig.ts';

let rig: MailRig;
beforeAll(async () => {
  rig = await startRig();
});
afterEach(() => rig.server.setFault(undefined));
afterAll(() => rig.close());

const send = (parcel: Parcel, one: MailRig = rig): Promise<Outcome> => one.adapter.send(parcel, never());
const packet = (): Parcel => makeMessageParcel({ endpoint: mailbox(rig.known.rsa) });

async function answered(stage: MailStage, fault: MailFault): Promise<Outcome> {
  rig.server.setFault((at) => (at === stage ? fault : undefined));
  return send(packet());
}

describe('a server’s answer', () => {
  it.each<[MailStage, number, string, Outcome]>([
    ['RCPT', 450, '4.2.1 Busy', { kind: 'deferred', code: 'smtp-450' }],
    ['DATA', 451, '4.7.1 Greylisted', { kind: 'deferred', code: 'smtp-451' }],
    ['MAIL', 421, '4.3.2 Shutting down', { kind: 'deferred', code: 'smtp-421' }],
    ['RCPT', 550, '5.1.1 User unknown', { kind: 'rejected', code: 'smtp-550', gone: true }],
    ['RCPT', 550, '5.1.10 Null MX', { kind: 'rejected', code: 'smtp-550', gone: true }],
    ['RCPT', 550, '5.7.1 Not wanted', { kind: 'rejected', code: 'smtp-550' }],
    ['RCPT', 550, '5.1.8 Bad sender', { kind: 'rejected', code: 'smtp-550' }],
    ['RCPT', 550, 'No such user here', { kind: 'rejected', code: 'smtp-550' }],
    ['RCPT', 553, '5.1.3 Bad mailbox', { kind: 'rejected', code: 'smtp-553' }],
    ['DATA', 550, '5.1.1 User unknown', { kind: 'rejected', code: 'smtp-550' }],
    ['DATA', 554, '5.6.0 Content refused', { kind: 'rejected', code: 'smtp-554' }],
    ['DATA', 552, '5.3.4 Too big', { kind: 'rejected', code: 'smtp-552' }],
    ['RCPT', 552, '5.2.2 Mailbox full', { kind: 'deferred', code: 'mailbox-full' }],
    ['RCPT', 550, '5.2.2 Over quota', { kind: 'deferred', code: 'mailbox-full' }],
    ['RCPT', 552, 'Storage exceeded', { kind: 'deferred', code: 'mailbox-full' }],
    ['RCPT', 503, '5.5.1 Bad sequence', { kind: 'deferred', code: 'smtp-503' }],
    // About us and not about the mail: our operator mends it.
    ['MAIL', 550, '5.7.1 You may not relay', { kind: 'deferred', code: 'smtp-550' }],
    ['MAIL', 530, '5.7.0 Log in first', { kind: 'deferred', code: 'smtp-530' }],
  ])('%s %i %s', async (stage, code, text, expected) => {
    expect(await answered(stage, { code, text })).toEqual(expected);
    rig.server.setFault(undefined);
    expect((await send(packet())).kind).toBe('accepted');
  });

  it('is waited for only so long', async () => {
    const hasty = await startRig({ timeoutSeconds: 0.5 });
    hasty.server.setFault(() => 'hang');
    expect(await send(makeMessageParcel({ endpoint: mailbox(hasty.known.rsa) }), hasty)).toEqual({
      kind: 'deferred',
      code: 'timeout',
    });
    await hasty.close();
  });

  it('ends when the signal is aborted', async () => {
    rig.server.setFault(() => 'hang');
    const sent = rig.adapter.send(packet(), AbortSignal.timeout(200));
    expect(await sent).toEqual({ kind: 'deferred', code: 'aborted' });
  });

  it.each<MailStage>(['MAIL', 'RCPT', 'DATA'])(
    'is never invented if the connection drops at %s',
    async (stage) => {
      const before = rig.server.received.length;
      expect((await answered(stage, 'close')).kind).toBe('deferred');
      expect(rig.server.received).toHaveLength(before);
    },
  );
});

describe('a connection', () => {
  it('is refused', async () => {
    const server = await plainServer(() => {});
    const port = portOf(server);
    await new Promise((done) => server.close(done));
    const lost = await startRig({ smtp: { host: '127.0.0.1', port } });
    expect(await send(packet(), lost)).toEqual({ kind: 'deferred', code: 'connection-refused' });
    await lost.close();
  });

  it('is closed before anything is sent if the server offers no TLS', async () => {
    const heard: string[] = [];
    const server = await plainServer((line, write) => {
      heard.push(line);
      write(line.startsWith('EHLO') ? '250 plain.example' : '502 no');
    });
    const plain = await startRig({ smtp: { host: '127.0.0.1', port: portOf(server) } });
    expect(await send(packet(), plain)).toMatchObject({ kind: 'deferred' });
    await plain.close();
    server.close();
    expect(heard.join(' ')).not.toMatch(/MAIL|RCPT|DATA/);
  });

  it('is closed if the certificate is not trusted', async () => {
    const { certificate } = await makeLoopbackCertificate(NOW);
    const wary = await startRig({
      smtp: { host: '127.0.0.1', port: rig.server.port, tls: { ca: certificate } },
    });
    const before = rig.server.received.length;
    expect(await send(packet(), wary)).toEqual({ kind: 'deferred', code: 'tls' });
    expect(rig.server.received).toHaveLength(before);
    await wary.close();
  });

  it('is closed if the greeting is not SMTP', async () => {
    const server = await plainServer(() => {}, 'hello there');
    const odd = await startRig({ smtp: { host: '127.0.0.1', port: portOf(server) }, timeoutSeconds: 2 });
    expect((await send(packet(), odd)).kind).toBe('deferred');
    await odd.close();
    server.close();
  });
});

describe('what is not handed over', () => {
  const endpoint = (certificate?: string) => ({
    ...mailbox(undefined),
    ...present({ certificate }),
  });

  it('a packet without a certificate', async () => {
    expect(await send(makeMessageParcel({ endpoint: endpoint() }))).toEqual({
      kind: 'rejected',
      code: 'no-certificate',
    });
  });

  it('a sealed message, a revision, and a reply', async () => {
    const { certificate } = rig.known.rsa;
    expect(await send(makeMessageParcel({ endpoint: endpoint(certificate) }, 'sealed'))).toEqual({
      kind: 'rejected',
      code: 'shows-not-supported',
    });
    expect(await send(makeRevisionParcel())).toEqual({ kind: 'rejected', code: 'not-revisable' });
    const reply: Parcel = { kind: 'reply', address: ATTACHE, lang: 'en', word: 'help' };
    expect(await send(reply)).toEqual({ kind: 'rejected', code: 'not-revisable' });
  });

  it.each([
    'two@a.example, b@c.example',
    'a@b.example>\r\nRCPT TO:<c@d.example',
    'nobody',
    '"a b"@c.example',
    '',
  ])('mail to %j', async (address) => {
    const parcel = makeMessageParcel({ endpoint: { ...endpoint(rig.known.rsa.certificate), address } });
    expect(await send(parcel)).toEqual({ kind: 'rejected', code: 'address-unusable' });
  });

  it('a packet to a certificate that may not be used, and no notice in clear text instead', async () => {
    const { authority } = rig.known;
    const past = new Date(NOW.getTime() - 60_000);
    const faulty = [
      await issueEc(authority, { until: past }),
      await issueEc(authority, { from: new Date(NOW.getTime() + 60_000) }),
      await issueEc(authority, { purpose: '1.3.6.1.5.5.7.3.1' }),
      await issueEc(authority, { usage: 0x80 }),
      await issueEc(authority, { email: 'somebody-else@embassy.example' }),
      { certificate: 'not a certificate' },
      { certificate: 'x'.repeat(100_000) },
    ];
    for (const { certificate } of faulty) {
      const expected = { kind: 'rejected', code: 'certificate-unusable' };
      expect(await send(makeMessageParcel({ endpoint: endpoint(certificate) }))).toEqual(expected);
      expect(await send(makeMessageParcel({ endpoint: endpoint(certificate) }, 'notice'))).toEqual(expected);
    }
  });

  it('but a certificate that names no mailbox, or the same mailbox in other letter case, is used', async () => {
    const { authority } = rig.known;
    for (const email of [null, ATTACHE.toUpperCase()]) {
      const { certificate } = await issueEc(authority, { email });
      expect((await send(makeMessageParcel({ endpoint: endpoint(certificate) }))).kind).toBe('accepted');
    }
  });

  it('anything after the gateway’s own certificate has expired', async () => {
    const later = await startRig({ now: () => new Date(NOW.getTime() + 40 * 86_400_000) });
    expect(await send(packet(), later)).toEqual({ kind: 'deferred', code: 'signer-expired' });
    await later.close();
  });
});

describe('at start', () => {
  it('a signer that does not match is refused, and the setting is named', async () => {
    const known = await certificates();
    // Told by a word, so that a failure of this test does not print the keys.
    const refused = async (overrides: Parameters<typeof startRig>[0]): Promise<void> => {
      const started = await startRig(overrides).then(
        (one) => one.close().then(() => 'started'),
        (error: unknown) => (error instanceof Refusal ? error.code : 'failed'),
      );
      expect(started).toBe('configuration');
    };
    await refused({ signer: { certificate: known.gateway.certificate, privateKey: known.rsa.privateKey } });
    await refused({ signer: { certificate: 'nonsense', privateKey: 'nonsense' } });
    await refused({ signer: known.rsa });
    await refused({ from: `Amanat <${FROM}>` });
  });
});

describe('errors without an answer', () => {
  it.each<[unknown, string]>([
    [Object.assign(new Error('x'), { code: 'EDNS' }), 'dns'],
    [Object.assign(new Error('x'), { code: 'ETLS' }), 'tls'],
    [Object.assign(new Error('x'), { code: 'EAUTH', responseCode: 535, command: 'AUTH PLAIN' }), 'smtp-auth'],
    [Object.assign(new Error('x'), { code: 'ECONNECTION' }), 'connection-lost'],
    [new Error('whatever'), 'smtp-fault'],
    [undefined, 'smtp-fault'],
  ])('%j', (error, code) => {
    expect(outcomeOfSmtp(error)).toEqual({ kind: 'deferred', code });
  });
});

type Answer = (line: string, write: (text: string) => void) => void;

function plainServer(answer: Answer, greeting = '220 plain.example ESMTP'): Promise<Server> {
  const server = createServer((socket) => {
    socket.on('error', () => {});
    socket.write(`${greeting}\r\n`);
    socket.on('data', (part) => answer(String(part), (text) => void socket.write(`${text}\r\n`)));
  });
  return new Promise((resolve) => server.listen(0, '127.0.0.1', () => resolve(server)));
}

function portOf(server: Server): number {
  const address = server.address();
  return typeof address === 'object' && address !== null ? address.port : 0;
}
