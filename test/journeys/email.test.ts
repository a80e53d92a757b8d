/** A case packet reaches an attaché by S/MIME over a real SMTP server, and is acknowledged by the link inside. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Designation } from '../../src/domain/party/designation.ts';
import { verifyMessage } from '../../src/seal/sealed-message.ts';
import { ATTACHE, FROM, openPacket } from '../adapters/email/rig.ts';
import { openBrowser } from '../support/browser.ts';
import { addHook } from '../support/confirmed.ts';
import { type HttpPeer, startPeer } from '../support/http-peer.ts';
import { type MailHouse, makeMailHouse } from '../support/mail-house.ts';
import type { MailServer } from '../support/outside/mail-server.ts';
import { GATEWAY_URL, type Rig, type RigPartner } from '../support/rig.ts';
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

let peer: HttpPeer;
let all: MailHouse;
let house: Rig;
let mail: MailServer;
let shelter: RigPartner;
let attache: Designation;

beforeAll(async () => {
  peer = await startPeer();
  all = await makeMailHouse([peer.host]);
  ({ house, mail, shelter, attache } = all);
  await addHook(house.gateway, shelter.designation.focal_point, { address: `${peer.url}/shelter` });
});

afterAll(async () => {
  expectQuietLog(house, [ATTACHE, FROM]);
  await all?.close();
  await peer?.close();
});

test('the packet is encrypted for the attaché, contains the sender’s own signature, and its link acknowledges once', async () => {
  const file = { filename: 'paspor.pdf', media_type: 'application/pdf', base64: btoa(PRIVATE_TEXT.join()) };
  const id = await postMessage(shelter, makeReportPost(['attache'], { attachments: [file] }));
  await house.drain();

  const [received] = mail.received;
  const raw = received?.raw ?? Buffer.alloc(0);
  expect(received?.envelope).toEqual({ from: FROM, to: [ATTACHE] });
  for (const word of PRIVATE_TEXT) expect(raw.toString('latin1')).not.toContain(word);

  const packet = await openPacket(raw, all.known.rsa, all.known.authority);
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

test('a server that cannot accept it now is tried again; one that never will is reported as a failed relay', async () => {
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
