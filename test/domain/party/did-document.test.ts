import { describe, expect, it } from 'vitest';
import { makeDidDocument, makeGatewayDocument } from '../../../src/domain/party/did-document.ts';
import { makeDesignation, makePerson, SENDER_DID } from '../../support/people.ts';

const shelter = await makePerson(SENDER_DID);

describe('a DID document', () => {
  it('publishes a focal point’s keys, each with its use, and where to send', () => {
    const { kid: _, ...x25519 } = shelter.opening.publicJwk;
    const document = makeDidDocument(makeDesignation(shelter));
    expect(document).toMatchObject({
      id: SENDER_DID,
      authentication: [shelter.signing.kid],
      assertionMethod: [shelter.signing.kid],
      keyAgreement: [shelter.opening.kid],
      service: [
        { type: 'DIDCommMessaging', serviceEndpoint: { uri: 'https://gateway.test/v1/consignments' } },
      ],
    });
    expect(document.verificationMethod[1]).toEqual({
      id: shelter.opening.kid,
      type: 'JsonWebKey2020',
      controller: SENDER_DID,
      publicKeyJwk: x25519,
    });
  });

  it('reads the port from a gateway’s DID, or uses the given origin', () => {
    const designation = makeDesignation(shelter, { gateway: 'did:web:localhost%3A8443' });
    expect(JSON.stringify(makeDidDocument(designation).service)).toContain(
      'https://localhost:8443/v1/consignments',
    );
    expect(JSON.stringify(makeDidDocument(designation, 'http://localhost:8080').service)).toContain(
      'http://localhost:8080/v1/consignments',
    );
  });

  it('publishes a gateway’s keys', () => {
    const document = makeGatewayDocument('did:web:gateway.test', 'https://gateway.test', [
      shelter.signing.publicJwk,
      shelter.opening.publicJwk,
    ]);
    expect(document.assertionMethod).toEqual([shelter.signing.kid]);
    expect(document.keyAgreement).toEqual([shelter.opening.kid]);
    expect(document.verificationMethod).toHaveLength(2);
  });
});
