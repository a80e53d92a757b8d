/** DID documents (W3C DID Core 1.0) of focal points and gateways, as `did:web` resolvers fetch them. */
import type { Designation, PublicJwk } from './designation.ts';

interface VerificationMethod {
  readonly id: string;
  readonly type: 'JsonWebKey2020';
  readonly controller: string;
  readonly publicKeyJwk: Omit<PublicJwk, 'kid'>;
}

interface DidDocument {
  readonly '@context': readonly string[];
  readonly id: string;
  readonly verificationMethod: readonly VerificationMethod[];
  readonly authentication: readonly string[];
  readonly assertionMethod: readonly string[];
  readonly keyAgreement: readonly string[];
  readonly service: readonly object[];
}

const CONTEXT = ['https://www.w3.org/ns/did/v1', 'https://w3id.org/security/suites/jws-2020/v1'];

interface Keys {
  readonly signing: readonly PublicJwk[];
  readonly agreement: readonly PublicJwk[];
}

/** The origin that a gateway's DID names: `did:web` means HTTPS, also with a percent-encoded port. */
const originOf = (gateway: string): string =>
  `https://${gateway.slice('did:web:'.length).replace('%3A', ':')}`;

/**
 * Makes the DID document of a focal point: the keys of its designation, and its home gateway as service endpoint.
 * @param url origin of the gateway, if it differs from the one in its DID (on loopback, without TLS)
 */
export const makeDidDocument = (designation: Designation, url = originOf(designation.gateway)): DidDocument =>
  documentOf(designation.focal_point, url, designation.keys);

/** Makes the DID document of a gateway: the keys that sign its evidence, and its key agreement keys. */
export const makeGatewayDocument = (did: string, url: string, keys: readonly PublicJwk[]): DidDocument =>
  documentOf(did, url, {
    signing: keys.filter((key) => key.crv !== 'X25519'),
    agreement: keys.filter((key) => key.crv === 'X25519'),
  });

function documentOf(did: string, url: string, keys: Keys): DidDocument {
  const signing = keys.signing.map((key) => key.kid);
  return {
    '@context': CONTEXT,
    id: did,
    verificationMethod: [...keys.signing, ...keys.agreement].map((key) => method(did, key)),
    authentication: signing,
    assertionMethod: signing,
    keyAgreement: keys.agreement.map((key) => key.kid),
    // DIDComm v2.1 § Service Endpoint. There are no routing keys because gateways carry messages without forward
    // wrappers.
    service: [
      {
        id: `${did}#didcomm`,
        type: 'DIDCommMessaging',
        serviceEndpoint: { uri: `${url}/v1/consignments`, accept: ['didcomm/v2'], routingKeys: [] },
      },
    ],
  };
}

function method(did: string, key: PublicJwk): VerificationMethod {
  const { kid, ...publicKeyJwk } = key;
  return { id: kid, type: 'JsonWebKey2020', controller: did, publicKeyJwk };
}
