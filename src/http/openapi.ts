/** The OpenAPI description, made from the same schemas that validate the requests. */
import { OpenAPIHono, type RouteConfig, z } from '@hono/zod-openapi';
import { Hono } from 'hono';
import { PARTNER_EVENTS } from '../domain/carriage/partner-event.ts';
import { consignmentSchema } from '../domain/message/consignment.ts';
import { slug } from '../domain/party/designation.ts';
import { digestOf } from '../seal/digest.ts';
import { GATEWAY_OPERATIONS } from './openapi-gateway.ts';
import { bodySchemas, PARTNER_OPERATIONS } from './openapi-partner.ts';
import {
  jsonContentOf,
  looseObject,
  type Operation,
  refusalResponse,
  webhookHeadersSchema,
} from './openapi-parts.ts';

/** Public operations, and those of monitoring. */
const PUBLIC_OPERATIONS: readonly Operation[] = [
  {
    method: 'get',
    path: '/v1/directory',
    summary: 'List focal points, authorities and agreements in force',
    responses: { 200: { description: 'The directory', content: jsonContentOf(looseObject) } },
  },
  {
    method: 'get',
    path: '/fp/{slug}/did.json',
    summary: 'Get the DID document of a focal point',
    request: { params: z.object({ slug }) },
    responses: {
      200: { description: 'DID document (did:web)', content: jsonContentOf(looseObject) },
      default: refusalResponse,
    },
  },
  {
    method: 'get',
    path: '/.well-known/did.json',
    summary: 'Get the DID document of this gateway',
    responses: { 200: { description: 'DID document (did:web)', content: jsonContentOf(looseObject) } },
  },
  {
    method: 'get',
    path: '/v1/openapi.json',
    summary: 'Get this OpenAPI description',
    responses: {
      200: { description: 'OpenAPI 3.1', content: jsonContentOf(looseObject) },
      304: { description: 'Not changed: it is still the one that If-None-Match names' },
    },
  },
  {
    method: 'get',
    path: '/healthz',
    summary: 'Ask whether the process is alive',
    responses: { 200: { description: 'The process answers', content: jsonContentOf(looseObject) } },
  },
  {
    method: 'get',
    path: '/readyz',
    summary: 'Ask whether the gateway accepts messages',
    responses: {
      200: {
        description:
          'The gateway accepts messages: `ready`, or `degraded` if `not_started` or `not_working` name a part',
        content: jsonContentOf(looseObject),
      },
      503: {
        description:
          'Not ready; `waiting_for` names the cause: `database`, `schema` (with both versions) or what the operator must do',
        content: jsonContentOf(looseObject),
      },
    },
  },
  {
    method: 'get',
    path: '/metrics',
    summary: 'Get the metrics for Prometheus',
    description:
      'Only if the operator has set a key for them; otherwise they have their own listener, or are not served.',
    security: [{ metricsKey: [] }],
    responses: {
      200: { description: 'Text format 0.0.4', content: { 'text/plain': { schema: z.string() } } },
      default: refusalResponse,
    },
  },
];

const OPERATIONS = [...PARTNER_OPERATIONS, ...GATEWAY_OPERATIONS, ...PUBLIC_OPERATIONS];

/** A webhook call to a partner's system: signed, one event for each call. */
const webhook = ({ type, meaning, schema }: (typeof PARTNER_EVENTS)[number]): WebhookConfig => ({
  method: 'post',
  path: type,
  summary: meaning,
  request: {
    headers: webhookHeadersSchema.clone(),
    body: { required: true, content: jsonContentOf(schema.clone()) },
  },
  responses: {
    '2XX': { description: 'Accepted: the event is not posted again' },
    410: { description: 'The address is gone: the endpoint is switched off' },
    default: { description: 'Not accepted: the event is posted again with the same `webhook-id`' },
  },
});

type WebhookConfig = Parameters<OpenAPIHono['openAPIRegistry']['registerWebhook']>[0];

/** Makes the OpenAPI 3.1 document of the gateway at `url`, with every body type and every problem code. */
export function makeOpenapiDocument(url: string): object {
  const described = new OpenAPIHono();
  const registry = described.openAPIRegistry;
  registry.registerComponent('securitySchemes', 'accessKey', {
    type: 'http',
    scheme: 'bearer',
    description: 'An access key of one focal point',
  });
  registry.registerComponent('securitySchemes', 'metricsKey', {
    type: 'http',
    scheme: 'bearer',
    description: 'The key that the operator set for monitoring',
  });
  // The library adds `.openapi` to zod when it is loaded. A schema that was made before gets it by cloning.
  for (const [name, body] of bodySchemas) registry.register(`Body_${name}`, body.clone());
  registry.register('Consignment', consignmentSchema.clone());
  for (const operation of OPERATIONS) registry.registerPath(operation as RouteConfig);
  for (const event of PARTNER_EVENTS) registry.registerWebhook(webhook(event));
  return described.getOpenAPI31Document({
    openapi: '3.1.0',
    info: {
      title: 'Amanat',
      version: '1',
      description:
        'Carries sealed case messages between designated focal points, and tracks them until a named officer acknowledges.',
    },
    servers: [{ url }],
  });
}

/** The document in the form in which it is sent. */
interface Made {
  readonly url: string;
  readonly bytes: Uint8Array<ArrayBuffer>;
  /** Entity tag (RFC 9110 §8.8.3), in quotes. */
  readonly etag: string;
}

/** The last document; a process serves one gateway. Kept, because making it takes some forty milliseconds of processor time. */
let made: Made | undefined;

function madeFor(url: string): Made {
  if (made?.url === url) return made;
  const bytes = new TextEncoder().encode(JSON.stringify(makeOpenapiDocument(url)));
  made = { url, bytes, etag: `"${digestOf(bytes)}"` };
  return made;
}

/** Whether `If-None-Match` names this tag (RFC 9110 §13.1.2, weak comparison). */
const isNamed = (etag: string, tags = ''): boolean =>
  tags.split(',').some((one) => ['*', etag, `W/${etag}`].includes(one.trim()));

/** The route of the description, which is made once in a process. */
export const openapiRoutes = (url: string): Hono =>
  new Hono().get('/openapi.json', (context) => {
    const { bytes, etag } = madeFor(url);
    context.header('etag', etag);
    context.header('cache-control', 'public, max-age=300');
    if (isNamed(etag, context.req.header('if-none-match'))) return context.body(null, 304);
    context.header('content-type', 'application/json');
    return context.body(bytes);
  });
