/** A partner's inbox: every webhook is proven, kept once by its id, and what it holds is opened and verified. */
import { type Evidence, evidence as evidenceSchema } from '../../domain/evidence.ts';
import type { OpeningKey } from '../../seal/keys.ts';
import { openSealed, readMessage, sealedDigest } from '../../seal/sealed-message.ts';
import { readStatement } from '../../seal/statement.ts';
import { parseVerifier, verifyWebhook } from '../../seal/webhook-signature.ts';
import type { KeyBook } from './key-book.ts';
import type { Enrolment, Taken } from './partner.ts';
import type { ReceivedCall, Receiver } from './receiver.ts';

/** What one webhook brought. */
export type Brought =
  | { readonly kind: 'message'; readonly taken: Taken }
  | { readonly kind: 'evidence'; readonly evidence: Evidence };

export interface Inbox {
  readonly messages: ReadonlyMap<string, Taken>;
  readonly evidence: readonly Evidence[];
  /** Why calls could not be taken, in order; the gateway was told 400. */
  readonly faults: readonly Error[];
  onBrought(listener: (brought: Brought) => void): void;
}

export interface InboxOptions {
  readonly enrolment: Enrolment;
  readonly book: KeyBook;
  /** Absent where the gateway opens for us. */
  readonly opening?: OpeningKey;
}

/** Takes what comes to a receiver. */
export function openInbox(receiver: Receiver, options: InboxOptions): Inbox {
  const messages = new Map<string, Taken>();
  const evidence: Evidence[] = [];
  const faults: Error[] = [];
  const seen = new Map<string, string>();
  const listeners: ((brought: Brought) => void)[] = [];
  receiver.onCall(async (call) => {
    try {
      const id = await proven(options.enrolment.outbound, call);
      const before = seen.get(id);
      if (before !== undefined && before !== call.body)
        throw new Error('a webhook-id came again with another body');
      if (before !== undefined) return;
      const brought = await read(options, JSON.parse(call.body) as Payload);
      // Two calls of one id at once: the first that was read counts.
      if (seen.has(id)) return;
      seen.set(id, call.body);
      if (brought.kind === 'message') messages.set(brought.taken.message.id, brought.taken);
      else evidence.push(brought.evidence);
      for (const listener of listeners) listener(brought);
    } catch (fault) {
      faults.push(fault instanceof Error ? fault : new Error('unknown'));
      throw fault;
    }
  });
  return { messages, evidence, faults, onBrought: (listener) => void listeners.push(listener) };
}

async function proven(secret: string, { headers, body }: ReceivedCall): Promise<string> {
  const { id } = await verifyWebhook([await parseVerifier(secret)], new Headers(headers), body, new Date());
  return id;
}

interface Payload {
  readonly type: 'message.received' | 'evidence.issued';
  readonly data: Readonly<Record<string, unknown>>;
}

async function read(options: InboxOptions, { type, data }: Payload): Promise<Brought> {
  if (type === 'evidence.issued')
    return { kind: 'evidence', evidence: await readEvidence(options.book, data['evidence']) };
  const { enrolment, book, opening } = options;
  const expect = { recipient: enrolment.did, keysOf: book.signing };
  if (opening === undefined)
    return { kind: 'message', taken: { message: await readMessage(data['jws'], expect) } };
  const jws = await openSealed(data['sealed'], [opening]);
  return {
    kind: 'message',
    taken: { message: await readMessage(jws, expect), digest: sealedDigest(data['sealed']) },
  };
}

/** Evidence counts only under the signature of a key that the gateway publishes. */
async function readEvidence(book: KeyBook, jws: unknown): Promise<Evidence> {
  const { payload } = await readStatement(jws, 'evidence', async (kid) => {
    const keys = await book.signing(kid.slice(0, kid.indexOf('#')));
    return keys.find((key) => key.kid === kid);
  });
  return evidenceSchema.parse(payload);
}
