/**
 * Counts one thread: the messages between the parties of an agreement. Messages within one country are left
 * out, because the other gateway never learns of them. So both gateways count the same consignments and
 * evidence.
 */
import type { EvidenceEvent } from '../../domain/evidence/evidence.ts';
import type { FigureThread } from '../../domain/figures/figures.ts';
import { turnOfThread } from '../../domain/turn/turn.ts';
import type { ThreadMessage } from '../../store/contracts/threads.ts';
import type { ProvenRead } from '../evidence/proven-messages.ts';
import {
  evidenceOfParts,
  type MessageParts,
  type TurnContext as Reading,
  turnInputOf,
} from '../thread/turn-input.ts';

/** What a report counts. Anything dated after `asOf` is left out. */
export interface ReportScope extends Reading {
  /** Id of the agreement. Each message counts under the version by which it was accepted. */
  readonly agreement: string;
  readonly parties: readonly string[];
  /** Messages accepted from this instant on, and before `to`, are counted. */
  readonly from: Date;
  readonly to: Date;
}

/** Events of a failed delivery: by channels to people and systems, and by relay to another gateway. */
const FAILURES: readonly EvidenceEvent[] = [
  'ContentConsignmentFailure',
  'ConsignmentNotificationFailure',
  'RelayToNonERDSFailure',
  'RelayFailure',
  'RelayRejection',
];

const isBetween = (parties: readonly string[], one: string, other: string): boolean =>
  parties.includes(one) && parties.includes(other) && (parties.length === 1 || one !== other);

/** A message with those of its recipients that are in the agreement's other country. */
function crossingOf(
  { countries, parties }: ReportScope,
  view: ProvenRead<ThreadMessage>,
): readonly MessageParts[] {
  const side = countries.get(view.message.sender) ?? '';
  const to = view.recipients.filter((one) => isBetween(parties, side, countries.get(one.to) ?? ''));
  return to.length === 0 ? [] : [{ view, to }];
}

/** A thread's counted messages, before anything of their content is read. */
interface CountedThread {
  readonly thread: FigureThread;
  /** The views of `thread.messages`, in the same order. */
  readonly views: readonly ThreadMessage[];
}

/** Counts a thread from everything that is kept of it. */
export function countThread(
  counting: ReportScope,
  views: readonly ProvenRead<ThreadMessage>[],
): CountedThread {
  const { agreement, from, to: end, asOf, countries } = counting;
  const crossings = views
    .filter((view) => view.message.acceptedAt <= asOf)
    .flatMap((view) => crossingOf(counting, view));
  const first = crossings[0]?.view.message;
  const counts = crossings
    .map((one) => ({ ...one, to: one.to.filter((recipient) => recipient.agreement.id === agreement) }))
    .filter(({ view: { message }, to }) => to.length > 0 && isWithin(message.acceptedAt, from, end));
  const isDrill = (type: string): boolean => first?.type === 'drill' || type === 'drill';
  const parts = new Set(counts.flatMap(({ to }) => to.map((one) => partOf(one.message, one.to))));
  const { steps } = turnOfThread(turnInputOf(counting, crossings)).waiting;
  return {
    views: counts.map((one) => one.view),
    thread: {
      messages: counts.map(({ view: { message } }) => ({
        id: message.id,
        type: message.type,
        side: countries.get(message.sender) ?? '',
        opens: message.id === first?.id,
        isDrill: isDrill(message.type),
      })),
      steps: steps.filter((one) => parts.has(partOf(one.message, one.recipient))),
      failures: counts.flatMap((one) =>
        evidenceOfParts(one)
          .filter((piece) => FAILURES.includes(piece.event) && Date.parse(piece.at) <= asOf.getTime())
          .map((piece) => ({
            id: piece.id,
            side: countries.get(piece.recipient ?? '') ?? '',
            channel: piece.channel ?? 'relay',
            isDrill: isDrill(one.view.message.type),
          })),
      ),
    },
  };
}

const partOf = (message: string, recipient: string): string => `${message} ${recipient}`;
const isWithin = (at: Date, from: Date, end: Date): boolean => at >= from && at < end;
