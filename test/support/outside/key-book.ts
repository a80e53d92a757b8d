/** Published keys, as a partner finds them: in DID documents, at the place that `did:web` defines. */
import type { PublicJwk } from '../../../src/domain/party/designation.ts';
import { callUntilAnswered, readAccepted } from './calling.ts';

/** The used members of a DID document. */
interface DidDocument {
  readonly verificationMethod: readonly {
    readonly id: string;
    readonly publicKeyJwk: Omit<PublicJwk, 'kid'>;
  }[];
  readonly authentication: readonly string[];
  readonly keyAgreement: readonly string[];
}

/** Published keys by DID: fetched once, from the place that `did:web` defines. */
export interface KeyBook {
  signing(did: string): Promise<readonly PublicJwk[]>;
  agreement(did: string): Promise<readonly PublicJwk[]>;
}

/**
 * `did:web` names host and path: `…:fp:<slug>` is at `/fp/<slug>/did.json`, a bare host at `/.well-known/did.json`. On
 * loopback there is no TLS.
 */
const documentUrl = (did: string): string => {
  const [, , host = '', ...path] = did.split(':');
  return `http://${decodeURIComponent(host)}/${path.length === 0 ? '.well-known' : path.join('/')}/did.json`;
};

export function createKeyBook(): KeyBook {
  const known = new Map<string, Promise<DidDocument>>();
  const documentOf = (did: string): Promise<DidDocument> => {
    const found =
      known.get(did) ??
      callUntilAnswered(async () => ({ url: documentUrl(did), init: {} })).then((answer) =>
        readAccepted<DidDocument>('a DID document', answer),
      );
    known.set(did, found);
    found.catch(() => known.delete(did));
    return found;
  };
  const pick = async (did: string, use: 'authentication' | 'keyAgreement'): Promise<readonly PublicJwk[]> => {
    const document = await documentOf(did);
    const methods = document.verificationMethod.filter((one) => document[use].includes(one.id));
    return methods.map((one) => ({ ...one.publicKeyJwk, kid: one.id }) as PublicJwk);
  };
  return { signing: (did) => pick(did, 'authentication'), agreement: (did) => pick(did, 'keyAgreement') };
}
