/** The OpenAPI description, made from the same schemas that judge the requests. */
import { OpenAPIHono, type RouteConfig, z } from '@hono/zod-openapi';
import { consignment } from '../domain/consignment.ts';
import { slug } from '../domain/party.ts';
import { GATEWAY_OPERATIONS } from './openapi-gateway.ts';
import { bodies, PARTNER_OPERATIONS } from './openapi-partner.ts';
import { json, loose, type Operation, refusal } from './openapi-parts.ts';

/** What anybody may read, and what monitoring asks. */
const PUBLIC_OPERATIONS: readonly Operation[] = [
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

const OPERATIONS = [...PARTNER_OPERATIONS, ...GATEWAY_OPERATIONS, ...PUBLIC_OPERATIONS];

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
