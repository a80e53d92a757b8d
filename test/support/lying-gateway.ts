/**
 * Two gateways of which the Indonesian one lies: what it would have to sign for that, and what the Cambodian one makes of
 * it. In each country one desk in custody and one with keys of its own.
 */
import { expect } from 'vitest';
import { type Evidence, type RestsOn, uriOfEvent } from '../../src/domain/evidence/evidence.ts';
import type { Designation } from '../../src/domain/party/designation.ts';
import { type ProblemCode, problemType } from '../../src/domain/words/error.ts';
import { makeCallSigner } from '../../src/seal/gateway-statement.ts';
import type { Jws } from '../../src/seal/jws.ts';
import type { SigningKey } from '../../src/seal/keys.ts';
import { digestOfPayload, peekStatement, signStatement, verifyStatement } from '../../src/seal/statement.ts';
import { signWebhook } from '../../src/seal/webhook-signature.ts';
import { designateSide } from './across.ts';
import { addHook } from './confirmed.ts';
import { designateOwnCustody, makeText, sealConsignment, signConsignment } from './own-custody.ts';
import type { KeyedPerson } from './people.ts';
import { countRows } from './refusals.ts';
import type { RigPartner } from './rig.ts';
import { makeOfficer, makeReportPost, postMessage } from './story.ts';
import { type GatewaySide, makeTwoGateways, newId, type TwoGateways } from './two-gateways.ts';

export interface OwnCustodian {
  readonly keys: KeyedPerson;
  readonly designation: Designation;
}

export interface LyingCall {
  readonly as?: string;
  readonly key?: SigningKey;
}

/** What differs from a text to the Cambodian unit, sent and taken now. */
export interface DifferingText {
  readonly to?: Designation;
  /** Members of the consignment, and of its body. */
  readonly head?: object;
  readonly body?: object;
  /** Members of the receipt. */
  readonly receipt?: Partial<Evidence>;
}

/** A message of the shelter's at the Indonesian gateway, and the digest of what the police were sent. */
export interface AboutMessage {
  readonly message: string;
  readonly digest: string;
}

export interface LyingGateway extends TwoGateways {
  /** Homed in Cambodia. */
  readonly shelter: RigPartner;
  readonly unit: OwnCustodian;
  /** Homed in Indonesia. */
  readonly focalPoint: RigPartner;
  readonly police: OwnCustodian;
  /** Posts to the Cambodian gateway in the name, and by the key, of the Indonesian one unless said otherwise. */
  relay(content: object, over?: LyingCall): Promise<Response>;
  tell(evidence: unknown, over?: LyingCall): Promise<Response>;
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
  consigned(from: OwnCustodian, differing?: DifferingText): ReturnType<typeof consigned>;
  /** The shelter's report to the police, brought to the Indonesian gateway. */
  reported(): Promise<AboutMessage>;
  /** An officer of the police takes it, as the Indonesian gateway tells. */
  acknowledgement(about: AboutMessage, over?: Partial<Evidence>): Promise<Jws>;
}

async function call(
  from: GatewaySide,
  to: GatewaySide,
  path: string,
  content: object,
  over: LyingCall = {},
): Promise<Response> {
  const { did, key } = from.house.gateway;
  const body = JSON.stringify(content);
  const timestamp = Math.floor(to.house.gateway.now().getTime() / 1_000);
  const signed = await signWebhook([makeCallSigner(over.key ?? key)], { id: newId(), timestamp, body });
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
  const before = await countRows(house);
  const answer = await send();
  const problem = await answer.json();
  expect(problem.type, JSON.stringify(problem)).toBe(problemType(code));
  const event = eventIn(problem.evidence);
  const { evidence = 0, complaint = 0 } = before;
  const kept = { evidence: evidence + Number(signed), complaint: complaint + Number(event === COMPLAINT) };
  expect(await countRows(house)).toEqual({ ...before, ...kept });
  if (!signed) return expect(problem.evidence).toBeUndefined();
  const { payload } = await verifyStatement(
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
  jws === undefined ? '' : (peekStatement(jws).payload as { event: string }).event;

/** Evidence that the Indonesian gateway signs, at this moment unless said otherwise. */
const signed = (
  { gateway }: GatewaySide['house'],
  claims: Pick<Evidence, 'event' | 'sender'> & Partial<Evidence>,
  key = gateway.key,
): Promise<Jws> =>
  signStatement(
    'evidence',
    {
      kind: 'evidence',
      id: newId(),
      event_uri: uriOfEvent(claims.event),
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
  return signed(id.house, { ...receipt, digest: digestOfPayload(jws), ...over }, key);
};

async function consigned(both: TwoGateways, from: OwnCustodian, to: Designation, differing: DifferingText) {
  const { gateway } = both.id.house;
  const message = makeText(from.keys.did, [to.focal_point], gateway.now());
  const claims = { ...(await sealConsignment(from.keys, message, [to])), to: [gateway.did] };
  const body = { ...claims.body, ...differing.body };
  const consignment = await signConsignment(from.keys, { ...claims, ...differing.head, body });
  const receipt = await submission(both, consignment, message, differing.receipt);
  return { message, consignment, relayed: { consignment, submission: receipt } };
}

const word = (
  both: TwoGateways,
  { message, digest }: AboutMessage,
  parties: { sender: string; recipient: string },
  over: Partial<Evidence>,
): Promise<Jws> =>
  signed(both.id.house, {
    event: 'ConsignmentAcceptance',
    consignment: message,
    digest,
    ...parties,
    officer: { id: 'o1', name: makeOfficer().name, role: 'officer' },
    ...over,
  });

/** A true version of the agreement, for somebody, with a digest that may not be its own. */
export const restOn = (to: string, digest: string, version = 1): RestsOn => ({
  agreements: [{ to, id: 'id-kh-test', version, digest }],
  designations: [],
});

/** Systems of all but the shelter are reached at the peer, each under its slug. */
export async function makeLyingGateway(): Promise<LyingGateway> {
  const both = await makeTwoGateways();
  const { kh, id, peer } = both;
  const officers = [makeOfficer()];
  const shelter = await kh.house.partner({ slug: 'shelter', name: 'Shelter', country: 'KH', officers });
  const recipient = await id.house.partner({ slug: 'desk', name: 'Desk', country: 'ID', officers });
  const unit = await designateOwnCustody(kh.house, { slug: 'unit', country: 'KH', officers });
  const police = await designateOwnCustody(id.house, { slug: 'police', country: 'ID', officers });
  for (const one of [shelter, unit]) await kh.introduce(one.designation);
  for (const one of [recipient, police]) await id.introduce(one.designation);
  const reach = (
    { house }: GatewaySide,
    { focal_point: focalPoint, slug }: Designation,
    shows: 'packet' | 'sealed',
  ) => addHook(house.gateway, focalPoint, { shows, address: `${peer.url}/${slug}` });
  await reach(id, recipient.designation, 'packet');
  await reach(id, police.designation, 'sealed');
  await reach(kh, unit.designation, 'sealed');
  const parties = { sender: shelter.designation.focal_point, recipient: police.keys.did };
  return {
    ...both,
    shelter,
    focalPoint: recipient,
    unit,
    police,
    relay: (content, over) => call(id, kh, '/relay', content, over),
    tell: (evidence, over) => call(id, kh, '/relay/evidence', { evidence }, over),
    refused: (send, code, options) => refused(both, send, code, options),
    submission: (jws, one, over, key) => submission(both, jws, one, over, key),
    consigned: (from, { to = unit.designation, ...differing } = {}) => consigned(both, from, to, differing),
    reported: async () => {
      const message = await postMessage(shelter, makeReportPost(['police']));
      await both.waitUntilIdle();
      const view = await kh.house.database.store.messages.readMessage(message);
      return { message, digest: view?.recipients[0]?.digest ?? '' };
    },
    acknowledgement: (about, over = {}) => word(both, about, parties, over),
  };
}

/** The same, with a server of the shelter's that is told, and both gateways designated by their authorities. */
export async function makeKnownLyingGateway(): Promise<LyingGateway> {
  const all = await makeLyingGateway();
  const { kh, id, peer, shelter } = all;
  const { focal_point: focalPoint } = shelter.designation;
  await addHook(kh.house.gateway, focalPoint, { address: `${peer.url}/shelter` });
  await designateSide(kh, 'KH', new Date());
  await designateSide(id, 'ID', new Date());
  return all;
}
