/** An endpoint in force is changed: the new address, certificate or phone waits for confirmation, and the old one works meanwhile. */
import { afterEach, beforeEach, expect, test } from 'vitest';
import { changeEndpoint, findEndpoint } from '../../src/entry/enrolling/endpoints.ts';
import { addEndpoint } from '../../src/entry/enrolling/enrol.ts';
import { type AllChannels, makeAllChannels } from '../support/all-channels.ts';
import { createFurtherSteps } from '../support/further.ts';
import { openWithPin } from '../support/pins.ts';

const [FIRST, OWN] = [5550401, 5550402];

let all: AllChannels;
beforeEach(async () => {
  all = await makeAllChannels();
});
afterEach(() => all.close());

const { gateway, officers, at, links, linkIn, say, sent, events } = createFurtherSteps(() => all);

test('another address of an endpoint that shows content waits, and the old one stays in force meanwhile', async () => {
  await links(FIRST, 'o1');
  const id = await all.hook('/desk');
  const named = () => findEndpoint(gateway(), id);
  const before = await named();
  const asked = await changeEndpoint(gateway(), before, { address: `${all.peer.url}/elsewhere`, rank: 2 }, 0);
  expect(asked).toMatchObject({ enabled: true, rank: 2, address: before.address });
  await sent();
  expect(all.peer.received.some(({ url }) => url === '/elsewhere')).toBe(false);
  expect(events('/desk', 'endpoint.waiting')).toMatchObject([{ data: { endpoint: id, is: 'changed' } }]);
  await say(linkIn(FIRST), 'refused');
  expect(await named()).toMatchObject({ enabled: true, address: before.address });
  expect((await named()).waiting).toBeUndefined();
  await changeEndpoint(gateway(), await named(), { address: `${all.peer.url}/elsewhere` }, 0);
  await all.house.drain();
  await say(linkIn(FIRST), 'confirmed');
  expect(await named()).toMatchObject({ enabled: true, address: `${all.peer.url}/elsewhere` });
  // Less may be shown at once, and more again not.
  expect(await changeEndpoint(gateway(), await named(), { shows: 'notice' }, 0)).toMatchObject({
    shows: 'notice',
  });
  expect(await changeEndpoint(gateway(), await named(), { shows: 'packet' }, 0)).toMatchObject({
    shows: 'notice',
    waiting: { change: { shows: 'packet' } },
  });
});

test('another certificate of a mailbox waits; its officer may confirm it from the mailbox with the old one', async () => {
  const id = await all.mailbox('o1');
  const before = await findEndpoint(gateway(), id);
  const certificate = all.known.ec.certificate;
  const asked = await changeEndpoint(gateway(), before, { certificate }, 14);
  expect(asked.certificate).toBe(before.certificate);
  expect(asked.oldCertificate).toBeUndefined();
  await all.house.drain();
  expect(all.mail.received.map((one) => one.envelope.to)).toEqual([[before.address]]);
});

test('a focal point has one first endpoint with content beside its first account; an endpoint that gives notices to nobody needs no confirmation', async () => {
  const focalPoint = all.designation().focal_point;
  const hook = { channel: 'webhook', lang: 'en', focalPoint } as const;
  await links(FIRST, 'o1');
  const content = await addEndpoint(gateway(), { ...hook, shows: 'packet', address: `${all.peer.url}/a` });
  expect(content.endpoint.enabled).toBe(true);
  const more = await addEndpoint(gateway(), { ...hook, shows: 'packet', address: `${all.peer.url}/b` });
  expect(more.endpoint).toMatchObject({ enabled: false, off: { code: 'waiting' } });
  const notice = await addEndpoint(gateway(), { ...hook, shows: 'notice', address: `${all.peer.url}/c` });
  expect(notice.endpoint.enabled).toBe(true);
});

test('a confirmation of more content does not apply to another address that was set meanwhile', async () => {
  await links(FIRST, 'o1');
  const id = await all.hook('/desk');
  const named = () => findEndpoint(gateway(), id);
  await changeEndpoint(gateway(), await named(), { shows: 'notice' }, 0);
  const before = await changeEndpoint(gateway(), await named(), { shows: 'packet' }, 0);
  await all.house.drain();
  const link = linkIn(FIRST);
  const reader = officers();
  await openWithPin(reader, link);
  const swapped = await changeEndpoint(gateway(), await named(), { address: `${all.peer.url}/evil` }, 0);
  expect(swapped.waiting?.asked).not.toBe(before.waiting?.asked);
  expect(swapped.waiting?.change).toEqual({ shows: 'packet', address: `${all.peer.url}/evil` });
  await reader.submit(link, { decision: 'confirmed' });
  expect(await named()).toMatchObject({ shows: 'notice', address: before.address, waiting: swapped.waiting });
  // Rank and language grant nothing: the question stays. Less is shown at once.
  const ranked = await changeEndpoint(gateway(), await named(), { rank: 3, lang: 'id' }, 0);
  expect(ranked).toMatchObject({ rank: 3, waiting: swapped.waiting });
  await all.house.drain();
  await say(linkIn(FIRST), 'confirmed');
  expect(await named()).toMatchObject({ shows: 'packet', address: `${all.peer.url}/evil` });
  await changeEndpoint(gateway(), await named(), { address: `${all.peer.url}/desk` }, 0);
  const less = await changeEndpoint(gateway(), await named(), { shows: 'notice' }, 0);
  expect(less.shows).toBe('notice');
  expect(less.waiting?.change).toEqual({ address: `${all.peer.url}/desk` });
});

test('a new phone that was changed while it waits still replaces the old one', async () => {
  await links(FIRST, 'o1');
  await links(OWN, 'o1');
  const own = await at(OWN);
  if (own === undefined) throw new Error('not linked');
  await changeEndpoint(gateway(), own, { lang: 'en' }, 0);
  await all.house.drain();
  await say(linkIn(FIRST), 'confirmed');
  expect(await at(OWN)).toMatchObject({ enabled: true });
  expect(await at(FIRST)).toMatchObject({ enabled: false, off: { code: 'replaced' } });
});
