import { generateKeyPairSync } from 'node:crypto';
import forge from 'node-forge';
import { afterEach, describe, expect, it } from 'vitest';
import { readBounded } from '../../src/domain/words/read-bounded.ts';
import { isPublicAddress } from '../../src/entry/enrolling/address.ts';
import { type ClosableFetch, createOutgoingFetch, type OutgoingOptions } from '../../src/entry/outgoing.ts';
import {
  announceEndless,
  answerEndlessly,
  answerNever,
  answerSlowly,
  answerStatus,
  type HttpPeer,
  startPeer,
} from '../support/http-peer.ts';
import { never } from '../support/patience.ts';

const open: { close(): Promise<void> }[] = [];
afterEach(async () => {
  for (const one of open.splice(0)) await one.close();
});

function kept<T extends { close(): Promise<void> }>(one: T): T {
  open.unshift(one);
  return one;
}

const fetchWith = (options: Partial<OutgoingOptions> = {}): ClosableFetch =>
  kept(createOutgoingFetch({ allow: [], ...options }));
const peerOf = async (tls?: { key: string; cert: string }): Promise<HttpPeer> => kept(await startPeer(tls));

const post = (fetch: ClosableFetch, url: string, signal = never()) =>
  fetch(url, { method: 'POST', headers: { 'content-type': 'text/plain' }, body: 'hello', signal });

const refused = expect.objectContaining({ code: 'ERR_ADDRESS_REFUSED' });

describe('an address', () => {
  it.each(['8.8.8.8', '203.0.114.1', '2606:4700:4700::1111', '2001:4860:4860::8888'])(
    '%s is public',
    (address) => {
      expect(isPublicAddress(address)).toBe(true);
    },
  );

  it.each([
    '127.0.0.1',
    '0.0.0.0',
    '10.0.0.1',
    '172.16.0.1',
    '192.168.1.1',
    '100.64.0.1',
    '169.254.169.254',
    '192.0.2.1',
    '198.18.0.1',
    '224.0.0.1',
    '240.0.0.1',
    '255.255.255.255',
    '::',
    '::1',
    'fe80::1',
    'fc00::1',
    'fec0::1',
    'ff02::1',
    '::ffff:127.0.0.1',
    '::ffff:8.8.8.8',
    '::7f00:1',
    '64:ff9b::7f00:1',
    '2002:7f00:1::',
    '2001:db8::1',
    '100::1',
    'localhost',
    '',
    '8.8.8.8/8',
  ])('%j is not', (address) => {
    expect(isPublicAddress(address)).toBe(false);
  });
});

describe('is not connected to:', () => {
  it.each([
    '127.0.0.1',
    '127.1',
    '2130706433',
    '0x7f.1',
    '0x7f000001',
    '017700000001',
    '①②⑦.⓪.⓪.①',
    '[::1]',
    '[::ffff:7f00:1]',
    '[::ffff:127.0.0.1]',
    '[::127.0.0.1]',
    '[64:ff9b::127.0.0.1]',
    '0',
    '[::]',
    '10.0.0.1',
    '169.254.169.254',
    'localhost',
  ])('loopback or private, spelled https://%s', async (host) => {
    const peer = await peerOf();
    const port = peer.host.split(':')[1];
    await expect(post(fetchWith(), `https://${host}:${port}/`)).rejects.toEqual(refused);
    expect(peer.connections().opened).toBe(0);
  });

  it.each([
    [['127.0.0.1']],
    [['::1']],
    [['93.184.215.14', '127.0.0.1']],
    [['2606:4700:4700::1111', 'fd00::1']],
    [[]],
  ])('a name that resolves to %j', async (addresses) => {
    const peer = await peerOf();
    const lookup = async () =>
      addresses.map((address) => ({ address, family: address.includes(':') ? 6 : 4 }));
    const url = `https://partner.example:${peer.host.split(':')[1]}/`;
    await expect(post(fetchWith({ lookup }), url)).rejects.toEqual(refused);
    expect(peer.connections().opened).toBe(0);
  });

  it('a public name without TLS', async () => {
    const lookup = () => Promise.reject(new Error('must not be asked'));
    await expect(post(fetchWith({ lookup }), 'http://partner.example/')).rejects.toEqual(refused);
    await expect(post(fetchWith({ lookup }), 'ftp://partner.example/')).rejects.toEqual(refused);
  });

  it('and the error does not contain the address', async () => {
    const error: unknown = await post(fetchWith(), 'https://10.1.2.3/').catch((reason: unknown) => reason);
    expect(String(error)).not.toContain('10.1.2.3');
  });
});

describe('the allow-list', () => {
  it('opens one host and port', async () => {
    const [peer, other] = [await peerOf(), await peerOf()];
    const fetch = fetchWith({ allow: [peer.host] });
    await expect(post(fetch, peer.url)).resolves.toMatchObject({ status: 204 });
    await expect(post(fetch, other.url)).rejects.toEqual(refused);
    await expect(post(fetch, peer.url.replace('127.0.0.1', 'localhost'))).rejects.toEqual(refused);
  });

  it('opens a host on every port, in every spelling that URLs allow', async () => {
    const [peer, other] = [await peerOf(), await peerOf()];
    const fetch = fetchWith({ allow: ['127.0.0.1'] });
    for (const { url } of [peer, other])
      await expect(post(fetch, url)).resolves.toMatchObject({ status: 204 });
    await expect(post(fetch, peer.url.replace('127.0.0.1', '0x7f.1'))).resolves.toMatchObject({
      status: 204,
    });
    await expect(
      post(fetchWith({ allow: ['LocalHost'] }), peer.url.replace('127.0.0.1', 'localhost')),
    ).resolves.toBeTruthy();
  });

  it.each(['', 'http://127.0.0.1', '127.0.0.1/hook', 'user@127.0.0.1', 'a b', '127.0.0.1:99999', '*'])(
    'does not accept %j',
    (entry) => {
      const make = () => fetchWith({ allow: [entry] });
      if (entry === '*') expect(() => make()).not.toThrow();
      else expect(make).toThrow('configuration');
    },
  );
});

describe('a call', () => {
  it('sends method, path, headers and body, and returns the answer', async () => {
    const peer = await peerOf();
    peer.answer(answerStatus(201, { 'x-answer': 'yes' }, 'taken'));
    const response = await post(fetchWith({ allow: [peer.host] }), `${peer.url}/a/b?c=d#e`);
    expect(peer.received[0]).toMatchObject({
      method: 'POST',
      url: '/a/b?c=d',
      headers: { 'content-type': 'text/plain' },
    });
    expect(peer.received[0]?.body.toString()).toBe('hello');
    expect([response.status, response.headers.get('x-answer'), await response.text()]).toEqual([
      201,
      'yes',
      'taken',
    ]);
  });

  it('does not follow redirects', async () => {
    const [peer, elsewhere] = [await peerOf(), await peerOf()];
    peer.answer(answerStatus(307, { location: elsewhere.url }));
    await expect(post(fetchWith({ allow: ['127.0.0.1'] }), peer.url)).resolves.toMatchObject({ status: 307 });
    expect(elsewhere.received).toEqual([]);
  });

  it('shares connections, and opens no more than allowed', async () => {
    const peer = await peerOf();
    const fetch = fetchWith({ allow: [peer.host], connections: 2 });
    await Promise.all(Array.from({ length: 20 }, () => post(fetch, peer.url)));
    expect(peer.received).toHaveLength(20);
    expect(peer.connections().opened).toBeLessThanOrEqual(2);
  });

  it.each([
    ['at once', answerEndlessly, 0],
    ['at once, of a small answer', answerStatus(200, {}, 'taken'), 0],
    ['after some bytes', answerEndlessly, 200_000],
    ['of an answer that trickles', answerSlowly, 0],
  ])('can be abandoned %s without harm, and its connection ends', async (_when, how, bytes) => {
    const peer = await peerOf();
    peer.answer(how);
    const fetch = fetchWith({ allow: [peer.host] });
    const { body } = await post(fetch, peer.url);
    if (bytes === 0) await body?.cancel();
    else expect(await readBounded(body, bytes)).toBeUndefined();
    // An error that is thrown now would be unhandled, and fail the run.
    await expect.poll(() => peer.connections().open).toBeLessThanOrEqual(how === answerEndlessly ? 0 : 1);
    peer.answer(answerStatus(200, {}, 'again'));
    expect(await (await post(fetch, peer.url)).text()).toBe('again');
  });

  it('is ended if its answer is announced as endless, and accepted if an answer comes', async () => {
    const peer = await peerOf();
    peer.answer(announceEndless);
    const fetch = fetchWith({ allow: [peer.host] });
    await expect(post(fetch, peer.url)).rejects.toMatchObject({ code: 'ERR_ANSWER_MALFORMED' });
    await expect.poll(() => peer.connections().open).toBe(0);
    peer.answer((response) => {
      response.writeEarlyHints({ link: '</x>; rel=preload' });
      response.writeProcessing();
      response.writeHead(200).end('taken');
    });
    expect(await (await post(fetch, peer.url)).text()).toBe('taken');
  });

  it('ends with its signal, and so does its connection', async () => {
    const peer = await peerOf();
    peer.answer(answerNever);
    await expect(
      post(fetchWith({ allow: [peer.host] }), peer.url, AbortSignal.timeout(100)),
    ).rejects.toThrow();
    await expect.poll(() => peer.connections().open).toBe(0);
  });
});

describe('over TLS', () => {
  it('trusts only the given certificates', async () => {
    const certificate = selfSigned();
    const peer = await peerOf(certificate);
    const allow = [peer.host];
    await expect(post(fetchWith({ allow, ca: [certificate.cert] }), peer.url)).resolves.toMatchObject({
      status: 204,
    });
    await expect(post(fetchWith({ allow }), peer.url)).rejects.toMatchObject({
      code: 'DEPTH_ZERO_SELF_SIGNED_CERT',
    });
    const byName = peer.url.replace('127.0.0.1', 'localhost');
    await expect(
      post(fetchWith({ allow: ['localhost'], ca: [certificate.cert] }), byName),
    ).rejects.toMatchObject({
      code: 'ERR_TLS_CERT_ALTNAME_INVALID',
    });
  });
});

/** A certificate for 127.0.0.1 that only its own holder vouches for. */
function selfSigned(): { key: string; cert: string } {
  const { privateKey, publicKey } = generateKeyPairSync('rsa', {
    modulusLength: 2048,
    privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
    publicKeyEncoding: { type: 'spki', format: 'pem' },
  });
  const certificate = forge.pki.createCertificate();
  certificate.publicKey = forge.pki.publicKeyFromPem(publicKey);
  certificate.serialNumber = '01';
  certificate.validity.notBefore = new Date(Date.now() - 60_000);
  certificate.validity.notAfter = new Date(Date.now() + 3_600_000);
  const name = [{ name: 'commonName', value: 'partner.example' }];
  certificate.setSubject(name);
  certificate.setIssuer(name);
  certificate.setExtensions([{ name: 'subjectAltName', altNames: [{ type: 7, ip: '127.0.0.1' }] }]);
  certificate.sign(forge.pki.privateKeyFromPem(privateKey), forge.md.sha256.create());
  return { key: privateKey, cert: forge.pki.certificateToPem(certificate) };
}
