/** A focal point that keeps its own keys, and its system: it seals, consigns, opens and acknowledges by itself. */

import type { Evidence } from '../../src/domain/evidence/evidence.ts';
import { uriOfEvent } from '../../src/domain/evidence/evidence.ts';
import { CONSIGNMENT_TYPE, type Consignment } from '../../src/domain/message/consignment.ts';
import { type Message, messageNameOf } from '../../src/domain/message/message.ts';
import {
  type Designation,
  didOfFocalPoint,
  didOfGateway,
  type Officer,
} from '../../src/domain/party/designation.ts';
import { chance } from '../../src/entry/chance.ts';
import type { Jws } from '../../src/seal/jws.ts';
import { digestOfSealed, sealMessage, signMessage } from '../../src/seal/sealed-message.ts';
import { signStatement } from '../../src/seal/statement.ts';
import { type KeyedPerson, makePerson, makeTextMessage } from './people.ts';
import { GATEWAY_URL, type Rig } from './rig.ts';
import { makeOfficer } from './story.ts';

export const GATEWAY_DID = didOfGateway(GATEWAY_URL);

/** A person with keys whose DID is that of `slug` at the rig's gateway; designated or not. */
export const makeKeyedPerson = (slug: string, gateway = GATEWAY_DID): Promise<KeyedPerson> =>
  makePerson(didOfFocalPoint(gateway, slug));

/** Makes keys for a new focal point, which is designated with them. */
export async function designateOwnCustody(
  house: Rig,
  draft: { slug: string; country: string; officers: readonly Officer[]; days?: number },
): Promise<{ keys: KeyedPerson; designation: Designation }> {
  const keys = await makeKeyedPerson(draft.slug, house.gateway.did);
  const own = { signing: [keys.signing.publicJwk], agreement: [keys.opening.publicJwk] };
  const designation = await house.designate({ ...draft, name: `Invented ${draft.slug}`, own });
  return { keys, designation };
}

/** A text from one to others, made now. */
export const makeText = (
  from: string,
  to: readonly string[],
  now: Date,
  over: Partial<Message> = {},
): Message => {
  const seconds = Math.floor(now.getTime() / 1_000);
  return makeTextMessage({
    id: chance.newId(),
    thid: chance.newThread(),
    from,
    to: [...to],
    created_time: seconds,
    expires_time: seconds + 86_400,
    ...over,
  });
};

/** The consignment of a message, sealed to each recipient with the keys of its designation. */
export async function sealConsignment(
  keys: KeyedPerson,
  message: Message,
  recipients: readonly Pick<Designation, 'focal_point' | 'keys'>[],
): Promise<Consignment> {
  const jws = await signMessage(message, keys.signing);
  const sealed = await Promise.all(
    recipients.map((one) => sealMessage(jws, one.keys.agreement, 'A256CBC-HS512')),
  );
  return {
    id: message.id,
    typ: message.typ,
    type: CONSIGNMENT_TYPE,
    from: message.from,
    to: [GATEWAY_DID],
    created_time: message.created_time,
    expires_time: message.expires_time,
    body: {
      message_type: messageNameOf(message.type) ?? 'text',
      urgency: message.urgency,
      handling: message.handling,
      thid: message.thid,
      recipients: sealed.map((one, n) => ({
        to: recipients[n]?.focal_point ?? '',
        digest: digestOfSealed(one),
        attachment: `s${n}`,
      })),
    },
    attachments: sealed.map((one, n) => ({
      id: `s${n}`,
      media_type: 'application/didcomm-encrypted+json',
      data: { json: one },
    })),
  };
}

export const signConsignment = (keys: KeyedPerson, claims: object): Promise<Jws> =>
  signStatement('consignment', claims, [keys.signing]);

/** Posts bytes or JSON to the gateway like a system without a shared secret. */
export const postSigned = async (
  house: Rig,
  path: string,
  body: unknown,
  headers: Record<string, string> = {},
): Promise<Response> =>
  house.app.request(`${GATEWAY_URL}${path}`, {
    method: 'POST',
    headers: { 'content-type': 'application/jose+json', ...headers },
    body: typeof body === 'string' ? body : JSON.stringify(body),
  });

/** An officer as evidence names one. */
export const nameOfficer = ({ id, name, role }: Officer) => ({ id, name, role });

/** An officer's acknowledgement, as evidence that the focal point signs itself. */
export const signAcknowledgement = (
  keys: KeyedPerson,
  about: { message: string; sender: string; digest: string; at: Date },
  over: Partial<Evidence> = {},
): Promise<Jws> => {
  const claims: Evidence = {
    kind: 'evidence',
    id: chance.newId(),
    event: 'ConsignmentAcceptance',
    event_uri: uriOfEvent(over.event ?? 'ConsignmentAcceptance'),
    consignment: about.message,
    sender: about.sender,
    recipient: keys.did,
    digest: about.digest,
    at: about.at.toISOString(),
    by: keys.did,
    officer: nameOfficer(makeOfficer()),
    ...over,
  };
  return signStatement('evidence', claims, [keys.signing]);
};
