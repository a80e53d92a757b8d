/** A case packet reaches an attaché by S/MIME over a real SMTP server, and is acknowledged by the link inside. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Designation } from '../../src/domain/party/designation.ts';
import { verifyMessage } from '../../src/seal/sealed-message.ts';
import { ATTACHE, type Certificates, certificates, FROM, openPacket } from '../adapters/email/rig.ts';
import { openBrowser } from '../support/browser.ts';
import { addConfirmedEndpoint } from '../support/confirmed.ts';
import { type HttpPeer, startPeer } from '../support/http-peer.ts';
import { type MailServer, startMailServer } from '../support/outside/mail-server.ts';
import { GATEWAY_URL, makeRig, type Rig, type RigPartner } from '../support/rig.ts';
import {
  expectQuietLog,
  fetchEvidence,
  fetchMessageStatus,
  listPostedEvents,
  makeOfficer,
  makeReportPost,
  PRIVATE_TEXT,
  postMessage,
} from '../support/story.ts';

let known: Certificates;
let mail: MailServer;
let peer: HttpPeer;
let house: Rig;
let shelter: RigPartner;
let attache: Designation;

beforeAll(async () => {
  [known, mail, peer] = await Promise.all([certificates(), startMailServer(), startPeer()]);
  const values = {
    AMANAT_CHANNELS: 'webhook,email',
    AMANAT_SMTP_URL: `smtp://127.0.0.1:${mail.port}`,
    AMANAT_SMTP_CA: mail.ca,
    AMANAT_MAIL_FROM: FROM,
    AMANAT_MAIL_CERTIFICATE: known.gateway.certificate,
    AMANAT_MAIL_KEY: known.gateway.privateKey,
  };
  const mailTrust = () => [{ anchors: [known.authority.certificate], lists: [] }];
  house = await makeRig({ allow: [peer.host], values, mailTrust });
  shelter = await house.partner({
    slug: 'shelter',
    name: 'Shelter',
    country: 'KH',
    officers: [makeOfficer()],
  });
  attache = await house.designate({
    slug: 'attache',
    name: 'Attaché',
    country: 'ID',
    officers: [makeOfficer()],
  });
  const { gateway } = house;
  const address = `${peer.url}/shelter`;
  const focalPoint = shelter.designation.focal_point;
  await addConfirmedEndpoint(gateway, {
    channel: 'webhook',
    shows: 'packet',
    lang: 'en',
    focalPoint,
    address,
  });
  const mailbox = { channel: 'email', shows: 'packet', lang: 'id', officer: 'o1', address: ATTACHE } as const;
  const { certificate } = known.rsa;
  await addConfirmedEndpoint(gateway, { ...mailbox, focalPoint: attache.focal_point, certificate });
});

afterAll(async () => {
  expectQuietLog(house, [ATTACHE, FROM]);
  await house?.close();
  await Promise.all([mail?.close(), peer?.close()]);
});

test('the packet is sealed for the attaché, holds the sender’s own signature, and its link acknowledges once', async () => {
  const file = { filename: 'paspor.pdf', media_type: 'application/pdf', base64: btoa(PRIVATE_TEXT.join()) };
  const id = await postMessage(shelter, makeReportPost(['attache'], { attachments: [file] }));
  await house.drain();

  const [received] = mail.received;
  const raw = received?.raw ?? Buffer.alloc(0);
  expect(received?.envelope).toEqual({ from: FROM, to: [ATTACHE] });
  for (const word of PRIVATE_TEXT) expect(raw.toString('latin1')).not.toContain(word);

  const packet = await openPacket(raw, known.rsa, known.authority);
  expect(packet.verified).toBe(true);
  expect(packet.text).toContain(PRIVATE_TEXT[0]);
  expect(packet.file('paspor.pdf').toString()).toBe(PRIVATE_TEXT.join());
  const message = await verifyMessage(JSON.parse(packet.file('message.jws.json').toString()), {
    recipient: attache.focal_point,
    keysOf: async (did) => (did === shelter.designation.focal_point ? shelter.designation.keys.signing : []),
  });
  expect(message.id).toBe(id);

  const [link = ''] = /https:\/\/gateway\.test\/a\/[\w-]{43}/.exec(packet.text) ?? [];
  const outlook = openBrowser(house.app, GATEWAY_URL);
  const [action = ''] = (await outlook.open(link)).forms;
  expect((await outlook.submit(action, { decision: 'accepted' })).status).toBe(200);
  expect((await openBrowser(house.app, GATEWAY_URL).submit(action, { decision: 'accepted' })).status).toBe(
    410,
  );
  await house.drain();

  expect(await fetchEvidence(shelter, id)).toMatchObject([
    { event: 'SubmissionAcceptance' },
    { event: 'RelayToNonERDS', channel: 'email' },
    {
      event: 'ConsignmentAcceptance',
      officer: { id: 'o1', name: makeOfficer().name },
      attestation: { how: 'one-time-link' },
    },
  ]);
  expect(await fetchMessageStatus(shelter, id)).toMatchObject({ state: 'acknowledged' });
  expect(listPostedEvents(peer, '/shelter', id)).toEqual(['RelayToNonERDS', 'ConsignmentAcceptance']);
});

test('a server that cannot take it now is asked again; one that never will is told of as a failed relay', async () => {
  mail.setFault((stage) => (stage === 'RCPT' ? { code: 451, text: '4.7.1 Greylisted' } : undefined));
  const id = await postMessage(shelter, makeReportPost(['attache']));
  await house.drain();
  const [waiting] = (await fetchMessageStatus(shelter, id)).recipients[0].deliveries;
  expect(waiting).toMatchObject({ state: 'queued', attempts: [{ outcome: 'deferred', code: 'smtp-451' }] });

  mail.setFault((stage) => (stage === 'RCPT' ? { code: 550, text: '5.7.1 Not wanted here' } : undefined));
  house.pass(10);
  await house.drain();
  expect((await fetchEvidence(shelter, id)).at(-1)).toMatchObject({
    event: 'RelayToNonERDSFailure',
    channel: 'email',
  });
  expect(await fetchMessageStatus(shelter, id)).toMatchObject({ state: 'failed' });
  expect(listPostedEvents(peer, '/shelter', id)).toEqual(['RelayToNonERDSFailure']);
});
