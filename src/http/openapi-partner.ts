/** The operations that partners' systems call: posting messages, acknowledging them, and reading their state. */
import { z } from '@hono/zod-openapi';
import { hexId, LIMITS } from '../domain/message/message.ts';
import { PROTOCOL } from '../domain/message/protocol.ts';
import { acknowledgementSchema, confirmationSchema, submissionSchema } from '../domain/message/submission.ts';
import { did, slug } from '../domain/party/designation.ts';
import { LANGUAGES } from '../domain/words/vocabulary.ts';
import {
  jsonContentOf,
  jwsSchema,
  looseObject,
  noteContent,
  type Operation,
  refusalResponse,
  webhookHeadersSchema,
} from './openapi-parts.ts';
import { threadQuerySchema, threadSchema, threadsQuerySchema, threadsSchema } from './thread-schemas.ts';

const receipt = z.object({ id: hexId, thid: hexId, evidence: jwsSchema, status_url: z.url() });

const answered = z.object({
  message: hexId,
  result: z.enum(['taken', 'repeat', 'contradiction', 'settled']),
  evidence: jwsSchema,
});

const confirmed = z.object({
  endpoint: hexId,
  asked: hexId,
  decision: z.enum(['confirmed', 'refused', 'expired']),
  repeat: z.boolean(),
});

/** The body of each message type, by its short name. */
export const bodySchemas = Object.entries(PROTOCOL).map(([name, type]) => [name, type.body] as const);

/** The operations that partners' systems call. */
export const PARTNER_OPERATIONS: readonly Operation[] = [
  {
    method: 'post',
    path: '/v1/focal-points/{slug}/messages',
    summary: 'Post a message as plain JSON',
    description: `For a focal point whose keys the gateway holds. At most ${LIMITS.assistedPost} bytes. \`body\` must fit the schema named after \`type\`: ${bodySchemas.map(([name]) => `Body_${name}`).join(', ')}.`,
    request: {
      params: z.object({ slug }),
      headers: webhookHeadersSchema,
      body: { required: true, content: jsonContentOf(submissionSchema) },
    },
    responses: {
      202: {
        description: 'Accepted, sealed and kept; with the signed receipt',
        content: jsonContentOf(receipt),
      },
      200: { description: 'A repeat: the same bytes as the first time', content: jsonContentOf(receipt) },
      default: refusalResponse,
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
          'application/didcomm-signed+json': { schema: jwsSchema },
          'application/jose+json': { schema: jwsSchema },
        },
      },
    },
    responses: {
      202: { description: 'Accepted and kept', content: jsonContentOf(receipt) },
      200: { description: 'A repeat: the same bytes as the first time', content: jsonContentOf(receipt) },
      default: refusalResponse,
    },
  },
  {
    method: 'get',
    path: '/v1/messages/{id}',
    summary: 'Get the state of a message',
    security: [{ accessKey: [] }],
    request: { params: z.object({ id: hexId }) },
    responses: {
      200: {
        description: 'The state, the deliveries with every attempt, and the evidence in order',
        content: jsonContentOf(looseObject),
      },
      default: refusalResponse,
    },
  },
  {
    method: 'get',
    path: '/v1/threads',
    summary: 'List the open threads of the caller: first those where the caller must act, then by deadline',
    security: [{ accessKey: [] }],
    request: { query: threadsQuerySchema.clone() },
    responses: {
      200: { description: 'A page of threads', content: jsonContentOf(threadsSchema.clone()) },
      default: refusalResponse,
    },
  },
  {
    method: 'get',
    path: '/v1/threads/{thid}',
    summary: 'Get a thread: whose turn it is, how long each side has waited, its messages and persons',
    description:
      'Turn and waiting times are computed only from consignments and signed evidence (docs/turn.md): for the same `at`, both gateways give the same answer.',
    security: [{ accessKey: [] }],
    request: { params: z.object({ thid: hexId }), query: threadQuerySchema.clone() },
    responses: {
      200: { description: 'The thread', content: jsonContentOf(threadSchema.clone()) },
      default: refusalResponse,
    },
  },
  {
    method: 'get',
    path: '/v1/messages/{id}/letter',
    summary: 'Get the formal letter of a message, as its sender or a recipient whose keys the gateway holds',
    description:
      'PDF/A-2a, in the languages of both countries, with a number from the register of the caller’s focal point. A recipient gets it after the message has reached it (before that: `not-handed-over`). Give `lang`, once or twice, for other languages.',
    security: [{ accessKey: [] }],
    request: {
      params: z.object({ id: hexId }),
      query: z.object({ lang: z.array(z.enum(LANGUAGES)).min(1).max(2).optional() }),
    },
    responses: {
      200: { description: 'The letter', content: { 'application/pdf': { schema: z.string() } } },
      default: refusalResponse,
    },
  },
  {
    method: 'post',
    path: '/v1/focal-points/{slug}/acknowledgements',
    summary: 'Record a named officer’s acknowledgement: the officer accepts or declines a message',
    description:
      'If the gateway holds the keys: plain JSON with Standard Webhooks headers. If the focal point holds its own keys: signed evidence as application/jose+json. If acknowledgements contradict each other (`contradictions` in the message’s status), an acknowledgement with `settles`, which lists the ids of all acknowledgements of the open contradiction, settles it.',
    request: {
      params: z.object({ slug }),
      headers: webhookHeadersSchema.partial(),
      body: {
        required: true,
        content: {
          'application/json': { schema: acknowledgementSchema },
          'application/jose+json': { schema: jwsSchema },
        },
      },
    },
    responses: {
      201: { description: 'Recorded; it may have settled a contradiction', content: jsonContentOf(answered) },
      200: { description: 'Already recorded, or kept as a contradiction', content: jsonContentOf(answered) },
      default: refusalResponse,
    },
  },
  {
    method: 'post',
    path: '/v1/focal-points/{slug}/endpoints/{id}/confirmation',
    summary: 'Confirm or refuse a further account or endpoint, as the focal point’s own system',
    description:
      'The event `endpoint.waiting` announces what waits; repeat its `asked` here. The first decision of the focal point applies; a later one gets the recorded decision as its answer. The secret that signs the call must be a week older than the question, also if it is the first one of the focal point.',
    request: {
      params: z.object({ slug, id: hexId }),
      headers: webhookHeadersSchema,
      body: { required: true, content: jsonContentOf(confirmationSchema) },
    },
    responses: {
      201: { description: 'Recorded', content: jsonContentOf(confirmed) },
      200: {
        description: 'A decision was already recorded and stays in force',
        content: jsonContentOf(confirmed),
      },
      default: refusalResponse,
    },
  },
  {
    method: 'get',
    path: '/v1/evidence/{id}/proof',
    summary:
      'Get the proof that evidence is in the ledger (C2SP tlog-proof); `by` names its signer if several pieces of evidence have the id',
    security: [{ accessKey: [] }],
    request: { params: z.object({ id: hexId }), query: z.object({ by: did.optional() }) },
    responses: {
      200: { description: 'The inclusion proof', content: noteContent },
      default: refusalResponse,
    },
  },
];
