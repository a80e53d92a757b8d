/** Enrols partners' systems at their gateways, and starts them. */

import { present } from '../src/domain/words/present.ts';
import { chance } from '../src/entry/chance.ts';
import { addEndpoint, addPartnerSecret } from '../src/entry/enrolling/enrol.ts';
import type { PrivateJwk } from '../src/seal/keys.ts';
import { importOpeningKey, importSigningKey } from '../src/seal/keys.ts';
import { openInbox, type PartnerInbox } from '../test/support/outside/inbox.ts';
import type { KeyBook } from '../test/support/outside/key-book.ts';
import {
  createAssistedPartner,
  type PartnerEnrolment,
  type PartnerSystem,
} from '../test/support/outside/partner.ts';
import type { WebhookReceiver } from '../test/support/outside/receiver.ts';
import { createSealedPartner, type PartnerKeys } from '../test/support/outside/sealed-partner.ts';
import { CAST, type CastMember, type ChatRole, type SystemRole } from './cast.ts';
import { houseOfRole } from './houses.ts';
import type { OpenedHouse } from './statements.ts';

/** A partner's system with what it received, and what the operator gave it when it was enrolled. */
export type EnrolledPartner = PartnerSystem & {
  readonly inbox: PartnerInbox;
  readonly enrolment: PartnerEnrolment;
};

/** What a partner has before it is enrolled. */
export interface PartnerToEnrol {
  readonly role: SystemRole;
  readonly did: string;
  readonly accessKey: string;
  readonly receiver: WebhookReceiver;
  /** Its private keys for signing and key agreement, if it holds them itself. */
  readonly keys: readonly PrivateJwk[];
  readonly book: KeyBook;
  readonly now: () => Date;
}

/** Enrols a partner and starts its system. */
export async function enrolPartner(
  houses: readonly OpenedHouse[],
  newcomer: PartnerToEnrol,
): Promise<EnrolledPartner> {
  const enrolment = await enrolSystem(houses, newcomer);
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
      ? createAssistedPartner(enrolment, now)
      : createSealedPartner(enrolment, { keys, book, now, ...chance });
  return { ...partner, inbox, enrolment };
}

/** Enrols a focal point whose officers are reached by chat, and whose own system writes for them. */
export async function enrolWriter(
  houses: readonly OpenedHouse[],
  {
    role,
    did,
    accessKey,
    now,
  }: Pick<PartnerToEnrol, 'did' | 'accessKey' | 'now'> & { readonly role: ChatRole },
): Promise<PartnerSystem> {
  const { slug, officer }: CastMember = CAST[role];
  const { gateway, url } = houseOfRole(houses, role);
  const inbound = await addPartnerSecret(gateway, did);
  return createAssistedPartner({ gateway: url, slug, did, inbound, outbound: '', accessKey, officer }, now);
}

async function ownKeysOf({ keys: [signing, agreement] }: PartnerToEnrol): Promise<PartnerKeys | undefined> {
  if (signing === undefined || agreement === undefined) return undefined;
  return { signing: await importSigningKey(signing), opening: await importOpeningKey(agreement) };
}

async function enrolSystem(
  houses: readonly OpenedHouse[],
  { role, did, accessKey, receiver }: PartnerToEnrol,
): Promise<PartnerEnrolment> {
  const { slug, custody, officer }: CastMember = CAST[role];
  const { gateway, url } = houseOfRole(houses, role);
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
