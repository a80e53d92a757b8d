/**
 * What a note says of an endpoint, as it is when it is said. A note is a row that proves nothing: what waits, and what was said
 * of it, is read from the endpoint and the operator's log, which do.
 */

import type { NoteContent } from '../../domain/carriage/endpoint-note.ts';
import type { Channel, Endpoint } from '../../domain/party/channel.ts';
import { accessOpenedBy, confirmedEndpointOf } from '../../domain/party/confirmation.ts';
import { isCountedCode } from '../../domain/party/endpoint-life.ts';
import type { Storing } from '../../gateway-parts.ts';

const isSomebodys = (channel: Channel): channel is Exclude<Channel, 'none'> => channel !== 'none';

/** @returns undefined where there is nothing to say of it any more */
export async function reviseNote(
  gateway: Storing,
  focalPoint: string,
  says: NoteContent,
): Promise<NoteContent | undefined> {
  if (says.what !== 'endpoint-waiting' && says.what !== 'endpoint-counts') return says;
  const one = await gateway.store.endpoints.findEndpoint(says.endpoint);
  if (one === undefined || one.focalPoint !== focalPoint || !isSomebodys(one.channel)) return undefined;
  const { channel } = one;
  if (says.what === 'endpoint-counts') return countsNow({ ...one, channel }, says);
  const { asked } = says;
  const { waiting } = one;
  if (waiting?.asked === asked) {
    const is = waiting.change === undefined ? 'new' : 'changed';
    const until = waiting.until.toISOString();
    const terms = termsOf({ ...confirmedEndpointOf(one), channel });
    return { ...terms, what: 'endpoint-waiting', asked, is, until };
  }
  const said = await gateway.store.endpoints.decisionOn(asked);
  return said?.act === 'endpoint.confirmed'
    ? { ...termsOf({ ...one, channel }), what: 'endpoint-counts', by: 'confirmed', asked }
    : undefined;
}

type Desks = Endpoint & { readonly channel: Exclude<Channel, 'none'> };

const termsOf = ({ id: endpoint, channel, officer, shows }: Desks) => ({
  endpoint,
  channel,
  officer: officer ?? null,
  shows,
});

const countsNow = (
  one: Desks,
  says: Extract<NoteContent, { what: 'endpoint-counts' }>,
): NoteContent | undefined =>
  isCountedCode(one.off?.code) && accessOpenedBy(one).length > 0
    ? { ...termsOf(one), what: 'endpoint-counts', by: says.by }
    : undefined;
