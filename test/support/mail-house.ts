/** A gateway that sends mail: a real SMTP server on loopback, its certificates, a shelter, and an attaché by S/MIME. */
import type { SettingValues } from '../../src/config/settings.ts';
import type { Designation } from '../../src/domain/party/designation.ts';
import type { EndpointDraft } from '../../src/entry/enrolling/enrol.ts';
import { ATTACHE, type Certificates, certificates, FROM } from '../adapters/email/rig.ts';
import { addConfirmedEndpoint } from './confirmed.ts';
import { type MailServer, startMailServer } from './outside/mail-server.ts';
import { makeRig, type Rig, type RigOptions, type RigPartner } from './rig.ts';
import { makeOfficer } from './story.ts';

/** What a gateway's environment says for mail to go out by this server. */
export const valuesOfMail = ({ port, ca }: MailServer, { gateway }: Certificates) =>
  ({
    AMANAT_SMTP_URL: `smtp://127.0.0.1:${port}`,
    AMANAT_SMTP_CA: ca,
    AMANAT_MAIL_FROM: FROM,
    AMANAT_MAIL_CERTIFICATE: gateway.certificate,
    AMANAT_MAIL_KEY: gateway.privateKey,
  }) satisfies SettingValues;

/** The test authority issues every recipient's certificate, and has revoked none. */
export const trustOf =
  ({ authority }: Certificates): NonNullable<RigOptions['mailTrust']> =>
  () => [{ anchors: [authority.certificate], lists: [] }];

/** The attaché's mailbox, under its RSA certificate: shown everything, in Indonesian, unless told otherwise. */
export const mailboxOf = (
  focalPoint: string,
  { rsa }: Certificates,
  over: Partial<EndpointDraft> = {},
): EndpointDraft => ({
  focalPoint,
  channel: 'email',
  address: ATTACHE,
  shows: 'packet',
  lang: 'id',
  officer: 'o1',
  certificate: rsa.certificate,
  ...over,
});

export interface MailHouse {
  readonly house: Rig;
  readonly mail: MailServer;
  readonly known: Certificates;
  /** In Cambodia; reached nowhere yet. */
  readonly shelter: RigPartner;
  /** In Indonesia, reached by its mailbox. */
  readonly attache: Designation;
  close(): Promise<void>;
}

/** @param allow hosts that outgoing calls may reach although they are on loopback */
export async function makeMailHouse(allow: readonly string[] = []): Promise<MailHouse> {
  const [known, mail] = await Promise.all([certificates(), startMailServer()]);
  const values = { AMANAT_CHANNELS: 'webhook,email', ...valuesOfMail(mail, known) };
  const house = await makeRig({ allow, values, mailTrust: trustOf(known) });
  const officers = [makeOfficer()];
  const shelter = await house.partner({ slug: 'shelter', name: 'Shelter', country: 'KH', officers });
  const attache = await house.designate({ slug: 'attache', name: 'Attaché', country: 'ID', officers });
  await addConfirmedEndpoint(house.gateway, mailboxOf(attache.focal_point, known));
  return {
    house,
    mail,
    known,
    shelter,
    attache,
    close: async () => {
      await house.close();
      await mail.close();
    },
  };
}
