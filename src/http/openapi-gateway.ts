/** The operations of other gateways: relaying, telling back, and witnessing the ledger. */
import { z } from '@hono/zod-openapi';
import { digest } from '../domain/message/consignment.ts';
import { hexId } from '../domain/message/message.ts';
import { DOORS } from '../domain/message/receiving.ts';
import { CAPABILITIES_PATH } from '../flow/directory/peer-reads.ts';
import { ASKED_AT_ONCE } from '../flow/statements/missing.ts';
import { GATEWAY_HEADER } from '../seal/gateway-statement.ts';
import { json, jws, notes, type Operation, refusal, webhookHeaders } from './openapi-parts.ts';

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
const askedStatements = z.object({ digests: z.array(digest).min(1).max(ASKED_AT_ONCE) });
const relayTold = z.object({ result: z.enum(['kept', 'repeat']) });

/** What other gateways call. */
export const GATEWAY_OPERATIONS: readonly Operation[] = [
  {
    method: 'post',
    path: '/v1/relay',
    summary: 'Another gateway relays a message for focal points homed here',
    description: `Proven by the calling gateway's own Ed25519 key (Standard Webhooks v1a). At most ${DOORS.relay.bytes} bytes.`,
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
    method: 'post',
    path: '/v1/relay/statements',
    summary: 'Another gateway asks for statements that evidence rests on, by their digests',
    request: { headers: gatewayHeaders, body: { required: true, content: json(askedStatements) } },
    responses: {
      200: {
        description: 'Those of focal points homed here, and agreements, that are kept',
        content: json(z.object({ statements: z.array(jws) })),
      },
      default: { ...refusal, description: 'Refused; signed (RelayRejection) where the gateway was proven' },
    },
  },
  {
    method: 'get',
    path: CAPABILITIES_PATH,
    summary: 'What this gateway reads: versions, message types, events and members of evidence; signed',
    responses: { 200: { description: 'A JWS by the evidence key', content: json(jws) }, default: refusal },
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
    description: `A note: the checkpoint and the cosignature, which proves the caller. At most ${DOORS.note.bytes} bytes.`,
    request: { body: { required: true, content: notes } },
    responses: { 204: { description: 'Added' }, default: refusal },
  },
  {
    method: 'post',
    path: '/ledger/alarms',
    summary: 'A designated gateway tells what is wrong with this ledger',
    description: `A note, signed by the key of the caller’s own ledger. At most ${DOORS.note.bytes} bytes.`,
    request: { body: { required: true, content: notes } },
    responses: { 204: { description: 'Kept' }, default: refusal },
  },
];
