/**
 * Two gateways of which the Indonesian one lies: what it would have to sign for that, and what the Cambodian one makes of
 * it. In each country one desk in custody and one with keys of its own.
 */
import { expect } from 'vitest';
import { type Evidence, eventUri, type RestsOn } from '../../src/domain/evidence/evidence.ts';
import type { Designation } from '../../src/domain/party/party.ts';
import { type ProblemCode, problemType } from '../../src/domain/words/error.ts';
import { callSigner } from '../../src/seal/gateway-statement.ts';
import type { Jws } from '../../src/seal/jws.ts';
import type { SigningKey } from '../../src/seal/keys.ts';
import { payloadDigest, peek, readStatement, signStatement } from '../../src/seal/statement.ts';
import { signWebhook } from '../../src/seal/webhook-signature.ts';
import { designated } from './across.ts';
import { addEndpoint } from './confirmed.ts';
import { consign, ownCustody, signConsignment, textFrom } from './own-custody.ts';
import type { Person } from './people.ts';
import { rowCounts } from './refusals.ts';
import type { Partner } from './rig.ts';
import { officer, posted, report } from './story.ts';
import { newId, type Side, type TwoGateways, twoGateways } from './two-gateways.ts';

export interface Own {
  readonly keys: Person;
  readonly designation: Designation;
}

export interface Call {
  readonly as?: string;
  readonly key?: SigningKey;
}

/** What differs from a text to the Cambodian unit, sent and taken now. */
export interface Differing {
  readonly to?: Designation;
  /** Members of the consignment, and of its body. */
  readonly head?: object;
  readonly body?: object;
  /** Members of the receipt. */
  readonly receipt?: Partial<Evidence>;
}

/** A message of the shelter's at the Indonesian gateway, and the digest of what the police were sent. */
export interface About {
  readonly message: string;
  readonly digest: string;
}

export interface Liar extends TwoGateways {
  /** Homed in Cambodia. */
  readonly shelter: Partner;
  readonly unit: Own;
  /** Homed in Indonesia. */
  readonly desk: Partner;
  readonly police: Own;
  /** Posts to the Cambodian gateway in the name, and by the key, of the Indonesian one unless said otherwise. */
  relay(content: object, over?: Call): Promise<Response>;
  tell(evidence: unknown, over?: Call): Promise<Response>;
  /** Refused there with this code, signed where the caller was proven, and nothing kept but that signature. */
  refused(
    send: () => Promise<Response>,
    code: ProblemCode,
    options?: { readonly signed?: boolean },
  ): Promise<void>;
  /** The receipt that the Indonesian gateway gives for a consignment. */
  submission(
    jws: Jws,
    one: { id: string; from: string },
    over?: Partial<Evidence>,
    key?: SigningKey,
  ): Promise<Jws>;
  /** A consignment of `from`'s with its receipt, as the Indonesian gateway would relay it. */
  consigned(from: Own, differing?: Differing): ReturnType<typeof consigned>;
  /** The shelter's report to the police, brought to the Indonesian gateway. */
  reported(): Promise<About>;
  /** An officer of the police takes it, as the Indonesian gateway tells. */
  word(about: About, over?: Partial<Evidence>): Promise<Jws>;
}

async function call(from: Side, to: Side, path: string, content: object, over: Call = {}): Promise<Response> {
  const { did, key } = from.house.gateway;
  const body = JSON.stringify(content);
  const timestamp = Math.floor(to.house.gateway.now().getTime() / 1_000);
  const signed = await signWebhook([callSigner(over.key ?? key)], { id: newId(), timestamp, body });
  const headers = { 'content-type': 'application/json', 'amanat-gateway': over.as ?? did, ...signed };
  return to.house.app.request(`${to.url}/v1${path}`, { method: 'POST', headers, body });
}

async function refused(
  { kh, id }: TwoGateways,
  send: () => Promise<Response>,
  code: ProblemCode,
  { signed = true } = {},
): Promise<void> {
  const { house } = kh;
  const before = await rowCounts(house);
  const answer = await send();
  const problem = await answer.json();
  expect(problem.type, JSON.stringify(problem)).toBe(problemType(code));
  const event = eventIn(problem.evidence);
  const { evidence = 0, complaint = 0 } = before;
  const kept = { evidence: evidence + Number(signed), complaint: complaint + Number(event === COMPLAINT) };
  expect(await rowCounts(house)).toEqual({ ...before, ...kept });
  if (!signed) return expect(problem.evidence).toBeUndefined();
  const { payload } = await readStatement(
    problem.evidence,
    'evidence',
    async () => house.gateway.key.publicJwk,
  );
  expect(['RelayRejection', COMPLAINT]).toContain(event);
  expect(payload).toMatchObject({ event, reason: code, sender: id.house.gateway.did });
}

/** The event of what was signed well and does not hold. */
const COMPLAINT = 'EvidenceRejected';

const eventIn = (jws: unknown): string =>
  jws === undefined ? '' : (peek(jws).payload as { event: string }).event;

/** Evidence that the Indonesian gateway signs, at this moment unless said otherwise. */
const signed = (
  { gateway }: Side['house'],
  claims: Pick<Evidence, 'event' | 'sender'> & Partial<Evidence>,
  key = gateway.key,
): Promise<Jws> =>
  signStatement(
    'evidence',
    {
      kind: 'evidence',
      id: newId(),
      event_uri: eventUri(claims.event),
      at: gateway.now().toISOString(),
      by: gateway.did,
      ...claims,
    },
    [key],
  );

const submission = (
  { id }: TwoGateways,
  jws: Jws,
  one: { id: string; from: string },
  over: Partial<Evidence> = {},
  key?: SigningKey,
): Promise<Jws> => {
  const receipt = { event: 'SubmissionAcceptance', consignment: one.id, sender: one.from } as const;
  return signed(id.house, { ...receipt, digest: payloadDigest(jws), ...over }, key);
};

async function consigned(both: TwoGateways, from: Own, to: Designation, differing: Differing) {
  const { gateway } = both.id.house;
  const message = textFrom(from.keys.did, [to.focal_point], gateway.now());
  const claims = { ...(await consign(from.keys, message, [to])), to: [gateway.did] };
  const body = { ...claims.body, ...differing.body };
  const consignment = await signConsignment(from.keys, { ...claims, ...differing.head, body });
  const receipt = await submission(both, consignment, message, differing.receipt);
  return { message, consignment, relayed: { consignment, submission: receipt } };
}

const word = (
  both: TwoGateways,
  { message, digest }: About,
  parties: { sender: string; recipient: string },
  over: Partial<Evidence>,
): Promise<Jws> =>
  signed(both.id.house, {
    event: 'ConsignmentAcceptance',
    consignment: message,
    digest,
    ...parties,
    officer: { id: 'o1', name: officer().name, role: 'officer' },
    ...over,
  });

/** A true version of the agreement, for somebody, with a digest that may not be its own. */
export const resting = (to: string, digest: string, version = 1): RestsOn => ({
  agreements: [{ to, id: 'id-kh-test', version, digest }],
  designations: [],
});

/** Systems of all but the shelter are reached at the peer, each under its slug. */
export async function liar(): Promise<Liar> {
  const both = await twoGateways();
  const { kh, id, peer } = both;
  const officers = [officer()];
  const shelter = await kh.house.partner({ slug: 'shelter', name: 'Shelter', country: 'KH', officers });
  const desk = await id.house.partner({ slug: 'desk', name: 'Desk', country: 'ID', officers });
  const unit = await ownCustody(kh.house, { slug: 'unit', country: 'KH', officers });
  const police = await ownCustody(id.house, { slug: 'police', country: 'ID', officers });
  for (const one of [shelter, unit]) await kh.introduce(one.designation);
  for (const one of [desk, police]) await id.introduce(one.designation);
  const reach = (
    { house }: Side,
    { focal_point: focalPoint, slug }: Designation,
    shows: 'packet' | 'sealed',
  ) =>
    addEndpoint(house.gateway, {
      channel: 'webhook',
      lang: 'en',
      shows,
      focalPoint,
      address: `${peer.url}/${slug}`,
    });
  await reach(id, desk.designation, 'packet');
  await reach(id, police.designation, 'sealed');
  await reach(kh, unit.designation, 'sealed');
  const parties = { sender: shelter.designation.focal_point, recipient: police.keys.did };
  return {
    ...both,
    shelter,
    desk,
    unit,
    police,
    relay: (content, over) => call(id, kh, '/relay', content, over),
    tell: (evidence, over) => call(id, kh, '/relay/evidence', { evidence }, over),
    refused: (send, code, options) => refused(both, send, code, options),
    submission: (jws, one, over, key) => submission(both, jws, one, over, key),
    consigned: (from, { to = unit.designation, ...differing } = {}) => consigned(both, from, to, differing),
    reported: async () => {
      const message = await posted(shelter, report(['police']));
      await both.settle();
      const view = await kh.house.database.store.messages.view(message);
      return { message, digest: view?.recipients[0]?.digest ?? '' };
    },
    word: (about, over = {}) => word(both, about, parties, over),
  };
}

/** The same, with a server of the shelter's that is told, and both gateways designated by their authorities. */
export async function knownLiar(): Promise<Liar> {
  const all = await liar();
  const { kh, id, peer, shelter } = all;
  const { focal_point: focalPoint } = shelter.designation;
  const endpoint = { channel: 'webhook', shows: 'packet', lang: 'en', focalPoint } as const;
  await addEndpoint(kh.house.gateway, { ...endpoint, address: `${peer.url}/shelter` });
  await designated(kh, 'KH', new Date());
  await designated(id, 'ID', new Date());
  return all;
}
