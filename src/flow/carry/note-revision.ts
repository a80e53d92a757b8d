/**
 * Brings a note about an endpoint up to date before it is sent. A note's row has no MAC. So what waits for
 * confirmation, and what was decided, is read from the endpoint and the operator's log, which have one.
 */

import type { NoteContent } from '../../domain/carriage/endpoint-note.ts';
import type { Channel, Endpoint } from '../../domain/party/channel.ts';
import { accessOpenedBy, confirmedEndpointOf } from '../../domain/party/confirmation.ts';
import { isCountedCode } from '../../domain/party/endpoint-life.ts';
import type { Storing } from '../../gateway-parts.ts';

const hasOwner = (channel: Channel): channel is Exclude<Channel, 'none'> => channel !== 'none';

/** @returns undefined if the note no longer applies */
export async function reviseNote(
  gateway: Storing,
  focalPoint: string,
  says: NoteContent,
): Promise<NoteContent | undefined> {
  if (says.what !== 'endpoint-waiting' && says.what !== 'endpoint-counts') return says;
  const one = await gateway.store.endpoints.findEndpoint(says.endpoint);
  if (one === undefined || one.focalPoint !== focalPoint || !hasOwner(one.channel)) return undefined;
  const { channel } = one;
  if (says.what === 'endpoint-counts') return usableNow({ ...one, channel }, says);
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

type OwnedEndpoint = Endpoint & { readonly channel: Exclude<Channel, 'none'> };

const termsOf = ({ id: endpoint, channel, officer, shows }: OwnedEndpoint) => ({
  endpoint,
  channel,
  officer: officer ?? null,
  shows,
});

const usableNow = (
  one: OwnedEndpoint,
  says: Extract<NoteContent, { what: 'endpoint-counts' }>,
): NoteContent | undefined =>
  isCountedCode(one.off?.code) && accessOpenedBy(one).length > 0
    ? { ...termsOf(one), what: 'endpoint-counts', by: says.by }
    : undefined;
