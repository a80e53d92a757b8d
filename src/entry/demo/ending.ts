/** The end of the story in figures, out of what the gateway says of each message. */
import { CAST } from './cast.ts';
import type { Sent } from './story.ts';
import type { DeliveryLine, Ending, Result } from './timeline.ts';

/** The figures of the last line. */
export function resultOf(sent: readonly Sent[]): Result {
  const recipients = sent.flatMap((one) => one.status.recipients);
  return {
    result: 'ok',
    messages: sent.length,
    deliveries: recipients.flatMap((one) => one.deliveries).length,
    acknowledged: recipients.filter((one) => one.acknowledgement?.decision === 'accepted').length,
    evidence: sent.flatMap((one) => one.status.evidence).length,
  };
}

/** The rows of the closing tables. */
export function endingOf(sent: readonly Sent[]): Ending {
  const deliveries = sent.flatMap(({ id, from, status }) =>
    status.recipients.flatMap(({ slug, acknowledgement, deliveries: ways }) =>
      ways.map(({ channel, state }): DeliveryLine => {
        const officer = acknowledgement?.officer.name ?? '';
        return { message: id, type: status.type, from: CAST[from].slug, to: slug, channel, state, officer };
      }),
    ),
  );
  const evidence: Record<string, number> = {};
  for (const jws of sent.flatMap((one) => one.status.evidence)) {
    const { event } = JSON.parse(Buffer.from(String(jws['payload']), 'base64url').toString('utf8')) as {
      event: string;
    };
    evidence[event] = (evidence[event] ?? 0) + 1;
  }
  return { deliveries, evidence };
}
