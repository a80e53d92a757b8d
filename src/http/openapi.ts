/** The OpenAPI description, made from the same schemas that judge the requests. */
import { OpenAPIHono, type RouteConfig, z } from '@hono/zod-openapi';
import { consignment } from '../domain/consignment.ts';
import { PROBLEMS, type ProblemCode, problemType } from '../domain/error.ts';
import { hexId, LIMITS } from '../domain/message.ts';
import { slug } from '../domain/party.ts';
import { PROTOCOL } from '../domain/protocol.ts';
import { acknowledgement, submission } from '../domain/submission.ts';
import { LANGUAGES } from '../domain/vocabulary.ts';
import { GATEWAY_HEADER } from '../seal/gateway-statement.ts';
import { NOTE_BYTES } from './ledger.ts';
import { RELAY_BYTES } from './relay.ts';
import { thread, threadQuery, threads, threadsQuery } from './thread-schemas.ts';

const jws = z
  .object({
    payload: z.string(),
    signatures: z.array(
      z.object({
        protected: z.string(),
        header: z.object({ kid: z.string() }).optional(),
        signature: z.string(),
      }),
    ),
  })
  .describe('JWS, General JSON serialization (RFC 7515 §7.2.1)');

const receipt = z.object({ id: hexId, thid: hexId, evidence: jws, status_url: z.url() });

const problemSchema = z
  .object({
    type: z.enum(
      Object.keys(PROBLEMS).map((code) => problemType(code as ProblemCode)) as [string, ...string[]],
    ),
    title: z.string(),
    status: z.int(),
    detail: z.string(),
    instance: z.string(),
    evidence: jws.optional().describe('A signed SubmissionRejection, where the sender was proven'),
  })
  .describe('RFC 9457 problem document');

const notes = { 'text/plain': { schema: z.string() } };
const json = (schema: z.ZodType) => ({ 'application/json': { schema } });
const refusal = {
  description: 'Refused; `type` says why',
  content: { 'application/problem+json': { schema: problemSchema } },
};
const answered = z.object({
  message: hexId,
  result: z.enum(['taken', 'repeat', 'contradiction', 'settled']),
  evidence: jws,
});
const loose = z.looseObject({});

const webhookHeaders = z.object({
  'webhook-id': z.string().describe('Idempotency key: the same id with the same bytes gets the same answer'),
  'webhook-timestamp': z.string().describe('Seconds since 1970, within five minutes of now'),
  'webhook-signature': z
    .string()
    .describe(
      '`v1,<base64 HMAC-SHA256>` or `v1a,<base64 Ed25519>`; several, separated by spaces, while a key is rotated',
    ),
});

const gatewayHeaders = webhookHeaders.extend({
  [GATEWAY_HEADER]: z.string().describe('DID of the calling gateway'),
});
const relay = z.object({
  consignment: jws,
  submission: jws.describe('The SubmissionAcceptance of the gateway that relays'),
});
const relayed = z.object({ id: hexId, thid: hexId, evidence: jws });
const relayEvidence = z.object({ evidence: jws });
const relayWithdrawal = z.object({ withdrawal: jws.describe('As its authority signed it') });
const withdrawn = z.object({ result: z.enum(['kept', 'repeat']), evidence: jws });
const relayTold = z.object({ result: z.enum(['kept', 'repeat']) });

interface Operation {
  readonly method: 'get' | 'post';
  readonly path: string;
  readonly summary: string;
  readonly description?: string;
  readonly request?: {
    params?: z.ZodObject;
    headers?: z.ZodObject;
    query?: z.ZodObject;
    body?: { required: true; content: Record<string, { schema: z.ZodType }> };
  };
  readonly security?: Record<string, string[]>[];
  readonly responses: Partial<
    Record<number | 'default', { description: string; content?: Record<string, { schema: z.ZodType }> }>
  >;
}

const bodies = Object.entries(PROTOCOL).map(([name, type]) => [name, type.body] as const);

const OPERATIONS: readonly Operation[] = [
  {
    method: 'post',
    path: '/v1/focal-points/{slug}/messages',
    summary: 'Post a message in plain JSON',
    description: `For a focal point whose keys the gateway holds. At most ${LIMITS.assistedPost} bytes. \`body\` must fit the schema named after \`type\`: ${bodies.map(([name]) => `Body_${name}`).join(', ')}.`,
    request: {
      params: z.object({ slug }),
      headers: webhookHeaders,
      body: { required: true, content: json(submission) },
    },
    responses: {
      202: { description: 'Accepted, sealed and kept', content: json(receipt) },
      200: { description: 'A repeat: the same bytes as the first time', content: json(receipt) },
      default: refusal,
    },
  },
  {
    method: 'post',
    path: '/v1/consignments',
    summary: 'Post a consignment of sealed messages',
    description: `A JWS over a DIDComm plaintext that fits the schema Consignment, signed by the sender's own key. At most ${LIMITS.consignment} bytes.`,
    request: {
      body: {
        required: true,
        content: {
          'application/didcomm-signed+json': { schema: jws },
          'application/jose+json': { schema: jws },
        },
      },
    },
    responses: {
      202: { description: 'Accepted and kept', content: json(receipt) },
      200: { description: 'A repeat: the same bytes as the first time', content: json(receipt) },
      default: refusal,
    },
  },
  {
    method: 'post',
    path: '/v1/relay',
    summary: 'Another gateway relays a message for focal points homed here',
    description: `Proven by the calling gateway's own Ed25519 key (Standard Webhooks v1a). At most ${RELAY_BYTES} bytes.`,
    request: { headers: gatewayHeaders, body: { required: true, content: json(relay) } },
    responses: {
      202: { description: 'Taken: a signed RelayAcceptance', content: json(relayed) },
      200: { description: 'A repeat: the same bytes as the first time', content: json(relayed) },
      default: { ...refusal, description: 'Refused; signed (RelayRejection) where the gateway was proven' },
    },
  },
  {
    method: 'post',
    path: '/v1/relay/evidence',
    summary: 'A recipient’s gateway tells what became of a message relayed to it',
    request: { headers: gatewayHeaders, body: { required: true, content: json(relayEvidence) } },
    responses: {
      200: { description: 'Kept, or kept before', content: json(relayTold) },
      default: { ...refusal, description: 'Refused; signed (RelayRejection) where the gateway was proven' },
    },
  },
  {
    method: 'post',
    path: '/v1/relay/withdrawals',
    summary: 'Another gateway passes on that an authority ended a designation',
    request: { headers: gatewayHeaders, body: { required: true, content: json(relayWithdrawal) } },
    responses: {
      201: {
        description: 'Kept: it counts at once; a signed DesignationWithdrawn',
        content: json(withdrawn),
      },
      200: { description: 'Kept before: the same evidence as the first time', content: json(withdrawn) },
      default: { ...refusal, description: 'Refused; signed (RelayRejection) where the gateway was proven' },
    },
  },
  {
    method: 'get',
    path: '/v1/messages/{id}',
    summary: 'What became of a message',
    security: [{ accessKey: [] }],
    request: { params: z.object({ id: hexId }) },
    responses: {
      200: { description: 'State, deliveries with every attempt, evidence in order', content: json(loose) },
      default: refusal,
    },
  },
  {
    method: 'get',
    path: '/v1/threads',
    summary: 'Open threads of the caller: what it owes itself first, then by deadline',
    security: [{ accessKey: [] }],
    request: { query: threadsQuery.clone() },
    responses: { 200: { description: 'A page', content: json(threads.clone()) }, default: refusal },
  },
  {
    method: 'get',
    path: '/v1/threads/{thid}',
    summary: 'A thread: whose turn it is, who has waited how long, its messages and persons',
    description:
      'Turn and waiting follow from consignments and signed evidence alone (docs/turn.md): asked as of the same `at`, both gateways answer the same.',
    security: [{ accessKey: [] }],
    request: { params: z.object({ thid: hexId }), query: threadQuery.clone() },
    responses: { 200: { description: 'As it stands', content: json(thread.clone()) }, default: refusal },
  },
  {
    method: 'get',
    path: '/v1/messages/{id}/letter',
    summary: 'The formal letter of a message, for a party whose keys the gateway holds',
    description:
      'PDF/A-2a, in the languages of both countries, numbered in the register of the office that is homed here. `lang`, once or twice, names other languages.',
    security: [{ accessKey: [] }],
    request: {
      params: z.object({ id: hexId }),
      query: z.object({ lang: z.array(z.enum(LANGUAGES)).min(1).max(2).optional() }),
    },
    responses: {
      200: { description: 'The letter', content: { 'application/pdf': { schema: z.string() } } },
      default: refusal,
    },
  },
  {
    method: 'post',
    path: '/v1/focal-points/{slug}/acknowledgements',
    summary: 'A named officer accepts or declines a message',
    description:
      'Plain JSON with Standard Webhooks headers where the gateway holds the keys; a signed evidence as application/jose+json where the focal point does. Where officers’ words contradict each other (contradictions in the message’s status), a word with settles, the ids of all words of the open contradiction, settles it.',
    request: {
      params: z.object({ slug }),
      headers: webhookHeaders.partial(),
      body: {
        required: true,
        content: {
          'application/json': { schema: acknowledgement },
          'application/jose+json': { schema: jws },
        },
      },
    },
    responses: {
      201: { description: 'Taken, or a contradiction settled by it', content: json(answered) },
      200: { description: 'Said before, or kept as a contradiction', content: json(answered) },
      default: refusal,
    },
  },
  {
    method: 'get',
    path: '/v1/evidence/{id}/proof',
    summary: 'That evidence stands in the ledger (C2SP tlog-proof)',
    security: [{ accessKey: [] }],
    request: { params: z.object({ id: hexId }) },
    responses: { 200: { description: 'The proof', content: notes }, default: refusal },
  },
  {
    method: 'get',
    path: '/ledger/checkpoint',
    summary: 'What the ledger stands to now, signed and cosigned (C2SP tlog-checkpoint)',
    description: 'Tiles and entry bundles are at /ledger/tile/ as C2SP tlog-tiles describes.',
    responses: { 200: { description: 'Signed note', content: notes }, default: refusal },
  },
  {
    method: 'get',
    path: '/ledger/vkey',
    summary: 'The verifier key of the ledger (C2SP signed-note)',
    responses: { 200: { description: 'One line', content: notes }, default: refusal },
  },
  {
    method: 'post',
    path: '/ledger/cosignatures',
    summary: 'A designated gateway cosigns a checkpoint of this ledger (C2SP tlog-cosignature)',
    description: `A note: the checkpoint and the cosignature, which proves the caller. At most ${NOTE_BYTES} bytes.`,
    request: { body: { required: true, content: notes } },
    responses: { 204: { description: 'Added' }, default: refusal },
  },
  {
    method: 'post',
    path: '/ledger/alarms',
    summary: 'A designated gateway tells what is wrong with this ledger',
    description: `A note, signed by the key of the caller’s own ledger. At most ${NOTE_BYTES} bytes.`,
    request: { body: { required: true, content: notes } },
    responses: { 204: { description: 'Kept' }, default: refusal },
  },
  {
    method: 'get',
    path: '/v1/directory',
    summary: 'Focal points, authorities and agreements in force',
    responses: { 200: { description: 'The directory', content: json(loose) } },
  },
  {
    method: 'get',
    path: '/fp/{slug}/did.json',
    summary: 'DID document of a focal point',
    request: { params: z.object({ slug }) },
    responses: { 200: { description: 'DID document (did:web)', content: json(loose) }, default: refusal },
  },
  {
    method: 'get',
    path: '/.well-known/did.json',
    summary: 'DID document of this gateway',
    responses: { 200: { description: 'DID document (did:web)', content: json(loose) } },
  },
  {
    method: 'get',
    path: '/v1/openapi.json',
    summary: 'This description',
    responses: { 200: { description: 'OpenAPI 3.1', content: json(loose) } },
  },
  {
    method: 'get',
    path: '/healthz',
    summary: 'Alive',
    responses: { 200: { description: 'The process answers', content: json(loose) } },
  },
  {
    method: 'get',
    path: '/readyz',
    summary: 'Ready to take messages',
    responses: {
      200: { description: 'The database answers', content: json(loose) },
      503: { description: 'It does not', content: json(loose) },
    },
  },
  {
    method: 'get',
    path: '/metrics',
    summary: 'Prometheus metrics',
    responses: {
      200: { description: 'Text format 0.0.4', content: { 'text/plain': { schema: z.string() } } },
    },
  },
];

/** The OpenAPI 3.1 document for a gateway at `url`, with every body type and every problem code in it. */
export function openapiDocument(url: string): object {
  const described = new OpenAPIHono();
  const registry = described.openAPIRegistry;
  registry.registerComponent('securitySchemes', 'accessKey', {
    type: 'http',
    scheme: 'bearer',
    description: 'An access key of one focal point',
  });
  // The library teaches zod `.openapi` when it is loaded; schemas made before that learn it by being cloned.
  for (const [name, body] of bodies) registry.register(`Body_${name}`, body.clone());
  registry.register('Consignment', consignment.clone());
  for (const operation of OPERATIONS) registry.registerPath(operation as RouteConfig);
  return described.getOpenAPI31Document({
    openapi: '3.1.0',
    info: {
      title: 'Amanat',
      version: '1',
      description:
        'Sealed case messages between designated focal points, tracked until a named person acknowledges.',
    },
    servers: [{ url }],
  });
}
