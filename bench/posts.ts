/**
 * The messages that the bench sends. They are made before the clock starts, because signing and sealing by the sender
 * are the sender's work.
 */
import { CONSIGNMENT_TYPE, type Consignment } from '../src/domain/message/consignment.ts';
import { type Message, typeUriOf } from '../src/domain/message/message.ts';
import type { Designation } from '../src/domain/party/designation.ts';
import { chance } from '../src/entry/chance.ts';
import { digestOfSealed, sealMessage, signMessage } from '../src/seal/sealed-message.ts';
import { signStatement } from '../src/seal/statement.ts';
import { readWebhookSigner, signWebhook } from '../src/seal/webhook-signature.ts';
import type { SignedPost } from './load.ts';
import type { BenchFocalPoints } from './setting.ts';

/** A text of one KiB. */
const TEXT = 'An invented message of the bench. '.repeat(31).slice(0, 1_024);
const COUNTED = { urgency: 'routine', handling: 'H1' } as const;
const WEEK = 7 * 86_400;

const many = <T>(count: number, make: () => Promise<T>): Promise<T[]> =>
  Promise.all(Array.from({ length: count }, make));

/** Signed plain posts of the shelter to the embassy. The baseline gets the same posts under its own path. */
export async function makePlainPosts(
  { shelter, embassy }: BenchFocalPoints,
  count: number,
  path?: string,
): Promise<SignedPost[]> {
  const sign = await createPostSigner(shelter, { to: [embassy.slug], body: { text: TEXT } });
  return many(count, async () => {
    const post = await sign();
    return { ...post, path: path ?? post.path };
  });
}

/** Sealed and signed consignments of the police to the partner. */
export const makeSealedPosts = (
  { gateway, police, partner }: BenchFocalPoints,
  count: number,
): Promise<SignedPost[]> =>
  many(count, () => makeConsignment({ gateway, police }, partner, { body: { text: TEXT }, attachments: [] }));

/**
 * A signer of one post of a partner, each time under another id.
 * @param members of the post, beside what all posts of the bench have
 */
export async function createPostSigner(
  { slug, secret }: BenchFocalPoints['shelter'],
  members: {
    readonly to: readonly string[];
    readonly body: object;
    readonly attachments?: readonly object[];
  },
): Promise<() => Promise<SignedPost>> {
  const signer = await readWebhookSigner(secret);
  const body = JSON.stringify({ type: 'text', ...COUNTED, lang: 'en', ...members });
  return async () => {
    const timestamp = Math.floor(Date.now() / 1_000);
    const signed = await signWebhook([signer], { id: chance.newId(), timestamp, body });
    const headers = { 'content-type': 'application/json', ...signed };
    return { path: `/v1/focal-points/${slug}/messages`, headers, body };
  };
}

/** A sealed and signed consignment of the police to one recipient. */
export async function makeConsignment(
  { gateway, police }: Pick<BenchFocalPoints, 'gateway' | 'police'>,
  { focal_point: to, keys }: Designation,
  content: Pick<Message, 'body' | 'attachments'>,
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
  const message: Message = {
    ...carried,
    ...COUNTED,
    type: typeUriOf('text'),
    to: [to],
    thid,
    lang: 'en',
    ...content,
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
