/**
 * A recipient's certificate is checked for every mail: revoked, or with late revocation lists, within the
 * grace and after it.
 */
import { mkdirSync, mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { GeneralName, GeneralNames } from 'pkijs';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { createMailTrust } from '../../src/entry/home/mail-trust-files.ts';
import { warnOfEndings } from '../../src/flow/directory/expiry.ts';
import { ATTACHE, certificates, FROM } from '../adapters/email/rig.ts';
import { addConfirmedEndpoint, addHook } from '../support/confirmed.ts';
import { type HttpPeer, startPeer } from '../support/http-peer.ts';
import { mailboxOf, valuesOfMail } from '../support/mail-house.ts';
import { type MailServer, startMailServer } from '../support/outside/mail-server.ts';
import { draftBroadAgreement, makeRig, type Rig, type RigPartner } from '../support/rig.ts';
import { concludeAgreement } from '../support/signed-statements.ts';
import {
  expectQuietLog,
  fetchEvidence,
  listPostedEvents,
  listPostedTo,
  makeOfficer,
  makeReportPost,
  postMessage,
} from '../support/story.ts';
import {
  type CertificateParty,
  issueCertificate,
  issueRevocationList,
  makeExtension,
  TEST_KEYS,
} from '../support/x509.ts';

const HOUR = 3_600;
const SERIAL = 77;
const EMAIL_PROTECTION = '1.3.6.1.5.5.7.3.4';

let home: string;
let mail: MailServer;
let peer: HttpPeer;
let house: Rig;
let shelter: RigPartner;
let attache: RigPartner;
const party = (name: string): CertificateParty => ({ name, ...TEST_KEYS.rsa() });
const [root, middle, person] = [party('Invented Mail Root'), party('Invented Mail CA'), party('Attaché')];

/** By the gateway's clock. */
const hoursFromNow = (hours: number): Date => new Date(house.gateway.now().getTime() + hours * HOUR * 1_000);

/** Publishes a list as an operator should: writes it beside the old one, then renames it. */
function publish(
  issuer: CertificateParty,
  file: string,
  traits: { until: Date; revoked?: readonly number[] },
): void {
  const draft = join(home, 'draft');
  writeFileSync(draft, issueRevocationList(issuer, { from: hoursFromNow(-1_000), ...traits }));
  renameSync(draft, join(home, 'certs/ID/mail', file));
}

const publishGood = (): void => {
  publish(root, 'root.crl', { until: hoursFromNow(500) });
  publish(middle, 'middle.crl', { until: hoursFromNow(500) });
};

beforeAll(async () => {
  home = mkdtempSync(join(tmpdir(), 'amanat-mailbox-'));
  mkdirSync(join(home, 'certs/ID/mail'), { recursive: true });
  const [known, server, partners] = await Promise.all([certificates(), startMailServer(), startPeer()]);
  [mail, peer] = [server, partners];
  const values = { AMANAT_CHANNELS: 'webhook,email', ...valuesOfMail(mail, known) };
  house = await makeRig({ allow: [peer.host], values, mailTrust: createMailTrust(home) });
  const officers = [makeOfficer()];
  shelter = await house.partner({ slug: 'shelter', name: 'Shelter', country: 'KH', officers });
  attache = await house.partner({ slug: 'attache', name: 'Attaché', country: 'ID', officers });
  for (const { designation } of [shelter, attache])
    await addHook(house.gateway, designation.focal_point, {
      address: `${peer.url}/${designation.slug}`,
      rank: 2,
    });
  await addConfirmedEndpoint(
    house.gateway,
    mailboxOf(attache.designation.focal_point, known, { lang: 'en', certificate: chain() }),
  );
  publishGood();
});

afterAll(async () => {
  expectQuietLog(house, [ATTACHE, FROM]);
  await house?.close();
  await Promise.all([mail?.close(), peer?.close()]);
  rmSync(home, { recursive: true, force: true });
});

beforeEach(() => publishGood());

/** The attaché's certificate and the CA between it and the root, whose certificate is in the home folder. */
function chain(): string {
  const time = { from: hoursFromNow(-2_000), until: hoursFromNow(2_000) };
  const names = new GeneralNames({ names: [new GeneralName({ type: 1, value: ATTACHE })] });
  writeFileSync(
    join(home, 'certs/ID/mail/root.pem'),
    issueCertificate(root, root, { ...time, ca: null, usage: 0x06 }),
  );
  const leaf = issueCertificate(person, middle, {
    ...time,
    serial: SERIAL,
    usage: 0x20,
    purposes: [EMAIL_PROTECTION],
    more: [makeExtension('2.5.29.17', false, names.toSchema())],
  });
  return `${leaf}\n${issueCertificate(middle, root, { ...time, ca: 0, usage: 0x06 })}`;
}

/** Sends a report to the attaché. @returns its id, and how many mails and calls it caused */
async function sent(): Promise<{ id: string; mails: number; calls: number }> {
  const callsSoFar = (): number =>
    listPostedTo(peer, '/attache').filter((one) => one.type === 'message.received').length;
  const before = { mails: mail.received.length, calls: callsSoFar() };
  const id = await postMessage(shelter, makeReportPost(['attache']));
  await house.drain();
  return { id, mails: mail.received.length - before.mails, calls: callsSoFar() - before.calls };
}

/**
 * Expects that nothing was mailed for this reason, that the next endpoint took over, and that the sender was
 * told.
 */
async function expectStopped(reason: string): Promise<void> {
  const { id, mails, calls } = await sent();
  expect({ mails, calls }).toEqual({ mails: 0, calls: 1 });
  const failed = (await fetchEvidence(shelter, id)).filter((one) => one.event === 'RelayToNonERDSFailure');
  expect(failed).toMatchObject([{ reason, channel: 'email' }]);
  expect(listPostedEvents(peer, '/shelter', id)).toContain('RelayToNonERDSFailure');
}

const linesOf = (event: string) => house.lines.filter((one) => one.event === event).map((one) => one.fields);
/** Warnings so far about late lists. */
const lateLists = (): unknown[] =>
  linesOf('expiry.warning')
    .filter((one) => one['what'] === 'revocation-list')
    .map(({ name, days }) => ({ name, days }));
const metrics = () => house.metrics();

test('with current lists the packet is sent, without a warning', async () => {
  expect(await sent()).toMatchObject({ mails: 1, calls: 0 });
  expect(linesOf('revocation.stale')).toEqual([]);
  await warnOfEndings(house.gateway);
  expect(lateLists()).toEqual([]);
  expect(await metrics()).toMatch(
    /amanat_expires_seconds\{what="revocation-list",name="ID middle.crl"\} \d+/,
  );
});

test('a certificate that was revoked since gets no more mail', async () => {
  publish(middle, 'middle.crl', { until: hoursFromNow(500), revoked: [SERIAL] });
  await expectStopped('certificate-revoked');
  // An intermediate CA is checked as well, and a late list still tells who is revoked.
  publishGood();
  publish(middle, 'middle.crl', { until: hoursFromNow(-1), revoked: [SERIAL] });
  await expectStopped('certificate-revoked');
  expect(await metrics()).toContain('amanat_certificates_doubted_total{finding="certificate-revoked"} 2');
});

test('returning evidence is not encrypted to a revoked certificate either', async () => {
  publish(middle, 'middle.crl', { until: hoursFromNow(500), revoked: [SERIAL] });
  const before = mail.received.length;
  const id = await postMessage(attache, makeReportPost(['shelter']));
  await house.drain();
  const answer = await shelter.post('acknowledgements', { message: id, decision: 'accepted', officer: 'o1' });
  expect(answer.status).toBe(201);
  await house.drain();
  expect(listPostedEvents(peer, '/attache', id)).toContain('ConsignmentAcceptance');
  expect(mail.received).toHaveLength(before);
  publishGood();
  const other = await postMessage(attache, makeReportPost(['shelter']));
  await house.drain();
  await shelter.post('acknowledgements', { message: other, decision: 'accepted', officer: 'o1' });
  await house.drain();
  expect(mail.received).toHaveLength(before + 1);
});

test('a missing list, or a list of another issuer, stops the packet', async () => {
  rmSync(join(home, 'certs/ID/mail/middle.crl'));
  await expectStopped('revocation-unknown');
  publish({ ...party('x'), name: middle.name }, 'middle.crl', { until: hoursFromNow(500) });
  await expectStopped('revocation-unknown');
  writeFileSync(join(home, 'certs/ID/mail/middle.crl'), 'half a fi');
  await expectStopped('revocation-unknown');
});

test('a late list gives a warning and stops nothing within the grace period; after it nothing is mailed', async () => {
  publish(middle, 'middle.crl', { until: hoursFromNow(-71) });
  const { mails, calls } = await sent();
  expect({ mails, calls }).toEqual({ mails: 1, calls: 0 });
  expect(linesOf('revocation.stale')).toMatchObject([{ code: 'revocation-in-grace', country: 'ID' }]);
  expect(await metrics()).toContain('amanat_certificates_doubted_total{finding="revocation-in-grace"} 1');
  expect(await metrics()).toMatch(
    /amanat_expires_seconds\{what="revocation-list",name="ID middle.crl"\} -\d+/,
  );
  await warnOfEndings(house.gateway);
  expect(lateLists()).toEqual([{ name: 'ID middle.crl', days: -3 }]);
  house.pass(HOUR + 1);
  await expectStopped('revocation-stale');
  // The warning comes every day while the list is late. A new list applies from the next mail on.
  await warnOfEndings(house.gateway);
  expect(lateLists()).toHaveLength(1);
  house.pass(24 * HOUR);
  await warnOfEndings(house.gateway);
  expect(lateLists()).toHaveLength(2);
  publishGood();
  house.pass(24 * HOUR);
  await warnOfEndings(house.gateway);
  expect(lateLists()).toHaveLength(2);
  // An officer who has not answered for two days is reminded first.
  await house.drain();
  expect(await sent()).toMatchObject({ mails: 1 });
});

test('the grace period is that of the agreement the message was accepted under', async () => {
  const { gateway, authorities } = house;
  publish(middle, 'middle.crl', { until: hoursFromNow(-2) });
  const waiting = await postMessage(shelter, makeReportPost(['attache']));
  const next = { ...draftBroadAgreement(gateway.now()), version: 2, from: gateway.now().toISOString() };
  await concludeAgreement(gateway, [authorities.ID, authorities.KH], { ...next, revocation_grace_hours: 1 });
  house.pass(1);
  await house.drain();
  await expectStopped('revocation-stale');
  const events = (await fetchEvidence(shelter, waiting)).map((one) => one.event);
  expect(events).toContain('RelayToNonERDS');
});
