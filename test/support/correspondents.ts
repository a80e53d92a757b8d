/** Partners on both sides of a link, each with a system that repeats its calls, and what their servers received. */

import { digestOfPayload, peekStatement } from '../../src/seal/statement.ts';
import { addHook } from './confirmed.ts';
import { waitUntil } from './outside/until.ts';
import type { RigPartner } from './rig.ts';
import { makeOfficer } from './story.ts';
import { introduceFocalPoint } from './two-gateways.ts';
import type { ProcessSide, TwoProcesses } from './two-processes.ts';

export interface Correspondent {
  readonly slug: string;
  readonly did: string;
  readonly side: ProcessSide;
  readonly other: ProcessSide;
  readonly partner: RigPartner;
}

/** What a partner's server received, each once, however often it came. */
export interface BroughtPost {
  /** The `webhook-id`, the same for every repeat. */
  readonly id: string;
  readonly to: string;
  readonly body: string;
  readonly message: string;
  /** For evidence: its id, and the digest of its payload. */
  readonly evidence?: { readonly id: string; readonly digest: string };
}

const never = new AbortController().signal;
const SIDES = { shelter: 'kh', unit: 'kh', desk: 'id', office: 'id' } as const;

/** Enrols two partners on each side and introduces them to the other. */
export async function enrolCorrespondents(both: TwoProcesses): Promise<readonly Correspondent[]> {
  const officers = [makeOfficer('en'), makeOfficer('en', 'o2')];
  return Promise.all(
    Object.entries(SIDES).map(async ([slug, at]) => {
      const [side, other] = at === 'kh' ? [both.kh, both.id] : [both.id, both.kh];
      const country = at === 'kh' ? 'KH' : 'ID';
      const partner = await side.house.partner({ slug, name: slug, country, officers });
      const { focal_point: did } = partner.designation;
      const address = `${both.peer.url}/${slug}`;
      await addHook(side.house.gateway, did, { address });
      await introduceFocalPoint(side.house, other.house, partner.designation);
      return { slug, did, side, other, partner };
    }),
  );
}

/** Asks until the gateway itself answers: it may be down, or be killed during the call. */
export const askUntilAnswered = (what: string, ask: () => Promise<Response>): Promise<Response> =>
  waitUntil(
    what,
    async () => {
      const answer = await ask().catch(() => undefined);
      return answer === undefined || answer.status >= 500 ? undefined : answer;
    },
    never,
  );

/** Collects what the partners' server receives from now on; each call returns the new items, in order. */
export function createInbox({ peer }: TwoProcesses): () => readonly BroughtPost[] {
  let seen = peer.received.length;
  return () => {
    const calls = peer.received.slice(seen);
    seen += calls.length;
    return calls.flatMap(({ url, headers, body }) => {
      const text = body.toString();
      const { type, data } = JSON.parse(text);
      // A reminder brings neither the message nor evidence.
      if (type !== 'message.received' && type !== 'evidence.issued') return [];
      const id = String(headers['webhook-id']);
      const common = { id, to: url.slice(1), body: text };
      if (type === 'message.received') return { ...common, message: data.id };
      const { id: evidence } = peekStatement(data.evidence).payload as { id: string };
      const digest = digestOfPayload(data.evidence);
      return { ...common, message: data.message, evidence: { id: evidence, digest } };
    });
  };
}
