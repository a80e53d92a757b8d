import { Buffer } from 'node:buffer';
import { describe, expect, it } from 'vitest';
import { digestOf } from '../../src/seal/digest.ts';
import type { SigningKey } from '../../src/seal/keys.ts';
import {
  addSignature,
  peekStatement,
  peekStatementKids,
  type StatementType,
  signStatement,
  verifyStatement,
} from '../../src/seal/statement.ts';
import { catchRefusal, makePerson } from '../support/people.ts';

const one = (await makePerson('did:web:one.test')).signing;
const two = (await makePerson('did:web:two.test', 'P-256')).signing;
const known =
  (...keys: readonly SigningKey[]) =>
  async (kid: string) =>
    keys.find((key) => key.kid === kid)?.publicJwk;
const payload = { kind: 'evidence', id: 'x', words: 'ភ្នំពេញ' };
const TYPES: readonly StatementType[] = ['designation', 'agreement', 'evidence', 'consignment'];

describe('a statement', () => {
  it.each(TYPES)('is signed and read: %s', async (type) => {
    const jws = await signStatement(type, payload, [one, two]);
    const read = await verifyStatement(JSON.parse(JSON.stringify(jws)), type, known(one, two));
    expect(read).toEqual({ payload, kids: [one.kid, two.kid], digest: digestOf(JSON.stringify(payload)) });
  });

  it.each(TYPES)('cannot be presented as another: %s', async (type) => {
    const jws = await signStatement(type, payload, [one]);
    for (const other of TYPES.filter((name) => name !== type)) {
      expect(await catchRefusal(() => verifyStatement(jws, other, known(one)))).toBe('jose-header-refused');
    }
  });

  it('protects its key id, except a consignment, which is a DIDComm signed message', async () => {
    const evidence = await signStatement('evidence', payload, [one]);
    expect(evidence.signatures[0]?.header).toBeUndefined();
    const consignment = await signStatement('consignment', payload, [one]);
    expect(consignment.signatures[0]?.header).toEqual({ kid: one.kid });
    expect(
      JSON.parse(Buffer.from(consignment.signatures[0]?.protected ?? '', 'base64url').toString()),
    ).toEqual({
      typ: 'application/didcomm-signed+json',
      alg: 'EdDSA',
    });
  });

  it.each(TYPES)('can get a second signature over the same bytes: %s', async (type) => {
    const first = await signStatement(type, payload, [one]);
    const both = await addSignature(first, two);
    expect(both.payload).toBe(first.payload);
    const read = await verifyStatement(both, type, known(one, two));
    expect(read.kids).toEqual([one.kid, two.kid]);
    expect(read.digest).toBe((await verifyStatement(first, type, known(one))).digest);
    expect(await catchRefusal(() => addSignature(both, one))).toBe('already-exists');
  });

  it('is refused if any one signature does not verify', async () => {
    const jws = await signStatement('agreement', payload, [one, two]);
    const other = await signStatement('agreement', { ...payload, id: 'y' }, [two]);
    const forged = { payload: jws.payload, signatures: [...jws.signatures.slice(0, 1), ...other.signatures] };
    expect(await catchRefusal(() => verifyStatement(forged, 'agreement', known(one, two)))).toBe(
      'signature-invalid',
    );
    expect(await catchRefusal(() => verifyStatement(jws, 'agreement', known(one)))).toBe('unknown-sender');
    expect(await catchRefusal(() => verifyStatement(jws, 'agreement', async () => one.publicJwk))).toBe(
      'signature-invalid',
    );
  });

  it('is refused without signatures, and with the same key twice', async () => {
    const none = await signStatement('evidence', payload, []);
    expect(await catchRefusal(() => verifyStatement(none, 'evidence', known(one)))).toBe('jose-malformed');
    const twice = await signStatement('evidence', payload, [one, one]);
    expect(await catchRefusal(() => verifyStatement(twice, 'evidence', known(one)))).toBe('jose-malformed');
  });

  it('is refused if it is larger than its type allows', async () => {
    const large = await signStatement('evidence', { ...payload, words: 'x'.repeat(70_000) }, [one]);
    expect(await catchRefusal(() => verifyStatement(large, 'evidence', known(one)))).toBe('too-large');
  });

  it('is refused if the payload is not an object', async () => {
    const list = await signStatement('evidence', [payload], [one]);
    expect(await catchRefusal(() => verifyStatement(list, 'evidence', known(one)))).toBe('malformed-json');
  });

  it('can be read without verification, with its shape checked', async () => {
    const jws = await signStatement('evidence', payload, [one]);
    const forged = { ...jws, payload: Buffer.from('{"kind":"forged"}').toString('base64url') };
    expect(peekStatement(forged)).toEqual({ payload: { kind: 'forged' }, kids: [one.kid] });
    expect(await catchRefusal(() => peekStatement({ ...jws, payload: 'e30=' }))).toBe('jose-malformed');
    const unread = { ...jws, payload: Buffer.from('no JSON').toString('base64url') };
    expect(peekStatementKids(unread)).toEqual([one.kid]);
    expect(await catchRefusal(() => peekStatement(unread))).toBe('malformed-json');
    expect(await catchRefusal(() => peekStatementKids({ ...jws, payload: 'e30=' }))).toBe('jose-malformed');
  });
});
