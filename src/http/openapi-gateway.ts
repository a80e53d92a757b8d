/** The operations that other gateways call: relaying messages, sending evidence back, and witnessing the ledger. */
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
const relayWithdrawal = z.object({
  withdrawal: jwsSchema.describe('The withdrawal as its authority signed it'),
});
const withdrawn = z.object({ result: z.enum(['kept', 'repeat']), evidence: jwsSchema });
const askedStatements = z.object({ digests: z.array(digest).min(1).max(ASKED_AT_ONCE) });
const relayTold = z.object({ result: z.enum(['kept', 'repeat']) });

/** The operations that other gateways call. */
export const GATEWAY_OPERATIONS: readonly Operation[] = [
  {
    method: 'post',
    path: '/v1/relay',
    summary: 'Relay a message to focal points of this gateway',
    description: `Signed with the calling gateway's Ed25519 key (Standard Webhooks v1a). At most ${BODY_LIMIT_BY_ROUTE.relay.bytes} bytes.`,
    request: { headers: gatewayHeaders, body: { required: true, content: jsonContentOf(relay) } },
    responses: {
      202: { description: 'Accepted: a signed RelayAcceptance', content: jsonContentOf(relayed) },
      200: { description: 'A repeat: the same bytes as the first time', content: jsonContentOf(relayed) },
      default: {
        ...refusalResponse,
        description: 'Refused; with a signed RelayRejection if the gateway was authenticated',
      },
    },
  },
  {
    method: 'post',
    path: '/v1/relay/evidence',
    summary: 'Send evidence about a relayed message back to the gateway that relayed it',
    request: { headers: gatewayHeaders, body: { required: true, content: jsonContentOf(relayEvidence) } },
    responses: {
      200: { description: 'Kept, now or before', content: jsonContentOf(relayTold) },
      default: {
        ...refusalResponse,
        description: 'Refused; with a signed RelayRejection if the gateway was authenticated',
      },
    },
  },
  {
    method: 'post',
    path: '/v1/relay/withdrawals',
    summary: 'Pass on the withdrawal of a designation',
    request: { headers: gatewayHeaders, body: { required: true, content: jsonContentOf(relayWithdrawal) } },
    responses: {
      201: {
        description: 'Kept; the withdrawal is in force at once. Returns a signed DesignationWithdrawn',
        content: jsonContentOf(withdrawn),
      },
      200: {
        description: 'Already kept: the same evidence as the first time',
        content: jsonContentOf(withdrawn),
      },
      default: {
        ...refusalResponse,
        description: 'Refused; with a signed RelayRejection if the gateway was authenticated',
      },
    },
  },
  {
    method: 'post',
    path: '/v1/relay/statements',
    summary: 'Request statements on which evidence depends, by their digests',
    request: { headers: gatewayHeaders, body: { required: true, content: jsonContentOf(askedStatements) } },
    responses: {
      200: {
        description:
          'The kept statements with these digests: designations of focal points of this gateway, and agreements',
        content: jsonContentOf(z.object({ statements: z.array(jwsSchema) })),
      },
      default: {
        ...refusalResponse,
        description: 'Refused; with a signed RelayRejection if the gateway was authenticated',
      },
    },
  },
  {
    method: 'get',
    path: CAPABILITIES_PATH,
    summary:
      'Get what this gateway can read: versions, message types, events and members of evidence; signed',
    responses: {
      200: { description: 'A JWS, signed with the evidence key', content: jsonContentOf(jwsSchema) },
      default: refusalResponse,
    },
  },
  {
    method: 'get',
    path: '/ledger/checkpoint',
    summary: 'Get the current checkpoint of the ledger, signed and cosigned (C2SP tlog-checkpoint)',
    description: 'Tiles and entry bundles are at /ledger/tile/ as C2SP tlog-tiles describes.',
    responses: { 200: { description: 'Signed note', content: noteContent }, default: refusalResponse },
  },
  {
    method: 'get',
    path: '/ledger/vkey',
    summary: 'Get the verifier key of the ledger (C2SP signed-note)',
    responses: { 200: { description: 'One line', content: noteContent }, default: refusalResponse },
  },
  {
    method: 'post',
    path: '/ledger/cosignatures',
    summary: 'Cosign a checkpoint of this ledger, as a designated gateway (C2SP tlog-cosignature)',
    description: `A note with the checkpoint and the cosignature, which authenticates the caller. At most ${BODY_LIMIT_BY_ROUTE.note.bytes} bytes.`,
    request: { body: { required: true, content: noteContent } },
    responses: { 204: { description: 'Added' }, default: refusalResponse },
  },
  {
    method: 'post',
    path: '/ledger/alarms',
    summary: 'Report an alarm about this ledger, as a designated gateway',
    description: `A note, signed with the key of the caller’s own ledger. At most ${BODY_LIMIT_BY_ROUTE.note.bytes} bytes.`,
    request: { body: { required: true, content: noteContent } },
    responses: { 204: { description: 'Kept' }, default: refusalResponse },
  },
];
