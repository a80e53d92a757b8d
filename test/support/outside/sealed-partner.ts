/**
 * A partner that holds its own keys: it seals what it sends and opens what it receives; the gateway cannot read
 * either.
 */

import { type Evidence, uriOfEvent } from '../../../src/domain/evidence/evidence.ts';
import { CONSIGNMENT_TYPE, type Consignment } from '../../../src/domain/message/consignment.ts';
import { type Message, type MessageName, typeUriOf } from '../../../src/domain/message/message.ts';
import { attachmentsOf } from '../../../src/domain/message/submission.ts';
import { present } from '../../../src/domain/words/present.ts';
import type { OpeningKey, SigningKey } from '../../../src/seal/keys.ts';
import { digestOfSealed, type Jws, sealMessage, signMessage } from '../../../src/seal/sealed-message.ts';
import { signStatement } from '../../../src/seal/statement.ts';
import { callUntilAnswered, readAccepted } from './calling.ts';
import type { KeyBook } from './key-book.ts';
import {
  fetchStatus,
  type PartnerEnrolment,
  type PartnerPost,
  type PartnerSystem,
  type ReadReceipt,
  type ReceivedMessage,
  readReceipt,
} from './partner.ts';

/** Keys that never leave the partner. */
export interface PartnerKeys {
  readonly signing: SigningKey;
  readonly opening: OpeningKey;
}

export interface SealedOptions {
  readonly keys: PartnerKeys;
  readonly book: KeyBook;
  readonly now: () => Date;
  readonly newId: () => string;
  readonly newThread: () => string;
}

const WEEK = 7 * 86_400;

const gatewayOf = (own: string): string => own.slice(0, own.indexOf(':fp:'));

/** `key` is the message id here: a consignment is its own idempotency key. */
export function createSealedPartner(enrolment: PartnerEnrolment, options: SealedOptions): PartnerSystem {
  const sealed = new Map<string, Promise<string>>();
  const didOf = directory(enrolment.gateway);
  return {
    slug: enrolment.slug,
    did: enrolment.did,
    post: async (post, key) => {
      // Sealed once: a repeat must have the same bytes.
      const body =
        sealed.get(key) ??
        didOf(post.to)
          .then((to) => consignment(enrolment, options, { ...post, to }, key))
          .then((jws) => JSON.stringify(jws));
      sealed.set(key, body);
      return consign(enrolment, await body);
    },
    acknowledge: (taken) => acknowledge(enrolment, options, taken),
    status: (id) => fetchStatus(enrolment, id),
  };
}

/** DIDs by slug, as the gateway's directory has them: focal points of both countries. Read once. */
function directory(gateway: string): (slugs: readonly string[]) => Promise<readonly string[]> {
  let dids: Promise<ReadonlyMap<string, string>> | undefined;
  return async (slugs) => {
    dids ??= readDirectory(gateway);
    const known = await dids;
    return slugs.map((slug) => known.get(slug) ?? slug);
  };
}

async function readDirectory(gateway: string): Promise<ReadonlyMap<string, string>> {
  const answer = await callUntilAnswered(async () => ({ url: `${gateway}/v1/directory`, init: {} }));
  const { focal_points: focalPoints } = readAccepted<{
    focal_points: readonly { slug: string; did: string }[];
  }>('the directory', answer);
  return new Map(focalPoints.map((one) => [one.slug, one.did]));
}

/** Posts a signed consignment, which is authenticated only by its own signature. */
async function consign({ gateway }: PartnerEnrolment, body: string): Promise<ReadReceipt> {
  const headers = { 'content-type': 'application/didcomm-signed+json' };
  const answer = await callUntilAnswered(async () => ({
    url: `${gateway}/v1/consignments`,
    init: { method: 'POST', headers, body },
  }));
  return readReceipt(answer);
}

/**
 * Signs the message, seals it to each recipient's published keys, and signs the consignment that contains the sealed
 * messages; `to` are DIDs.
 */
async function consignment(
  own: PartnerEnrolment,
  options: SealedOptions,
  post: PartnerPost,
  id: string,
): Promise<Jws> {
  const message = compose(own, options, post, id);
  const jws = await signMessage(message, options.keys.signing);
  const parts = await Promise.all(
    message.to.map(async (to, n) => {
      const sealed = await sealMessage(jws, await options.book.agreement(to), 'A256CBC-HS512');
      return { to, sealed, digest: digestOfSealed(sealed), attachment: `s${n + 1}` };
    }),
  );
  const { typ, from, created_time, expires_time, thid, about, urgency, handling } = message;
  const claims: Consignment = {
    id,
    typ,
    type: CONSIGNMENT_TYPE,
    from,
    to: [gatewayOf(own.did)],
    created_time,
    expires_time,
    body: {
      message_type: post.type as MessageName,
      urgency,
      handling,
      thid,
      ...present({ about }),
      recipients: parts.map(({ to, digest, attachment }) => ({ to, digest, attachment })),
    },
    attachments: parts.map(({ attachment, sealed }) => ({
      id: attachment,
      media_type: 'application/didcomm-encrypted+json',
      data: { json: sealed },
    })),
  };
  return signStatement('consignment', claims, [options.keys.signing]);
}

function compose(own: PartnerEnrolment, options: SealedOptions, post: PartnerPost, id: string): Message {
  const { urgency, handling, lang, body, about } = post;
  const now = Math.floor(options.now().getTime() / 1_000);
  return {
    id,
    typ: 'application/didcomm-plain+json',
    type: typeUriOf(post.type as MessageName),
    from: own.did,
    to: [...post.to],
    thid: post.thid ?? options.newThread(),
    ...present({ about }),
    created_time: now,
    expires_time: now + WEEK,
    lang,
    please_ack: [''],
    urgency,
    handling,
    body,
    attachments: attachmentsOf({ ...post, to: [...post.to] }),
  };
}

/** The officer's acknowledgement as evidence that the partner signs itself. */
async function acknowledge(
  own: PartnerEnrolment,
  options: SealedOptions,
  taken: ReceivedMessage,
): Promise<string> {
  const { message, digest } = taken;
  const claims: Evidence = {
    kind: 'evidence',
    id: options.newId(),
    event: 'ConsignmentAcceptance',
    event_uri: uriOfEvent('ConsignmentAcceptance'),
    consignment: message.id,
    thid: message.thid,
    sender: message.from,
    recipient: own.did,
    at: options.now().toISOString(),
    by: own.did,
    officer: own.officer,
    custody: 'own',
    ...present({ digest }),
  };
  const body = JSON.stringify(await signStatement('evidence', claims, [options.keys.signing]));
  const headers = { 'content-type': 'application/jose+json' };
  const url = `${own.gateway}/v1/focal-points/${own.slug}/acknowledgements`;
  const answer = await callUntilAnswered(async () => ({ url, init: { method: 'POST', headers, body } }));
  return readAccepted<{ result: string }>('an acknowledgement', answer).result;
}
