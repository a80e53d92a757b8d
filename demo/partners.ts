/** Enrolling partners' systems at their gateways, and opening them: what they post by, and what comes to them. */

import { present } from '../src/domain/words/present.ts';
import { chance } from '../src/entry/chance.ts';
import { addEndpoint, addPartnerSecret } from '../src/entry/enrolling/enrol.ts';
import type { PrivateJwk } from '../src/seal/keys.ts';
import { openingKey, signingKey } from '../src/seal/keys.ts';
import { type Inbox, openInbox } from '../test/support/outside/inbox.ts';
import type { KeyBook } from '../test/support/outside/key-book.ts';
import { assistedPartner, type Enrolment, type Partner } from '../test/support/outside/partner.ts';
import type { Receiver } from '../test/support/outside/receiver.ts';
import { type OwnKeys, sealedPartner } from '../test/support/outside/sealed-partner.ts';
import { CAST, type ChatRole, type Part, type SystemRole } from './cast.ts';
import { homeOf } from './houses.ts';
import type { Office } from './statements.ts';

/** A partner's system, what comes to it, and what it was told when it was enrolled. */
export type EnrolledPartner = Partner & { readonly inbox: Inbox; readonly enrolment: Enrolment };

/** What a partner has of its own before it is enrolled. */
export interface Newcomer {
  readonly role: SystemRole;
  readonly did: string;
  readonly accessKey: string;
  readonly receiver: Receiver;
  /** Its private keys, signing and agreement, where it holds them itself. */
  readonly keys: readonly PrivateJwk[];
  readonly book: KeyBook;
  readonly now: () => Date;
}

/** Enrols a partner and opens its system. */
export async function openPartner(offices: readonly Office[], newcomer: Newcomer): Promise<EnrolledPartner> {
  const enrolment = await enrolSystem(offices, newcomer);
  const { receiver, book, now } = newcomer;
  const keys = await ownKeysOf(newcomer);
  const inbox = openInbox(receiver, {
    enrolment,
    book,
    now,
    ...present({ opening: keys?.opening }),
  });
  const partner =
    keys === undefined
      ? assistedPartner(enrolment, now)
      : sealedPartner(enrolment, { keys, book, now, ...chance });
  return { ...partner, inbox, enrolment };
}

/** A desk whose officers are reached by chat, and whose own system writes for them. */
export async function openWriter(
  offices: readonly Office[],
  { role, did, accessKey, now }: Pick<Newcomer, 'did' | 'accessKey' | 'now'> & { readonly role: ChatRole },
): Promise<Partner> {
  const { slug, officer }: Part = CAST[role];
  const { gateway, url } = homeOf(offices, role);
  const inbound = await addPartnerSecret(gateway, did);
  return assistedPartner({ gateway: url, slug, did, inbound, outbound: '', accessKey, officer }, now);
}

async function ownKeysOf({ keys: [signing, agreement] }: Newcomer): Promise<OwnKeys | undefined> {
  if (signing === undefined || agreement === undefined) return undefined;
  return { signing: await signingKey(signing), opening: await openingKey(agreement) };
}

async function enrolSystem(
  offices: readonly Office[],
  { role, did, accessKey, receiver }: Newcomer,
): Promise<Enrolment> {
  const { slug, custody, officer }: Part = CAST[role];
  const { gateway, url } = homeOf(offices, role);
  const { secret: outbound = '' } = await addEndpoint(gateway, {
    focalPoint: did,
    channel: 'webhook',
    address: receiver.url,
    shows: custody === 'own' ? 'sealed' : 'packet',
    lang: officer.lang,
  });
  const inbound = custody === 'own' ? {} : { inbound: await addPartnerSecret(gateway, did) };
  const { id, name, role: rank } = officer;
  return {
    gateway: url,
    slug,
    did,
    outbound,
    accessKey,
    officer: { id, name, role: rank },
    ...inbound,
  };
}
