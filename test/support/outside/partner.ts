/**
 * A partner's own case system, as its developer would write it: it posts signed calls, keeps each call of the gateway
 * once, and lets its officers acknowledge. It uses only the gateway's public interfaces.
 */
import type { Message } from '../../../src/domain/message/message.ts';
import type { Submission } from '../../../src/domain/message/submission.ts';
import type { Officer } from '../../../src/domain/party/designation.ts';
import { readWebhookSigner, signWebhook } from '../../../src/seal/webhook-signature.ts';
import { callUntilAnswered, type ReadAnswer, readAccepted } from './calling.ts';

/** What a partner gets from the operator when it is enrolled. */
export interface PartnerEnrolment {
  readonly gateway: string;
  readonly slug: string;
  readonly did: string;
  /** Signs the partner's posts; absent for a partner that seals its messages itself. */
  readonly inbound?: string;
  /** Authenticates the gateway's posts. */
  readonly outbound: string;
  /** The access key, with which the partner reads the state of its messages. */
  readonly accessKey: string;
  readonly officer: Pick<Officer, 'id' | 'name' | 'role'>;
}

/** The gateway's receipt for a post; a repeat gets the same bytes. */
export interface ReadReceipt {
  readonly id: string;
  readonly thid: string;
  readonly evidence: Readonly<Record<string, unknown>>;
  /** The answer as received, to the byte. */
  readonly text: string;
}

/** A message before it has recipients and a thread. */
export type Line = Pick<Submission, 'type' | 'urgency' | 'handling' | 'lang' | 'body' | 'attachments'>;

export interface PartnerPost extends Line {
  readonly to: readonly string[];
  readonly thid?: string;
  /** The message that it answers, or is about. */
  readonly about?: string;
  /** The message of another sender that it passes on, and the permission for it. */
  readonly passes_on?: string;
  readonly grant?: string;
}

/** A received message: opened, and its sender's signature verified. */
export interface ReceivedMessage {
  readonly message: Message;
  /** The digest of the sealed message, if it came sealed. */
  readonly digest?: string;
}

export interface PartnerSystem {
  readonly slug: string;
  readonly did: string;
  /** Posts a message with an idempotency key of the partner; repeating both gives the same message. */
  post(message: PartnerPost, key: string): Promise<ReadReceipt>;
  /** Acknowledges as the partner's officer. The message must have arrived. */
  acknowledge(taken: ReceivedMessage): Promise<string>;
  /** The state of a message from or to this partner. */
  status(id: string): Promise<PartnerStatus>;
}

/** The part of `GET /v1/messages/{id}` that is used here. */
export interface PartnerStatus {
  readonly id: string;
  readonly type: string;
  readonly state: string;
  readonly recipients: readonly {
    readonly slug: string;
    readonly name: string;
    readonly state: string;
    readonly acknowledgement: {
      readonly decision: string;
      readonly at: string;
      readonly officer: { readonly name: string };
    } | null;
    readonly contradiction: boolean;
    readonly deliveries: readonly {
      readonly channel: string;
      readonly state: string;
      readonly tries: number;
    }[];
  }[];
  /** JWS in General JSON, in the order of issue. */
  readonly evidence: readonly Readonly<Record<string, unknown>>[];
}

export const JSON_TYPE = { 'content-type': 'application/json' } as const;
type SignedPost = (what: string, key: string, content: unknown) => Promise<ReadAnswer>;

/** Posts JSON with a Standard Webhooks signature; each attempt has its own time. */
const signedPost =
  (partner: PartnerEnrolment, now: () => Date): SignedPost =>
  async (what, key, content) => {
    const body = JSON.stringify(content);
    const signer = await readWebhookSigner(partner.inbound ?? '');
    return callUntilAnswered(async () => {
      const timestamp = Math.floor(now().getTime() / 1_000);
      const signed = await signWebhook([signer], { id: key, timestamp, body });
      const url = `${partner.gateway}/v1/focal-points/${partner.slug}/${what}`;
      return { url, init: { method: 'POST', headers: { ...JSON_TYPE, ...signed }, body } };
    });
  };

export const readReceipt = (answer: ReadAnswer): ReadReceipt => ({
  ...readAccepted<ReadReceipt>('a post', answer),
  text: answer.text,
});

/** Reads the state of a message with the access key. */
export async function fetchStatus(
  partner: Pick<PartnerEnrolment, 'gateway' | 'accessKey'>,
  id: string,
): Promise<PartnerStatus> {
  const headers = { authorization: `Bearer ${partner.accessKey}` };
  const answer = await callUntilAnswered(async () => ({
    url: `${partner.gateway}/v1/messages/${id}`,
    init: { headers },
  }));
  return readAccepted<PartnerStatus>('reading a status', answer);
}

/** A partner whose keys the gateway holds: it posts plain JSON over TLS, and the gateway seals at once. */
export function createAssistedPartner(enrolment: PartnerEnrolment, now: () => Date): PartnerSystem {
  const send = signedPost(enrolment, now);
  return {
    slug: enrolment.slug,
    did: enrolment.did,
    post: async (message, key) => readReceipt(await send('messages', key, message)),
    acknowledge: async ({ message }) => {
      const word = { message: message.id, decision: 'accepted', officer: enrolment.officer.id };
      const answer = await send('acknowledgements', `ack-${message.id}`, word);
      return readAccepted<{ result: string }>('an acknowledgement', answer).result;
    },
    status: (id) => fetchStatus(enrolment, id),
  };
}
