/** Enrols the company, as operators do before the first message, and starts the partners' systems. */

import { addAccessKey, addEndpoint } from '../src/entry/enrolling/enrol.ts';
import { inviteOfficer, urlOfStartPage } from '../src/entry/enrolling/inviting.ts';
import { type CertifiedKey, issueMailCertificate } from '../src/entry/home/certificates.ts';
import { readMailAuthority } from '../src/entry/home/home.ts';
import { openGateway } from '../src/entry/node.ts';
import { silentLog } from '../src/log.ts';
import { generateAgreementJwk, generateSigningJwk, type PrivateJwk, publicHalfOf } from '../src/seal/keys.ts';
import { createKeyBook } from '../test/support/outside/key-book.ts';
import type { PartnerSystem } from '../test/support/outside/partner.ts';
import type { DemoAuthorityFolder } from './authorities.ts';
import {
  CAST,
  type ChatRole,
  isChatRole,
  isMailRole,
  isSystemRole,
  MAIL,
  type Phone,
  type Role,
  type SystemRole,
} from './cast.ts';
import type { StoryClock } from './clock.ts';
import { type Company, listPhones } from './company.ts';
import { didOfRole, type House, houseOfRole } from './houses.ts';
import { type Mailbox, openMailbox } from './mailbox.ts';
import type { OutsideServers } from './outside.ts';
import { type EnrolledPartner, enrolPartner, enrolWriter } from './partners.ts';
import { exchangeStatements, type OpenedHouse, type OwnPublicKeys } from './statements.ts';

export interface EnrolledCompany {
  readonly partners: ReadonlyMap<SystemRole, EnrolledPartner>;
  /** The systems that write for focal points whose officers are reached by chat. */
  readonly writers: ReadonlyMap<ChatRole, PartnerSystem>;
  /** The mailbox of the attaché or the consul. */
  readonly mailbox: Mailbox;
  readonly attache: CertifiedKey;
  /** The certificate that the attaché trusts, in PEM. */
  readonly mailAuthority: string;
  /** The police's private keys; no gateway ever has them. */
  readonly ownKeys: readonly PrivateJwk[];
  /** Start pages, where officers set a PIN and link their accounts, by the account's id. */
  readonly startPages: ReadonlyMap<number, string>;
  /** Access keys with which each focal point reads its own threads. */
  readonly accessKeys: ReadonlyMap<Role, string>;
}

export interface EnrolmentPlan {
  readonly company: Company;
  readonly houses: readonly House[];
  readonly outside: OutsideServers;
  readonly authorities: readonly DemoAuthorityFolder[];
  /** The folder through which statements pass. */
  readonly statements: string;
  readonly clock: StoryClock;
  readonly signal: AbortSignal | undefined;
}

/** Enrols everybody at their home gateways. The gateways are opened for this, but not served. */
export async function enrolCompany(enrolling: EnrolmentPlan): Promise<EnrolledCompany> {
  const opening = enrolling.houses.map(async (house) => ({
    house,
    opened: await openGateway(house.home, silentLog, { throwaway: true }),
  }));
  try {
    const opened = await Promise.all(opening);
    enrolling.signal?.throwIfAborted();
    const houses = opened.map((one): OpenedHouse => ({ ...one.house, gateway: one.opened.gateway }));
    return await enrolAt(houses, enrolling);
  } finally {
    // Also close the gateways that were still opening when another one failed.
    const settled = await Promise.allSettled(opening);
    await Promise.all(
      settled.map((one) => (one.status === 'fulfilled' ? one.value.opened.close() : undefined)),
    );
  }
}

async function enrolAt(houses: readonly OpenedHouse[], enrolling: EnrolmentPlan): Promise<EnrolledCompany> {
  const { company, outside, authorities, statements, clock } = enrolling;
  const { roles } = company;
  const ownKeys = await makeOwnKeys(houses, roles);
  await exchangeStatements(statements, houses, authorities, { company, own: publicKeys(ownKeys) });
  enrolling.signal?.throwIfAborted();
  const accessKeys = new Map(await Promise.all(roles.map((role) => accessKeyFor(houses, role))));
  const book = createKeyBook();
  const systems = roles.filter(isSystemRole).map(async (role) => {
    const newcomer = {
      role,
      book,
      did: didOfRole(houses, role),
      accessKey: accessKeys.get(role) ?? '',
      now: clock.now,
      receiver: outside.receivers[role],
      keys: CAST[role].custody === 'own' ? ownKeys : [],
    };
    return [role, await enrolPartner(houses, newcomer)] as const;
  });
  const chats = roles.filter(isChatRole).map(async (role) => {
    const writer = {
      role,
      did: didOfRole(houses, role),
      accessKey: accessKeys.get(role) ?? '',
      now: clock.now,
    };
    return [role, await enrolWriter(houses, writer)] as const;
  });
  const pages = listPhones(company).map(
    async (phone) => [phone.account.id, await startPage(houses, phone)] as const,
  );
  const [partners, writers, startPages] = await Promise.all([
    Promise.all(systems),
    Promise.all(chats),
    Promise.all(pages),
  ]);
  return {
    partners: new Map(partners),
    writers: new Map(writers),
    startPages: new Map(startPages),
    ...(await enrolReader(houses, company, outside)),
    ownKeys,
    accessKeys,
  };
}

/** Makes the police's keys; none if no focal point of the company holds its own keys. */
async function makeOwnKeys(
  houses: readonly OpenedHouse[],
  roles: readonly Role[],
): Promise<readonly PrivateJwk[]> {
  const role = roles.find((one) => CAST[one].custody === 'own');
  if (role === undefined) return [];
  const did = didOfRole(houses, role);
  return [await generateSigningJwk(`${did}#sign-own`), await generateAgreementJwk(`${did}#open-own`)];
}

const publicKeys = (own: readonly PrivateJwk[]): OwnPublicKeys => {
  const [signing, agreement] = own.map(publicHalfOf);
  return {
    signing: signing === undefined ? [] : [signing],
    agreement: agreement === undefined ? [] : [agreement],
  };
};

async function accessKeyFor(houses: readonly OpenedHouse[], role: Role): Promise<readonly [Role, string]> {
  const { gateway } = houseOfRole(houses, role);
  return [role, await addAccessKey(gateway, didOfRole(houses, role), 'demo')];
}

/** Makes the certificate and the mailbox of the focal point that reads by mail. */
async function enrolReader(
  houses: readonly OpenedHouse[],
  { roles }: Company,
  { mail }: OutsideServers,
): Promise<Pick<EnrolledCompany, 'mailbox' | 'attache' | 'mailAuthority'>> {
  const [role] = roles.filter(isMailRole);
  if (role === undefined) throw new Error('no focal point of this story is reached by mail');
  const { gateway, home } = houseOfRole(houses, role);
  const authority = readMailAuthority(home.path);
  const { name, officer } = CAST[role];
  const address = MAIL[role];
  const named = { name, email: address, now: new Date(), days: 30, usage: 'both' } as const;
  const attache = await issueMailCertificate(authority, named);
  await addEndpoint(gateway, {
    focalPoint: didOfRole(houses, role),
    channel: 'email',
    address,
    shows: 'packet',
    lang: officer.lang,
    officer: officer.id,
    certificate: attache.certificate,
  });
  const mailAuthority = authority.certificate;
  return {
    mailbox: openMailbox(mail, { privateKey: attache.privateKey, authority: mailAuthority }),
    attache,
    mailAuthority,
  };
}

/** The address of the start page that the operator hands to the owner of this phone. */
async function startPage(houses: readonly OpenedHouse[], { role, officer, rank }: Phone): Promise<string> {
  const { gateway } = houseOfRole(houses, role);
  const { token } = await inviteOfficer(gateway, {
    focalPoint: didOfRole(houses, role),
    channel: 'telegram',
    shows: 'notice',
    lang: officer.lang,
    officer: officer.id,
    rank,
  });
  return urlOfStartPage(gateway.url, token);
}
