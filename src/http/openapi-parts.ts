/** Parts that several operations share: signed JSON, problems, headers. */
import { z } from '@hono/zod-openapi';
import { PROBLEMS, type ProblemCode, problemType } from '../domain/words/error.ts';

export const jwsSchema = z
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

const problemSchema = z
  .object({
    type: z.enum(
      Object.keys(PROBLEMS).map((code) => problemType(code as ProblemCode)) as [string, ...string[]],
    ),
    title: z.string(),
    status: z.int(),
    detail: z.string(),
    instance: z.string(),
    evidence: jwsSchema.optional().describe('A signed SubmissionRejection, if the sender was authenticated'),
  })
  .describe('RFC 9457 problem document');

export const noteContent = { 'text/plain': { schema: z.string() } };
export const jsonContentOf = (schema: z.ZodType) => ({ 'application/json': { schema } });
const header = (description: string) => ({ description, schema: { type: 'string' as const } });
export const refusalResponse = {
  description: 'Refused; `type` gives the reason',
  headers: {
    'Retry-After': header('With 429 and 503: seconds to wait before the call is repeated'),
    RateLimit: header('The rest of the limit that counted this call: `"name";r=calls;t=seconds`'),
    'RateLimit-Policy': header('That limit: `"name";q=calls;w=seconds`'),
  },
  content: { 'application/problem+json': { schema: problemSchema } },
};
export const looseObject = z.looseObject({});

export const webhookHeadersSchema = z.object({
  'webhook-id': z.string().describe('Idempotency key: the same id with the same bytes gets the same answer'),
  'webhook-timestamp': z.string().describe('Seconds since 1970, within five minutes of now'),
  'webhook-signature': z
    .string()
    .describe(
      '`v1,<base64 HMAC-SHA256>` or `v1a,<base64 Ed25519>`; several, separated by spaces, during the rotation of a key',
    ),
});

/** One operation, in the form of the library's registry. */
export interface Operation {
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
    Record<
      number | 'default',
      {
        description: string;
        headers?: typeof refusalResponse.headers;
        content?: Record<string, { schema: z.ZodType }>;
      }
    >
  >;
}
