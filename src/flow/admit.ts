/** Admission: what must hold of every message, whichever way it came in, before anything of it is kept. */
import { clockFor } from '../domain/agreement.ts';
import { deadlines } from '../domain/deadline.ts';
import { Refusal } from '../domain/error.ts';
import { LIMITS, type MessageName } from '../domain/message.ts';
import { type Designation, inForce } from '../domain/party.ts';
import { PROTOCOL } from '../domain/protocol.ts';
import { nextEndpoints, type Route, route } from '../domain/routing.ts';
import type { Handling, Urgency } from '../domain/vocabulary.ts';
import type { Gateway } from '../gateway.ts';
import type { EvidenceRow, MessageRow, NewMessage, RecipientRow } from '../store/store.ts';
import { type Directory, find } from './directory.ts';
import { queued } from './tell.ts';

/** What admission judges. */
export interface Intent {
  readonly sender: Designation;
  /** DIDs or slugs. */
  readonly to: readonly string[];
  readonly name: MessageName;
  readonly urgency: Urgency;
  readonly handling: Handling;
  /** Absent for the first message of a thread that the gateway is to name. */
  readonly thread?: string;
  /** The sender names its own threads: an unknown one is new. */
  readonly namesThreads?: boolean;
  /**
   * When another gateway took it: by the agreement of that hour both sides count, and that gateway has judged the
   * thread, of which this one may have seen nothing.
   */
  readonly submittedAt?: Date;
}

/**
 * Finds the way to every recipient, or refuses the whole: a message is carried to all it names or to nobody.
 * @throws Refusal `designation-ended`, `unknown-recipient`, `misaddressed`, `not-covered`, `no-endpoint`,
 *   `unknown-thread`, `nothing-to-answer`
 */
export async function admit(
  gateway: Gateway,
  directory: Directory,
  intent: Intent,
  at: Date,
): Promise<readonly Route[]> {
  const { sender } = intent;
  if (!inForce(sender, at))
    throw new Refusal('designation-ended', `the designation of ${sender.slug} is not in force`);
  const recipients = intent.to.map((party) => {
    const found = find(directory, party);
    if (found === undefined)
      throw new Refusal('unknown-recipient', 'a recipient is not a designated focal point');
    return found;
  });
  if (new Set(recipients.map((one) => one.focal_point)).size !== recipients.length) {
    throw new Refusal('misaddressed', 'a recipient is named twice');
  }
  if (recipients.some((one) => one.focal_point === sender.focal_point)) {
    throw new Refusal('misaddressed', 'a focal point cannot write to itself');
  }
  const routes = recipients.map((recipient) =>
    route(
      { name: intent.name, handling: intent.handling, agreedAt: intent.submittedAt },
      { sender, recipient },
      directory,
      at,
    ),
  );
  if (intent.submittedAt === undefined) await checkThread(gateway, intent);
  return routes;
}

/** Only parties to a thread write in it, and what answers must have something to answer. */
async function checkThread(gateway: Gateway, intent: Intent): Promise<void> {
  if (intent.thread === undefined) {
    if (!PROTOCOL[intent.name].opens)
      throw new Refusal('nothing-to-answer', `${intent.name} needs the thid of the thread it answers in`);
    return;
  }
  const parties = await gateway.store.threadParties(intent.thread);
  if (parties.length === 0 && intent.namesThreads === true && PROTOCOL[intent.name].opens) return;
  if (!parties.includes(intent.sender.focal_point)) {
    throw new Refusal('unknown-thread', 'the thread is not known, or the sender has no part in it');
  }
}

/**
 * A consignment goes to another gateway whole, because its signature covers all of it.
 * @throws Refusal `too-large`
 */
export function checkRelayable(routes: readonly Route[], consignment: string): void {
  const isRelayed = routes.some((one) => one.endpoints.some((endpoint) => endpoint.channel === 'relay'));
  if (isRelayed && consignment.length > LIMITS.consignment)
    throw new Refusal('too-large', 'sealed to so many recipients it is too large for another gateway');
}

/** An admitted message with all that is to be kept of it but the receipt. */
export interface Admitted {
  readonly row: MessageRow;
  readonly consignment: string;
  readonly routes: readonly Route[];
  /** In the order of the routes. */
  readonly sealed: readonly { readonly text: string; readonly digest: string }[];
  readonly asked: { readonly acknowledge_by?: number | undefined; readonly answer_by?: number | undefined };
}

/** Puts together what door one keeps: recipients with their clocks, first deliveries, and the receipt. */
export function entry(gateway: Gateway, admitted: Admitted, receipt: EvidenceRow): NewMessage {
  const { row, routes } = admitted;
  // Not when it was accepted: that may be another gateway's time.
  const now = gateway.now();
  const recipients = routes.map((one, position): RecipientRow & { sealed: string } => {
    const part = admitted.sealed[position];
    if (part === undefined) throw new Error('a recipient has no sealed message');
    const clock = clockFor(one.agreement, row.urgency);
    return {
      message: row.id,
      to: one.recipient.focal_point,
      position,
      digest: part.digest,
      sealed: part.text,
      agreement: { id: one.agreement.id, version: one.agreement.version },
      ...deadlines(clock, row.acceptedAt, admitted.asked),
    };
  });
  const deliveries = routes.flatMap((one) =>
    nextEndpoints(one.endpoints, new Set()).map((endpoint) =>
      queued(
        gateway,
        { kind: 'message', message: row.id, to: one.recipient.focal_point, expiresAt: row.expiresAt },
        endpoint,
        now,
      ),
    ),
  );
  return { message: row, consignment: admitted.consignment, recipients, deliveries, receipt };
}
