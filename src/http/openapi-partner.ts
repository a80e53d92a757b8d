/** The operations of partners' systems: posting, answering, and reading what became of it. */
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

/** What partners' systems call. */
export const PARTNER_OPERATIONS: readonly Operation[] = [
  {
    method: 'post',
    path: '/v1/focal-points/{slug}/messages',
    summary: 'Post a message in plain JSON',
    description: `For a focal point whose keys the gateway holds. At most ${LIMITS.assistedPost} bytes. \`body\` must fit the schema named after \`type\`: ${bodySchemas.map(([name]) => `Body_${name}`).join(', ')}.`,
    request: {
      params: z.object({ slug }),
      headers: webhookHeadersSchema,
      body: { required: true, content: jsonContentOf(submissionSchema) },
    },
    responses: {
      202: { description: 'Accepted, sealed and kept', content: jsonContentOf(receipt) },
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
    summary: 'What became of a message',
    security: [{ accessKey: [] }],
    request: { params: z.object({ id: hexId }) },
    responses: {
      200: {
        description: 'State, deliveries with every attempt, evidence in order',
        content: jsonContentOf(looseObject),
      },
      default: refusalResponse,
    },
  },
  {
    method: 'get',
    path: '/v1/threads',
    summary: 'Open threads of the caller: what it owes itself first, then by deadline',
    security: [{ accessKey: [] }],
    request: { query: threadsQuerySchema.clone() },
    responses: {
      200: { description: 'A page', content: jsonContentOf(threadsSchema.clone()) },
      default: refusalResponse,
    },
  },
  {
    method: 'get',
    path: '/v1/threads/{thid}',
    summary: 'A thread: whose turn it is, who has waited how long, its messages and persons',
    description:
      'Turn and waiting follow from consignments and signed evidence alone (docs/turn.md): asked as of the same `at`, both gateways answer the same.',
    security: [{ accessKey: [] }],
    request: { params: z.object({ thid: hexId }), query: threadQuerySchema.clone() },
    responses: {
      200: { description: 'As it stands', content: jsonContentOf(threadSchema.clone()) },
      default: refusalResponse,
    },
  },
  {
    method: 'get',
    path: '/v1/messages/{id}/letter',
    summary: 'The formal letter of a message, for a party whose keys the gateway holds',
    description:
      'PDF/A-2a, in the languages of both countries, numbered in the register of the office that is homed here; a recipient’s once the message has come to it (`not-handed-over` before). `lang`, once or twice, names other languages.',
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
    summary: 'A named officer accepts or declines a message',
    description:
      'Plain JSON with Standard Webhooks headers where the gateway holds the keys; a signed evidence as application/jose+json where the focal point does. Where officers’ words contradict each other (contradictions in the message’s status), a word with settles, the ids of all words of the open contradiction, settles it.',
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
      201: { description: 'Taken, or a contradiction settled by it', content: jsonContentOf(answered) },
      200: { description: 'Said before, or kept as a contradiction', content: jsonContentOf(answered) },
      default: refusalResponse,
    },
  },
  {
    method: 'post',
    path: '/v1/focal-points/{slug}/endpoints/{id}/confirmation',
    summary: 'The desk’s own system confirms a further account or endpoint of the desk, or refuses it',
    description:
      'What waits comes as the event endpoint.waiting, whose asked is named here. The first word counts, of whoever of the desk; another one is answered with what was recorded. Signed by a secret that is a week older than the question, also where it is the first of the desk.',
    request: {
      params: z.object({ slug, id: hexId }),
      headers: webhookHeadersSchema,
      body: { required: true, content: jsonContentOf(confirmationSchema) },
    },
    responses: {
      201: { description: 'Recorded', content: jsonContentOf(confirmed) },
      200: { description: 'Something was said before, and stands', content: jsonContentOf(confirmed) },
      default: refusalResponse,
    },
  },
  {
    method: 'get',
    path: '/v1/evidence/{id}/proof',
    summary:
      'That evidence stands in the ledger (C2SP tlog-proof); by names its signer where an id is not alone',
    security: [{ accessKey: [] }],
    request: { params: z.object({ id: hexId }), query: z.object({ by: did.optional() }) },
    responses: { 200: { description: 'The proof', content: noteContent }, default: refusalResponse },
  },
];
