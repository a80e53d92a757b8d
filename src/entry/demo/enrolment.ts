/** Enrolling the cast, as an operator does before the first message; and opening the partners' systems over it. */
import { focalPointDid, gatewayDid } from '../../domain/party.ts';
import { silentLog } from '../../log.ts';
import {
  generateAgreementJwk,
  generateSigningJwk,
  openingKey,
  type PrivateJwk,
  publicPart,
  readPrivateJwk,
  signingKey,
} from '../../seal/keys.ts';
import { type CertifiedKey, issueMailCertificate } from '../certificates.ts';
import { chance } from '../chance.ts';
import {
  addAccessKey,
  addEndpoint,
  addPartnerSecret,
  agree,
  designate,
  invite,
  type Office,
} from '../enrol.ts';
import { type Home, readAuthority, readMailAuthority } from '../home.ts';
import { openGateway } from '../node.ts';
import {
  agreementDraft,
  CAST,
  type ChatRole,
  MAIL,
  type Part,
  ROLES,
  SYSTEMS,
  type SystemRole,
} from './cast.ts';
import { type Inbox, openInbox } from './inbox.ts';
import { type KeyBook, keyBook } from './key-book.ts';
import { type Mailbox, openMailbox } from './mailbox.ts';
import type { Outside } from './outside.ts';
import { assistedPartner, type Enrolment, type Partner } from './partner.ts';
import { sealedPartner } from './sealed-partner.ts';

export interface Enrolled {
  /** Where the gateway will be. */
  readonly url: string;
  readonly partners: Readonly<
    Record<SystemRole, Partner & { readonly inbox: Inbox; readonly enrolment: Enrolment }>
  >;
  readonly mailbox: Mailbox;
  readonly attache: CertifiedKey;
  /** PEM: what the attaché trusts. */
  readonly mailAuthority: string;
  /** The police's private keys; the gateway never had them. */
  readonly ownKeys: readonly PrivateJwk[];
  /** By which officers link their accounts. */
  readonly startCodes: Readonly<Record<ChatRole, string>>;
}

/** Enrols everybody with the gateway of a home folder, which is opened for it and not served. */
export async function enrol(home: Home, outside: Outside): Promise<Enrolled> {
  const url = home.values['AMANAT_URL'] ?? '';
  const ownKeys = await makeOwnKeys(focalPointDid(gatewayDid(url), CAST.police.slug));
  const authority = readMailAuthority(home.path);
  const attache = await issueMailCertificate(authority, {
    name: CAST.attache.name,
    email: MAIL.attache,
    now: new Date(),
    days: 30,
    usage: 'both',
  });
  const { gateway, close } = await openGateway(home, silentLog);
  try {
    await designateAll(home, gateway, ownKeys);
    const enrolments = await Promise.all(
      SYSTEMS.map((role) => enrolSystem(gateway, url, role, outside.receivers[role].url)),
    );
    await addEndpoint(gateway, {
      focalPoint: didOf(gateway, CAST.attache),
      channel: 'email',
      address: MAIL.attache,
      shows: 'packet',
      lang: CAST.attache.officer.lang,
      officer: CAST.attache.officer.id,
      certificate: attache.certificate,
    });
    const startCodes = {
      desk: await startCode(gateway, CAST.desk),
      post: await startCode(gateway, CAST.post),
    };
    const mailbox = openMailbox(outside.mail, {
      privateKey: attache.privateKey,
      authority: authority.certificate,
    });
    const partners = await openPartners(enrolments, outside, ownKeys, keyBook(url));
    return { url, partners, mailbox, attache, mailAuthority: authority.certificate, ownKeys, startCodes };
  } finally {
    await close();
  }
}

const didOf = (office: Pick<Office, 'did'>, part: Part): string => focalPointDid(office.did, part.slug);

async function makeOwnKeys(did: string): Promise<readonly [PrivateJwk, PrivateJwk]> {
  return [await generateSigningJwk(`${did}#sign-own`), await generateAgreementJwk(`${did}#open-own`)];
}

async function designateAll(
  home: Home,
  office: Office,
  ownKeys: readonly [PrivateJwk, PrivateJwk],
): Promise<void> {
  const authorityOf = (country: string) => signingKey(readPrivateJwk(readAuthority(home.path, country)));
  const authorities = { ID: await authorityOf('ID'), KH: await authorityOf('KH') };
  const own = { signing: [publicPart(ownKeys[0])], agreement: [publicPart(ownKeys[1])] };
  for (const role of ROLES) {
    const { slug, name, country, officer, custody } = CAST[role];
    await designate(office, authorities[country], {
      slug,
      name,
      country,
      officers: [officer],
      ...(custody === 'own' ? { own } : {}),
    });
  }
  await agree(office, [authorities.ID, authorities.KH], agreementDraft(office.now()));
}

async function enrolSystem(
  office: Office,
  gateway: string,
  role: SystemRole,
  address: string,
): Promise<Enrolment> {
  const part: Part = CAST[role];
  const did = didOf(office, part);
  const shows = part.custody === 'own' ? 'sealed' : 'packet';
  const { secret: outbound = '' } = await addEndpoint(office, {
    focalPoint: did,
    channel: 'webhook',
    address,
    shows,
    lang: part.officer.lang,
  });
  const accessKey = await addAccessKey(office, did, 'demo');
  const inbound = part.custody === 'own' ? {} : { inbound: await addPartnerSecret(office, did) };
  const { id, name, role: rank } = part.officer;
  return {
    gateway,
    slug: part.slug,
    did,
    outbound,
    accessKey,
    officer: { id, name, role: rank },
    ...inbound,
  };
}

const startCode = (office: Office, part: Part): Promise<string> =>
  invite(office, {
    focalPoint: didOf(office, part),
    channel: 'telegram',
    shows: 'notice',
    lang: part.officer.lang,
    officer: part.officer.id,
  });

async function openPartners(
  enrolments: readonly Enrolment[],
  { receivers }: Outside,
  ownKeys: readonly [PrivateJwk, PrivateJwk],
  book: KeyBook,
) {
  const keys = { signing: await signingKey(ownKeys[0]), opening: await openingKey(ownKeys[1]) };
  const opened = SYSTEMS.map((role, n) => {
    const enrolment = enrolments[n];
    if (enrolment === undefined) throw new Error('a partner is not enrolled');
    const isOwn = CAST[role].custody === 'own';
    const inbox = openInbox(receivers[role], {
      enrolment,
      book,
      ...(isOwn ? { opening: keys.opening } : {}),
    });
    const partner = isOwn ? sealedPartner(enrolment, { keys, book, ...chance }) : assistedPartner(enrolment);
    return [role, { ...partner, inbox, enrolment }] as const;
  });
  return Object.fromEntries(opened) as unknown as Enrolled['partners'];
}
