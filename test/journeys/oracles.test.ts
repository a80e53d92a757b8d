/** What the demo's outside parties received, checked by tools without our code. */
import { execFileSync, spawnSync } from 'node:child_process';
import { createHash, createPublicKey, verify } from 'node:crypto';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { type DIDDoc, type IMessage, Message as Oracle, type Secret } from 'didcomm-node';
import { type GeneralJWSInput, generalVerify, importJWK, type JWK } from 'jose';
import { Webhook } from 'standardwebhooks';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type DescribedCall, readBotApiDescription } from '../support/bot-api-description.ts';
import { type DemoRun, readFiles, readJsonLines, startDemo } from '../support/demo.ts';
import { eachOf } from '../support/each-of.ts';

let demo: DemoRun;
const read = (name: string): string =>
  readFiles(demo.out, name.split('/')[0] ?? '')[name.split('/')[1] ?? ''] ?? '';
const SEALED_NAME = /^([0-9a-f]{32})\.([a-z0-9-]+)\.json$/;

beforeAll(async () => {
  demo = startDemo(['--json', '--stay', '--out', '<out>']);
  await demo.line((line) => line.includes('"result"'));
});
afterAll(() => demo.clear());

const resolver = {
  resolve: async (did: string): Promise<DIDDoc | null> => {
    const documents = Object.values(readFiles(demo.out, 'did')).map((text) => JSON.parse(text) as DIDDoc);
    return documents.find((one) => one.id === did) ?? null;
  },
};

/** The private keys of one focal point, as the oracle asks for them. */
function secretsOf(slug: string) {
  const { keys } = JSON.parse(read(`keys/${slug}.jwks.json`)) as { keys: ({ kid: string } & JWK)[] };
  const secrets = keys.map(
    ({ kid, ...privateKeyJwk }): Secret => ({ id: kid, type: 'JsonWebKey2020', privateKeyJwk }),
  );
  return {
    get_secret: async (id: string) => secrets.find((secret) => secret.id === id) ?? null,
    find_secrets: async (ids: string[]) => ids.filter((id) => secrets.some((secret) => secret.id === id)),
  };
}

const didOf = (slug: string): string => (JSON.parse(read(`did/${slug}.json`)) as DIDDoc).id;

/** The digest by which consignments and evidence name a sealed message, computed from its published definition. */
function digestOf(sealed: string): string {
  const jwe = JSON.parse(sealed) as Record<string, string>;
  const text = ['protected', 'iv', 'ciphertext', 'tag'].map((name) => jwe[name]).join('.');
  return createHash('sha256').update(text).digest('base64url');
}

const hasOpenssl = spawnSync('openssl', ['version'], { stdio: 'ignore' }).status === 0;

describe.skipIf(!hasOpenssl)('openssl cms (skipped where it is not installed)', () => {
  it('decrypts every packet with the attaché’s key and verifies it up to the authority', () => {
    const mails = Object.keys(readFiles(demo.out, 'mail')).filter((name) => name.endsWith('.eml'));
    expect(mails).toHaveLength(3);
    for (const name of mails) {
      const at = (file: string): string => join(demo.out, 'mail', file);
      const key = ['-recip', at('attache.cert.pem'), '-inkey', at('attache.key.pem')];
      const signed = execFileSync('openssl', ['cms', '-decrypt', '-in', at(name), ...key]);
      const verifying = ['cms', '-verify', '-CAfile', at('ca.pem')];
      const content = execFileSync('openssl', verifying, {
        input: signed,
        stdio: ['pipe', 'pipe', 'ignore'],
      }).toString('latin1');
      expect(content).toContain('message.jws.json');
      const outside = read(`mail/${name}`).split('\r\n\r\n')[0] ?? '';
      expect(outside).toMatch(/^Subject: Amanat [0-9A-F]{8}\r?$/m);
    }
  });
});

describe('didcomm-node', () => {
  it('unpacks every sealed message with its recipient’s key, and verifies who signed it', async () => {
    const sealed = Object.entries(readFiles(demo.out, 'sealed'));
    expect(sealed).toHaveLength(13);
    for (const [name, text] of sealed) {
      const [, id = '', slug = ''] = SEALED_NAME.exec(name) ?? [];
      const [message, how] = await Oracle.unpack(text, resolver, secretsOf(slug), {});
      const plain = message.as_value();
      expect(plain.id).toBe(id);
      expect(plain.to).toContain(didOf(slug));
      expect(how).toMatchObject({
        encrypted: true,
        anonymous_sender: true,
        non_repudiation: true,
        authenticated: true,
      });
      expect(how.sign_from?.split('#')[0]).toBe(plain.from);
    }
  });

  it('packs a consignment that the gateway accepts and carries to its recipient', async () => {
    const police = didOf('police-phnom-penh');
    const shelter = didOf('shelter-phnom-penh');
    const now = Math.floor(Date.now() / 1_000);
    const [id, thid] = ['0190a0b0c0d07e00800000000000d1dc', '5f0c000000000000000000000000d1dc'];
    const common = {
      id,
      typ: 'application/didcomm-plain+json',
      from: police,
      created_time: now,
      expires_time: now + 3_600,
    };
    const said = new Oracle({
      ...common,
      type: 'https://w3id.org/amanat/case/1.0/text',
      to: [shelter],
      thid,
      lang: 'en',
      urgency: 'routine',
      handling: 'H0',
      body: { text: 'Packed by another implementation.' },
    } as unknown as IMessage);
    const secrets = secretsOf('police-phnom-penh');
    const [sealed] = await said.pack_encrypted(shelter, null, police, resolver, secrets, {
      enc_alg_anon: 'A256cbcHs512EcdhEsA256kw',
      forward: false,
    });
    const gateway = police.split(':fp:')[0] ?? '';
    const recipients = [{ to: shelter, digest: digestOf(sealed), attachment: 's1' }];
    const consignment = new Oracle({
      ...common,
      type: 'https://w3id.org/amanat/consignment/1.0/consign',
      to: [gateway],
      body: { message_type: 'text', urgency: 'routine', handling: 'H0', thid, recipients },
      attachments: [
        { id: 's1', media_type: 'application/didcomm-encrypted+json', data: { json: JSON.parse(sealed) } },
      ],
    } as unknown as IMessage);
    const [signed] = await consignment.pack_signed(police, resolver, secrets);
    const addresses = JSON.parse(await demo.line((line) => line.includes('"addresses"'))) as {
      addresses: Record<string, string>;
    };
    const headers = { 'content-type': 'application/didcomm-signed+json' };
    const response = await fetch(`${addresses.addresses['gateway']}/v1/consignments`, {
      method: 'POST',
      headers,
      body: signed,
    });
    expect(response.status, await response.clone().text()).toBe(202);
    expect(await response.json()).toMatchObject({ id, thid });
    // The shelter's own system says so, once it has verified both signatures.
    expect(await demo.line((line) => line.includes('"place":"webhook"') && line.includes(id))).toContain(
      'Rumdoul Shelter',
    );
  });
});

describe('standardwebhooks', () => {
  it('verifies every webhook that any partner received', () => {
    const secrets = JSON.parse(read('webhook/secrets.json')) as Record<string, string>;
    const calls = readJsonLines<{ url: string; headers: Record<string, string>; body: string }>(
      read('webhook/received.jsonl'),
    );
    expect(new Set(calls.map((call) => call.url))).toEqual(new Set(Object.keys(secrets)));
    for (const { url, headers, body } of eachOf(calls)) {
      const verifier = new Webhook(secrets[url] ?? '');
      expect(verifier.verify(body, headers)).toEqual(JSON.parse(body));
      expect(() => verifier.verify(`${body} `, headers)).toThrow();
    }
  });
});

const misfits = readBotApiDescription();

describe.skipIf(misfits === undefined)(
  'the Bot API’s published description (skipped where the file is absent)',
  () => {
    it('matches every call that was made', () => {
      const calls = readJsonLines<DescribedCall>(read('telegram/calls.jsonl'));
      const methods = new Set(calls.map((call) => call.method));
      for (const method of ['setWebhook', 'sendMessage', 'editMessageText', 'answerCallbackQuery'])
        expect(methods).toContain(method);
      for (const call of eachOf(calls)) expect(misfits?.(call)).toEqual([]);
    });
  },
);

describe('jose', () => {
  it('verifies every piece of evidence with the public key of one of the gateways, and each names its bytes', async () => {
    const { keys } = JSON.parse(read('keys/gateway.jwks.json')) as { keys: JWK[] };
    expect(keys).toHaveLength(2);
    for (const key of eachOf(keys)) expect(key).not.toHaveProperty('d');
    const signers = new Set<string>();
    for (const [name, text] of Object.entries(readFiles(demo.out, 'evidence'))) {
      for (const jws of readJsonLines<GeneralJWSInput>(text)) {
        const { payload, protectedHeader } = await generalVerify(jws, async (header) => {
          const key = keys.find((one) => one.kid === header?.kid);
          return importJWK(key ?? {}, 'EdDSA');
        });
        signers.add(protectedHeader?.kid ?? '');
        const one = JSON.parse(new TextDecoder().decode(payload)) as Record<string, string>;
        expect(`${one['consignment']}.jsonl`).toBe(name);
        if (one['recipient'] === undefined) continue;
        const slug = one['recipient'].split(':').at(-1) ?? '';
        expect(one['digest']).toBe(digestOf(read(`sealed/${one['consignment']}.${slug}.json`)));
      }
    }
    expect(signers.size).toBe(2);
  });
});

/** The parts of a C2SP signed note: its text, and under each name the bytes that follow the key id. */
function noteOf(text: string) {
  const end = text.indexOf('\n\n') + 1;
  const signatures = text
    .slice(end + 1)
    .trimEnd()
    .split('\n')
    .map((line) => {
      const [dash, name = '', base64 = ''] = line.split(' ');
      const bytes = Buffer.from(base64, 'base64');
      expect(dash).toBe('—');
      return { name, keyId: bytes.subarray(0, 4).toString('hex'), bytes: bytes.subarray(4) };
    });
  return { text: text.slice(0, end), signatures };
}

/** Name, key id and public key of a C2SP verifier key for Ed25519. */
function verifierOf(vkey: string) {
  const [, name = '', keyId = '', base64 = ''] = /^([^+]+)\+([0-9a-f]{8})\+(\S+)\n$/.exec(vkey) ?? [];
  const bytes = Buffer.from(base64, 'base64');
  expect(bytes[0]).toBe(1);
  const x = bytes.subarray(1).toString('base64url');
  return { name, keyId, key: createPublicKey({ format: 'jwk', key: { kty: 'OKP', crv: 'Ed25519', x } }) };
}

describe('node:crypto', () => {
  it('verifies each ledger’s checkpoint with its verifier key, and the cosignature with the other ledger’s', () => {
    const ledgers = ['kh', 'id'].map((slug) => readFiles(demo.out, `ledger/${slug}`));
    const keys = ledgers.map((one) => verifierOf(one['vkey'] ?? ''));
    for (const [n, one] of ledgers.entries()) {
      const { text, signatures } = noteOf(one['checkpoint'] ?? '');
      const [own, other] = [keys[n], keys[1 - n]];
      expect(text.split('\n')[0]).toBe(own?.name);
      const [signed, cosigned] = signatures;
      expect(signatures).toHaveLength(2);
      expect([signed?.name, signed?.keyId]).toEqual([own?.name, own?.keyId]);
      expect(verify(null, Buffer.from(text), own?.key ?? '', signed?.bytes ?? Buffer.of())).toBe(true);
      // C2SP tlog-cosignature: eight bytes of time, then the signature; both logs are cosigned by evidence keys.
      expect(cosigned?.name).toBe(other?.name.replace('/ledger', '/witness'));
      const time = cosigned?.bytes.readBigUInt64BE() ?? 0n;
      const message = Buffer.from(`cosignature/v1\ntime ${time}\n${text}`);
      const signature = cosigned?.bytes.subarray(8) ?? Buffer.of();
      expect(verify(null, message, other?.key ?? '', signature)).toBe(true);
    }
  });
});

describe('the demo with --stay', () => {
  it('accepts a post with the secret that it printed, and shows it with the access key', async () => {
    const printed = demo.lines.map((line) => JSON.parse(line)).find((one) => 'addresses' in one);
    const { gateway, shelter_secret, shelter_access_key } = printed.addresses as Record<string, string>;
    const body = JSON.stringify({
      to: ['desk-phnom-penh'],
      type: 'text',
      urgency: 'routine',
      handling: 'H0',
      lang: 'en',
      body: { text: 'Invented.' },
    });
    const [id, now] = ['from-outside', new Date()];
    const answer = await fetch(`${gateway}/v1/focal-points/shelter-phnom-penh/messages`, {
      method: 'POST',
      body,
      headers: {
        'content-type': 'application/json',
        'webhook-id': id,
        'webhook-timestamp': String(Math.floor(now.getTime() / 1_000)),
        'webhook-signature': new Webhook(shelter_secret ?? '').sign(id, now, body),
      },
    });
    expect(answer.status).toBe(202);
    const { status_url } = (await answer.json()) as { status_url: string };
    const shown = await fetch(status_url, { headers: { authorization: `Bearer ${shelter_access_key}` } });
    expect(await shown.json()).toMatchObject({ type: 'text', recipients: [{ slug: 'desk-phnom-penh' }] });
  });

  it('ends on Ctrl-C and leaves only what it was asked to write', async () => {
    demo.interrupt();
    expect(await demo.ended).toBe(0);
    expect(demo.left()).toEqual([]);
    expect(existsSync(demo.out)).toBe(true);
  });
});
