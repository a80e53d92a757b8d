/** Common parts of journeys: an invented case, what a partner's server received, and a log without case data. */
import { expect } from 'vitest';
import { peekStatement } from '../../src/seal/statement.ts';
import type { HttpPeer } from './http-peer.ts';
import type { Rig, RigPartner } from './rig.ts';

/** Texts of the case that may be nowhere else: not in a notice, a header or a log line. */
export const PRIVATE_TEXT = ['Melati-Invented', 'Kampong-Invented', 'Kasus-0417', 'Sok-Officer-Invented'];
const [PERSON, PLACE, CASE, OFFICER = ''] = PRIVATE_TEXT;

export const makeOfficer = (lang: 'id' | 'km' | 'en' = 'id', id = 'o1') =>
  ({ id, name: id === 'o1' ? OFFICER : `${OFFICER} ${id}`, role: 'officer', lang }) as const;

/** A report as a partner posts it. */
export const makeReportPost = (to: readonly string[], over: object = {}) => ({
  to,
  type: 'report',
  urgency: 'urgent',
  handling: 'H1',
  lang: 'en',
  body: {
    case_number: CASE,
    persons: [{ ref: 'p1', prs_FirstName: PERSON, prs_Citizenship: ['ID'] }],
    where: { country: 'KH', name: PLACE },
    happened: `${PERSON} left a compound in ${PLACE}.`,
    consent: { con_Consent: true },
  },
  ...over,
});

/** Posts and gives back the message's id. */
export async function postMessage(partner: RigPartner, body: unknown): Promise<string> {
  const answer = await partner.post('messages', body);
  const text = await answer.text();
  expect(answer.status, text).toBe(202);
  return JSON.parse(text).id;
}

export interface ReadEvidence {
  readonly event: string;
  readonly reason?: string;
  readonly channel?: string;
  readonly officer?: { readonly id: string; readonly name: string };
  readonly attestation?: { readonly how: string; readonly statement?: string };
  readonly contradicts?: string;
}

/** All evidence of a message as its sender reads it, in order. */
export async function fetchEvidence(partner: RigPartner, id: string): Promise<readonly ReadEvidence[]> {
  const status = await (await partner.status(id)).json();
  return status.evidence.map((jws: unknown) => peekStatement(jws).payload as ReadEvidence);
}

export const fetchEvents = async (partner: RigPartner, id: string): Promise<readonly string[]> =>
  (await fetchEvidence(partner, id)).map((one) => one.event);

/** The state of a message, as its sender reads it. */
export const fetchMessageStatus = async (partner: RigPartner, id: string) =>
  (await partner.status(id)).json();

interface Posted {
  readonly type: 'message.received' | 'evidence.issued';
  readonly data: Record<string, unknown>;
}

/** Everything a partner's server was posted at this path, in order. */
export const listPostedTo = (peer: HttpPeer, path: string): readonly Posted[] =>
  peer.received.filter((one) => one.url === path).map((one) => JSON.parse(one.body.toString()));

/** The events that a partner's server was told of a message. */
export const listPostedEvents = (peer: HttpPeer, path: string, id: string): readonly unknown[] =>
  listPostedTo(peer, path)
    .filter((one) => one.type === 'evidence.issued' && one.data['message'] === id)
    .map((one) => one.data['event']);

/** No line of the log names a person, a subject, or an address. */
export function expectQuietLog(house: Rig, more: readonly string[] = []): void {
  expect(house.lines.length).toBeGreaterThan(0);
  const log = JSON.stringify(house.lines);
  for (const word of [...PRIVATE_TEXT, ...more]) expect(log).not.toContain(word);
}
