/** The operations of other gateways: relaying, telling back, and witnessing the ledger. */
import { z } from '@hono/zod-openapi';
import { digest } from '../domain/message/consignment.ts';
import { hexId } from '../domain/message/message.ts';
import { BODY_LIMIT_BY_ROUTE } from '../domain/message/receive-body.ts';
import { CAPABILITIES_PATH } from '../flow/directory/peer-reads.ts';
import { ASKED_AT_ONCE } from '../flow/statements/missing.ts';
import { GATEWAY_HEADER } from '../seal/gateway-statement.ts';
import {
  jsonContentOf,
  jwsSchema,
  noteContent,
  type Operation,
  refusalResponse,
  webhookHeadersSchema,
} from './openapi-parts.ts';

const gatewayHeaders = webhookHeadersSchema.extend({
  [GATEWAY_HEADER]: z.string().describe('DID of the calling gateway'),
});
const relay = z.object({
  consignment: jwsSchema,
  submission: jwsSchema.describe('The SubmissionAcceptance of the gateway that relays'),
});
const relayed = z.object({ id: hexId, thid: hexId, evidence: jwsSchema });
const relayEvidence = z.object({ evidence: jwsSchema });
const relayWithdrawal = z.object({ withdrawal: jwsSchema.describe('As its authority signed it') });
const withdrawn = z.object({ result: z.enum(['kept', 'repeat']), evidence: jwsSchema });
const askedStatements = z.object({ digests: z.array(digest).min(1).max(ASKED_AT_ONCE) });
const relayTold = z.object({ result: z.enum(['kept', 'repeat']) });

/** What other gateways call. */
export const GATEWAY_OPERATIONS: readonly Operation[] = [
  {
    method: 'post',
    path: '/v1/relay',
    summary: 'Another gateway relays a message for focal points homed here',
    description: `Proven by the calling gateway's own Ed25519 key (Standard Webhooks v1a). At most ${BODY_LIMIT_BY_ROUTE.relay.bytes} bytes.`,
    request: { headers: gatewayHeaders, body: { required: true, content: jsonContentOf(relay) } },
    responses: {
      202: { description: 'Taken: a signed RelayAcceptance', content: jsonContentOf(relayed) },
      200: { description: 'A repeat: the same bytes as the first time', content: jsonContentOf(relayed) },
      default: {
        ...refusalResponse,
        description: 'Refused; signed (RelayRejection) where the gateway was proven',
      },
    },
  },
  {
    method: 'post',
    path: '/v1/relay/evidence',
    summary: 'A recipient’s gateway tells what became of a message relayed to it',
    request: { headers: gatewayHeaders, body: { required: true, content: jsonContentOf(relayEvidence) } },
    responses: {
      200: { description: 'Kept, or kept before', content: jsonContentOf(relayTold) },
      default: {
        ...refusalResponse,
        description: 'Refused; signed (RelayRejection) where the gateway was proven',
      },
    },
  },
  {
    method: 'post',
    path: '/v1/relay/withdrawals',
    summary: 'Another gateway passes on that an authority ended a designation',
    request: { headers: gatewayHeaders, body: { required: true, content: jsonContentOf(relayWithdrawal) } },
    responses: {
      201: {
        description: 'Kept: it counts at once; a signed DesignationWithdrawn',
        content: jsonContentOf(withdrawn),
      },
      200: {
        description: 'Kept before: the same evidence as the first time',
        content: jsonContentOf(withdrawn),
      },
      default: {
        ...refusalResponse,
        description: 'Refused; signed (RelayRejection) where the gateway was proven',
      },
    },
  },
  {
    method: 'post',
    path: '/v1/relay/statements',
    summary: 'Another gateway asks for statements that evidence rests on, by their digests',
    request: { headers: gatewayHeaders, body: { required: true, content: jsonContentOf(askedStatements) } },
    responses: {
      200: {
        description: 'Those of focal points homed here, and agreements, that are kept',
        content: jsonContentOf(z.object({ statements: z.array(jwsSchema) })),
      },
      default: {
        ...refusalResponse,
        description: 'Refused; signed (RelayRejection) where the gateway was proven',
      },
    },
  },
  {
    method: 'get',
    path: CAPABILITIES_PATH,
    summary: 'What this gateway reads: versions, message types, events and members of evidence; signed',
    responses: {
      200: { description: 'A JWS by the evidence key', content: jsonContentOf(jwsSchema) },
      default: refusalResponse,
    },
  },
  {
    method: 'get',
    path: '/ledger/checkpoint',
    summary: 'What the ledger stands to now, signed and cosigned (C2SP tlog-checkpoint)',
    description: 'Tiles and entry bundles are at /ledger/tile/ as C2SP tlog-tiles describes.',
    responses: { 200: { description: 'Signed note', content: noteContent }, default: refusalResponse },
  },
  {
    method: 'get',
    path: '/ledger/vkey',
    summary: 'The verifier key of the ledger (C2SP signed-note)',
    responses: { 200: { description: 'One line', content: noteContent }, default: refusalResponse },
  },
  {
    method: 'post',
    path: '/ledger/cosignatures',
    summary: 'A designated gateway cosigns a checkpoint of this ledger (C2SP tlog-cosignature)',
    description: `A note: the checkpoint and the cosignature, which proves the caller. At most ${BODY_LIMIT_BY_ROUTE.note.bytes} bytes.`,
    request: { body: { required: true, content: noteContent } },
    responses: { 204: { description: 'Added' }, default: refusalResponse },
  },
  {
    method: 'post',
    path: '/ledger/alarms',
    summary: 'A designated gateway tells what is wrong with this ledger',
    description: `A note, signed by the key of the caller’s own ledger. At most ${BODY_LIMIT_BY_ROUTE.note.bytes} bytes.`,
    request: { body: { required: true, content: noteContent } },
    responses: { 204: { description: 'Kept' }, default: refusalResponse },
  },
];
