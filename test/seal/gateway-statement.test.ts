/** Designations of gateways, and the keys with which gateways authenticate their calls. */
import { describe, expect, it } from 'vitest';
import type { GatewayDesignation } from '../../src/domain/party/gateway-designation.ts';
import { makeAuthority, readAnchor } from '../../src/seal/authority.ts';
import { importCallVerifiers, makeCallSigner, verifyGateway } from '../../src/seal/gateway-statement.ts';
import { generateSigningJwk, importSigningKey } from '../../src/seal/keys.ts';
import { signStatement } from '../../src/seal/statement.ts';
import { signWebhook, verifyWebhook } from '../../src/seal/webhook-signature.ts';
import { catchRefusal } from '../support/people.ts';

const now = new Date('2026-11-22T12:00:00Z');
const GATEWAY = 'did:web:gateway.id.example';

async function authority(country: string) {
  const made = await makeAuthority(country, `Directorate of ${country}`, now);
  return {
    key: await importSigningKey(made.privateJwk),
    anchor: await readAnchor(country, made.certificate),
  };
}
const [kh, id] = [await authority('KH'), await authority('ID')];
const anchors = [kh.anchor, id.anchor];
const keyOf = async (kid: string, crv?: 'P-256') => importSigningKey(await generateSigningJwk(kid, crv));
const own = await keyOf(`${GATEWAY}#evidence`);
const strange = await keyOf('did:web:elsewhere.example#evidence');
const onP256 = await keyOf(`${GATEWAY}#p256`, 'P-256');

const claims = (over: object = {}) => ({
  kind: 'gateway',
  authority: 'ID',
  country: 'ID',
  gateway: GATEWAY,
  url: 'https://gateway.id.example',
  name: 'Invented gateway',
  keys: { signing: [own.publicJwk, onP256.publicJwk] },
  from: '2026-11-01T00:00:00Z',
  until: '2027-11-01T00:00:00Z',
  ...over,
});
const signed = (over: object = {}, keys = [id.key]) => signStatement('gateway', claims(over), keys);
const verified = async (jws: unknown, at = now): Promise<GatewayDesignation> =>
  verifyGateway(jws, anchors, at);

describe('the designation of a gateway', () => {
  it('verifies under the authority of its own country', async () => {
    expect(await verified(await signed())).toEqual(claims());
  });

  const again = { ...own.publicJwk, kid: `${GATEWAY}#again` };
  const agreeing = { ...own.publicJwk, kid: `${GATEWAY}#x`, crv: 'X25519' };
  const falsehoods: readonly (readonly [string, object, string])[] = [
    ['another country', { country: 'KH' }, 'statement-refused'],
    ['another authority', { authority: 'KH', country: 'KH' }, 'statement-refused'],
    ['a DID that is not of its URL', { url: 'https://gateway.kh.example' }, 'statement-refused'],
    ['a URL that is no origin', { url: 'https://gateway.id.example/path' }, 'invalid-body'],
    ['a scheme that is not HTTP', { url: 'ftp://gateway.id.example' }, 'invalid-body'],
    ['an end before its beginning', { until: '2026-10-01T00:00:00Z' }, 'statement-refused'],
    [
      'a key under another DID',
      { keys: { signing: [own.publicJwk, strange.publicJwk] } },
      'statement-refused',
    ],
    ['a key twice', { keys: { signing: [own.publicJwk, again] } }, 'statement-refused'],
    ['a key that cannot sign', { keys: { signing: [own.publicJwk, agreeing] } }, 'statement-refused'],
    ['no key that can prove a call', { keys: { signing: [onP256.publicJwk] } }, 'statement-refused'],
    ['no key', { keys: { signing: [] } }, 'invalid-body'],
    ['a member more', { more: true }, 'invalid-body'],
  ];
  it.each(falsehoods)('is refused with %s', async (_what, over, code) => {
    expect(await catchRefusal(async () => verified(await signed(over)))).toBe(code);
  });

  it('is refused with the wrong signer, with two, for another statement, and after the anchor’s period', async () => {
    const by = (keys: (typeof id.key)[]) => catchRefusal(async () => verified(await signed({}, keys)));
    expect(await by([kh.key])).toBe('statement-refused');
    expect(await by([id.key, kh.key])).toBe('statement-refused');
    expect(await by([own])).toBe('statement-refused');
    const other = await signStatement('designation', claims(), [id.key]);
    expect(await catchRefusal(() => verified(other))).toBe('jose-header-refused');
    const { payload } = await signed({ name: 'Another' });
    expect(await catchRefusal(async () => verified({ ...(await signed()), payload }))).toBe(
      'signature-invalid',
    );
    const late = new Date('2037-01-01T00:00:00Z');
    expect(await catchRefusal(async () => verified(await signed(), late))).toBe('statement-refused');
  });
});

describe('a call between gateways', () => {
  const call = { id: 'delivery-1', timestamp: now.getTime() / 1_000, body: '{}' };

  it('is signed by the evidence key and verified with its published key', async () => {
    const headers = new Headers(await signWebhook([makeCallSigner(own)], call));
    const verifiers = await importCallVerifiers([onP256.publicJwk, own.publicJwk]);
    expect(await verifyWebhook(verifiers, headers, '{}', now)).toEqual({ id: 'delivery-1', verifier: 0 });
    const others = await importCallVerifiers([(await keyOf(`${GATEWAY}#evidence`)).publicJwk]);
    expect(await catchRefusal(() => verifyWebhook(others, headers, '{}', now))).toBe('signature-invalid');
    expect(await catchRefusal(() => verifyWebhook([], headers, '{}', now))).toBe('signature-invalid');
  });

  it('cannot be signed by a key on another curve', async () => {
    expect(await catchRefusal(() => makeCallSigner(onP256))).toBe('configuration');
  });
});
