/** Routes for messages: the assisted post, the status of a message, and its letter. */
import { type Context, Hono } from 'hono';
import type { Arrival } from '../domain/carriage/adapter.ts';
import { readLanguages } from '../domain/message/letter.ts';
import { hexId } from '../domain/message/message.ts';
import { Refusal } from '../domain/words/error.ts';
import { referenceOf } from '../domain/words/phrases.ts';
import { present } from '../domain/words/present.ts';
import { type LetterAsked, makeLetterCopy } from '../flow/content/letter-copy.ts';
import { readRecord } from '../flow/evidence/readable.ts';
import { signRejection } from '../flow/evidence/reject.ts';
import { readMessageStatus } from '../flow/evidence/status.ts';
import { acceptPost } from '../flow/intake/posting.ts';
import type { AcceptedMessage } from '../flow/intake/receipt.ts';
import type { Gateway } from '../gateway.ts';
import type { Naming, Posting } from '../gateway-parts.ts';
import { findCaller } from './access.ts';
import { knownCallerOf, refusalOfLimit } from './limiting.ts';

/** The answer to a sender: 202, or 200 with the same bytes for a repeat. */
export function answerReceipt(gateway: Naming, accepted: AcceptedMessage): Response {
  const body = JSON.stringify({
    id: accepted.id,
    thid: accepted.thread,
    evidence: JSON.parse(accepted.evidence),
    status_url: `${gateway.url}/v1/messages/${accepted.id}`,
  });
  return new Response(body, {
    status: accepted.repeat ? 200 : 202,
    headers: { 'content-type': 'application/json' },
  });
}

/**
 * Reads a partner's call, which must bring exactly one arrival.
 * @throws Refusal, signed where the caller is authenticated
 */
export async function readPartnerArrival(
  gateway: Posting,
  context: Context,
): Promise<Exclude<Arrival, { kind: 'refused' }>> {
  const adapter = gateway.adapters.get('webhook');
  if (adapter === undefined) throw new Refusal('not-ready', 'the webhook channel is not running');
  const [arrival] = await adapter.receive(context.req.raw);
  if (arrival === undefined) throw new Refusal('invalid-body', 'the call contains no message');
  const proven = focalPointOf(arrival);
  if (proven !== undefined) knownCallerOf(context).counted('focal-point', proven);
  if (arrival.kind !== 'refused') return arrival;
  if (arrival.code === 'too-many-requests') throw refusalOfLimit('focal-point');
  const refusal = new Refusal(arrival.code, arrival.detail);
  const { focalPoint: sender, digest } = arrival;
  throw sender === undefined
    ? refusal
    : await signRejection(gateway, refusal, { sender, ...present({ digest }) });
}

/** The focal point whose secret or key signed a partner's call. */
const focalPointOf = (arrival: Arrival): string | undefined => {
  if (arrival.kind === 'submission' || arrival.kind === 'confirmation' || arrival.kind === 'refused')
    return arrival.focalPoint;
  return arrival.kind === 'decision' && arrival.by.via === 'system' ? arrival.by.focalPoint : undefined;
};

/** Reads `?lang=km&lang=en`: the languages of a letter, instead of those of both countries. */
function languagesIn(context: Context): Pick<LetterAsked, 'languages'> {
  const codes = context.req.queries('lang');
  if (codes === undefined) return {};
  const languages = readLanguages(codes);
  if (languages === undefined) throw new Refusal('invalid-body', 'lang must be one or two of id, ms, km, en');
  return { languages };
}

export function messageRoutes(gateway: Gateway): Hono {
  return new Hono()
    .post('/focal-points/:slug/messages', async (context) => {
      try {
        const arrival = await readPartnerArrival(gateway, context);
        if (arrival.kind !== 'submission')
          throw new Refusal('invalid-body', 'this address accepts only messages');
        const accepted = await acceptPost(gateway, arrival);
        gateway.metrics.submission('assisted', accepted.repeat ? 'repeat' : 'accepted');
        return answerReceipt(gateway, accepted);
      } catch (fault) {
        gateway.metrics.submission('assisted', fault instanceof Refusal ? fault.code : 'fault');
        throw fault;
      }
    })
    .get('/messages/:id/letter', async (context) => {
      const party = await findCaller(gateway, context);
      const id = hexId.safeParse(context.req.param('id'));
      if (!id.success) throw new Refusal('not-found', 'there is no such message for this access key');
      const asked: LetterAsked = { message: id.data, by: 'system', party, ...languagesIn(context) };
      const pdf = await makeLetterCopy(gateway, asked);
      context.header('cache-control', 'no-store');
      context.header('content-type', 'application/pdf');
      context.header('content-disposition', `attachment; filename="${referenceOf(id.data)}.pdf"`);
      return context.body(new Uint8Array(pdf));
    })
    .get('/messages/:id', async (context) => {
      const party = await findCaller(gateway, context);
      const id = hexId.safeParse(context.req.param('id'));
      const status = id.success
        ? await readRecord(gateway, 'message', id.data, () => readMessageStatus(gateway, id.data, party))
        : undefined;
      if (status === undefined)
        throw new Refusal('not-found', 'there is no such message for this access key');
      context.header('cache-control', 'no-store');
      return context.json(status);
    });
}
