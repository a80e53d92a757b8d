/** Messages: the assisted post, and what became of a message. */
import { type Context, Hono } from 'hono';
import type { Arrival } from '../domain/carriage/adapter.ts';
import { chosenLanguages } from '../domain/message/letter.ts';
import { hexId } from '../domain/message/message.ts';
import { Refusal } from '../domain/words/error.ts';
import { present } from '../domain/words/present.ts';
import { reference } from '../domain/words/words.ts';
import { type Asked, letterCopy } from '../flow/content/letter-copy.ts';
import { readAlone } from '../flow/evidence/readable.ts';
import { sign } from '../flow/evidence/reject.ts';
import { statusFor } from '../flow/evidence/status.ts';
import { acceptPost } from '../flow/intake/posting.ts';
import type { Accepted } from '../flow/intake/receipt.ts';
import type { Gateway } from '../gateway.ts';
import type { Naming, Posting } from '../gateway-parts.ts';
import { caller } from './access.ts';
import { askingOf, limitReached } from './limiting.ts';

/** What a sender is answered: 202, or 200 with the same bytes for a repeat. */
export function receiptAnswer(gateway: Naming, accepted: Accepted): Response {
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
 * What the partner's call turned out to be: exactly one arrival.
 * @throws Refusal, signed where the caller was proven
 */
export async function partnerArrival(
  gateway: Posting,
  context: Context,
): Promise<Exclude<Arrival, { kind: 'refused' }>> {
  const adapter = gateway.adapters.get('webhook');
  if (adapter === undefined) throw new Refusal('not-ready', 'the webhook channel is not running');
  const [arrival] = await adapter.receive(context.req.raw);
  if (arrival === undefined) throw new Refusal('invalid-body', 'the call brought nothing');
  const proven = focalPointOf(arrival);
  if (proven !== undefined) askingOf(context).counted('focal-point', proven);
  if (arrival.kind !== 'refused') return arrival;
  if (arrival.code === 'too-many-requests') throw limitReached('focal-point');
  const refusal = new Refusal(arrival.code, arrival.detail);
  const { focalPoint: sender, digest } = arrival;
  throw sender === undefined ? refusal : await sign(gateway, refusal, { sender, ...present({ digest }) });
}

/** The focal point that a partner's call was proven to be from. */
const focalPointOf = (arrival: Arrival): string | undefined => {
  if (arrival.kind === 'submission' || arrival.kind === 'confirmation' || arrival.kind === 'refused')
    return arrival.focalPoint;
  return arrival.kind === 'decision' && arrival.by.via === 'system' ? arrival.by.focalPoint : undefined;
};

/** `?lang=km&lang=en`: the languages of a letter, where they are not to follow from the countries. */
function languagesIn(context: Context): Pick<Asked, 'languages'> {
  const codes = context.req.queries('lang');
  if (codes === undefined) return {};
  const languages = chosenLanguages(codes);
  if (languages === undefined) throw new Refusal('invalid-body', 'lang must be one or two of id, ms, km, en');
  return { languages };
}

export function messageRoutes(gateway: Gateway): Hono {
  return new Hono()
    .post('/focal-points/:slug/messages', async (context) => {
      try {
        const arrival = await partnerArrival(gateway, context);
        if (arrival.kind !== 'submission') throw new Refusal('invalid-body', 'this address takes messages');
        const accepted = await acceptPost(gateway, arrival);
        gateway.metrics.submission('assisted', accepted.repeat ? 'repeat' : 'accepted');
        return receiptAnswer(gateway, accepted);
      } catch (fault) {
        gateway.metrics.submission('assisted', fault instanceof Refusal ? fault.code : 'fault');
        throw fault;
      }
    })
    .get('/messages/:id/letter', async (context) => {
      const party = await caller(gateway, context);
      const id = hexId.safeParse(context.req.param('id'));
      if (!id.success) throw new Refusal('not-found', 'there is no such message for this access key');
      const asked: Asked = { message: id.data, by: 'system', party, ...languagesIn(context) };
      const pdf = await letterCopy(gateway, asked);
      context.header('cache-control', 'no-store');
      context.header('content-type', 'application/pdf');
      context.header('content-disposition', `attachment; filename="${reference(id.data)}.pdf"`);
      return context.body(new Uint8Array(pdf));
    })
    .get('/messages/:id', async (context) => {
      const party = await caller(gateway, context);
      const id = hexId.safeParse(context.req.param('id'));
      const status = id.success
        ? await readAlone(gateway, 'message', id.data, () => statusFor(gateway, id.data, party))
        : undefined;
      if (status === undefined)
        throw new Refusal('not-found', 'there is no such message for this access key');
      context.header('cache-control', 'no-store');
      return context.json(status);
    });
}
