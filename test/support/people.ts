/** Invented focal points with keys, and messages between them, for tests of the seal. */
import type { Message } from '../../src/domain/message/message.ts';
import { typeUriOf } from '../../src/domain/message/message.ts';
import type { Designation, PublicJwk } from '../../src/domain/party/designation.ts';
import {
  generateAgreementJwk,
  generateSigningJwk,
  importOpeningKey,
  importSigningKey,
  type OpeningKey,
  type SigningKey,
} from '../../src/seal/keys.ts';

export const SENDER_DID = 'did:web:gateway.test:fp:shelter';
export const RECIPIENT_DID = 'did:web:gateway.test:fp:border-post';

export interface KeyedPerson {
  readonly did: string;
  readonly signing: SigningKey;
  readonly opening: OpeningKey;
}

/** A focal point with new keys on the given curves. */
export async function makePerson(
  did: string,
  sign?: 'Ed25519' | 'P-256',
  agree?: 'X25519' | 'P-256',
): Promise<KeyedPerson> {
  return {
    did,
    signing: await importSigningKey(await generateSigningJwk(`${did}#sign-1`, sign)),
    opening: await importOpeningKey(await generateAgreementJwk(`${did}#agree-1`, agree)),
  };
}

/** Finds the signing keys of the given people, and of nobody else. */
export const makeKeyFinder =
  (...people: readonly KeyedPerson[]) =>
  async (did: string): Promise<readonly PublicJwk[]> =>
    people.filter((one) => one.did === did).map((one) => one.signing.publicJwk);

/** A plain message from the shelter to the border post. */
export const makeTextMessage = (over: Partial<Message> = {}): Message => ({
  id: '0190a0b0c0d07e008000000000000001',
  typ: 'application/didcomm-plain+json',
  type: typeUriOf('text'),
  from: SENDER_DID,
  to: [RECIPIENT_DID],
  thid: '5f0c0000000000000000000000000001',
  created_time: 1_790_000_000,
  expires_time: 1_790_600_000,
  lang: 'en',
  urgency: 'routine',
  handling: 'H0',
  body: { text: 'ការសាកល្បង · uji coba · drill' },
  attachments: [],
  ...over,
});

/** An authority's designation of a person. */
export const makeDesignation = (one: KeyedPerson, over: Partial<Designation> = {}): Designation => ({
  kind: 'designation',
  authority: 'KH',
  focal_point: one.did,
  slug: 'shelter',
  name: 'Invented Shelter',
  country: 'KH',
  gateway: 'did:web:gateway.test',
  custody: 'own',
  officers: [{ id: 'o1', name: 'Invented Officer', role: 'officer', lang: 'en' }],
  keys: { signing: [one.signing.publicJwk], agreement: [one.opening.publicJwk] },
  enc: ['A256CBC-HS512'],
  from: '2026-01-01T00:00:00Z',
  until: '2028-01-01T00:00:00Z',
  ...over,
});

/** The code of the refusal with which a promise rejects; fails if it ends in any other way. */
export async function catchRefusal(work: () => unknown): Promise<string> {
  try {
    await work();
  } catch (error) {
    if (error instanceof Error && 'code' in error && 'detail' in error) return String(error.code);
    throw error;
  }
  throw new Error('nothing was refused');
}
