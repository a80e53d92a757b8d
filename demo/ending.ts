/** The closing figures of the story, from what the gateways report about each message and from the exports. */
import type { Evidence } from '../src/domain/evidence/evidence.ts';
import { CAST } from './cast.ts';
import type { StoryProof } from './proof.ts';
import type { AcknowledgedMessage } from './thread.ts';
import type { DeliveryLine, DemoEnding, DemoResult } from './timeline.ts';

/** The figures of the last line. */
export function countResult(
  sent: readonly AcknowledgedMessage[],
  { ledgers, exports }: StoryProof,
): DemoResult {
  const recipients = sent.flatMap((one) => one.status.recipients);
  return {
    result: 'ok',
    messages: sent.length,
    deliveries: recipients.flatMap((one) => one.deliveries).length,
    acknowledged: recipients.filter((one) => one.acknowledgement?.decision === 'accepted').length,
    evidence: sent.flatMap((one) => one.status.evidence).length,
    gateways: ledgers.length,
    exports: exports.map(({ house, thread, report }) => ({
      thread,
      by: house.slug,
      verified: report.verified,
      cosigned: report.unrewritable,
    })),
  };
}

/** The rows of the closing tables. */
export function listEnding(sent: readonly AcknowledgedMessage[]): DemoEnding {
  const deliveries = sent.flatMap(({ id, from, status }) => {
    const evidence = status.evidence.map(claimsOf);
    return status.recipients.flatMap(({ slug, acknowledgement, deliveries: ways }) =>
      ways.map(({ channel, state }): DeliveryLine => {
        const officer = acknowledgement?.officer.name ?? '';
        const line = {
          message: id,
          type: status.type,
          from: CAST[from].slug,
          to: slug,
          channel,
          state,
          officer,
        };
        const onward = channel === 'relay' ? onwardBy(evidence, slug) : undefined;
        return onward === undefined ? line : { ...line, onward };
      }),
    );
  });
  const evidence: Record<string, number> = {};
  for (const { event } of sent.flatMap((one) => one.status.evidence.map(claimsOf)))
    evidence[event] = (evidence[event] ?? 0) + 1;
  return { deliveries, evidence };
}

const claimsOf = (jws: Readonly<Record<string, unknown>>): Evidence =>
  JSON.parse(Buffer.from(String(jws['payload']), 'base64url').toString('utf8')) as Evidence;

/** The channel by which the other gateway reached the focal point, from its signed evidence. */
const onwardBy = (evidence: readonly Evidence[], slug: string): string | undefined =>
  evidence.find(
    ({ recipient = '', channel = 'relay' }) => channel !== 'relay' && recipient.endsWith(`:${slug}`),
  )?.channel;
