/**
 * A gateway with every channel that people use: a bot, a mailbox and a partner's server, and a focal point whose
 * officers can change.
 */

import type { Designation, Officer } from '../../src/domain/party/designation.ts';
import { designateFocalPoint, type EndpointDraft } from '../../src/entry/enrolling/enrol.ts';
import type { RenamedPersons } from '../../src/entry/enrolling/renaming.ts';
import { type Certificates, certificates } from '../adapters/email/rig.ts';
import { addConfirmedEndpoint, hookOf } from './confirmed.ts';
import { type HttpPeer, startPeer } from './http-peer.ts';
import { mailboxOf, trustOf, valuesOfMail } from './mail-house.ts';
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
  /** The shelter is posted to at `/shelter`. */
  readonly peer: HttpPeer;
  readonly known: Certificates;
  readonly shelter: RigPartner;
  /** The focal point in Indonesia, whose first officers are `o1` and `o2`; and its current designation. */
  readonly focalPoint: RigPartner;
  designation(): Designation;
  /** Designates the focal point again, with these officers. */
  renew(officers: readonly Officer[], persons?: RenamedPersons): Promise<Designation>;
  /** Links a new Telegram account to an officer of the focal point. */
  telegram(officer: string, chat: number, rank?: number, beside?: boolean): Promise<TelegramPerson>;
  /** Adds a mailbox of an officer of the focal point; @returns the endpoint's id. */
  mailbox(officer: string, more?: Partial<EndpointDraft>): Promise<string>;
  /** Adds a webhook of the focal point at a path of the server; @returns the endpoint's id. */
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
  const channels = { AMANAT_CHANNELS: 'webhook,telegram,email' };
  const values = { ...valuesOfBot(api), ...valuesOfMail(mail, known), ...channels };
  const house = await makeRig({ allow: [peer.host, ...allow], values, mailTrust: trustOf(known) });
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
  const hookAt = (focalPoint: string, path: string, more: Partial<EndpointDraft> = {}) =>
    add(hookOf(focalPoint, { address: `${peer.url}${path}`, ...more }));
  await hookAt(shelter.designation.focal_point, '/shelter');
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
    mailbox: (who, more) => add(mailboxOf(desk.focal_point, known, { officer: who, ...more })),
    hook: (path, more) => hookAt(desk.focal_point, path, more),
    close: async () => {
      server.close();
      await house.close();
      await Promise.all([api.close(), mail.close(), peer.close()]);
    },
  };
}
