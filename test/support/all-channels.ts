/** A gateway with every channel of people: a bot, a mailbox and a partner's server, and a desk whose officers can change. */

import type { Designation, Officer } from '../../src/domain/party/designation.ts';
import { designateFocalPoint, type EndpointDraft } from '../../src/entry/enrolling/enrol.ts';
import type { RenamedPersons } from '../../src/entry/enrolling/renaming.ts';
import { ATTACHE, type Certificates, certificates, FROM } from '../adapters/email/rig.ts';
import { addConfirmedEndpoint } from './confirmed.ts';
import { type HttpPeer, startPeer } from './http-peer.ts';
import { type BotApi, startBotApi, type TelegramPerson } from './outside/bot-api.ts';
import { type MailServer, startMailServer } from './outside/mail-server.ts';
import { makeChatCode } from './pins.ts';
import { makeRig, type Rig, type RigPartner } from './rig.ts';
import { makeOfficer } from './story.ts';
import { BOT_TOKEN, linkAccount, registerCallback, serveRig, valuesOfBot } from './telegram-house.ts';

export interface AllChannels {
  readonly house: Rig;
  readonly api: BotApi;
  readonly mail: MailServer;
  /** The shelter is told at `/shelter`. */
  readonly peer: HttpPeer;
  readonly known: Certificates;
  readonly shelter: RigPartner;
  /** The desk in Indonesia, whose first officers are `o1` and `o2`; and as it is designated now. */
  readonly focalPoint: RigPartner;
  designation(): Designation;
  /** Designates the desk anew, with these officers. */
  renew(officers: readonly Officer[], persons?: RenamedPersons): Promise<Designation>;
  /** Links a new account of Telegram to an officer of the desk. */
  telegram(officer: string, chat: number, rank?: number, beside?: boolean): Promise<TelegramPerson>;
  /** Adds a mailbox of an officer of the desk; @returns the endpoint's id. */
  mailbox(officer: string, more?: Partial<EndpointDraft>): Promise<string>;
  /** Adds a webhook of the desk at a path of the server; @returns the endpoint's id. */
  hook(path: string, more?: Partial<EndpointDraft>): Promise<string>;
  close(): Promise<void>;
}

/** @param allow more hosts that outgoing calls may reach */
export async function makeAllChannels(allow: readonly string[] = []): Promise<AllChannels> {
  const [known, mail, peer, api] = await Promise.all([
    certificates(),
    startMailServer(),
    startPeer(),
    startBotApi({ token: BOT_TOKEN }),
  ]);
  const values = {
    ...valuesOfBot(api),
    AMANAT_CHANNELS: 'webhook,telegram,email',
    AMANAT_SMTP_URL: `smtp://127.0.0.1:${mail.port}`,
    AMANAT_SMTP_CA: mail.ca,
    AMANAT_MAIL_FROM: FROM,
    AMANAT_MAIL_CERTIFICATE: known.gateway.certificate,
    AMANAT_MAIL_KEY: known.gateway.privateKey,
  };
  const mailTrust = () => [{ anchors: [known.authority.certificate], lists: [] }];
  const house = await makeRig({ allow: [peer.host, ...allow], values, mailTrust });
  const { gateway, authorities } = house;
  const { server, url } = await serveRig(house);
  await registerCallback(api, url);
  const shelter = await house.partner({
    slug: 'shelter',
    name: 'Shelter',
    country: 'KH',
    officers: [makeOfficer()],
  });
  const draft = { slug: 'desk', name: 'Desk', country: 'ID' };
  const recipient = await house.partner({ ...draft, officers: [makeOfficer(), makeOfficer('id', 'o2')] });
  let desk = recipient.designation;
  const add = async (one: EndpointDraft) => (await addConfirmedEndpoint(gateway, one)).endpoint.id;
  const hookOf = (focalPoint: string, path: string, more: Partial<EndpointDraft> = {}) => {
    const address = `${peer.url}${path}`;
    return add({ channel: 'webhook', shows: 'packet', lang: 'en', focalPoint, address, ...more });
  };
  await hookOf(shelter.designation.focal_point, '/shelter');
  return {
    house,
    api,
    mail,
    peer,
    known,
    shelter,
    focalPoint: recipient,
    designation: () => desk,
    renew: async (officers, persons) => {
      house.pass(1);
      desk = await designateFocalPoint(
        gateway,
        authorities.ID,
        { ...draft, officers, renews: desk },
        persons,
      );
      return desk;
    },
    telegram: async (who, chat, rank = 1, beside = false) => {
      const notices = { channel: 'telegram', shows: 'notice', lang: 'id', rank } as const;
      const draft = { ...notices, officer: who, focalPoint: desk.focal_point };
      const code = await makeChatCode(house, draft, { beside });
      return linkAccount({ api, house }, chat, code);
    },
    mailbox: (who, more) => {
      const common = { channel: 'email', shows: 'packet', lang: 'id', address: ATTACHE } as const;
      const { certificate } = known.rsa;
      return add({ ...common, certificate, officer: who, focalPoint: desk.focal_point, ...more });
    },
    hook: (path, more) => hookOf(desk.focal_point, path, more),
    close: async () => {
      server.close();
      await house.close();
      await Promise.all([api.close(), mail.close(), peer.close()]);
    },
  };
}
