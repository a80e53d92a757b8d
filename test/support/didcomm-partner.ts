/**
 * A partner as a stranger would build it from docs/wire.md: its own keys, SICPA's `didcomm-node` for DIDComm, the
 * runtime's crypto for the rest. It imports nothing of this program; test/journeys/didcomm-partner.test.ts checks
 * that.
 */
import {
  createHash,
  createHmac,
  createPrivateKey,
  createPublicKey,
  generateKeyPairSync,
  type JsonWebKey,
  randomBytes,
  sign,
  timingSafeEqual,
  verify,
} from 'node:crypto';
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type DIDDoc, type IMessage, Message, type Secret, type UnpackMetadata } from 'didcomm-node';

type Json = Record<string, unknown>;

/** A JWS in General JSON (RFC 7515 §7.2.1). */
export interface SignedJson {
  readonly payload: string;
  readonly signatures: readonly {
    readonly protected: string;
    readonly header?: { readonly kid: string };
    readonly signature: string;
  }[];
}

/** The keys of one kind, as a partner chooses them. */
export interface KeyCurves {
  readonly signing: 'Ed25519' | 'P-256';
  readonly agreement: 'X25519' | 'P-256';
}

/** A message that came, opened and proven. */
export interface OpenedDidcomm {
  readonly plain: IMessage;
  readonly how: UnpackMetadata;
  /** What is acknowledged by its digest. */
  readonly sealed: Json;
}

export interface DidcommPartner {
  readonly did: string;
  readonly slug: string;
  /** For the designation: only public keys. */
  readonly publicKeys: { readonly signing: readonly Json[]; readonly agreement: readonly Json[] };
  /** Its webhook endpoint. */
  readonly hook: string;
  /** The keys with which its gateway signs webhooks. */
  useSecret(secret: string): void;
  /** DIDs that it asked for over HTTP. */
  readonly resolved: readonly string[];
  readonly opened: readonly OpenedDidcomm[];
  /** Evidence that came to the webhook, each verified with the key in its signer's DID document. */
  readonly evidence: readonly Json[];
  /** Faults of incoming calls; such a call was answered 400. */
  readonly faults: readonly unknown[];
  /** Packs a text for one focal point, consigns it, and gives back the verified receipt. */
  send(to: string, text: string): Promise<{ status: number; id: string; sealed: Json; receipt: Json }>;
  /** One of its officers accepts, in evidence that it signs itself. */
  acknowledge(one: OpenedDidcomm): Promise<{ status: number; answer: Json }>;
}

const hexId = (): string => {
  // UUIDv7 (RFC 9562 §5.7) without its hyphens.
  const time = Date.now().toString(16).padStart(12, '0');
  const chance = randomBytes(10).toString('hex');
  return `${time}7${chance.slice(0, 3)}8${chance.slice(3, 18)}`;
};
const seconds = (): number => Math.floor(Date.now() / 1_000);
const base64url = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url');
const parsed = (text: string): Json => JSON.parse(text) as Json;
const fromBase64url = (text: string): Json => parsed(Buffer.from(text, 'base64url').toString());

/** did:web § Read, over HTTP instead of HTTPS because the gateways of a test have no certificate. */
function didWebUrl(did: string): string {
  const [host = '', ...path] = did.slice('did:web:'.length).split(':').map(decodeURIComponent);
  return `http://${host}/${path.length === 0 ? '.well-known' : path.join('/')}/did.json`;
}

/** wire.md § Sealed message, the digest. */
const digestOf = (sealed: Json): string =>
  createHash('sha256')
    .update(['protected', 'iv', 'ciphertext', 'tag'].map((name) => sealed[name]).join('.'))
    .digest('base64url');

function keysOf(
  did: string,
  curves: KeyCurves,
): { secrets: Secret[]; publicKeys: DidcommPartner['publicKeys'] } {
  const make = (curve: string, name: string): { secret: Secret; jwk: Json } => {
    const pair =
      curve === 'P-256'
        ? generateKeyPairSync('ec', { namedCurve: 'P-256' })
        : generateKeyPairSync(curve.toLowerCase() as 'ed25519');
    const id = `${did}#${name}`;
    const privateKeyJwk = pair.privateKey.export({ format: 'jwk' });
    const jwk = { ...(pair.publicKey.export({ format: 'jwk' }) as Json), kid: id };
    return { secret: { id, type: 'JsonWebKey2020', privateKeyJwk }, jwk };
  };
  const [signing, agreement] = [make(curves.signing, 'sign-1'), make(curves.agreement, 'open-1')];
  return {
    secrets: [signing.secret, agreement.secret],
    publicKeys: { signing: [signing.jwk], agreement: [agreement.jwk] },
  };
}

/** Resolves by HTTP and hands the document on exactly as it came. */
function resolver(seen: string[]) {
  return {
    resolve: async (did: string): Promise<DIDDoc | null> => {
      seen.push(did);
      const response = await fetch(didWebUrl(did));
      return response.ok ? ((await response.json()) as DIDDoc) : null;
    },
  };
}

/** Verifies a statement that a gateway signed, by the key that its DID document has for assertions. */
async function verified(jws: SignedJson, resolve: (did: string) => Promise<DIDDoc | null>): Promise<Json> {
  const [signature] = jws.signatures;
  if (signature === undefined || jws.signatures.length !== 1) throw new Error('not signed by one');
  const header = fromBase64url(signature.protected);
  const [did = ''] = String(header['kid']).split('#');
  const document = (await resolve(did)) as (DIDDoc & { assertionMethod: string[] }) | null;
  const method = document?.verificationMethod.find((one) => one.id === header['kid']);
  if (method === undefined || document?.assertionMethod.includes(method.id) !== true)
    throw new Error('the key is not in the DID document');
  const key = createPublicKey({ key: method.publicKeyJwk as JsonWebKey, format: 'jwk' });
  const text = Buffer.from(`${signature.protected}.${jws.payload}`);
  const bytes = Buffer.from(signature.signature, 'base64url');
  const [alg, isTrue] =
    header['alg'] === 'ES256'
      ? ['sha256', verify('sha256', text, { key, dsaEncoding: 'ieee-p1363' }, bytes)]
      : [undefined, verify(undefined, text, key, bytes)];
  if (!isTrue) throw new Error(`the signature does not verify (${alg ?? 'EdDSA'})`);
  const claims = fromBase64url(jws.payload);
  if (claims['by'] !== did) throw new Error('it is signed by somebody else than it says');
  return claims;
}

/** Signs a statement (wire.md § Statements) with nothing but the runtime's crypto. */
function signed(claims: object, { id, privateKeyJwk }: Secret, alg: 'EdDSA' | 'ES256'): SignedJson {
  const header = base64url({ typ: 'amanat-evidence+jws', alg, kid: id });
  const payload = base64url(claims);
  const key = createPrivateKey({ key: privateKeyJwk as JsonWebKey, format: 'jwk' });
  const text = Buffer.from(`${header}.${payload}`);
  const signature =
    alg === 'ES256' ? sign('sha256', text, { key, dsaEncoding: 'ieee-p1363' }) : sign(undefined, text, key);
  return { payload, signatures: [{ protected: header, signature: signature.toString('base64url') }] };
}

/** Standard Webhooks, `v1`. */
function checkWebhook(request: IncomingMessage, body: string, secret: string): void {
  const header = (name: string): string => String(request.headers[name] ?? '');
  const key = Buffer.from(secret.replace('whsec_', ''), 'base64');
  const text = `${header('webhook-id')}.${header('webhook-timestamp')}.${body}`;
  const wanted = createHmac('sha256', key).update(text).digest();
  const given = header('webhook-signature')
    .split(' ')
    .filter((one) => one.startsWith('v1,'))
    .map((one) => Buffer.from(one.slice(3), 'base64'));
  if (!given.some((one) => one.length === wanted.length && timingSafeEqual(one, wanted)))
    throw new Error('the webhook’s signature does not verify');
}

async function bodyOf(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request as AsyncIterable<Buffer>) chunks.push(chunk);
  return Buffer.concat(chunks).toString();
}

export interface PartnerHook {
  /** `127.0.0.1:port` */
  readonly host: string;
  readonly faults: readonly unknown[];
  /** What is done with a call from now on; one that cannot be taken is answered 400. */
  onCall(take: (request: IncomingMessage, body: string) => Promise<void>): void;
  close(): Promise<void>;
}

/** The partner's web server, on loopback. */
export async function startHook(): Promise<PartnerHook> {
  const faults: unknown[] = [];
  let take: (request: IncomingMessage, body: string) => Promise<void> = async () => {};
  const server = createServer(async (request, response) => {
    try {
      await take(request, await bodyOf(request));
      response.writeHead(204).end();
    } catch (fault) {
      faults.push(fault);
      response.writeHead(400).end();
    }
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const host = `127.0.0.1:${(server.address() as AddressInfo).port}`;
  const close = async (): Promise<void> => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  };
  return {
    host,
    faults,
    onCall: (next) => {
      take = next;
    },
    close,
  };
}

const post = (url: string, type: string, body: string): Promise<Response> =>
  fetch(url, { method: 'POST', headers: { 'content-type': type }, body });

/** The message and the consignment around it (wire.md § Message, § Consignment). */
function textAndConsignment(from: string, to: string, text: string) {
  const common = {
    id: hexId(),
    typ: 'application/didcomm-plain+json',
    from,
    created_time: seconds(),
    expires_time: seconds() + 86_400,
  };
  const carriage = { urgency: 'routine', handling: 'H0', thid: randomBytes(16).toString('hex') };
  const message = {
    ...common,
    ...carriage,
    type: 'https://w3id.org/amanat/case/1.0/text',
    to: [to],
    lang: 'en',
    body: { text },
  };
  const consigned = (sealed: Json) => ({
    ...common,
    type: 'https://w3id.org/amanat/consignment/1.0/consign',
    to: [from.split(':fp:')[0]],
    body: {
      message_type: 'text',
      ...carriage,
      recipients: [{ to, digest: digestOf(sealed), attachment: 's1' }],
    },
    attachments: [{ id: 's1', media_type: 'application/didcomm-encrypted+json', data: { json: sealed } }],
  });
  return { message, consigned };
}

const oracle = (one: object): Message => new Message(one as unknown as IMessage);

/** @param gateway the origin of its home gateway; its DID follows from it and the slug (wire.md § Parties and keys) */
export function createDidcommPartner(
  hook: PartnerHook,
  { gateway, slug, curves }: { gateway: string; slug: string; curves: KeyCurves },
): DidcommPartner {
  const did = `did:web:${new URL(gateway).host.replace(':', '%3A')}:fp:${slug}`;
  const { secrets, publicKeys } = keysOf(did, curves);
  const resolved: string[] = [];
  const documents = resolver(resolved);
  const keyring = {
    get_secret: async (id: string) => secrets.find((one) => one.id === id) ?? null,
    find_secrets: async (ids: string[]) => ids.filter((id) => secrets.some((one) => one.id === id)),
  };
  const [signing] = secrets;
  if (signing === undefined) throw new Error('no key to sign with');
  let secret = '';
  const opened: OpenedDidcomm[] = [];
  const evidence: Json[] = [];
  hook.onCall(async (request, body) => {
    checkWebhook(request, body, secret);
    const { type, data } = parsed(body) as { type: string; data: Json };
    if (type === 'evidence.issued')
      evidence.push(await verified(data['evidence'] as SignedJson, documents.resolve));
    if (type !== 'message.received') return;
    const sealed = data['sealed'] as Json;
    const [message, how] = await Message.unpack(JSON.stringify(sealed), documents, keyring, {});
    const plain = message.as_value();
    if (how.sign_from?.split('#')[0] !== plain.from || plain.to?.includes(did) !== true)
      throw new Error('from is not who signed it, or it is not to us');
    opened.push({ plain, how, sealed });
  });
  return {
    did,
    slug,
    publicKeys,
    hook: `http://${hook.host}/${slug}`,
    faults: hook.faults,
    resolved,
    opened,
    evidence,
    useSecret: (next) => {
      secret = next;
    },
    send: async (to, text) => {
      const { message, consigned } = textAndConsignment(did, to, text);
      const packed = await oracle(message).pack_encrypted(to, null, did, documents, keyring, {
        enc_alg_anon: 'A256cbcHs512EcdhEsA256kw',
      });
      const sealed = parsed(packed[0]);
      const [body] = await oracle(consigned(sealed)).pack_signed(did, documents, keyring);
      const answer = await post(`${gateway}/v1/consignments`, 'application/didcomm-signed+json', body);
      const { evidence: receipt, ...rest } = (await answer.json()) as Json;
      if (!answer.ok) throw new Error(JSON.stringify(rest));
      const claims = await verified(receipt as SignedJson, documents.resolve);
      return { status: answer.status, id: message.id, sealed, receipt: claims };
    },
    acknowledge: async ({ plain, sealed }) => {
      const claims = {
        kind: 'evidence',
        id: hexId(),
        event: 'ConsignmentAcceptance',
        event_uri: 'http://uri.etsi.org/19522/Event/ConsignmentAcceptance',
        consignment: plain.id,
        thid: plain.thid,
        sender: plain.from,
        recipient: did,
        digest: digestOf(sealed),
        at: new Date().toISOString(),
        by: did,
        officer: { id: 'o1', name: 'Sok-Officer-Invented', role: 'officer' },
        custody: 'own',
      };
      const word = signed(claims, signing, curves.signing === 'P-256' ? 'ES256' : 'EdDSA');
      const url = `${gateway}/v1/focal-points/${slug}/acknowledgements`;
      const answer = await post(url, 'application/jose+json', JSON.stringify(word));
      return { status: answer.status, answer: (await answer.json()) as Json };
    },
  };
}
