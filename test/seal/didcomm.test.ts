/** SICPA's `didcomm-node`, an independent implementation, as reference in both directions. */
import { type DIDDoc, type IMessage, Message as Oracle, type Secret } from 'didcomm-node';
import { describe, expect, it } from 'vitest';
import { CONSIGNMENT_TYPE } from '../../src/domain/message/consignment.ts';
import type { PublicJwk } from '../../src/domain/party/designation.ts';
import { makeDidDocument } from '../../src/domain/party/did-document.ts';
import type { ContentEncryption } from '../../src/seal/jwe.ts';
import {
  generateAgreementJwk,
  generateSigningJwk,
  importOpeningKey,
  importSigningKey,
  type PrivateJwk,
  publicHalfOf,
} from '../../src/seal/keys.ts';
import { openSealedMessage, sealMessage, signMessage, verifyMessage } from '../../src/seal/sealed-message.ts';
import { signStatement, verifyStatement } from '../../src/seal/statement.ts';
import {
  catchRefusal,
  makeDesignation,
  makePerson,
  makeTextMessage,
  RECIPIENT_DID,
  SENDER_DID,
} from '../support/people.ts';

interface Desk {
  readonly did: string;
  readonly sign: PrivateJwk;
  readonly agree: readonly PrivateJwk[];
}

async function desk(
  did: string,
  sign: 'Ed25519' | 'P-256',
  agree: readonly ('X25519' | 'P-256')[],
): Promise<Desk> {
  const keys = agree.map((crv, n) => generateAgreementJwk(`${did}#agree-${n}`, crv));
  return { did, sign: await generateSigningJwk(`${did}#sign`, sign), agree: await Promise.all(keys) };
}

/** The oracle resolves DIDs to the very documents that the gateway publishes. */
const resolver = (...focalPoints: readonly Desk[]) => ({
  resolve: async (did: string): Promise<DIDDoc | null> => {
    const found = focalPoints.find((one) => one.did === did);
    if (found === undefined) return null;
    const keys = { signing: [publicHalfOf(found.sign)], agreement: found.agree.map(publicHalfOf) };
    const document = makeDidDocument({ ...makeDesignation(await makePerson(did)), focal_point: did, keys });
    return JSON.parse(JSON.stringify(document)) as DIDDoc;
  },
});

const secretsOf = (one: Desk) => {
  const secrets = [one.sign, ...one.agree].map(
    ({ kid, ...privateKeyJwk }): Secret => ({ id: kid, type: 'JsonWebKey2020', privateKeyJwk }),
  );
  return {
    get_secret: async (id: string) => secrets.find((secret) => secret.id === id) ?? null,
    find_secrets: async (ids: string[]) => ids.filter((id) => secrets.some((secret) => secret.id === id)),
  };
};

const ENC = { 'A256CBC-HS512': 'A256cbcHs512EcdhEsA256kw', A256GCM: 'A256gcmEcdhEsA256kw' } as const;
const WAYS = (['Ed25519', 'P-256'] as const).flatMap((sign) =>
  (['X25519', 'P-256'] as const).flatMap((agree) =>
    (Object.keys(ENC) as ContentEncryption[]).map((enc) => ({ sign, agree, enc })),
  ),
);

/** Without `attachments`, which the oracle writes as null where there are none. */
const plain = ({ attachments: _, ...rest }: object & { attachments?: unknown }): object => rest;

describe('the reference implementation', () => {
  it.each(WAYS)('unpacks what is sealed here: $sign, $agree, $enc', async ({ sign, agree, enc }) => {
    const [from, to] = [await desk(SENDER_DID, sign, []), await desk(RECIPIENT_DID, 'Ed25519', [agree])];
    const jws = await signMessage(makeTextMessage(), await importSigningKey(from.sign));
    const sealed = await sealMessage(jws, to.agree.map(publicHalfOf), enc);
    const [read, how] = await Oracle.unpack(JSON.stringify(sealed), resolver(from, to), secretsOf(to), {});
    expect(plain(read.as_value())).toEqual(plain(makeTextMessage()));
    expect(how).toMatchObject({
      encrypted: true,
      non_repudiation: true,
      anonymous_sender: true,
      sign_from: from.sign.kid,
      enc_alg_anon: ENC[enc],
    });
  });

  it('reads a consignment as the DIDComm signed message that it is', async () => {
    const from = await desk(SENDER_DID, 'Ed25519', ['X25519']);
    const body = { ...plain(makeTextMessage()), type: CONSIGNMENT_TYPE };
    const jws = await signStatement('consignment', body, [await importSigningKey(from.sign)]);
    const [read, how] = await Oracle.unpack(JSON.stringify(jws), resolver(from), secretsOf(from), {});
    expect(plain(read.as_value())).toEqual(body);
    expect(how).toMatchObject({ encrypted: false, non_repudiation: true, sign_from: from.sign.kid });
  });
});

describe('a message packed by the reference implementation', () => {
  const keysOf =
    (from: Desk) =>
    async (did: string): Promise<readonly PublicJwk[]> =>
      did === from.did ? [publicHalfOf(from.sign)] : [];

  async function packed(from: Desk, to: Desk, enc: keyof typeof NAMES): Promise<unknown> {
    const options = { enc_alg_anon: NAMES[enc], forward: false };
    const message = new Oracle(JSON.parse(JSON.stringify(makeTextMessage())) as IMessage);
    const [text] = await message.pack_encrypted(
      to.did,
      null,
      from.did,
      resolver(from, to),
      secretsOf(from),
      options,
    );
    return JSON.parse(text);
  }
  const NAMES = { ...ENC, XC20P: 'Xc20pEcdhEsA256kw' } as const;

  it.each(WAYS)('is opened and read here: $sign, $agree, $enc', async ({ sign, agree, enc }) => {
    const [from, to] = [await desk(SENDER_DID, sign, []), await desk(RECIPIENT_DID, 'Ed25519', [agree])];
    const sealed = await packed(from, to, enc);
    const keys = await Promise.all(to.agree.map(importOpeningKey));
    const read = await verifyMessage(await openSealedMessage(sealed, keys), {
      recipient: RECIPIENT_DID,
      keysOf: keysOf(from),
    });
    expect(read).toEqual(makeTextMessage());
  });

  it('is opened with any one of several recipient keys', async () => {
    const [from, to] = [
      await desk(SENDER_DID, 'Ed25519', []),
      await desk(RECIPIENT_DID, 'Ed25519', ['X25519', 'X25519', 'X25519']),
    ];
    const sealed = await packed(from, to, 'A256CBC-HS512');
    for (const jwk of to.agree) {
      const jws = await openSealedMessage(sealed, [await importOpeningKey(jwk)]);
      expect(await verifyMessage(jws, { keysOf: keysOf(from) })).toEqual(makeTextMessage());
    }
  });

  it('is refused by name if it uses a cipher outside the allow-list', async () => {
    const [from, to] = [
      await desk(SENDER_DID, 'Ed25519', []),
      await desk(RECIPIENT_DID, 'Ed25519', ['X25519']),
    ];
    const sealed = await packed(from, to, 'XC20P');
    expect(
      await catchRefusal(async () =>
        openSealedMessage(sealed, await Promise.all(to.agree.map(importOpeningKey))),
      ),
    ).toBe('jose-header-refused');
  });

  it('is read as a consignment if it was only signed', async () => {
    const from = await desk(SENDER_DID, 'P-256', ['X25519']);
    const [text] = await new Oracle(JSON.parse(JSON.stringify(makeTextMessage())) as IMessage).pack_signed(
      SENDER_DID,
      resolver(from),
      secretsOf(from),
    );
    const keyOf = async (kid: string) => (await keysOf(from)(SENDER_DID)).find((one) => one.kid === kid);
    const read = await verifyStatement(JSON.parse(text), 'consignment', keyOf);
    expect(read.payload).toMatchObject(plain(makeTextMessage()));
  });
});
