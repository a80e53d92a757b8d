/** Large messages for the bench, with one attachment of a given size that cannot be compressed. */
import { randomBytes } from 'node:crypto';
import { CONSIGNMENT_TYPE, type Consignment } from '../src/domain/message/consignment.ts';
import { type Message, typeUriOf } from '../src/domain/message/message.ts';
import type { Designation } from '../src/domain/party/designation.ts';
import { chance } from '../src/entry/chance.ts';
import { digestOfSealed, sealMessage, signMessage } from '../src/seal/sealed-message.ts';
import { signStatement } from '../src/seal/statement.ts';
import { readWebhookSigner, signWebhook } from '../src/seal/webhook-signature.ts';
import type { LargeFocalPoints } from './large-setting.ts';
import type { SignedPost } from './load.ts';

const COUNTED = { urgency: 'routine', handling: 'H1' } as const;
const TEXT = { text: 'An invented message of the bench.' } as const;
const FILE = { filename: 'scan.pdf', media_type: 'application/pdf' } as const;
const WEEK = 7 * 86_400;

/** A signed post of the shelter. */
export async function makeLargePost(
  { shelter }: LargeFocalPoints,
  to: Designation,
  bytes: number,
): Promise<SignedPost> {
  const attachments = [{ ...FILE, base64: randomBytes(bytes).toString('base64') }];
  const body = JSON.stringify({
    ...COUNTED,
    to: [to.focal_point],
    type: 'text',
    lang: 'en',
    body: TEXT,
    attachments,
  });
  const timestamp = Math.floor(Date.now() / 1_000);
  const signed = await signWebhook([await readWebhookSigner(shelter.secret)], {
    id: chance.newId(),
    timestamp,
    body,
  });
  const headers = { 'content-type': 'application/json', ...signed };
  return { path: `/v1/focal-points/${shelter.slug}/messages`, headers, body };
}

/** A sealed and signed consignment of the police. */
export async function makeLargeConsignment(
  { police, gateway }: LargeFocalPoints,
  { focal_point: to, keys }: Designation,
  bytes: number,
): Promise<SignedPost> {
  const now = Math.floor(Date.now() / 1_000);
  const carried = {
    id: chance.newId(),
    typ: 'application/didcomm-plain+json',
    from: police.designation.focal_point,
    created_time: now,
    expires_time: now + WEEK,
  } as const;
  const thid = chance.newThread();
  const data = { base64: randomBytes(bytes).toString('base64url') };
  const message: Message = {
    ...carried,
    ...COUNTED,
    type: typeUriOf('text'),
    to: [to],
    thid,
    lang: 'en',
    body: TEXT,
    attachments: [{ id: 'a1', ...FILE, byte_count: bytes, data }],
  };
  const json = await sealMessage(await signMessage(message, police.key), keys.agreement, 'A256CBC-HS512');
  const recipients = [{ to, digest: digestOfSealed(json), attachment: 's1' }];
  const claims: Consignment = {
    ...carried,
    type: CONSIGNMENT_TYPE,
    to: [gateway],
    body: { ...COUNTED, message_type: 'text', thid, recipients },
    attachments: [{ id: 's1', media_type: 'application/didcomm-encrypted+json', data: { json } }],
  };
  const headers = { 'content-type': 'application/didcomm-signed+json' };
  const body = JSON.stringify(await signStatement('consignment', claims, [police.key]));
  return { path: '/v1/consignments', headers, body };
}
