/**
 * The packet in the attaché's mail program: opened by a reader written for the tests, and by OpenSSL if it is
 * installed.
 */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import PostalMime from 'postal-mime';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Parcel } from '../../../src/domain/carriage/adapter.ts';
import type { Attachment } from '../../../src/domain/message/message.ts';
import type { CertifiedKey } from '../../../src/entry/home/certificates.ts';
import { createHeavyThreads } from '../../../src/entry/server/heavy-threads.ts';
import {
  CONTENT_ONLY,
  makeEvidenceParcel,
  makeMessageParcel,
  makeReportMessage,
} from '../../support/parcels.ts';
import { never } from '../../support/patience.ts';
import {
  ATTACHE,
  FROM,
  headerBlock,
  issueEc,
  type MailRig,
  mailbox,
  openPacket,
  openSigned,
  startRig,
} from './rig.ts';

const openssl = spawnSync('openssl', ['version']).status === 0;

let rig: MailRig;
beforeAll(async () => {
  rig = await startRig();
});
afterAll(() => rig.close());

async function mailed(parcel: Parcel): Promise<Buffer> {
  const outcome = await rig.adapter.send(parcel, never());
  expect(outcome).toMatchObject({ kind: 'accepted', reach: 'sent', code: 'smtp-250' });
  return rig.server.received.at(-1)?.raw ?? Buffer.alloc(0);
}

const packetTo = (held: CertifiedKey, lang = 'en'): ReturnType<typeof makeMessageParcel> =>
  makeMessageParcel({ endpoint: mailbox(held, lang) });

describe('the outer mail', () => {
  it.each([
    ['en', 'DRILL – exercise only'],
    ['km', 'សមយុទ្ធ – មិនមែនហេតុការណ៍ពិតទេ'],
  ])('says in the subject, in %s, that a drill is one', async (lang, mark) => {
    const endpoint = mailbox(rig.known.rsa, lang);
    for (const parcel of [makeMessageParcel, makeEvidenceParcel]) {
      const raw = await mailed(parcel({ endpoint, summary: { type: 'drill' } }));
      const { subject } = await PostalMime.parse(raw);
      expect(subject).toBe(`Amanat 8F3A21C4 ${mark}`);
    }
  });

  it('names the gateway, the mailbox and a short reference, and nothing else', async () => {
    const raw = await mailed(packetTo(rig.known.rsa));
    const headers = headerBlock(raw);
    const names = headers.split('\r\n').map((line) => line.slice(0, line.indexOf(':')).toLowerCase());
    const expected = ['from', 'to', 'subject', 'message-id', 'date', 'auto-submitted', 'mime-version'];
    const content = ['content-type', 'content-transfer-encoding', 'content-disposition'];
    expect(names.sort()).toEqual([...expected, ...content].sort());
    expect(headers).toContain('Subject: Amanat 8F3A21C4\r\n');
    expect(headers).toContain(`From: ${FROM}\r\n`);
    expect(headers).toContain('Auto-Submitted: auto-generated\r\n');
    expect(headers).toMatch(/smime-type=enveloped-data/);
    for (const word of [...CONTENT_ONLY, 'report', 'urgent', 'Shelter', 'Putussibau', 'Sari']) {
      expect(headers).not.toContain(word);
      expect(raw.toString('latin1')).not.toContain(word);
    }
    expect(rig.server.received.at(-1)?.envelope).toEqual({ from: FROM, to: [ATTACHE] });
  });

  it('keeps the Message-ID over all attempts and gives it as the reference', async () => {
    const parcel = packetTo(rig.known.rsa);
    const first = headerBlock(await mailed(parcel));
    const second = headerBlock(await mailed(parcel));
    const id = `<${parcel.delivery}@gateway.id.example>`;
    expect(first).toContain(`Message-ID: ${id}\r\n`);
    expect(second).toContain(`Message-ID: ${id}\r\n`);
    expect(await rig.adapter.send(parcel, never())).toMatchObject({ reference: id });
  });
});

describe('the inner mail', () => {
  it.each(['rsa', 'ec'] as const)(
    'contains signed text, the JWS and the attachments, for a %s certificate',
    async (kind) => {
      const parcel = packetTo(rig.known[kind]);
      const opened = await openPacket(await mailed(parcel), rig.known[kind], rig.known.authority);
      expect(opened.verified).toBe(true);
      expect(opened.text).toContain('AMANAT 8F3A21C4: message');
      expect(opened.text).toContain('Lestari-Wijaya');
      expect(opened.text).toContain('https://gateway.id.example/a/7Hc1rT2pXkZ9vB4e');
      expect(opened.email.html).toBeUndefined();
      const jws = JSON.parse(opened.file('message.jws.json').toString());
      expect(jws).toEqual(parcel.content.shows === 'packet' && parcel.content.jws);
      expect(opened.file('intake-form.txt').toString()).toBe('Melati Lestari-Wijaya');
      expect(opened.email.attachments.map((one) => one.mimeType)).toEqual([
        'application/jose+json',
        'text/plain',
      ]);
    },
  );

  it('can be encrypted to a P-384 certificate', async () => {
    const held = await issueEc(rig.known.authority, { curve: 'P-384' });
    const opened = await openPacket(await mailed(packetTo(held)), held, rig.known.authority);
    expect(opened.verified).toBe(true);
  });

  it('keeps Khmer text intact, in 7-bit lines that no mail server recodes', async () => {
    const opened = await openPacket(
      await mailed(packetTo(rig.known.rsa, 'km')),
      rig.known.rsa,
      rig.known.authority,
    );
    expect(opened.text).toContain('ត្រូវបានបង្ខំឱ្យធ្វើការ ហើយបានរត់គេចនៅពេលយប់។');
    expect(opened.text).toContain('ភាពបន្ទាន់៖ បន្ទាន់');
    const inside = opened.content.toString('latin1');
    expect(inside).toMatch(/^[\x20-\x7e\r\n\t]*$/);
    expect(inside.replaceAll('\r\n', '')).not.toMatch(/[\r\n]/);
    expect(Math.max(...inside.split('\r\n').map((line) => line.length))).toBeLessThan(200);
  });

  it('shows the mail program no active media type, and keeps foreign file names', async () => {
    const file = (id: string, filename: string, media_type: string): Attachment => ({
      id,
      filename,
      media_type,
      byte_count: 3,
      data: { base64: 'PGI-' },
    });
    const attachments = [
      file('a1', 'page.html', 'text/html'),
      file('a2', 'mail.eml', 'message/rfc822'),
      file('a3', 'mixed.bin', 'multipart/mixed'),
      file('a4', 'drawing.svg', 'image/svg+xml'),
      file('a5', 'លិខិត "ឆ្លងដែន".pdf', 'application/pdf'),
    ];
    const message = makeReportMessage({ attachments });
    const parcel = makeMessageParcel({ endpoint: mailbox(rig.known.rsa), message });
    const opened = await openPacket(await mailed(parcel), rig.known.rsa, rig.known.authority);
    const types = opened.email.attachments.slice(1).map((one) => one.mimeType);
    expect(types).toEqual([...Array(4).fill('application/octet-stream'), 'application/pdf']);
    expect(opened.email.attachments.every((one) => one.disposition === 'attachment')).toBe(true);
    expect(opened.file('លិខិត "ឆ្លងដែន".pdf').toString()).toBe('<b>');
  });

  it('is composed on another thread if it is large, with the same result', async () => {
    const threads = createHeavyThreads(1);
    const weights: number[] = [];
    const composeFor = (weight: number) => {
      weights.push(weight);
      return threads.composeFor(weight);
    };
    const own = await startRig({ composeFor });
    try {
      const content = Buffer.alloc(700_000, 7);
      const attachment = {
        id: 'a1',
        filename: 'scan.pdf',
        media_type: 'application/pdf',
        byte_count: 700_000,
      };
      const attachments = [{ ...attachment, data: { base64: content.toString('base64url') } }];
      const parcel = makeMessageParcel({
        endpoint: mailbox(own.known.rsa),
        message: makeReportMessage({ attachments }),
      });
      expect(await own.adapter.send(parcel, never())).toMatchObject({ kind: 'accepted' });
      expect(weights).toHaveLength(1);
      expect(threads.composeFor(weights[0] ?? 0)).toBeDefined();
      expect(threads.composeFor(1_000)).toBeUndefined();
      const raw = own.server.received.at(-1)?.raw ?? Buffer.alloc(0);
      const opened = await openPacket(raw, own.known.rsa, own.known.authority);
      expect(opened.verified).toBe(true);
      expect(opened.file('scan.pdf').equals(content)).toBe(true);
    } finally {
      await own.close();
      await threads.close();
    }
  });

  it('can be 10 MB', async () => {
    const bytes = Buffer.alloc(10 * 1024 * 1024, 'amanat ');
    const data = { base64: bytes.toString('base64url') };
    const attachments = [
      { id: 'a1', filename: 'scan.pdf', media_type: 'application/pdf', byte_count: bytes.length, data },
    ];
    const message = makeReportMessage({ attachments });
    const parcel = makeMessageParcel({ endpoint: mailbox(rig.known.rsa), message });
    const opened = await openPacket(await mailed(parcel), rig.known.rsa, rig.known.authority);
    expect(opened.verified).toBe(true);
    expect(opened.file('scan.pdf').equals(bytes)).toBe(true);
  });

  it('has evidence, and the officer’s name only in the encrypted part', async () => {
    const raw = await mailed(makeEvidenceParcel({ endpoint: mailbox(rig.known.rsa, 'ms') }));
    const opened = await openPacket(raw, rig.known.rsa, rig.known.authority);
    expect(opened.text).toContain('Peristiwa: Penerimaan diakui oleh pegawai');
    expect(opened.text).toContain('Pegawai: Sari Invented (pegawai)');
    expect(opened.file('evidence.jws.json').length).toBeGreaterThan(100);
    expect(headerBlock(raw)).not.toContain('Sari');
  });
});

describe('a notice', () => {
  it('is encrypted if there is a certificate, and then has its links', async () => {
    const parcel = makeMessageParcel({ endpoint: mailbox(rig.known.rsa) }, 'notice');
    const opened = await openPacket(await mailed(parcel), rig.known.rsa, rig.known.authority);
    expect(opened.text).toContain('https://gateway.id.example/a/7Hc1rT2pXkZ9vB4e');
    expect(opened.text).toContain('This mail does not contain what the message says.');
    expect(opened.email.attachments).toHaveLength(0);
    for (const word of CONTENT_ONLY) expect(opened.text).not.toContain(word);
  });

  it('is signed and in clear text if there is none, without content, links or names', async () => {
    const notice = makeMessageParcel({ endpoint: mailbox(undefined) }, 'notice');
    const clear = await mailed(notice);
    const opened = await openSigned(clear, rig.known.authority);
    expect(opened.verified).toBe(true);
    expect(opened.text).toContain('Urgency: Urgent');
    expect(opened.text).not.toContain('https://');
    const told = await openSigned(
      await mailed(makeEvidenceParcel({ endpoint: { ...mailbox(undefined), shows: 'notice' } })),
      rig.known.authority,
    );
    expect(told.text).toContain('Event: Acknowledged by a named officer');
    expect(told.text).not.toContain('Sari');
    expect(told.email.attachments).toHaveLength(0);
    for (const word of CONTENT_ONLY) expect(opened.text).not.toContain(word);
  });
});

describe('a signature', () => {
  it('does not verify after one byte of the content is changed', async () => {
    const clear = await mailed(makeMessageParcel({ endpoint: mailbox(undefined) }, 'notice'));
    const text = clear.toString('latin1');
    const at = text.indexOf('\r\n\r\n', text.indexOf('text/plain')) + 20;
    const changed = Buffer.from(
      `${text.slice(0, at)}${text[at] === 'A' ? 'B' : 'A'}${text.slice(at + 1)}`,
      'latin1',
    );
    expect((await openSigned(clear, rig.known.authority)).verified).toBe(true);
    expect((await openSigned(changed, rig.known.authority)).verified).toBe(false);
  });
});

describe.skipIf(!openssl)(`openssl cms${openssl ? '' : ' (not on this machine: skipped)'}`, () => {
  let folder: string;
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'amanat-cms-'));
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  const put = (name: string, content: string | Buffer): string => {
    writeFileSync(join(folder, name), content);
    return join(folder, name);
  };
  const cms = (...args: string[]): string => {
    const run = spawnSync('openssl', ['cms', ...args], { encoding: 'utf8' });
    expect(run.stderr, run.stderr).toMatch(/^$|successful/);
    expect(run.status).toBe(0);
    return run.stdout;
  };

  it.each(['rsa', 'ec'] as const)('decrypts and verifies a packet for a %s certificate', async (kind) => {
    const held = rig.known[kind];
    const mail = put('mail.eml', await mailed(packetTo(held)));
    const recipient = [
      '-recip',
      put('cert.pem', held.certificate),
      '-inkey',
      put('key.pem', held.privateKey),
    ];
    const signed = join(folder, 'signed.eml');
    cms('-decrypt', '-in', mail, ...recipient, '-out', signed);
    const verified = join(folder, 'content.eml');
    const trust = ['-CAfile', put('ca.pem', rig.known.authority.certificate), '-purpose', 'smimesign'];
    cms('-verify', '-in', signed, ...trust, '-out', verified);
    const content = await PostalMime.parse(readFileSync(verified));
    expect(content.text).toContain('Lestari-Wijaya');
    expect(content.attachments.map((one) => one.filename)).toEqual(['message.jws.json', 'intake-form.txt']);
  });

  it('uses AES-256-CBC and RSA key transport, which every client reads', async () => {
    const mail = put('mail.eml', await mailed(packetTo(rig.known.rsa)));
    const printed = cms('-cmsout', '-print', '-noout', '-in', mail);
    expect(printed).toContain('aes-256-cbc');
    expect(printed).toContain('rsaEncryption');
  });
});
