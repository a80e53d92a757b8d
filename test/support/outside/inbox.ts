/** A partner's inbox: every webhook is authenticated and kept once by its id, and its content is opened and verified. */
import { type Evidence, evidenceSchema } from '../../../src/domain/evidence/evidence.ts';
import type { OpeningKey } from '../../../src/seal/keys.ts';
import { digestOfSealed, openSealedMessage, verifyMessage } from '../../../src/seal/sealed-message.ts';
import { verifyStatement } from '../../../src/seal/statement.ts';
import { readWebhookVerifier, verifyWebhook } from '../../../src/seal/webhook-signature.ts';
import type { KeyBook } from './key-book.ts';
import type { PartnerEnrolment, ReceivedMessage } from './partner.ts';
import type { WebhookCall, WebhookReceiver } from './receiver.ts';

/** The content of one webhook. */
export type BroughtEvent =
  | { readonly kind: 'message'; readonly taken: ReceivedMessage }
  | { readonly kind: 'evidence'; readonly evidence: Evidence }
  /** Its sender recalled it. */
  | { readonly kind: 'recalled'; readonly message: string }
  | { readonly kind: 'reminder'; readonly reminders: readonly OwedReminder[] };

/** An owed act, with the members that are used here. */
export interface OwedReminder {
  /** Message id. */
  readonly id: string;
  readonly act: string;
  /** The step of the escalation. */
  readonly step: string;
}

export interface PartnerInbox {
  readonly messages: ReadonlyMap<string, ReceivedMessage>;
  readonly evidence: readonly Evidence[];
  /** Why calls were not accepted, in order; the gateway got 400. */
  readonly faults: readonly Error[];
  onBrought(listener: (brought: BroughtEvent) => void): void;
}

export interface InboxOptions {
  readonly enrolment: PartnerEnrolment;
  readonly book: KeyBook;
  readonly now: () => Date;
  /** Absent if the gateway opens messages for this partner. */
  readonly opening?: OpeningKey;
}

/** Takes what comes to a receiver. */
export function openInbox(receiver: WebhookReceiver, options: InboxOptions): PartnerInbox {
  const kept = { messages: new Map<string, ReceivedMessage>(), evidence: [] as Evidence[] };
  const faults: Error[] = [];
  const seen = new Map<string, string>();
  const listeners: ((brought: BroughtEvent) => void)[] = [];
  const take = async (call: WebhookCall): Promise<void> => {
    const id = await proven(options, call);
    const before = seen.get(id);
    if (before !== undefined && before !== call.body)
      throw new Error('a webhook-id came again with another body');
    if (before !== undefined) return;
    const brought = await read(options, JSON.parse(call.body) as Payload);
    // Of two calls with one id at once, the first that was read is used.
    if (seen.has(id)) return;
    seen.set(id, call.body);
    keep(kept, brought);
    for (const listener of listeners) listener(brought);
  };
  receiver.onCall((call) =>
    take(call).catch((fault: unknown) => {
      faults.push(fault instanceof Error ? fault : new Error('unknown'));
      throw fault;
    }),
  );
  return { ...kept, faults, onBrought: (listener) => void listeners.push(listener) };
}

interface Kept {
  readonly messages: Map<string, ReceivedMessage>;
  readonly evidence: Evidence[];
}

function keep({ messages, evidence }: Kept, brought: BroughtEvent): void {
  if (brought.kind === 'message') messages.set(brought.taken.message.id, brought.taken);
  if (brought.kind === 'evidence') evidence.push(brought.evidence);
  if (brought.kind === 'recalled') messages.delete(brought.message);
}

async function proven({ enrolment, now }: InboxOptions, { headers, body }: WebhookCall): Promise<string> {
  const verifier = await readWebhookVerifier(enrolment.outbound);
  const { id } = await verifyWebhook([verifier], new Headers(headers), body, now());
  return id;
}

interface Payload {
  readonly type: 'message.received' | 'evidence.issued' | 'message.recalled' | 'message.reminder';
  readonly data: Readonly<Record<string, unknown>>;
}

async function read(options: InboxOptions, { type, data }: Payload): Promise<BroughtEvent> {
  if (type === 'evidence.issued')
    return { kind: 'evidence', evidence: await readEvidence(options.book, data['evidence']) };
  if (type === 'message.recalled') return { kind: 'recalled', message: String(data['id']) };
  if (type === 'message.reminder')
    return { kind: 'reminder', reminders: data['reminders'] as readonly OwedReminder[] };
  const { enrolment, book, opening } = options;
  const expect = { recipient: enrolment.did, keysOf: book.signing };
  if (opening === undefined)
    return { kind: 'message', taken: { message: await verifyMessage(data['jws'], expect) } };
  const jws = await openSealedMessage(data['sealed'], [opening]);
  return {
    kind: 'message',
    taken: { message: await verifyMessage(jws, expect), digest: digestOfSealed(data['sealed']) },
  };
}

/** Evidence is accepted only with the signature of a key that the gateway publishes. */
async function readEvidence(book: KeyBook, jws: unknown): Promise<Evidence> {
  const { payload } = await verifyStatement(jws, 'evidence', async (kid) => {
    const keys = await book.signing(kid.slice(0, kid.indexOf('#')));
    return keys.find((key) => key.kid === kid);
  });
  return evidenceSchema.parse(payload);
}
