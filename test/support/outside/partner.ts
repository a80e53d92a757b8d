/**
 * A partner's own case system, as its developer would write it: posts signed calls, keeps what the gateway sends it
 * each once, and lets its officers acknowledge. It knows the gateway by its public doors only.
 */
import type { Message } from '../../../src/domain/message/message.ts';
import type { Submission } from '../../../src/domain/message/submission.ts';
import type { Officer } from '../../../src/domain/party/designation.ts';
import { readWebhookSigner, signWebhook } from '../../../src/seal/webhook-signature.ts';
import { callUntilAnswered, type ReadAnswer, readAccepted } from './calling.ts';

/** What a partner is told when it is enrolled. */
export interface PartnerEnrolment {
  readonly gateway: string;
  readonly slug: string;
  readonly did: string;
  /** Signs what we post; absent for a partner that seals for itself. */
  readonly inbound?: string;
  /** Proves what the gateway posts to us. */
  readonly outbound: string;
  /** Bearer key, to read what became of our messages. */
  readonly accessKey: string;
  readonly officer: Pick<Officer, 'id' | 'name' | 'role'>;
}

/** The gateway's receipt for a post: the same bytes for a repeat. */
export interface ReadReceipt {
  readonly id: string;
  readonly thid: string;
  readonly evidence: Readonly<Record<string, unknown>>;
  /** The answer as it came, to the byte. */
  readonly text: string;
}

/** A message before it has recipients and a thread. */
export type Line = Pick<Submission, 'type' | 'urgency' | 'handling' | 'lang' | 'body' | 'attachments'>;

export interface PartnerPost extends Line {
  readonly to: readonly string[];
  readonly thid?: string;
  /** The message it answers, or is otherwise about. */
  readonly about?: string;
  /** The message of another that is passed on with it, and the permission to do so. */
  readonly passes_on?: string;
  readonly grant?: string;
}

/** A message that came in: opened and its sender's signature verified. */
export interface ReceivedMessage {
  readonly message: Message;
  /** Digest of the sealed message, where it came sealed. */
  readonly digest?: string;
}

export interface PartnerSystem {
  readonly slug: string;
  readonly did: string;
  /** Posts a message under an idempotency key of our own; a repeat of both is the same message. */
  post(message: PartnerPost, key: string): Promise<ReadReceipt>;
  /** Acknowledges as our officer. The message must have come in. */
  acknowledge(taken: ReceivedMessage): Promise<string>;
  /** What became of a message of ours or to us. */
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

/** Posts JSON signed as Standard Webhooks has it; each try carries the time of the try. */
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

/** Reads the status of a message with the bearer key. */
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
