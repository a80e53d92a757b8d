/**
 * What an officer is shown of a further account or endpoint before the decision: everything that changes, old and new,
 * and never a secret.
 */
import { afterEach, beforeEach, expect, test } from 'vitest';
import { draftConfirmation } from '../../src/entry/enrolling/confirming.ts';
import { changeEndpoint, findEndpoint } from '../../src/entry/enrolling/endpoints.ts';
import { addEndpoint, designateFocalPoint } from '../../src/entry/enrolling/enrol.ts';
import { askAboutRenames } from '../../src/entry/enrolling/renaming.ts';
import { confirmByAuthority } from '../../src/flow/endpoint/confirming.ts';
import { fingerprintOfCertificate } from '../../src/seal/certificate-end.ts';
import { signStatement } from '../../src/seal/statement.ts';
import { type AllChannels, makeAllChannels } from '../support/all-channels.ts';
import { createFurtherSteps } from '../support/further.ts';
import { makeOfficer } from '../support/story.ts';

const [FIRST, OWN] = [5550401, 5550402];
const [o1, o2] = [makeOfficer('id', 'o1'), makeOfficer('id', 'o2')];
const renamed = { ...o2, name: 'Another-Invented' };

let all: AllChannels;
beforeEach(async () => {
  all = await makeAllChannels();
});
afterEach(() => all.close());

const { gateway, at, links, linkIn, ask, say, sent, notices, textsIn, events } = createFurtherSteps(
  () => all,
);
const translate = (id: string, values = {}) => gateway().translate('id', id, values);
const until = (value: string) => translate('confirm-before', { value });

const printOf = (pem: string): string => fingerprintOfCertificate(pem)?.replaceAll(':', ' ') ?? 'none';

test('the page shows the old and the new address, certificate and content of a change', async () => {
  await links(FIRST, 'o1');
  const id = await all.mailbox('o1', { shows: 'notice' });
  const before = await findEndpoint(gateway(), id);
  const certificate = all.known.ec.certificate;
  const change = { certificate, shows: 'packet', address: 'invented@elsewhere.example' } as const;
  await changeEndpoint(gateway(), before, change, 14);
  await all.house.drain();
  const page = (await ask(linkIn(FIRST))).text;
  expect(page).toContain('in…@elsewhere.example');
  expect(page).toContain(
    until(`${before.address.slice(0, 2)}…${before.address.slice(before.address.indexOf('@'))}`),
  );
  expect(page).toContain(printOf(certificate));
  expect(page).toContain(until(printOf(before.certificate ?? '')));
  expect(page).toContain(translate('confirm-overlap'));
  expect(page).toContain(until(translate('confirm-shows-notice')));
  for (const secret of [change.address, before.address, 'BEGIN CERTIFICATE'])
    expect(page).not.toContain(secret);
});

test('two addresses that are shortened to the same text are shown as two', async () => {
  await links(FIRST, 'o1');
  const id = await all.hook('/desk');
  await changeEndpoint(gateway(), await findEndpoint(gateway(), id), { address: `${all.peer.url}/evil` }, 0);
  await all.house.drain();
  const page = (await ask(linkIn(FIRST))).text;
  expect(page).toContain(until(translate('confirm-another')));
  expect(page).not.toContain('/evil');
  expect(page).not.toContain(translate('confirm-same-person'));
  expect(page).not.toContain(until(translate('confirm-shows-packet')));
});

test('an account of an officer who is declared to be the same person under another name waits for the focal point', async () => {
  await links(FIRST, 'o1');
  await all.telegram('o2', OWN);
  await all.renew([o1, renamed], { same: ['o2'], other: [] });
  await all.house.drain();
  await sent();
  expect([notices(FIRST), notices(OWN)]).toEqual([1, 0]);
  const asked = await at(OWN);
  expect(asked).toMatchObject({ enabled: true, knownAs: [o2.name] });
  // Said again, as when an import broke off, it is asked once.
  const said = { id: 'o2', before: o2.name, after: renamed.name };
  await askAboutRenames(gateway(), all.designation(), [said], { same: ['o2'], other: [] });
  expect((await at(OWN))?.waiting?.asked).toBe(asked?.waiting?.asked);
  const page = (await ask(linkIn(FIRST))).text;
  expect(page).toContain(renamed.name);
  expect(page).toContain(until(o2.name));
  expect(page).toContain(translate('confirm-same-person'));
  await say(linkIn(FIRST), 'confirmed');
  expect(await at(OWN)).toMatchObject({ enabled: true, knownAs: [o2.name, renamed.name] });
  await sent();
  expect(notices(OWN)).toBe(1);
});

test('a renamed officer whom the focal point refuses gets nothing of the other person', async () => {
  await links(FIRST, 'o1');
  await all.telegram('o2', OWN);
  await all.renew([o1, renamed], { same: ['o2'], other: [] });
  await all.house.drain();
  await say(linkIn(FIRST), 'refused');
  await sent();
  expect(notices(OWN)).toBe(0);
  expect(await at(OWN)).toMatchObject({ knownAs: [o2.name] });
});

test('a new account that waits is asked about again, with the new name', async () => {
  await links(FIRST, 'o1');
  await links(OWN, 'o2');
  const before = await at(OWN);
  const link = linkIn(FIRST);
  await all.renew([o1, renamed], { same: ['o2'], other: [] });
  await say(link, 'confirmed');
  expect(await at(OWN)).toMatchObject({ enabled: false });
  expect((await at(OWN))?.waiting?.asked).not.toBe(before?.waiting?.asked);
  await all.house.drain();
  await say(linkIn(FIRST), 'confirmed');
  expect(await at(OWN)).toMatchObject({ enabled: true, knownAs: [o2.name, renamed.name] });
});

test('the account of an only officer who is renamed is in use again after the authority’s statement, which names both names', async () => {
  await links(FIRST, 'o1');
  const married = { ...o1, name: 'Another-Invented' };
  await all.renew([married, o2], { same: ['o1'], other: [] });
  const one = await at(FIRST);
  if (one === undefined) throw new Error('not linked');
  const claims = await draftConfirmation(gateway(), one);
  expect(claims.known_as).toEqual([o1.name, married.name]);
  await confirmByAuthority(
    gateway(),
    one,
    await signStatement('endpoint', claims, [all.house.authorities.ID]),
  );
  await sent();
  expect(notices(FIRST)).toBe(1);
});

test('the first endpoint that shows content is reported to the linked officers, or to the first one linked later', async () => {
  const news = translate('note-endpoint-counts-first', { channel: translate('note-channel-webhook') });
  const told = (chat: number) => textsIn(chat).filter((text) => text.includes(news)).length;
  await links(FIRST, 'o1');
  const hook = { channel: 'webhook', lang: 'en', shows: 'packet' } as const;
  const ofDesk = { ...hook, focalPoint: all.designation().focal_point };
  await addEndpoint(gateway(), { ...ofDesk, address: `${all.peer.url}/desk` });
  await all.house.drain();
  expect(told(FIRST)).toBe(1);
  const recipient = await designateFocalPoint(gateway(), all.house.authorities.ID, {
    slug: 'north',
    name: 'North',
    country: 'ID',
    officers: [o1, o2],
  });
  const focalPoint = recipient.focal_point;
  await addEndpoint(gateway(), { ...hook, focalPoint, address: `${all.peer.url}/north` });
  await all.house.drain();
  expect(events('/north', 'endpoint.counts')).toEqual([]);
  await links(OWN, 'o1', false, focalPoint);
  expect(told(OWN)).toBe(1);
  expect(told(FIRST)).toBe(1);
});

test('officers are told what an authority confirmed, and that it was the authority', async () => {
  await links(FIRST, 'o1');
  const hook = { channel: 'webhook', lang: 'en', shows: 'packet', officer: 'o2' } as const;
  const { focal_point: focalPoint } = all.designation();
  const { endpoint } = await addEndpoint(gateway(), { ...hook, focalPoint, address: `${all.peer.url}/new` });
  const claims = await draftConfirmation(gateway(), endpoint);
  await confirmByAuthority(
    gateway(),
    endpoint,
    await signStatement('endpoint', claims, [all.house.authorities.ID]),
  );
  await all.house.drain();
  expect(textsIn(FIRST).at(-1)).toContain(
    translate('note-endpoint-counts-confirmed', { channel: translate('note-channel-webhook') }),
  );
  expect((await ask(linkIn(FIRST))).text).toContain(translate('confirm-authority'));
});
